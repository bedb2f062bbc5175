import assert from "node:assert/strict";
import { test } from "node:test";
import { IntervalIndex } from "./intervals.ts";

const interval = (low: number, high: number, value: string) => ({ low: BigInt(low), high: BigInt(high), value });

test("the innermost of nested and overlapping ranges is found", () => {
  const index = new IntervalIndex([
    interval(50, 60, "late"),
    interval(0, 100, "outer"),
    interval(10, 20, "inner"),
    interval(10, 40, "middle"),
    interval(30, 30, "empty"),
  ]);
  const cases: [number, string[]][] = [
    [0, ["outer"]],
    [9, ["outer"]],
    [10, ["inner", "middle", "outer"]],
    [20, ["middle", "outer"]],
    [30, ["middle", "outer"]],
    [45, ["outer"]],
    [59, ["late", "outer"]],
    [99, ["outer"]],
    [100, []],
  ];
  for (const [address, values] of cases) {
    assert.deepEqual(
      index.findAll(BigInt(address)).map((found) => found.value),
      values,
    );
    assert.equal(index.find(BigInt(address))?.value, values[0]);
  }
  assert.equal(new IntervalIndex([]).find(0n), undefined);
});
