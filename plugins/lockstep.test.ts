// `lockstep` sees no difference where there is none, and finds the instruction at which one begins.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCompanionRun } from "../adapter/host/companion-run.ts";
import { riscv64 } from "../emulator/guest/riscv/index.ts";
import type { EngineKind } from "../emulator/machine/api.ts";
import { MemoryDoor } from "../emulator/machine/door/memory-door.ts";
import { RecordingDoor } from "../emulator/machine/door/recording.ts";
import { fixtureRuns, readFixture } from "../test-fixtures/fixtures.ts";
import { definePlugin } from "./api/index.ts";
import lockstep from "./lockstep.ts";
import { pluginRun } from "./testing/plugin-run.ts";

function lockstepRun(program: string, options: Record<string, unknown>, engine: EngineKind, others: unknown[] = []) {
  const run = fixtureRuns.find((each) => each.program === program);
  const door = new RecordingDoor(new MemoryDoor({ input: run?.stdin }));
  const machineOptions = {
    guest: riscv64,
    program: readFixture(program),
    programName: program,
    args: run?.args ?? [],
    env: Object.entries(run?.env ?? {}),
    root: undefined,
    writable: true,
    cwd: "/",
    stopOnSignals: false,
  };
  return pluginRun(program, [...others.map((other) => [other] as const), [lockstep, options]], {
    engine,
    machine: { ...machineOptions, door },
    host: (machine) => ({
      makeCompanion: (kind) => makeCompanionRun(machineOptions, kind, door.journal, machine),
    }),
  });
}

const pairs: [EngineKind, EngineKind][] = [
  ["auto", "interpreter"],
  ["interpreter", "jit"],
  ["jit", "interpreter"],
];

for (const [engine, second] of pairs) {
  for (const program of ["reference/faults.elf", "signals/signals.elf", "echo/echo.elf", "recursion/recursion-O2.elf"])
    test(`no divergence of ${engine} and ${second}: ${program}`, () => {
      const run = lockstepRun(program, { engine: second, interval: 500 }, engine).run();
      assert.deepEqual(run.log, []);
      const [[result, , comparisons]] = run.rows("Lockstep");
      assert.equal(result, `no divergence in ${run.machine.instructionCount()} instructions`);
      assert.ok(Number(comparisons) >= Number(run.machine.instructionCount()) / 1000);
    });

  test(`the first instruction that differs is found (${engine}, ${second})`, () => {
    // In the loop of `faults`, whose pass takes 5 instructions: the store's value is another in the 6th pass of this run.
    const meddler = definePlugin({
      name: "meddler",
      version: "1.0.0",
      install(vm) {
        let passes = 0;
        vm.onTranslate((tb) => {
          for (const insn of tb.instructions)
            if (insn.vaddr === 0x1012en)
              insn.onExecute((_vcpu, [a3]) => (++passes === 6 ? { a3: a3 + 1n } : undefined), {
                registers: ["a3"],
                writes: ["a3"],
              });
        });
      },
    });
    const run = lockstepRun("reference/faults.elf", { engine: second, interval: 40 }, engine, [meddler]).run();
    // 4 instructions, 5 passes of 5, and the second of the sixth: the addition to what was changed.
    assert.deepEqual(run.rows("First difference"), [["0x1012e", "c.add a3,a5", 31]]);
    assert.match(String(run.rows("Lockstep")[0][0]), /^the runs differ from instruction 31 on: 0x1012e c.add a3,a5$/);
    const what = run.rows("Differences").map(([name]) => name);
    assert.ok(what.includes("a3") && what.some((name) => String(name).startsWith("memory at 0x1114")), what.join());
    assert.equal(run.log.length, 1);
  });
}

test("what nobody can compare is an error: without a second run", () => {
  const run = pluginRun("reference/faults.elf", [[lockstep]]);
  assert.match(run.log.join(), /a second run needs the definition's `companion: true`/);
});
