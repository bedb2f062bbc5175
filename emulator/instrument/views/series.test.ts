import assert from "node:assert/strict";
import { test } from "node:test";
import type { SeriesData } from "../view-data.ts";
import { collectView, type Fault, registerViews } from "./testing/collect-view.ts";

/** A series of figures that can be set, and its data at an instruction count. */
function series(options = {}): { now: Record<string, bigint | number>; at(instructions: number): SeriesData } {
  const made = { now: {}, at: (instructions: number) => collect(BigInt(instructions))[0] as SeriesData };
  const collect = registerViews((views) => views.series("T", () => made.now, options));
  return made;
}

test("what the figures were is kept", () => {
  const view = series({ unit: "misses", rate: true });
  view.now = { data: 1n, code: 2 };
  view.at(100);
  view.now = { data: 5n, code: 2.5 };
  assert.deepEqual(view.at(200), {
    plugin: "test",
    title: "T",
    kind: "series",
    unit: "misses",
    rate: true,
    names: ["data", "code"],
    points: [
      [100, 1, 2],
      [200, 5, 2.5],
    ],
  });
});

test("a figure that comes later was nothing, one that is not told stays", () => {
  const view = series();
  view.now = { a: 1 };
  view.at(1);
  view.now = { b: 7 };
  assert.deepEqual(view.at(2).points, [
    [1, 1, 0],
    [2, 1, 7],
  ]);
});

test("a guest that stands still has one moment, one that was taken back loses what it had", () => {
  const view = series();
  for (const [instructions, a] of [
    [10, 1],
    [20, 2],
    [20, 3],
    [30, 4],
    [15, 5],
  ]) {
    view.now = { a };
    view.at(instructions);
  }
  assert.deepEqual(view.at(15).points, [
    [10, 1],
    [15, 5],
  ]);
});

test("of many moments so many are kept, evenly, and always the last", () => {
  const view = series();
  let most = 0;
  for (let i = 1; i <= 20_000; i++) {
    view.now = { i };
    most = Math.max(most, view.at(i).points.length);
  }
  const { points } = view.at(20_000);
  assert.equal(most, 2000);
  assert.deepEqual(
    [points[0], points.at(-1)],
    [
      [1, 1],
      [20_000, 20_000],
    ],
  );
  const gaps = points.slice(1).map(([x], i) => x - points[i][0]);
  assert.ok(points.length > 900 && Math.max(...gaps) <= 32, `${points.length} points, gaps to ${Math.max(...gaps)}`);
});

test("reset or not, each registration has a history of its own", () => {
  const first = series();
  first.now = { a: 1 };
  first.at(1);
  const second = series();
  second.now = { a: 2 };
  assert.deepEqual(second.at(2).points, [[2, 2]]);
});

test("more than a hundred figures are not kept", () => {
  const figures = Object.fromEntries(Array.from({ length: 103 }, (_, i) => [`f${i}`, i]));
  const { names, points, omitted } = collectView("series", () => figures);
  assert.deepEqual([names.length, points[0].length, omitted], [100, 101, 3]);
});

const faults: Fault[] = [
  [7, 'series "T" must be an object, not 7'],
  [{ a: "7" }, 'series "T": "a" must be a bigint or a number, not "7"'],
  [{ a: Number.NaN }, 'series "T": "a" must be finite, not NaN'],
];
for (const [value, message] of faults)
  test(message, () => assert.throws(() => collectView("series", () => value), { name: "TypeError", message }));
