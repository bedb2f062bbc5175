import assert from "node:assert/strict";
import { test } from "node:test";
import type { ViewData } from "../debugger/target.ts";
import { shownView } from "./shown-view.ts";

const program = {
  symbols: {
    symbolAt: (address: bigint) => ({ name: "f", displayName: "f", start: 0x100n, size: 8n, offset: address - 0x100n }),
    lineForAddress: (address: bigint) => ({
      path: "f.c",
      line: address < 0x104n ? 1 : 2,
      column: 0,
      isStatement: true,
    }),
    breakpointLocations: () => [],
  },
  target: { loadBias: 0x1000n },
  sources: { find: (path: string) => `/src/${path}` },
};

test("of coverage goes what its blocks come to, with the file of this machine", () => {
  const view: ViewData = { plugin: "p", title: "t", kind: "coverage", omitted: 3, blocks: [["0x1100", 4, 1]] };
  assert.deepEqual(shownView(program, view), {
    plugin: "p",
    title: "t",
    kind: "coverage",
    omitted: 3,
    functions: [{ name: "f", address: "0x1100", bytes: { covered: 4, total: 8 }, lines: { covered: 1, total: 2 } }],
    files: [{ name: "f.c", path: "/src/f.c", lines: { covered: 1, total: 2 }, missed: 2 }],
  });
});

test("other kinds go as they are", () => {
  const view: ViewData = { plugin: "p", title: "t", kind: "log", lines: [{ text: "a" }] };
  assert.equal(shownView(program, view), view);
});
