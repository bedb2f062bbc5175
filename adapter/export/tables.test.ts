// The general formats: CSV, JSON and Graphviz.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import { csv } from "./csv.ts";
import { dot } from "./dot.ts";
import { exporters } from "./index.ts";
import { json } from "./json.ts";
import * as samples from "./testing/samples.ts";

const { table, graph, sampleContext } = samples;

test("csv: quoted as RFC 4180 has it, and read back by a parser", () => {
  const text = csv.write([table], sampleContext()) as string;
  assert.equal(
    text,
    [
      'pc,"the ""name""",count',
      '0x10100,"a,b",12',
      '0x10200,"two\nlines\r",18446744073709551615',
      ',"say ""so""",0.5',
      "",
    ].join("\r\n"),
  );
  const [head, ...rows] = parse(text, { record_delimiter: "\r\n" });
  assert.deepEqual(head, ["pc", 'the "name"', "count"]);
  assert.deepEqual(
    rows,
    table.rows.map((row) => row.map(String)),
  );
});

test("json: any view, as it is", () => {
  const { sampleContext: _, ...views } = samples;
  for (const view of Object.values(views)) {
    const whole = JSON.parse(json.write([view], sampleContext()) as string);
    assert.deepEqual(whole, {
      program: "/bin/sample.elf",
      guest: "riscv64",
      instructions: "1000",
      view: JSON.parse(JSON.stringify(view)),
    });
  }
});

test("dot: nodes darker by weight, edges thicker by count, texts quoted", () => {
  assert.equal(
    dot.write([graph], sampleContext()),
    String.raw`digraph "Flow \"all\"" {
  node [shape=box, style=filled, fontname="monospace"];
  n0 [label="main", fillcolor="0.08 1.000 1.0", tooltip="0x10100 /src/main.c:10"];
  n1 [label="back\\slash \"quoted\"\nsecond line", fillcolor="0.08 0.000 1.0"];
  n0 -> n1 [label="8", penwidth=1.20];
  n1 -> n0 [label="18446744073709551615", penwidth=5.00];
}
`,
  );
});

test("formats have names of their own, and every kind of view has a format", () => {
  const names = exporters.map((exporter) => exporter.format);
  assert.deepEqual([...new Set(names)], names);
  for (const { extension } of exporters) assert.match(extension, /^(\.[a-z]+)+$/);
  const { sampleContext: _, ...views } = samples;
  for (const { kind } of Object.values(views))
    assert.ok(
      exporters.some(({ format, kinds }) => format !== "json" && kinds.includes(kind)),
      kind,
    );
});
