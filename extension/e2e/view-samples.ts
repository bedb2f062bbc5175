// A view of every kind with figures like those of a real program: a small image decoder that was watched.
import type { ShownView, ViewLocation } from "../../adapter/dap/views-protocol.ts";

const functions = [
  ["_start", 0x10120],
  ["main", 0x10160],
  ["decode_image", 0x10200],
  ["read_block", 0x103a0],
  ["huffman_next", 0x10480],
  ["inverse_dct", 0x10600],
  ["colour_convert", 0x10900],
  ["write_rows", 0x10b00],
  ["crc32", 0x10c40],
  ["memcpy", 0x11000],
  ["__libc_write", 0x12400],
] as const;

export const hex = (address: number) => `0x${address.toString(16)}`;
const addressOf = (name: string) => hex(functions.find(([other]) => other === name)![1]);

/** Numbers that look like chance, the same every time. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    yield state / 0x7fffffff;
  }
}

/** All functions but those of the C library are in the file, ten lines apart. */
export function locations(file: string): Record<string, ViewLocation> {
  const all: Record<string, ViewLocation> = {};
  for (const [i, [name, address]] of functions.entries())
    for (let offset = 0; offset < 64; offset += 4)
      all[hex(address + offset)] = {
        symbol: offset === 0 ? name : `${name}+${hex(offset)}`,
        ...(address < 0x11000 ? { path: file, line: 1 + i * 8 + (offset >> 3) } : {}),
      };
  return all;
}

const base = (title: string) => ({ plugin: "sample", title });

export const tableRows = 100_000;

function table(): ShownView {
  const chance = numbers(1);
  return {
    ...base("Accesses"),
    kind: "table",
    columns: [
      { name: "pc", type: "address" },
      { name: "vaddr", type: "address" },
      { name: "kind", type: "text" },
      { name: "count", type: "integer" },
      { name: "hits", type: "percent" },
    ],
    rows: Array.from({ length: tableRows }, (_, i) => {
      const [, address] = functions[i % functions.length];
      const pc = hex(address + 4 * (i % 16));
      const hits = Math.round(chance.next().value * 1000) / 10;
      return [pc, hex(0x20000 + i * 8), i % 3 === 0 ? "store" : "load", (i * 7919) % 100_003, hits];
    }),
  };
}

function bars(): ShownView {
  const classes: [string, number, string?][] = [
    ["integer arithmetic", 48_211_904],
    ["load", 22_900_113],
    ["store", 9_120_331],
    ["branch", 8_733_001],
    ["inverse_dct: multiply and accumulate", 6_120_200, addressOf("inverse_dct")],
    ["jump", 1_922_010],
    ["call", 844_201],
    ["atomic", 12],
    ["system", 4],
  ];
  return {
    ...base("Classes"),
    kind: "bars",
    bars: classes.map(([label, value, address]) => ({ label, value, ...(address ? { address } : {}) })),
  };
}

/** `moments`: as far as the run has come. */
export function series(moments: number): ShownView {
  const points: number[][] = [];
  let [data, code] = [0, 0];
  const chance = numbers(2);
  for (let i = 0; i < moments; i++) {
    points.push([i * 250_000, data, code]);
    data += 900 + 700 * Math.sin(i / 18) + 300 * chance.next().value + (i % 90 > 80 ? 2500 : 0);
    code += 260 + 200 * Math.cos(i / 11) + 80 * chance.next().value;
  }
  return { ...base("Misses"), kind: "series", unit: "misses", rate: true, names: ["data", "code"], points };
}

type Flame = Extract<ShownView, { kind: "flame" }>["root"];

function frame(name: string, self: number, children: Flame[] = []): Flame {
  const total = children.reduce((sum, child) => sum + child.total, self);
  const known = functions.some(([other]) => other === name);
  return { name, self, total, children, ...(known ? { address: addressOf(name), calls: 1 + (total % 97) } : {}) };
}

function flame(): ShownView {
  const block = (scale: number) =>
    frame("read_block", 30_000 * scale, [
      frame("huffman_next", 410_000 * scale, [frame("refill_bits", 88_000 * scale)]),
      frame("memcpy", 21_000 * scale),
    ]);
  const main = frame("main", 4000, [
    frame("decode_image", 52_000, [
      frame("inverse_dct", 1_220_000, [frame("clamp", 160_000), frame("saturating_add", 42_000)]),
      block(1),
      frame("colour_convert", 480_000, [frame("clamp", 55_000)]),
    ]),
    frame("write_rows", 31_000, [frame("crc32", 390_000), frame("__libc_write", 12_000), block(0.05)]),
  ]);
  const root = frame("all", 900, [frame("_start", 1200, [main, frame("exit", 900)])]);
  return { ...base("Call stacks"), kind: "flame", unit: "instructions", root };
}

