import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, medianTimes } from "./compare.ts";
import { RunError } from "./measure.ts";
import { measureStartup, startupLine } from "./startup.ts";
import { mixed, mixedRecorded as recorded } from "./testing/mixed.ts";

const program = { ...mixed, qemu: false };

test("a program is run, checked and measured", () => {
  const row = compare(program, recorded, { pairs: 2, engine: "auto" });
  assert.equal(row.instructions, recorded.instructions);
  assert.equal(row.qemu, undefined);
  assert.equal(row.native, undefined);
  assert.ok(row.terrarium.wall > 0.01);
  assert.ok(row.firstBlockMs > 0 && row.compileMs > 0 && row.peakBytes > 10e6);
});

test("another output, and another count, than was recorded is a failure", () => {
  const refused = (wrong: typeof recorded, message: RegExp) =>
    assert.throws(
      () => compare(program, wrong, { pairs: 1, engine: "interpreter" }),
      (error: unknown) => error instanceof RunError && message.test(error.message),
    );
  refused({ ...recorded, stdout: "00000001265e6948\n" }, /^mixed: terrarium prints "0+1265e6949\\n", recorded is/);
  refused({ ...recorded, instructions: 11397249 }, /^mixed: terrarium counts 11397248 instructions, recorded are/);
});

test("times of several runs: medians, and processor time only where every run has it", () => {
  const run = (wall: number, cpu: number | undefined) => ({ wall, cpu });
  assert.deepEqual(medianTimes([run(3, 2), run(1, 1), run(9, 5)]), { wall: 3, cpu: 2 });
  assert.deepEqual(medianTimes([run(3, 2), run(1, undefined)]), { wall: 2, cpu: undefined });
});

test("hello world beside what does nothing", () => {
  const { node, qemu, terrarium } = measureStartup(1, false);
  assert.equal(qemu, undefined);
  assert.ok(terrarium.wall > 0 && node.wall > 0);
  const times = (wall: number) => ({ wall, cpu: undefined });
  const startup = { node: times(0.03), qemu: times(0.01), terrarium: times(0.1) };
  assert.match(startupLine(startup, "wall"), /^hello world: 0\.100 s; .*: 2\.50 x the sum of both$/);
  assert.match(startupLine(startup, "cpu"), /^hello world: - s; node -e 0 - s, qemu - s$/);
});
