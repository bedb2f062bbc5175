// Small views made by hand, and a program for them: main at 0x10100 calls work at 0x10200; lib.so lies at 0x20000.
import type { CodeFunction, CodeLine, ExportContext, ViewOf } from "../exporter.ts";

const functions: (CodeFunction & { end: bigint })[] = [
  { name: "main", linkageName: "main", entry: 0x10100n, end: 0x10120n },
  { name: "ns::work<int, 4>", linkageName: "_ZN2ns4workIiLi4EEEvv", entry: 0x10200n, end: 0x10220n },
  { name: "idle", linkageName: "idle", entry: 0x10300n, end: 0x10308n },
];

const lines: CodeLine[] = [
  { low: 0x10100n, high: 0x10108n, file: "/src/main.c", line: 10 },
  { low: 0x10108n, high: 0x10110n, file: "/src/main.c", line: 11 },
  { low: 0x10110n, high: 0x10120n, file: "/src/main.c", line: 12 },
  { low: 0x10200n, high: 0x10210n, file: "/src/work.c", line: 20 },
  { low: 0x10210n, high: 0x10218n, file: "/src/inline.h", line: 3 },
  { low: 0x10218n, high: 0x10220n, file: "/src/work.c", line: 21 },
  { low: 0x10300n, high: 0x10308n, file: "/src/inline.h", line: 3 },
];

export function sampleContext(): ExportContext & { readonly logged: string[] } {
  const logged: string[] = [];
  const functionAt = (address: bigint) => functions.find(({ entry, end }) => address >= entry && address < end);
  return {
    programPath: "/bin/sample.elf",
    guestName: "riscv64",
    modules: [
      { name: "/bin/sample.elf", start: 0x10000n, end: 0x12000n, entry: 0x10100n, loadBias: 0n },
      { name: "/lib/lib.so", start: 0x20000n, end: 0x21000n, entry: 0n, loadBias: 0x20000n },
    ],
    instructions: 1000n,
    functionAt,
    locate(address) {
      const found = lines.find(({ low, high }) => address >= low && address < high);
      return { function: functionAt(address)?.name, file: found?.file, line: found?.line };
    },
    codeLines: () => lines,
    log: (text) => logged.push(text),
    logged,
  };
}

/** main runs once; its loop at 0x10108 is entered there 9 times more; work's first part runs 5 times; idle never. */
export const coverage: ViewOf<"coverage"> = {
  plugin: "drcov",
  title: "Coverage",
  kind: "coverage",
  blocks: [
    ["0x10100", 16, 1],
    ["0x10108", 8, 9],
    ["0x10110", 16, 1],
    ["0x10200", 24, 5],
    ["0x10300", 8, 0],
    ["0x20040", 4, 2],
    ["0x7f0000", 4, 1],
  ],
};

const leaf = (name: string, self: number, more: object = {}) => ({ name, self, total: self, children: [], ...more });

/** main (10) calls work from two places (30 and 20), which calls a function without address (5) and main again (7). */
export const flame: ViewOf<"flame"> = {
  plugin: "flame",
  title: "Instructions",
  kind: "flame",
  unit: "instructions",
  root: {
    name: "",
    self: 3,
    total: 75,
    children: [
      {
        name: "main",
        address: "0x10100",
        self: 10,
        total: 72,
        calls: 1,
        children: [
          {
            name: "work+0x10",
            address: "0x10210",
            self: 30,
            total: 42,
            calls: 2,
            children: [leaf("odd; name", 5), leaf("main+0x8", 7, { address: "0x10100", calls: 1 })],
          },
          leaf("work", 20, { address: "0x10210", calls: 3 }),
        ],
      },
    ],
  },
};

export const timeline: ViewOf<"timeline"> = {
  plugin: "traps",
  title: "Traps",
  kind: "timeline",
  lanes: ["syscalls", "CPU0"],
  entries: [
    { lane: 0, start: 100, end: 100, label: "write", address: "0x10108" },
    { lane: 1, start: 100, end: 200, label: "outer" },
    { lane: 1, start: 120, end: 150, label: "inner" },
    { lane: 1, start: 180, end: 260, label: "late" },
  ],
};

export const series: ViewOf<"series"> = {
  plugin: "cache",
  title: "Misses",
  kind: "series",
  unit: "misses",
  rate: true,
  names: ["data", "code"],
  points: [
    [0, 0, 0],
    [500, 12, 3],
  ],
};

export const intervals: ViewOf<"intervals"> = {
  plugin: "bbv",
  title: "Vectors",
  kind: "intervals",
  vectors: [
    [
      [1, 50],
      [2, 0],
      [3, 51],
    ],
    [],
    [[2, 100]],
  ],
};

export const table: ViewOf<"table"> = {
  plugin: "hotblocks",
  title: "Hot blocks",
  kind: "table",
  columns: [
    { name: "pc", type: "address" },
    { name: 'the "name"', type: "text" },
    { name: "count", type: "integer" },
  ],
  rows: [
    ["0x10100", "a,b", 12],
    ["0x10200", "two\nlines\r", "18446744073709551615"],
    ["", 'say "so"', 0.5],
  ],
};

export const graph: ViewOf<"graph"> = {
  plugin: "cflow",
  title: 'Flow "all"',
  kind: "graph",
  nodes: [
    { id: "0x10100", label: "main", address: "0x10100", weight: 9 },
    { id: "out", label: 'back\\slash "quoted"\nsecond line', weight: 0 },
  ],
  edges: [
    { from: 0, to: 1, count: 8 },
    { from: 1, to: 0, count: "18446744073709551615" },
  ],
};