function heatMap(): ShownView {
  const pages = [0x10, 0x11, 0x12, 0x20, 0x21, 0x22, 0x23, 0x24, 0x30, 0x31, 0x32, 0x33, 0x3fff0, 0x3fff1];
  const cells: [number, number, number][] = [];
  const chance = numbers(3);
  for (let x = 0; x < 120; x++)
    for (let y = 0; y < pages.length; y++) {
      const isNear = Math.abs(y - 3 - (x * 8) / 120) < 1.6;
      const value = Math.round((y < 3 ? 9000 : isNear ? 2600 : y > 11 ? 400 : 0) * (0.4 + chance.next().value));
      if (value > 0) cells.push([x, y, value]);
    }
  return {
    ...base("Pages"),
    kind: "heatMap",
    x: { title: "time", type: "instructions", values: Array.from({ length: 120 }, (_, i) => i * 1_000_000) },
    y: { title: "page", type: "address", values: pages.map((page) => hex(page * 4096)) },
    cells,
  };
}

function timeline(): ShownView {
  const entries: { lane: number; start: number; end: number; label: string; address?: string }[] = [];
  const chance = numbers(4);
  for (let i = 0, time = 0; i < 400; i++) {
    time += Math.round(20_000 + 90_000 * chance.next().value);
    const length = Math.round(60_000 * chance.next().value);
    const [name, address] = functions[2 + (i % 6)];
    entries.push({ lane: 0, start: time, end: time + length, label: name, address: hex(address) });
    if (i % 5 === 0) {
      const label = i % 2 === 0 ? "write" : "read";
      entries.push({ lane: 1, start: time + length, end: time + length, label, address: addressOf("__libc_write") });
    }
    if (i % 80 === 0) entries.push({ lane: 2, start: time, end: time + 2_000_000, label: `image ${i / 80}` });
  }
  entries.sort((a, b) => a.start - b.start);
  return { ...base("Calls"), kind: "timeline", lanes: ["functions", "syscalls", "images"], entries };
}

function graph(): ShownView {
  const chance = numbers(5);
  const blocks = Array.from({ length: 90 }, (_, i) => {
    const [name, address] = functions[i % functions.length];
    const offset = 4 * Math.floor(i / functions.length);
    return {
      id: hex(address + offset),
      address: hex(address + offset),
      label: offset === 0 ? name : `${name}+${hex(offset)}`,
    };
  });
  const edges = Array.from({ length: 150 }, (_, i) => {
    const from = i % 60;
    const near = Math.round((chance.next().value - 0.35) * 9);
    const to = i < 60 ? i + 1 : i > 140 ? i - 60 : Math.max(0, from + near);
    return { from, to, count: Math.round(2_000_000 / (1 + i) ** 1.1) };
  });
  const weights = blocks.map((_, i) => edges.filter(({ to }) => to === i).reduce((sum, { count }) => sum + count, 0));
  return {
    ...base("Flow"),
    kind: "graph",
    nodes: blocks.map((b, i) => ({ ...b, weight: weights[i] })),
    edges,
    omitted: 12,
  };
}

function log(): ShownView {
  const lines = Array.from({ length: 20_000 }, (_, i) => {
    const [name, address] = functions[i % functions.length];
    const text = `${name}: block ${i} at row ${Math.floor(i / 40)}, ${(i * 37) % 64} coefficients`;
    return { text, at: 1000 + i * 733, ...(i % 2 === 0 ? { address: hex(address) } : {}) };
  });
  return { ...base("Trace"), kind: "log", lines };
}

function coverage(file: string): ShownView {
  return {
    ...base("Coverage"),
    kind: "coverage",
    functions: functions.map(([name, address], i) => {
      const total = 60 + ((address * 7) % 400);
      const covered = i === 6 ? 0 : i % 3 === 0 ? total : Math.floor(total * (0.35 + i / 20));
      const lines = address < 0x11000 ? { lines: { covered: Math.ceil((covered * 8) / total), total: 8 } } : {};
      return { name, address: hex(address), bytes: { covered, total }, ...lines };
    }),
    files: [
      { name: "/build/decoder/main.c", path: file, lines: { covered: 61, total: 72 }, missed: 49 },
      { name: "/build/libc/string/memcpy.c", lines: { covered: 12, total: 30 }, missed: 7 },
    ],
  };
}

function intervals(): ShownView {
  const vectors = Array.from({ length: 160 }, (_, i) => {
    const phase = Math.floor(i / 40) % 3;
    return Array.from({ length: 24 }, (_, j) => [1 + phase * 12 + j, 1000 + ((i * 31 + j * 977) % 9000)] as const);
  });
  return { ...base("Vectors"), kind: "intervals", vectors };
}

export const sampleViews = (file: string): ShownView[] => [
  table(),
  bars(),
  series(400),
  flame(),
  heatMap(),
  timeline(),
  graph(),
  log(),
  coverage(file),
  intervals(),
];
