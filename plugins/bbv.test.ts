import assert from "node:assert/strict";
import { test } from "node:test";
import bb from "./bb.ts";
import bbv from "./bbv.ts";
import { engines, runFixture } from "./testing/fixture-run.ts";

for (const engine of engines) {
  test(`every block is in one interval, and each is as long as asked for: ${engine}`, () => {
    const view = runFixture("reference/mixed.elf", engine, [
      [bbv, { interval: 1_000_000 }],
      [bb, {}],
    ]);
    const { vectors } = view("intervals", "Basic block vectors");
    const lengths = vectors.map((vector) => vector.reduce((sum, [, instructions]) => sum + instructions, 0));
    assert.equal(vectors.length, 11); // of 11,397,248 instructions
    let elapsed = 0;
    for (const [i, length] of lengths.entries()) {
      elapsed += length;
      const above = elapsed - (i + 1) * 1_000_000;
      assert.ok(above >= 0 && above < 512, `interval ${i + 1} ends ${above} instructions late`);
    }
  });

  test(`intervals shorter than a block, as counted by hand: ${engine}`, () => {
    const view = runFixture("reference/accesses.elf", engine, [[bbv, { interval: 10 }]]);
    // Blocks of 63, 13 and 7 instructions: full are 10, 20, 30 of 83.
    assert.deepEqual(view("intervals", "Basic block vectors").vectors, [[[1, 63]], [[2, 13]], [[3, 7]]]);
    assert.deepEqual(view("table", "Intervals").rows, [
      [1, 1, "0x10120", 63],
      [2, 1, "0x101f6", 13],
      [3, 1, "0x10220", 7],
    ]);
  });

  test(`an interval that is not full is not shown: ${engine}`, () => {
    const view = runFixture("reference/accesses.elf", engine, [[bbv, { interval: 70 }]]);
    assert.deepEqual(view("intervals", "Basic block vectors").vectors, [
      [
        [1, 63],
        [2, 13],
      ],
    ]);
  });
}
