import assert from "node:assert/strict";
import { test } from "node:test";
import { formatChoices, viewChoices } from "./export-choices.ts";

const format = (name: string, kinds: string[]) => ({ format: name, extension: `.${name}`, description: name, kinds });
const formats = [format("json", ["flame", "table"]), format("pprof", ["flame"]), format("csv", ["table"])];
const table = { plugin: "hotblocks", title: "Hot blocks", kind: "table" } as const;
const flame = { plugin: "flame", title: "Instructions", kind: "flame" } as const;
const log = { plugin: "execlog", title: "Trace", kind: "log" } as const;

test("views that a format takes are offered, with their plugin", () => {
  assert.deepEqual(
    viewChoices([table, log, flame], formats).map(({ label, description }) => [label, description]),
    [
      ["Hot blocks", "hotblocks"],
      ["Instructions", "flame"],
    ],
  );
});

test("formats for a view: its own before the general ones", () => {
  assert.deepEqual(
    formatChoices(flame, formats).map(({ label }) => label),
    ["pprof", "json"],
  );
  assert.deepEqual(formatChoices(log, formats), []);
});
