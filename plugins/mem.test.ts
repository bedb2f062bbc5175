import assert from "node:assert/strict";
import { test } from "node:test";
import mem from "./mem.ts";
import { engines, runFixture } from "./testing/fixture-run.ts";

for (const engine of engines) {
  test(`regions of accesses, as its log of QEMU's lists them: ${engine}`, () => {
    const view = runFixture("reference/accesses.elf", engine, [[mem, { regions: 64 }]]);
    const { columns, rows } = view("table", "Regions");
    assert.deepEqual(
      columns.map(({ name }) => name),
      ["region", "load 8", "load 16", "load 32", "load 64", "store 8", "store 16", "store 32", "store 64"],
    );
    assert.deepEqual(rows, [
      ["0x10240", 0, 0, 1, 2, 0, 0, 0, 0],
      ["0x11240", 2, 2, 3, 2, 1, 1, 2, 2],
      ["0x11280", 0, 0, 2, 5, 0, 0, 3, 2],
    ]);
  });

  for (const [track, of] of [
    ["r", /^load/],
    ["w", /^store/],
  ] as const)
    test(`only what is tracked is counted, by regions and in the log: ${track}, ${engine}`, () => {
      const options = { track, regions: 4096, log: 100 };
      const view = runFixture("reference/accesses.elf", engine, [[mem, options]]);
      const { columns, rows } = view("table", "Regions");
      const sum = (which: (name: string) => boolean) =>
        rows
          .flatMap((row) => row.filter((_, i) => i > 0 && which(columns[i].name)))
          .reduce((a, b) => Number(a) + Number(b), 0);
      const expected = track === "r" ? 19 : 11;
      assert.equal(
        sum((name) => of.test(name)),
        expected,
      );
      assert.equal(
        sum((name) => !of.test(name)),
        0,
      );
      const log = view("table", "Log of memory accesses").rows;
      assert.equal(log.length, expected);
      assert.ok(log.every((row) => of.test(String(row[3]))));
    });

  test(`the log ends where it is full: ${engine}`, () => {
    const first = (log: number) =>
      runFixture("reference/mixed.elf", engine, [[mem, { log }]])("table", "Log of memory accesses").rows;
    const many = first(5000);
    assert.equal(many.length, 5000);
    assert.deepEqual(first(3), many.slice(0, 3));
  });

  test(`regions hold every access: ${engine}`, () => {
    const view = runFixture("reference/mixed.elf", engine, [[mem, { regions: 4096 }]]);
    const sum = view("table", "Regions")
      .rows.flatMap((row) => row.slice(1))
      .reduce((a, b) => Number(a) + Number(b), 0);
    assert.equal(sum, view("table", "Memory accesses").rows[0][2]);
  });
}
