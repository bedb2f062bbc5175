// Every kind of view as text for a terminal.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlameNode, ViewData } from "../../../emulator/instrument/view-data.ts";
import type { Places } from "./places.ts";
import { renderJson, renderText } from "./report.ts";

const places: Places = {
  describe: (address) => (address === 0x100n ? "main at main.c:4" : undefined),
  coverage: (blocks) => ({
    functions: blocks.map(([address, size]) => ({
      name: `f${address}`,
      address: BigInt(address),
      bytes: { covered: size, total: 16 },
      lines: size > 4 ? { covered: 1, total: 3 } : undefined,
      path: size > 4 ? "main.c" : undefined,
      line: size > 4 ? 4 : undefined,
    })),
    files: [{ path: "main.c", lines: { covered: 1, total: 3 }, missed: 5 }],
  }),
};

const leaf = (name: string, total: number): FlameNode => ({ name, self: total, total, children: [] });
const base = { plugin: "p", title: "T" };

const cases: { view: ViewData; text: string[] }[] = [
  {
    view: {
      ...base,
      kind: "table",
      columns: [
        { name: "pc", type: "address" },
        { name: "n", type: "integer" },
      ],
      rows: [
        ["0x100", 12],
        ["", 3],
      ],
      omitted: 7,
    },
    text: [
      "pc      n  where",
      "-----  --  ----------------",
      "0x100  12  main at main.c:4",
      "        3",
      "(7 more are not shown)",
    ],
  },
  {
    view: {
      ...base,
      kind: "bars",
      bars: [
        { label: "loads", value: 8, address: "0x100" },
        { label: "stores", value: 3 },
        { label: "calls", value: 0 },
      ],
    },
    text: [
      "loads   8  72.7 %  ████████████████████████████████████████  0x100 main at main.c:4",
      "stores  3  27.3 %  ███████████████",
      "calls   0   0.0 %",
    ],
  },
  {
    view: {
      ...base,
      kind: "series",
      unit: "misses",
      rate: false,
      names: ["data", "code"],
      points: [
        [10, 0, 4],
        [20, 5, 4],
        [30, 10, 4],
      ],
    },
    text: ["misses, instructions 10 to 30", "data  10  ▁▅█", "code   4  ▁▁▁"],
  },
  {
    view: {
      ...base,
      kind: "series",
      unit: undefined,
      rate: true,
      names: ["a"],
      points: [
        [0, 0],
        [1e6, 5],
        [3e6, 6],
      ],
    },
    text: ["per million instructions, instructions 0 to 3000000", "a  0.5  █▁"],
  },
  {
    view: { ...base, kind: "series", unit: "a", rate: true, names: ["b"], points: [[2e6, 5]] },
    text: ["a per million instructions, instructions 2000000 to 2000000", "b  2.5  ▁"],
  },
  {
    view: {
      ...base,
      kind: "flame",
      unit: "instructions",
      root: {
        name: "all",
        self: 0,
        total: 1000,
        children: [{ name: "main", self: 100, total: 997, children: [leaf("work", 897)] }, leaf("exit", 3)],
      },
    },
    text: [
      "  total    self  instructions",
      "100.0 %   0.0 %          1000  all",
      " 99.7 %  10.0 %           997    main",
      " 89.7 %  89.7 %           897      work",
      "(paths that come to less are not shown)",
    ],
  },
  {
    view: { ...base, kind: "flame", unit: "cycles", root: { ...leaf("all", 0), total: 4, children: [leaf("f", 4)] } },
    text: ["  total     self  cycles", "100.0 %    0.0 %       4  all", "100.0 %  100.0 %       4    f"],
  },
  {
    view: {
      ...base,
      kind: "heatMap",
      x: { title: "time", type: "instructions", values: [0, 10, 20] },
      y: { title: "page", type: "address", values: ["0x1000", "0x20000"] },
      cells: [
        [0, 0, 1],
        [1, 0, 30],
        [2, 1, 1000],
      ],
    },
    text: [
      "         time: 0 to 20, page: 0x1000 to 0x20000",
      " 0x1000 |.+ |",
      "0x20000 |  @|",
      "         . least, @ 1000",
    ],
  },
  {
    view: {
      ...base,
      kind: "timeline",
      lanes: ["syscalls", "CPU0"],
      entries: [
        { lane: 1, start: 5, end: 5, label: "start" },
        { lane: 0, start: 100, end: 160, label: "write", address: "0x100" },
      ],
    },
    text: [
      "start  length  lane",
      "    5          CPU0      start",
      "  100     +60  syscalls  write  0x100 main at main.c:4",
    ],
  },
  {
    view: {
      ...base,
      kind: "graph",
      nodes: [
        { id: "0x100", label: "main", address: "0x100", weight: 1 },
        { id: "io", label: "io", weight: 1 },
      ],
      edges: [
        { from: 0, to: 1, count: 30 },
        { from: 1, to: 0, count: "10" },
      ],
    },
    text: ["2 nodes, 2 edges", "30  75.0 %  main (0x100) -> io", "10  25.0 %  io -> main (0x100)"],
  },
  {
    view: {
      ...base,
      kind: "log",
      lines: [
        { text: "one", at: 5 },
        { text: "two", at: 12, address: "0x100" },
      ],
    },
    text: [" 5 one", "12 two [0x100 main at main.c:4]"],
  },
  {
    view: {
      ...base,
      kind: "coverage",
      blocks: [
        ["0x100", 8, 3],
        ["0x200", 4, 0],
      ],
    },
    text: [
      "1 of 2 translated blocks have run",
      "function  address  bytes          lines          where",
      "--------  -------  -----  ------  -----  ------  --------",
      "f0x100    0x100     8/16  50.0 %    1/3  33.3 %  main.c:4",
      "f0x200    0x200     4/16  25.0 %",
      "",
      "file    lines          first not run",
      "------  -----  ------  -------------",
      "main.c    1/3  33.3 %              5",
    ],
  },
  {
    view: {
      ...base,
      kind: "intervals",
      vectors: [
        [
          [1, 75],
          [2, 25],
        ],
        [],
      ],
    },
    text: [
      "interval  instructions  blocks  most in blocks",
      "--------  ------------  ------  ----------------------",
      "       1           100       2  1 (75.0 %), 2 (25.0 %)",
      "       2             0       0",
    ],
  },
];

