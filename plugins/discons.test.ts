// `discons` finds nothing wrong on programs with every kind of event, and finds events that lie.
import assert from "node:assert/strict";
import { test } from "node:test";
import { writeElf } from "../emulator/testing/elf-writer.ts";
import { branch, ecall, jalr, li32, opImmediate } from "../emulator/testing/encode.ts";
import discons from "./discons.ts";
import { engines, pluginRun } from "./testing/plugin-run.ts";

const code = (words: readonly number[]) =>
  writeElf(0x10000, [{ address: 0x10000, bytes: new Uint8Array(Uint32Array.from(words).buffer), flags: 5 }]);

/** Jumps to an address where nothing is mapped. */
const wildJump = code([...li32(5, 0x123450), jalr(0, 5, 0)]);
/** Jumps into data: fetches from a page that may not be executed, that of its stack. */
const dataJump = code([opImmediate(0, 5, 2, 0), jalr(0, 5, 0)]);
/** A branch that is not taken, then the end: exit(7). */
const plain = code([branch(1, 0, 0, 8), opImmediate(0, 17, 0, 93), opImmediate(0, 10, 0, 7), ecall]);

const programs: [name: string, program: string | Uint8Array, kinds: string[], options?: { args: string[] }][] = [
  ["signals", "signals/signals.elf", ["hostcall", "exception", "interrupt"]],
  ["signals kill", "signals/signals.elf", ["hostcall", "exception", "interrupt"], { args: ["kill"] }],
  ["faults", "reference/faults.elf", ["exception"]],
  ["crash", "crash/crash.elf", ["hostcall", "exception"]],
  ["hello", "hello/hello-O2.elf", ["hostcall"]],
  ["a jump to nowhere", wildJump, ["exception"]],
  ["a jump into data", dataJump, ["exception"]],
  ["an exit", plain, ["hostcall"]],
];

for (const engine of engines)
  for (const [name, program, kinds, machine] of programs)
    test(`events mean what the API says: ${name} on ${engine}`, () => {
      const run = pluginRun(program, [[discons]], { engine, machine }).run();
      const rows = run.rows("Discontinuities");
      assert.deepEqual(run.log, []);
      assert.deepEqual(
        rows.filter(([, events]) => Number(events) > 0).map(([kind]) => kind),
        kinds,
      );
      for (const [kind, , checks, failures, verdict] of rows)
        assert.deepEqual(
          [Number(checks) > 0, failures, verdict],
          kinds.includes(String(kind)) ? [true, 0, "passed"] : [false, 0, "not seen"],
        );
    });

test("an event that lies is found", () => {
  const run = pluginRun("reference/faults.elf", [[discons]]).run(20);
  const pc = run.machine.readRegister(run.machine.guest.registers.findIndex(({ name }) => name === "pc"));
  const [hooks] = run.machine.hooks;
  hooks.discontinuity?.("interrupt", 0x10120n, pc + 2n, "SIGUSR1");
  run.run();
  const [exception, interrupt] = ["exception", "interrupt"].map((kind) =>
    run
      .rows("Discontinuities")
      .find((row) => row[0] === kind)
      ?.slice(1),
  );
  // The pc is not where it says, nothing was to run at 0x10120, and the next instruction is another.
  assert.deepEqual(interrupt, [1, 3, 3, "FAILED"]);
  assert.deepEqual(exception, [1, 1, 0, "passed"]);
  assert.equal(run.log.length, 3);
  assert.match(
    run.log[0],
    /^error discons: interrupt: SIGUSR1 goes on at 0x[0-9a-f]+, and the pc is 0x[0-9a-f]+ \(after 2\d instructions\)/,
  );
});
