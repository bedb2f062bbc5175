import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin } from "./api/index.ts";
import hotpages from "./hotpages.ts";
import { engines, runFixture } from "./testing/fixture-run.ts";

/** Counts by page by a callback per access. */
function counting(pageSize: bigint) {
  const pages = new Map<bigint, [reads: number, writes: number]>();
  const definition = definePlugin({
    name: "counting",
    version: "1.0.0",
    install(vm) {
      vm.onTranslate((tb) => {
        for (const insn of tb.instructions)
          insn.onMemory(({ vaddr, isStore }) => {
            const page = vaddr - (vaddr % pageSize);
            const counts = pages.get(page) ?? [0, 0];
            counts[isStore ? 1 : 0]++;
            pages.set(page, counts);
          });
      });
    },
  });
  return { definition, pages };
}

for (const engine of engines) {
  // Of pages of 4 bytes there are more than slots, so that some have to share one.
  for (const pagesize of [4, 4096])
    test(`every access to pages of ${pagesize} bytes, as a callback counts them: ${engine}`, () => {
      const { definition, pages } = counting(BigInt(pagesize));
      const view = runFixture("reference/mixed.elf", engine, [
        [hotpages, { sortby: "address", pagesize, limit: 100_000 }],
        [definition, {}],
      ]);
      if (pagesize === 4) assert.ok(pages.size > 1 << 14);
      const expected = [...pages]
        .sort(([a], [b]) => (a < b ? 1 : -1))
        .map(([page, counts]) => [`0x${page.toString(16)}`, ...counts]);
      assert.deepEqual(view("table", "Hot pages").rows, expected);
    });

  test(`the orders, the limit: ${engine}`, () => {
    const rows = (options: object) =>
      runFixture("reference/accesses.elf", engine, [[hotpages, { pagesize: 16, ...options }]])("table", "Hot pages")
        .rows;
    const all = rows({});
    const descending = (column: (row: (typeof all)[number]) => number) => all.map(column).sort((a, b) => b - a);
    const column = (n: number) => (row: (typeof all)[number]) => Number(row[n]);
    assert.deepEqual(
      all.map((row) => column(1)(row) + column(2)(row)),
      descending((row) => column(1)(row) + column(2)(row)),
    );
    assert.deepEqual(rows({ sortby: "reads" }).map(column(1)), descending(column(1)));
    assert.deepEqual(rows({ sortby: "writes" }).map(column(2)), descending(column(2)));
    assert.deepEqual(rows({ sortby: "address", limit: 2 }), rows({ sortby: "address" }).slice(0, 2));
  });

  test(`a table of one row is shown: ${engine}`, () => {
    const view = runFixture("reference/faults.elf", engine, [[hotpages, {}]]);
    assert.deepEqual(view("table", "Hot pages").rows, [["0x11000", 10, 10]]);
    const { x, y, cells } = view("heatMap", "Pages over time");
    assert.deepEqual([x.values, y.values, cells], [[0], ["0x11000"], [[0, 0, 20]]]);
  });

  test(`the heat map divides the run, and holds every access: ${engine}`, () => {
    const view = runFixture("reference/mixed.elf", engine, [[hotpages, { intervals: 10, limit: 1000 }]]);
    const { x, y, cells } = view("heatMap", "Pages over time");
    assert.ok(x.values.length >= 10 && x.values.length <= 20, `${x.values.length} intervals`);
    const interval = Number(x.values[1]) - Number(x.values[0]);
    assert.ok(x.values.every((value, i) => value === i * interval));
    const byPage = new Map<string, number>();
    for (const [, page, value] of cells)
      byPage.set(String(y.values[page]), (byPage.get(String(y.values[page])) ?? 0) + value);
    const table = view("table", "Hot pages").rows.map(
      ([page, reads, writes]) => [page, Number(reads) + Number(writes)] as const,
    );
    assert.deepEqual([...byPage].sort(), [...table].sort());
    assert.ok(cells.some(([at]) => at === 0) && cells.some(([at]) => at === x.values.length - 1));
  });
}

test("a page size that is no power of two is refused", () => {
  assert.throws(
    () => runFixture("reference/accesses.elf", "interpreter", [[hotpages, { pagesize: 5000 }]]),
    /power of two/,
  );
});
