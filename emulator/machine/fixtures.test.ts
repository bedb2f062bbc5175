// Every fixture in every engine: output and exit status are those that the reference gave (test-fixtures/runs.json).
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { type FixtureRun, fixturePath, fixtureRuns } from "../../test-fixtures/fixtures.ts";
import { PASS_NAMES } from "../ir/passes/index.ts";
import type { EngineKind, MachineOptions } from "./api.ts";
import type { Machine } from "./machine.ts";
import { parseProfile, printProfile } from "./profile.ts";
import { fixtureMachine } from "./testing/fixture-machine.ts";

/** FNV-1a over 32-bit words. */
function checksum(machine: Machine, start: number, end: number): number {
  const words = new Uint32Array(machine.memory.read(BigInt(start), end - start).buffer);
  return words.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193), 0x811c9dc5);
}

function runFixture(
  run: FixtureRun,
  engine: EngineKind,
  { tuning, profile }: Pick<MachineOptions, "tuning" | "profile"> = {},
) {
  const { machine, door } = fixtureMachine(run, { engine, tuning, profile });
  for (let slice = 0; slice < 100; slice++) {
    const stop = machine.run(10_000_000);
    if (stop.kind === "sleep") door.advance(stop.nanoseconds);
    if (stop.kind === "exited")
      return {
        result: { stdout: door.output("stdout"), stderr: door.output("stderr"), status: stop.status },
        logged: door.logged,
        stats: machine.executor.stats,
        profile: machine.executor.profile(),
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
      assert.deepEqual(runFixture(run, "auto", { tuning: { hot: 20, passes } }).result, run.expected, run.program);
  });

test("a run that knows what an earlier one taught ends as that did, and learns little more", () => {
  const tuning = { hot: 50 };
  for (const run of fixtureRuns) {
    const first = runFixture(run, "auto", { tuning });
    const profile = first.profile && parseProfile(printProfile(first.profile));
    const { result, end, stats, profile: more } = runFixture(run, "auto", { tuning, profile });
    assert.deepEqual(result, run.expected, run.program);
    assert.deepEqual(end, first.end, run.program);
    if (!profile || profile.regions.length < 8) continue;
    assert.ok(stats.regions > 0, run.program);
    assert.ok((more?.regions.length ?? 0) < 2 * profile.regions.length, run.program);
  }
});

test("every run's program is there", () => {
  for (const { program } of fixtureRuns) assert.ok(existsSync(fixturePath(program)), program);
});
