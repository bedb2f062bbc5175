// Rows become cells that any viewer can show.
import assert from "node:assert/strict";
import { test } from "node:test";
import { collectView, Endless, type Fault } from "./testing/collect-view.ts";

const cases = [
  {
    rows: [
      { pc: 0xffff_ffff_8000_0000n, n: 1n << 60n, ratio: 0.5, name: "a", none: undefined },
      { pc: 16n, n: 3n, ratio: 1, name: "b", none: null },
    ],
    columns: [
      { name: "pc", type: "address" },
      { name: "n", type: "integer" },
      { name: "ratio", type: "number" },
      { name: "name", type: "text" },
      { name: "none", type: "integer" },
    ],
    cells: [
      ["0xffffffff80000000", "1152921504606846976", 0.5, "a", ""],
      ["0x10", 3, 1, "b", ""],
    ],
  },
  {
    rows: [{ at: 255n, share: 12.5, hidden: 1, flag: true }],
    options: { columns: { flag: "text", share: "percent", at: "address" } },
    columns: [
      { name: "flag", type: "text" },
      { name: "share", type: "percent" },
      { name: "at", type: "address" },
    ],
    cells: [["true", 12.5, "0xff"]],
  },
  {
    rows: [{ at: 1.5, nan: Number.NaN, text: 10n }],
    options: { columns: { at: "address", nan: "number", text: "text" } },
    columns: [
      { name: "at", type: "address" },
      { name: "nan", type: "number" },
      { name: "text", type: "text" },
    ],
    cells: [[1.5, "NaN", "10"]],
  },
  { rows: [], columns: [], cells: [] },
];
for (const [i, { rows, options = {}, columns, cells }] of cases.entries())
  test(`columns and cells ${i + 1}`, () => {
    assert.deepEqual(
      collectView("table", () => rows, options),
      { columns, rows: cells },
    );
  });

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
const faults: Fault[] = [
  [5, 'table "T" must be an iterable, not 5'],
  [undefined, 'table "T" must be an iterable, not undefined'],
  [["row"], 'table "T": row must be an object of cells by column name, not "row"'],
  [[cyclic], 'table "T": cell of column "self" must be a text, a number or empty, not an object'],
  [[{ f: () => 1 }], 'table "T": cell of column "f" must be a text, a number or empty, not a function'],
];
for (const [value, message] of faults)
  test(message, () => assert.throws(() => collectView("table", () => value), { name: "TypeError", message }));

test("a column of an unknown type is refused", () => {
  const message = 'table "T": type of column "a" must be one of address, integer, number, percent, text, not "size"';
  assert.throws(() => collectView("table", () => [], { columns: { a: "size" } }), { name: "TypeError", message });
});

test("rows beyond the bound are counted", () => {
  const list = Array.from({ length: 100_003 }, (_, n) => ({ n }));
  const data = collectView("table", () => list);
  assert.deepEqual([data.rows.length, data.rows[99_999], data.omitted], [100_000, [99_999], 3]);
});

test("rows without end are cut off", () => {
  const rows = new Endless((n) => ({ n }));
  const data = collectView("table", () => rows);
  assert.deepEqual([data.rows.length, data.omitted, rows.closed], [100_000, 900_000, true]);
});
