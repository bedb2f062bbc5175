// What is drawn, before it is drawn: boxes of flame graphs, cells of heat maps, windows of time, points of series.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type FlameNode, layoutFlame, matchedTotal, nodeAt } from "./flame-layout.ts";
import { layoutGraph } from "./graph-layout.ts";
import { heatGrid, strength, valueOfStrength, valuesIn } from "./heat-cells.ts";
import { seriesColumns } from "./series-points.ts";
import { moved, within, zoomed } from "./time-window.ts";

const node = (name: string, total: number, children: FlameNode[] = []): FlameNode => ({
  name,
  total,
  self: total - children.reduce((sum, child) => sum + child.total, 0),
  children,
});
const tree = node("all", 100, [
  node("main", 80, [node("work", 60, [node("memcpy", 20)]), node("tiny", 1)]),
  node("exit", 20, [node("memcpy", 4, [node("memcpy", 2)])]),
]);
const boxes = (zoom: string[], least: number) =>
  layoutFlame(tree, zoom, least).map(({ path, depth, left, width }) => [path.join("/"), depth, left, width]);

test("boxes of a flame graph are as wide as their totals, those too narrow are left out", () => {
  assert.deepEqual(boxes([], 0.03), [
    ["", 0, 0, 1],
    ["main", 1, 0, 0.8],
    ["exit", 1, 0.8, 0.2],
    ["main/work", 2, 0, 0.6],
    ["exit/memcpy", 2, 0.8, 0.04],
    ["main/work/memcpy", 3, 0, 0.2],
  ]);
});

test("what is zoomed to has the whole width, below those that it is in", () => {
  assert.deepEqual(boxes(["main", "work"], 0.01), [
    ["", 0, 0, 1],
    ["main", 1, 0, 1],
    ["main/work", 2, 0, 1],
    ["main/work/memcpy", 3, 0, 1 / 3],
  ]);
});

test("a zoom to what is gone ends at its nearest caller", () => {
  assert.deepEqual(nodeAt(tree, ["main", "gone", "memcpy"]).path, ["main"]);
  assert.equal(boxes(["gone"], 0.03).length, 6);
});

test("what was found is counted once", () => {
  assert.equal(
    matchedTotal(tree, (name) => name === "memcpy"),
    24,
  );
  assert.equal(
    matchedTotal(tree, () => true),
    100,
  );
});

test("cells of a heat map are put together", () => {
  const cells = [
    [0, 0, 1],
    [1, 0, 2],
    [2, 1, 4],
    [3, 3, 8],
  ] as const;
  const all = heatGrid(cells, 4, 4, 100, 100);
  assert.deepEqual([all.columns, all.rows, all.least, all.most, all.sums[15]], [4, 4, 1, 8, 8]);
  const halves = heatGrid(cells, 4, 4, 2, 2.9);
  assert.deepEqual([halves.columns, halves.rows, [...halves.sums]], [2, 2, [3, 4, 0, 8]]);
  assert.deepEqual(
    [0, 1, 2].map((part) => valuesIn(part, 3, 10)),
    [
      [0, 4],
      [4, 7],
      [7, 10],
    ],
  );
});

test("strength of a heat map's colours, and back", () => {
  const grid = heatGrid(
    [
      [0, 0, 1],
      [1, 0, 100],
    ],
    2,
    1,
    2,
    1,
  );
  assert.deepEqual(
    [1, 10, 100].map((value) => strength(value, grid, true)),
    [0, 0.5, 1],
  );
  assert.equal(strength(25, grid, false), 0.25);
  assert.deepEqual([valueOfStrength(0.5, grid, true), valueOfStrength(0.5, grid, false)], [10, 50]);
  const one = heatGrid([[0, 0, 7]], 1, 1, 1, 1);
  assert.deepEqual([strength(7, one, true), valueOfStrength(0, heatGrid([], 1, 1, 1, 1), true)], [1, 0]);
});

test("a window of time zooms about a time, moves, and stays within what there is", () => {
  const all = { from: 0, to: 1000 };
  assert.deepEqual(zoomed({ from: 100, to: 300 }, 0.5, 150), { from: 125, to: 225 });
  assert.deepEqual(moved({ from: 100, to: 300 }, 0.5), { from: 200, to: 400 });
  assert.deepEqual(within({ from: -50, to: 150 }, all), { from: 0, to: 200 });
  assert.deepEqual(within({ from: 900, to: 1100 }, all), { from: 800, to: 1000 });
  assert.deepEqual(within({ from: 5, to: 5.1 }, all), { from: 5, to: 6 });
  assert.equal(within({ from: -100, to: 1100 }, all), undefined);
});

test("points of a series, and their growth per million instructions", () => {
  const points = [
    [0, 0, 8],
    [1e6, 5, 8],
    [3e6, 6, 4],
  ];
  const names = ["a", "b"];
  assert.deepEqual(seriesColumns({ names, points, rate: false }), [
    [0, 1e6, 3e6],
    [0, 5, 6],
    [8, 8, 4],
  ]);
  assert.deepEqual(seriesColumns({ names, points, rate: true }), [
    [1e6, 3e6],
    [5, 0.5],
    [0, -2],
  ]);
});

test("the largest edges of a graph are laid out with their nodes, loops too", () => {
  const nodes = ["a", "b", "c", "d"].map((id) => ({ id, label: id, weight: 1 }));
  const edges = [
    { from: 0, to: 1, count: 9 },
    { from: 1, to: 1, count: 5 },
    { from: 2, to: 3, count: 1 },
  ];
  const two = layoutGraph({ nodes, edges }, 2, "TB");
  assert.deepEqual(
    two.nodes.map(({ index }) => index),
    [0, 1],
  );
  assert.ok(two.nodes[1].y > two.nodes[0].y && two.edges.every(({ points }) => points.length >= 2));
  assert.deepEqual(
    two.edges.map(({ index }) => index),
    [0, 1],
  );
  const [from, to] = layoutGraph({ nodes, edges }, 1, "LR").nodes;
  assert.ok(to.x > from.x && to.y === from.y);
  assert.equal(layoutGraph({ nodes, edges: [] }, 3, "LR").nodes.length, 3);
});
