// Every fixture in every engine: output and exit status are those that the reference gave (test-fixtures/runs.json).
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { type FixtureRun, fixturePath, fixtureRuns } from "../../test-fixtures/fixtures.ts";
import { PASS_NAMES } from "../ir/passes/index.ts";
import type { EngineKind, MachineOptions } from "./api.ts";
import type { Machine } from "./machine.ts";
import { fixtureMachine } from "./testing/fixture-machine.ts";

/** FNV-1a over 32-bit words. */
function checksum(machine: Machine, start: number, end: number): number {
  const words = new Uint32Array(machine.memory.read(BigInt(start), end - start).buffer);
  return words.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193), 0x811c9dc5);
}

function runFixture(run: FixtureRun, engine: EngineKind, tuning?: MachineOptions["tuning"]) {
  const { machine, door } = fixtureMachine(run, { engine, tuning });
  for (let slice = 0; slice < 100; slice++) {
    const stop = machine.run(10_000_000);
    if (stop.kind === "sleep") door.advance(stop.nanoseconds);
    if (stop.kind === "exited")
      return {
        result: { stdout: door.output("stdout"), stderr: door.output("stderr"), status: stop.status },
        logged: door.logged,
        end: {
          instructions: machine.instructionCount(),
          registers: machine.guest.registers.map(({ name }, i) => `${name} ${machine.readRegister(i).toString(16)}`),
          memory: machine.memory.mappings().map(({ start, end }) => `${start}-${end} ${checksum(machine, start, end)}`),
        },
      };
  }
  throw new Error(`${run.program} does not end`);
}

for (const run of fixtureRuns) {
  test([run.program, ...run.args].join(" "), () => {
    const [first, ...others] = (["interpreter", "auto", "jit"] as const).map((engine) => {
      const { result, logged, end } = runFixture(run, engine);
      assert.deepEqual(result, run.expected, engine);
      assert.deepEqual(logged, [], `${engine}: nothing to complain of`);
      return end;
    });
    // Instruction counts, registers and memory: the engines agree on everything.
    for (const other of others) assert.deepEqual(other, first);
  });
}

for (const off of PASS_NAMES)
  test(`without the pass ${off}`, () => {
    const passes = PASS_NAMES.filter((name) => name !== off);
    for (const run of fixtureRuns.filter(({ program }) => /structs-O0|floats|recursion-O2/.test(program)))
      assert.deepEqual(runFixture(run, "auto", { hot: 20, passes }).result, run.expected, run.program);
  });

test("every run's program is there", () => {
  for (const { program } of fixtureRuns) assert.ok(existsSync(fixturePath(program)), program);
});
