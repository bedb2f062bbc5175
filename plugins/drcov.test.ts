import assert from "node:assert/strict";
import { test } from "node:test";
import drcov from "./drcov.ts";
import hotblocks from "./hotblocks.ts";
import { ByteRanges } from "./support/byte-ranges.ts";
import { FunctionBounds } from "./support/function-bounds.ts";
import { engines, runFixture } from "./testing/fixture-run.ts";

for (const engine of engines) {
  test(`functions, as the symbols and the disassembly have them: ${engine}`, () => {
    const view = runFixture("reference/mixed.elf", engine, [[drcov, {}]]);
    const rows = view("table", "Functions covered").rows.map((row) => row.slice(0, 3));
    // All is executed but the end of _start, the first: from 0x104d6, behind the system call that does not return.
    assert.deepEqual(rows, [
      ["0x102c2", 532, 554],
      ["0x10120", 98, 98], // matmul
      ["0x10182", 100, 100], // fib
      ["0x101e6", 92, 92], // sieve.constprop.0
      ["0x10242", 108, 108], // statem.constprop.0
      ["0x102ae", 20, 20], // listsum.constprop.0
    ]);
  });

  test(`blocks and their executions are those of hotblocks: ${engine}`, () => {
    const view = runFixture("reference/mixed.elf", engine, [
      [drcov, {}],
      [hotblocks, { limit: 1000 }],
    ]);
    const { blocks } = view("coverage", "Coverage");
    const byCount = (a: readonly unknown[], b: readonly unknown[]) => (String(a) < String(b) ? -1 : 1);
    assert.equal(blocks.length, 75); // as QEMU's hotblocks collected
    assert.deepEqual(
      blocks.map(([address, , executions]) => [address, executions]).sort(byCount),
      view("table", "Hot blocks")
        .rows.map(([pc, , , executions]) => [pc, executions])
        .sort(byCount),
    );
  });

  test(`the table begins with what is least covered: ${engine}`, () => {
    const { rows } = runFixture("signals/signals.elf", engine, [[drcov, { limit: 50 }]])("table", "Functions covered");
    assert.equal(rows.length, 50);
    const shares = rows.map((row) => Number(row[3]));
    assert.deepEqual(
      shares,
      [...shares].sort((a, b) => a - b),
    );
    assert.ok(rows.every(([, covered, total]) => 0 < Number(covered) && Number(covered) <= Number(total)));
  });
}

test("ranges that overlap, touch and contain each other", () => {
  const ranges = new ByteRanges();
  for (const [start, end] of [
    [20n, 30n],
    [10n, 22n],
    [30n, 31n],
    [40n, 60n],
    [45n, 50n],
    [40n, 60n],
  ])
    ranges.add(start, end);
  assert.equal(ranges.bytes(), 21 + 20);
});

test("the bounds of functions, from symbols", () => {
  const functions = [
    { name: "a", start: 100n, end: 104n },
    { name: "b", start: 104n, end: 1104n },
    { name: "c+0x", start: 2000n, end: 2001n },
  ];
  let asked = 0;
  const bounds = new FunctionBounds((vaddr) => {
    asked++;
    const its = functions.find(({ start, end }) => start <= vaddr && vaddr < end);
    if (!its) return undefined;
    return vaddr === its.start ? its.name : `${its.name}+0x${(vaddr - its.start).toString(16)}`;
  });
  for (const its of functions) for (let at = its.start; at < its.end; at++) assert.deepEqual(bounds.around(at), its);
  assert.equal(bounds.around(1104n), undefined);
  assert.equal(bounds.around(99n), undefined);
  assert.ok(asked < 1200, `${asked} symbols`);
});
