// Inline operations and callbacks agree on every fixture, and `inline` sees it when they do not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { COUNTERS_BASE } from "../emulator/machine/layout.ts";
import inline from "./inline.ts";
import { engines, pluginRun } from "./testing/plugin-run.ts";

/** By QEMU's plugins of the same runs (test-fixtures/reference): blocks, instructions; accesses as `mem` says. */
const known: Record<string, { blocks: number; instructions: number; loads: number; stores: number }> = {
  "reference/faults.elf": { blocks: 11, instructions: 55, loads: 10, stores: 10 },
};

for (const engine of engines)
  for (const program of [
    "reference/faults.elf",
    "reference/accesses.elf",
    "reference/mixed.elf",
    "signals/signals.elf",
  ])
    test(`the counts agree: ${program} on ${engine}`, () => {
      const run = pluginRun(program, [[inline, { every: 7 }]], { engine }).run(400_000);
      const rows = run.rows("Counts");
      for (const [what, ...rest] of rows) {
        const figures = rest.slice(0, -1);
        assert.ok(Number(figures[0]) > 0 || program.includes("faults"), `${what} was seen`);
        assert.deepEqual(new Set(figures), new Set([figures[0]]), String(what));
        assert.equal(rest.at(-1), "agree");
      }
      const { [program]: expected } = known;
      if (expected)
        assert.deepEqual(
          rows.slice(0, 4).map(([what, count]) => [what, count]),
          Object.entries(expected),
        );
      assert.equal(Number(rows[1][1]), Number(run.machine.instructionCount()));
      assert.deepEqual(run.log, []);
    });

test("a count that is wrong is reported once, as an error", () => {
  const run = pluginRun("reference/faults.elf", [[inline]]).run(20);
  // The first counter there is: the blocks, inline.
  new BigUint64Array(run.machine.memory.wasm.buffer, COUNTERS_BASE, 1)[0] += 5n;
  run.run();
  assert.equal(run.rows("Counts")[0].at(-1), "DISAGREE");
  assert.deepEqual(run.log, ["error inline: blocks: the counts disagree: 16, 11, 11, 11"]);
});
