import assert from "node:assert/strict";
import { test } from "node:test";
import { collectView, Endless, type Fault } from "./testing/collect-view.ts";

test("nodes are made and named, edges put in order and added", () => {
  const graph = {
    nodes: [{ id: 0x100n, label: "entry" }, { id: "io", address: 0x200n, weight: 9n }, { id: "alone" }],
    edges: [
      { from: 0x100n, to: 0x204n, count: 2n },
      { from: 0x204n, to: "io", count: 7 },
      { from: 0x100n, to: 0x204n, count: 6n },
    ],
  };
  assert.deepEqual(
    collectView("graph", () => graph),
    {
      nodes: [
        { id: "0x100", label: "entry", address: "0x100", weight: 8 },
        { id: "0x204", label: "work+0x4", address: "0x204", weight: 8 },
        { id: "io", label: "work", address: "0x200", weight: 9 },
        { id: "alone", label: "alone", weight: 0 },
      ],
      edges: [
        { from: 0, to: 1, count: 8 },
        { from: 1, to: 2, count: 7 },
      ],
    },
  );
});

test("counts are exact beyond 2^53", () => {
  const { edges } = collectView("graph", () => ({ edges: [{ from: "a", to: "b", count: (1n << 60n) + 1n }] }));
  assert.deepEqual(edges, [{ from: 0, to: 1, count: "1152921504606846977" }]);
});

test("the largest edges stay, with their nodes", () => {
  const edges = Array.from({ length: 20_005 }, (_, i) => ({ from: `a${i}`, to: `b${i}`, count: i }));
  const data = collectView("graph", () => ({ edges }));
  assert.deepEqual(
    [data.edges.length, data.edges.at(-1)!.count, data.nodes.length, data.omitted],
    [20_000, 5, 40_000, 5],
  );
});

test("edges without end are an error, nodes without end are cut off", () => {
  const edges = new Endless(() => ({ from: 1n, to: 2n, count: 1 }));
  const message = 'graph "T" gave more than 2,000,000 edges, and does not seem to end';
  assert.throws(() => collectView("graph", () => ({ edges })), { name: "RangeError", message });
  const nodes = new Endless((i) => ({ id: `n${i}` }));
  const data = collectView("graph", () => ({ nodes, edges: [] }));
  assert.deepEqual([data.nodes.length, data.omitted, nodes.closed], [20_000, 180_000, true]);
});

const faults: Fault[] = [
  [{ edges: 5 }, 'graph "T": edges must be an iterable, not 5'],
  [{ edges: [{ from: 1, to: 2n, count: 1 }] }, 'graph "T": edge: from must be a bigint or a string, not 1'],
  [
    { edges: [{ from: 1n, to: 2n, count: Number.NaN }] },
    'graph "T": edge: count must be finite and not negative, not NaN',
  ],
  [{ edges: [], nodes: [{ id: "a", weight: -2 }] }, 'graph "T": node: weight must be finite and not negative, not -2'],
  [{ edges: [], nodes: [{ id: "a", label: {} }] }, 'graph "T": node: label must be a string, not an object'],
];
for (const [value, message] of faults)
  test(message, () => assert.throws(() => collectView("graph", () => value), { name: "TypeError", message }));
