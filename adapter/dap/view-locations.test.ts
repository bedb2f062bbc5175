import assert from "node:assert/strict";
import { test } from "node:test";
import { locationsOf, type Program } from "./view-locations.ts";
import type { ShownView } from "./views-protocol.ts";

let asked = 0;
const program: Program = {
  symbols: {
    symbolAt(address) {
      asked++;
      return { name: "f", displayName: "f", start: 0n, size: 1n << 40n, offset: address };
    },
    lineForAddress: (address) => ({ path: "f.c", line: Number(address), column: 0, isStatement: true }),
  },
  target: { loadBias: 0x1000n },
  sources: { find: (path) => `/src/${path}` },
};

const base = { plugin: "p", title: "t" };
const axis = (type: "address" | "integer", values: string[]) => ({ title: "a", type, values });
const node = { name: "n", self: 1, total: 1 };
const oneOfEach: [view: ShownView, addresses: string[]][] = [
  [
    {
      ...base,
      kind: "table",
      columns: [
        { name: "a", type: "address" },
        { name: "b", type: "text" },
      ],
      rows: [
        ["0x1001", "0x1002"],
        ["", "x"],
      ],
    },
    ["0x1001"],
  ],
  [{ ...base, kind: "bars", bars: [{ label: "a", value: 1, address: "0x1003" }] }, ["0x1003"]],
  [{ ...base, kind: "series", unit: undefined, rate: false, names: [], points: [] }, []],
  [
    {
      ...base,
      kind: "flame",
      unit: "u",
      root: {
        ...node,
        children: [{ ...node, address: "0x1004", children: [{ ...node, address: "0x1005", children: [] }] }],
      },
    },
    ["0x1004", "0x1005"],
  ],
  [
    { ...base, kind: "heatMap", x: axis("integer", ["0x1006"]), y: axis("address", ["0x1007"]), cells: [[0, 0, 1]] },
    ["0x1007"],
  ],
  [
    {
      ...base,
      kind: "timeline",
      lanes: ["a"],
      entries: [{ lane: 0, start: 1, end: 1, label: "a", address: "0x1008" }],
    },
    ["0x1008"],
  ],
  [{ ...base, kind: "graph", nodes: [{ id: "a", label: "a", weight: 1, address: "0x1009" }], edges: [] }, ["0x1009"]],
  [{ ...base, kind: "log", lines: [{ text: "0x1" }, { text: "b", address: "0x100a" }] }, ["0x100a"]],
  [
    {
      ...base,
      kind: "coverage",
      functions: [{ name: "f", address: "0x100b", bytes: { covered: 0, total: 1 } }],
      files: [],
    },
    ["0x100b"],
  ],
  [{ ...base, kind: "intervals", vectors: [[[1, 1]]] }, []],
];

for (const [view, addresses] of oneOfEach)
  test(`addresses of ${view.kind} have a place`, () => {
    const found = locationsOf(program, [view]);
    assert.deepEqual(Object.keys(found).sort(), addresses);
    for (const [address, location] of Object.entries(found)) {
      const offset = Number(address) - 0x1000;
      assert.deepEqual(location, { symbol: `f+0x${offset.toString(16)}`, path: "/src/f.c", line: offset });
    }
  });

test("so many places are told, of every view some, and each is looked up once", () => {
  const bars = (from: number, count: number): ShownView => ({
    ...base,
    kind: "bars",
    bars: Array.from({ length: count }, (_, i) => ({ label: "a", value: 1, address: `0x${(from + i).toString(16)}` })),
  });
  const views = [bars(0x100000, 30_000), bars(0x200000, 5), bars(0x300000, 30_000)];
  asked = 0;
  const found = Object.keys(locationsOf(program, views)).map((address) => address[2]);
  const count = (first: string) => found.filter((digit) => digit === first).length;
  assert.deepEqual([count("1"), count("2"), count("3")], [6667, 5, 13_328]);
  assert.equal(asked, 20_000);
  locationsOf(program, views);
  assert.equal(asked, 20_000);
});
