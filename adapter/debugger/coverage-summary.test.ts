// Coverage of a program whose symbols and lines are written down here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CoverageSummarizer, type CoverageSymbols } from "./coverage-summary.ts";

const bias = 0x1000n;
const functions = [
  { name: "main", start: 0x100n, size: 16n, path: "/src/main.c", first: 10 },
  { name: "work", start: 0x110n, size: 8n, path: "/src/work.c", first: 3 },
  { name: "unsized", start: 0x200n, size: 0n, path: undefined, first: 0 },
];

/** Every four bytes are of another line. */
const symbols: CoverageSymbols = {
  symbolAt(address) {
    const found = functions.find(({ start, size }) => address >= start && address < start + (size || 0x100n));
    return found && { ...found, displayName: found.name, offset: address - found.start };
  },
  lineForAddress(address) {
    const found = functions.find(({ start, size }) => address >= start && address < start + size);
    if (!found?.path) return undefined;
    const line = found.first + Number((address - found.start) / 4n);
    return { path: found.path, line, column: 0, isStatement: true };
  },
  breakpointLocations: (path) => (path === "/src/work.c" ? [2, 3, 4, 9].map((line) => ({ line, column: 0 })) : []),
};

test("bytes and lines by function, lines by file; a block may run on into the next function", () => {
  const summary = new CoverageSummarizer(symbols, bias).summarize([
    ["0x1100", 4, 2],
    ["0x1102", 4, 1],
    ["0x1108", 4, 0],
    ["0x110c", 8, 1],
    ["0x1200", 6, 3],
    ["0x1900", 4, 1],
  ]);
  assert.deepEqual(summary, {
    functions: [
      {
        name: "main",
        address: 0x1100n,
        bytes: { covered: 10, total: 16 },
        lines: { covered: 3, total: 4 },
        path: "/src/main.c",
        line: 10,
      },
      {
        name: "work",
        address: 0x1110n,
        bytes: { covered: 4, total: 8 },
        lines: { covered: 1, total: 2 },
        path: "/src/work.c",
        line: 3,
      },
      {
        name: "unsized",
        address: 0x1200n,
        bytes: { covered: 6, total: 6 },
        lines: undefined,
        path: undefined,
        line: undefined,
      },
      {
        name: "0x1900",
        address: 0x1900n,
        bytes: { covered: 4, total: 4 },
        lines: undefined,
        path: undefined,
        line: undefined,
      },
    ],
    files: [
      { path: "/src/main.c", lines: { covered: 3, total: 4 }, missed: 12 },
      { path: "/src/work.c", lines: { covered: 1, total: 4 }, missed: 2 },
    ],
  });
});

test("a symbol of a monstrous size takes bounded time", () => {
  const monster: CoverageSymbols = {
    ...symbols,
    symbolAt: (address) => ({ name: "x", displayName: "x", start: 0n, size: 1n << 60n, offset: address }),
  };
  const { functions } = new CoverageSummarizer(monster, 0n).summarize([["0x10", 4, 1]]);
  assert.deepEqual(functions[0].bytes, { covered: 4, total: 2 ** 60 });
});
