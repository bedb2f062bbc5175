// `stoptrigger` stops where it says, to the instruction: the machine steps there by itself, and stands the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import stoptrigger from "./stoptrigger.ts";
import { engines, pluginRun } from "./testing/plugin-run.ts";

const registersOf = ({ machine }: ReturnType<typeof pluginRun>) =>
  machine.guest.registers.map(({ name }, i) => `${name} ${machine.readRegister(i).toString(16)}`);

/** Runs until the plugin asks for something. */
function toTrigger(run: ReturnType<typeof pluginRun>): { stop?: { plugin: string; reason: string }; exit?: number } {
  for (;;) {
    const { kind } = run.machine.run(1_000_000);
    const [stop, exit] = [run.host.takeStop(), run.host.takeExit()];
    if (stop || exit !== undefined || kind === "exited") return { stop, exit };
  }
}

for (const engine of engines) {
  for (const icount of [0, 1, 9, 10, 11, 30, 54])
    test(`stops after ${icount} instructions (${engine})`, () => {
      const run = pluginRun("reference/faults.elf", [[stoptrigger, { icount }]], { engine });
      const { stop } = toTrigger(run);
      const plain = pluginRun("reference/faults.elf", [], { engine });
      plain.machine.step(icount);
      assert.deepEqual(stop, { plugin: "stoptrigger", reason: `${icount} instructions have been executed` });
      assert.equal(run.machine.instructionCount(), BigInt(icount));
      assert.deepEqual(registersOf(run), registersOf(plain));
      assert.equal(run.rows("Triggers")[0][2], icount);
      // And goes on as if nothing had been.
      new Int32Array(run.machine.memory.wasm.buffer)[0] = 0;
      run.run();
      assert.deepEqual([run.machine.exited?.status, run.machine.instructionCount(), run.log], [139, 55n, []]);
    });

  test(`stops deep in a run that is compiled (${engine})`, () => {
    const icount = 1_234_567;
    const run = pluginRun("reference/mixed.elf", [[stoptrigger, { icount }]], { engine });
    assert.ok(toTrigger(run).stop);
    const plain = pluginRun("reference/mixed.elf", [], { engine });
    plain.machine.run(icount - 100_000);
    plain.machine.step(icount - Number(plain.machine.instructionCount()));
    assert.equal(run.machine.instructionCount(), BigInt(icount));
    assert.deepEqual(registersOf(run), registersOf(plain));
  });

  test(`stops before an instruction, the seventh time (${engine})`, () => {
    // The loop's store: the 7th in its 7th pass, after 4 + 6 * 5 + 2 instructions.
    const run = pluginRun("reference/faults.elf", [[stoptrigger, { addr: "0x10130", hits: 7 }]], { engine });
    assert.deepEqual(toTrigger(run).stop, { plugin: "stoptrigger", reason: "at 0x10130 for the 7th time" });
    assert.deepEqual(run.rows("Triggers"), [["at 0x10130 for the 7th time", "0x10130", 36, "stop"]]);
    assert.equal(run.machine.instructionCount(), 36n);
    assert.equal(run.machine.readRegister(run.machine.guest.file.pc), 0x10130n);
  });

  test(`ends the program (${engine})`, () => {
    const host = () => ({ addressOf: (name: string) => (name === "loop" ? 0x1012cn : undefined) });
    const run = pluginRun("reference/faults.elf", [[stoptrigger, { symbol: "loop", action: "exit", status: 3 }]], {
      engine,
      host,
    });
    assert.deepEqual(toTrigger(run), { stop: undefined, exit: 3 });
    assert.equal(run.machine.instructionCount(), 4n);
  });
}

test("nothing to stop at, and a symbol that there is not, are errors", () => {
  const cases: [options: Record<string, unknown>, message: string][] = [
    [{}, "nothing to stop at: give one of the options icount, addr and symbol"],
    [{ symbol: "nowhere" }, 'the program has no symbol "nowhere"'],
  ];
  for (const [options, message] of cases) {
    const run = pluginRun("reference/faults.elf", [[stoptrigger, options]]);
    assert.deepEqual(run.log, [`error stoptrigger: the plugin is removed: install: ${message}`]);
  }
});
