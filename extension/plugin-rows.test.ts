import assert from "node:assert/strict";
import { test } from "node:test";
import type { PluginState } from "../adapter/dap/plugins-protocol.ts";
import { configuredOptions, loadChoices, type PluginRow, pluginRows } from "./plugin-rows.ts";

const hotblocks: PluginState = {
  name: "hotblocks",
  version: "1.0.0",
  license: "MIT",
  description: "The blocks of code that run most often",
  source: "hotblocks",
  options: { limit: 20 },
  uses: {},
  events: [],
  exports: [],
  views: [{ title: "Hot blocks", kind: "table" }],
  cost: { calls: 1234, milliseconds: 2.25, operations: 1_500_000 },
};
const own: PluginState = {
  ...hotblocks,
  name: "own",
  license: undefined,
  source: "./own.ts",
  options: {},
  uses: { callstack: "^1.0" },
  events: [{ name: "hot", description: "A block became hot", listeners: [] }],
  exports: ["depth"],
  views: [{ title: "Heat", kind: "heatMap" }],
  cost: { calls: 0, milliseconds: 12_345, operations: 0 },
};

/** Rows as lines of text, indented. */
const drawn = (rows: readonly PluginRow[], indent = ""): string[] =>
  rows.flatMap(({ label, description, icon, children }) => [
    `${indent}${icon ?? "-"} ${label}: ${description ?? ""}`,
    ...drawn(children, `${indent}  `),
  ]);

test("a plugin's row has version, licence and cost; below it is what it has", () => {
  assert.deepEqual(drawn(pluginRows([hotblocks, own])), [
    "beaker hotblocks: 1.0.0 · MIT · 2.3 ms, 1.2K calls, 1.5M ops",
    "  - Views: Hot blocks",
    "    table Hot blocks: table",
    "  - Options: limit=20",
    "    symbol-property limit: 20",
    "beaker own: 1.0.0 · no licence · 12.3 s, 0 calls, 0 ops",
    "  - Views: Heat",
    "    symbol-color Heat: heat map",
    "  - Events: hot",
    "    symbol-event hot: heard by nobody",
    "  - Exports: depth",
    "    symbol-method depth: ",
    "  - Uses: callstack",
    "    link callstack: ^1.0",
  ]);
});

test("the exact figures are in the tooltip, and rows keep their ids while figures change", () => {
  const ids = (rows: readonly PluginRow[]): string[] => rows.flatMap(({ id, children }) => [id, ...ids(children)]);
  const [row] = pluginRows([hotblocks]);
  assert.match(row.tooltip ?? "", /1,234 calls .* 2\.3 ms; 1,500,000 operations/);
  assert.deepEqual(ids(pluginRows([{ ...hotblocks, cost: own.cost }])), ids([row]));
  assert.equal(new Set(ids(pluginRows([hotblocks, own]))).size, 14);
});

test("what can be loaded: not what runs, by whichever way it was named", () => {
  const shipped = { origin: "shipped", description: "It does something" } as const;
  const available = [
    { ...shipped, name: "bb" },
    { ...shipped, name: "hotblocks" },
    { name: "own", origin: "workspace" } as const,
    { name: "broken", origin: "workspace", fault: "broken.ts:2:1: unexpected end\nmore" } as const,
  ];
  assert.deepEqual(loadChoices(available, [hotblocks, own]), {
    workspace: [{ label: "broken", description: undefined, detail: "$(warning) broken.ts:2:1: unexpected end" }],
    shipped: [{ label: "bb", description: "It does something", detail: undefined }],
  });
});

test("options come from the launch configuration where it has them", () => {
  assert.deepEqual(configuredOptions({ plugins: { hotblocks: { limit: 5 }, bb: true } }, "hotblocks"), { limit: 5 });
  assert.deepEqual(configuredOptions({ plugins: { hotblocks: { limit: 5 }, bb: true } }, "bb"), {});
  assert.deepEqual(configuredOptions({}, "bb"), {});
});
