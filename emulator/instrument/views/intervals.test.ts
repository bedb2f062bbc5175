import assert from "node:assert/strict";
import { test } from "node:test";
import { collectView, Endless, type Fault } from "./testing/collect-view.ts";

test("vectors of any iterables", () => {
  const vectors = new Set([
    new Map<number, bigint | number>([
      [1, 10n],
      [7, 5],
    ]),
    [],
  ]);
  assert.deepEqual(
    collectView("intervals", () => vectors),
    {
      vectors: [
        [
          [1, 10],
          [7, 5],
        ],
        [],
      ],
    },
  );
});

test("intervals without end are cut off", () => {
  const vectors = new Endless(() => [[1, 1]]);
  const data = collectView("intervals", () => vectors);
  assert.deepEqual([data.vectors.length, data.omitted, vectors.closed], [100_000, 900_000, true]);
});

test("a vector without end is an error", () => {
  const vector = new Endless(() => [1, 1]);
  const message = 'intervals "T": vector has more than 100,000 blocks';
  assert.throws(() => collectView("intervals", () => [vector]), { name: "RangeError", message });
  assert.ok(vector.closed);
});

test("intervals that make too many figures are left out", () => {
  const vector = Array.from({ length: 90_000 }, (_, i) => [i + 1, 1]);
  const data = collectView("intervals", () => Array.from({ length: 30 }, () => vector));
  assert.deepEqual([data.vectors.length, data.omitted], [22, 8]);
});

const faults: Fault[] = [
  [[5], 'intervals "T": vector must be an iterable, not 5'],
  [[[5]], 'intervals "T": vector: entry must be a block and its instructions, not 5'],
  [[[[0, 1]]], 'intervals "T": vector: block must be a number from 1, not 0'],
  [[[[1, -1]]], 'intervals "T": vector: instructions must be finite and not negative, not -1'],
];
for (const [value, message] of faults)
  test(message, () => assert.throws(() => collectView("intervals", () => value), { name: "TypeError", message }));
