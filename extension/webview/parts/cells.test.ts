import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Cell,
  type ColumnType,
  nextOrder,
  type SortOrder,
  shareText,
  shortText,
  sorted,
  textOf,
} from "./cells.ts";

const texts: [value: Cell, type: ColumnType, text: string][] = [
  [1234567, "integer", "1,234,567"],
  ["9007199254740993", "integer", "9,007,199,254,740,993"],
  ["18446744073709551615", "integer", "18,446,744,073,709,551,615"],
  ["-12345", "integer", "-12,345"],
  [1.23456, "number", "1.235"],
  [Number.NaN, "number", "–"],
  [61.25, "percent", "61.3 %"],
  ["0x10a2c", "address", "0x10a2c"],
  ["1000", "text", "1000"],
];
for (const [value, type, text] of texts)
  test(`${type} ${value} is written ${text}`, () => assert.equal(textOf(value, type), text));

const orders: [type: ColumnType, values: Cell[], ascending: Cell[]][] = [
  [
    "integer",
    [5, "9007199254740993", 9007199254740991, "9007199254740992"],
    [5, 9007199254740991, "9007199254740992", "9007199254740993"],
  ],
  ["address", ["0x10000", "0xff", "0x9"], ["0x9", "0xff", "0x10000"]],
  ["text", ["call10", "call9", "Call1"], ["Call1", "call9", "call10"]],
  ["number", [1.5, -2, Number.NaN], [Number.NaN, -2, 1.5]],
];
for (const [type, values, ascending] of orders) {
  test(`${type}s are put in order by value`, () => {
    const rows = values.map((value) => [value]);
    const indexes = () => values.map((_, i) => i);
    const shown = (order: SortOrder | undefined) =>
      sorted(indexes(), rows, [{ name: "c", type }], order).map((i) => values[i]);
    assert.deepEqual(shown({ column: 0, direction: "ascending" }), ascending);
    assert.deepEqual(shown({ column: 0, direction: "descending" }), ascending.toReversed());
    assert.deepEqual(shown(undefined), values);
    assert.deepEqual(shown({ column: 7, direction: "ascending" }), values);
  });
}

test("a column's head goes through its orders", () => {
  const clicks = (type: ColumnType) => {
    const seen: (string | undefined)[] = [];
    let order: SortOrder | undefined;
    for (let i = 0; i < 3; i++) seen.push((order = nextOrder(order, 2, type))?.direction);
    return seen;
  };
  assert.deepEqual(clicks("integer"), ["descending", "ascending", undefined]);
  assert.deepEqual(clicks("text"), ["ascending", "descending", undefined]);
});

test("shares and short figures", () => {
  assert.deepEqual([shareText(1, 3), shareText(1, 0)], ["33.3 %", "0.0 %"]);
  assert.deepEqual([0.5, 9999, 12_345, 3_400_000].map(shortText), ["0.5", "9,999", "12.35K", "3.4M"]);
});