for (const { view, text } of cases)
  test(`${view.kind} as text`, () => assert.equal(renderText([view], places), ["T (p)", ...text, ""].join("\n")));

test("large maps and graphs are scaled and cut", () => {
  const many = Array.from({ length: 1000 }, (_, i) => i);
  const axis = { title: "a", type: "integer", values: many } as const;
  const map: ViewData = { ...base, kind: "heatMap", x: axis, y: axis, cells: many.map((i) => [i, i, 1]) };
  const rows = renderText([map], places)
    .split("\n")
    .filter((line) => line.includes("|"));
  assert.deepEqual([rows.length, rows[0].length], [40, 100 + "999 ||".length]);
  const nodes = many.map((i) => ({ id: `n${i}`, label: `n${i}`, weight: 0 }));
  const graph: ViewData = { ...base, kind: "graph", nodes, edges: many.map((i) => ({ from: i, to: i, count: 1 })) };
  assert.match(
    renderText([graph], places),
    /^1000 nodes, 1000 edges\n(1 {4}0\.1 %|1 {2}0\.1 %).*\(900 smaller edges\)\n$/ms,
  );
});

test("JSON has the data of every kind; a table's columns are their names", () => {
  const { views } = JSON.parse(renderJson(cases.map(({ view }) => view)));
  assert.deepEqual(views[0], {
    ...base,
    kind: "table",
    columns: ["pc", "n"],
    rows: [
      ["0x100", 12],
      ["", 3],
    ],
    omitted: 7,
  });
  for (const [i, { view }] of cases.entries())
    if (i > 0) assert.deepEqual(views[i], JSON.parse(JSON.stringify(view)), view.kind);
});
