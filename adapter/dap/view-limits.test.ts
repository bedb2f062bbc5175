// No event is enormous, and what is sent of a large view is what is seen first.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted } from "./view-limits.ts";
import type { ShownView } from "./views-protocol.ts";

const base = { plugin: "p", title: "t" };
const numbers = Array.from({ length: 5000 }, (_, i) => i);

const large: ShownView[] = [
  { ...base, kind: "table", columns: [{ name: "n", type: "integer" }], rows: numbers.map((n) => [n]) },
  { ...base, kind: "bars", bars: numbers.map((n) => ({ label: "bar", value: 5000 - n })), omitted: 10 },
  { ...base, kind: "series", unit: undefined, rate: false, names: ["a"], points: numbers.map((n) => [n, n]) },
  {
    ...base,
    kind: "flame",
    unit: "u",
    root: {
      name: "all",
      self: 0,
      total: 1e6,
      children: numbers.map((n) => ({ name: `f${n}`, self: n, total: n, children: [] })),
    },
  },
  {
    ...base,
    kind: "heatMap",
    x: { title: "x", type: "integer", values: numbers },
    y: { title: "y", type: "integer", values: numbers },
    cells: numbers.map((n) => [n, n, n] as const),
  },
  {
    ...base,
    kind: "timeline",
    lanes: ["a"],
    entries: numbers.map((n) => ({ lane: 0, start: n, end: n, label: "entry" })),
  },
  {
    ...base,
    kind: "graph",
    nodes: numbers.map((n) => ({ id: `n${n}`, label: `n${n}`, weight: n })),
    edges: numbers.map((n) => ({ from: n, to: 4999 - n, count: 5000 - n })),
  },
  { ...base, kind: "log", lines: numbers.map((n) => ({ text: `line ${n}` })) },
  {
    ...base,
    kind: "coverage",
    functions: numbers.map((n) => ({ name: `f${n}`, address: `0x${n}`, bytes: { covered: n, total: n } })),
    files: [],
  },
  { ...base, kind: "intervals", vectors: numbers.map((n) => [[1, n] as const]) },
];

for (const view of large)
  test(`a large ${view.kind} is cut to the limit`, () => {
    const before = JSON.stringify(view);
    const { views, size } = fitted([view], 20_000);
    const json = JSON.stringify(views[0]);
    assert.ok(json.length <= 20_000 && json.length > 12_000, `${json.length} of ${before.length} characters`);
    assert.equal(size, json.length);
    assert.ok(views[0].omitted! > 1000, `${views[0].omitted} omitted`);
    assert.equal(JSON.stringify(view), before);
  });

const cut = (kind: string) => fitted([large.find((view) => view.kind === kind)!], 20_000).views[0];

test("the first rows, the last lines, the largest cells, functions and edges stay", () => {
  const [table, log, map, flame, graph] = ["table", "log", "heatMap", "flame", "graph"].map(cut);
  assert.ok(table.kind === "table" && log.kind === "log" && map.kind === "heatMap");
  assert.deepEqual([table.rows[0], table.rows.length + table.omitted!], [[0], 5000]);
  assert.deepEqual([log.lines.at(-1)!.text, log.lines.length + log.omitted!], ["line 4999", 5000]);
  const last = map.x.values.length - 1;
  assert.deepEqual([map.x.values[last], map.cells[0], map.y.values.length], [4999, [last, last, 4999], last + 1]);
  assert.ok(flame.kind === "flame" && graph.kind === "graph");
  assert.deepEqual([flame.root.children.at(-1)!.name, flame.root.total], ["f4999", 1e6]);
  const { from, to, count } = graph.edges[0];
  assert.deepEqual([graph.nodes[from].id, graph.nodes[to].id, count], ["n0", "n4999", 5000]);
  assert.equal(cut("bars").omitted! > 10, true);
});

test("a small view stays whole beside large ones", () => {
  const small: ShownView = { ...base, kind: "log", lines: [{ text: "one" }] };
  const { views, size } = fitted([large[0], small, large[7]], 20_000);
  assert.equal(views[1], small);
  assert.ok(size <= 20_000 && views[0].omitted! > 0 && views[2].omitted! > 0);
});

test("what fits is not touched", () => {
  const { views, size } = fitted(large, 10_000_000);
  assert.deepEqual(views, large);
  assert.equal(
    size,
    large.reduce((sum, view) => sum + JSON.stringify(view).length, 0),
  );
});
