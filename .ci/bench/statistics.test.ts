import assert from "node:assert/strict";
import { test } from "node:test";
import { geometricMean, median, ratio } from "./statistics.ts";

test("the median is the one in the middle, or half-way between two", () => {
  assert.equal(median([3, 1, 20]), 3);
  assert.equal(median([10, 9, 1, 2]), 5.5);
  assert.equal(median([7]), 7);
  assert.throws(() => median([]), /no values/);
});

test("the geometric mean is of ratios: twice and half make one", () => {
  assert.ok(Math.abs(geometricMean([2, 0.5])! - 1) < 1e-12);
  assert.ok(Math.abs(geometricMean([1, 2, 4])! - 2) < 1e-12);
  assert.equal(geometricMean([]), undefined);
});

test("a ratio needs both of its sides", () => {
  assert.equal(ratio(3, 2), 1.5);
  assert.equal(ratio(undefined, 2), undefined);
  assert.equal(ratio(3, undefined), undefined);
  assert.equal(ratio(3, 0), undefined);
});
