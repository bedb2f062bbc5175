// npm start: a scripted debug session on a fixture, over the Debug Adapter Protocol, printed for a person: a
// breakpoint on a source line, stack, locals and registers, then to the end with `hotblocks` and its table.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DebugClient } from "@vscode/debugadapter-testsupport";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const program = path.join(root, "test-fixtures/structs/structs-O0.elf");
const source = path.join(root, "test-fixtures/structs/structs.c");
const marker = "BREAK: sum";
const line =
  readFileSync(source, "utf8")
    .split("\n")
    .findIndex((text) => text.includes(marker)) + 1;
if (line === 0) throw new Error(`${source} has no line marked "${marker}"`);

const bold = (text) => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text);
const heading = (text) => console.log(`\n${bold(text)}`);
const relative = (file) => path.relative(root, file);

const adapter = spawn(process.execPath, [path.join(root, "dist/terrarium.js"), "dap", "--port", "0"]);
const [greeting] = await once(adapter.stderr, "data"); // terrarium: listening on 127.0.0.1:PORT
const client = new DebugClient("", "", "terrarium");
client.defaultTimeout = 60_000;
let views = [];
let locations = {};
client.on("terrarium.views", ({ body }) => ({ views, locations } = body));
let output = "";
client.on("output", ({ body }) => {
  if (body.category === "stdout") output += body.output;
  else if (body.category !== "telemetry") process.stdout.write(`[${body.category ?? "console"}] ${body.output}`);
});

await client.start(Number(/:(\d+)\s*$/.exec(String(greeting))[1]));
console.log(`${bold("Terrarium")}: debugging ${relative(program)}, a RISC-V program, with the plugin "hotblocks"`);
await client.initializeRequest();
const launched = client.launchRequest({ program, plugins: { hotblocks: { limit: 10 } } });
await client.waitForEvent("initialized");
const { body: set } = await client.setBreakpointsRequest({ source: { path: source }, breakpoints: [{ line }] });
console.log(
  `breakpoint at ${relative(source)}:${set.breakpoints[0].line} (${set.breakpoints[0].verified ? "verified" : "not verified"})`,
);
const stopped = client.waitForEvent("stopped");
await client.configurationDoneRequest();
await launched;
const { body: stop } = await stopped;

heading(`Stopped: ${stop.reason}`);
const { threadId } = stop;
const { body: stack } = await client.stackTraceRequest({ threadId });
for (const [depth, frame] of stack.stackFrames.entries())
  console.log(`  #${depth} ${frame.name}${frame.source?.path ? `  ${relative(frame.source.path)}:${frame.line}` : ""}`);

const { body: scopes } = await client.scopesRequest({ frameId: stack.stackFrames[0].id });
const children = async (reference) => (await client.variablesRequest({ variablesReference: reference })).body.variables;
for (const scope of scopes.scopes) {
  if (!["Arguments", "Locals", "Registers"].includes(scope.name)) continue;
  heading(scope.name);
  for (const variable of await children(scope.variablesReference)) {
    if (scope.name !== "Registers") console.log(`  ${variable.name} = ${variable.value}`);
    else if (variable.variablesReference > 0 && /integer/i.test(variable.name)) {
      const cells = (await children(variable.variablesReference)).map(
        (r) => `${r.name.padEnd(5)}${r.value.padEnd(20)}`,
      );
      for (let at = 0; at < cells.length; at += 4) console.log(`  ${cells.slice(at, at + 4).join("")}`);
    }
  }
}

await client.setBreakpointsRequest({ source: { path: source }, breakpoints: [] });
const exited = client.waitForEvent("exited");
const terminated = client.waitForEvent("terminated");
await client.continueRequest({ threadId });
const { body: exit } = await exited;
await terminated;

heading("Guest output");
for (const text of output.trimEnd().split("\n")) console.log(`  ${text}`);
console.log(`  (exit status ${exit.exitCode})`);

const view = views.find((v) => v.plugin === "hotblocks");
if (!view || view.rows.length === 0) throw new Error("hotblocks gave no rows");
heading(view.title);
const addressColumn = view.columns.findIndex((column) => column.type === "address");
const table = [
  [...view.columns.map((column) => column.name), "where"],
  ...view.rows.map((row) => {
    const at = locations[row[addressColumn]] ?? {};
    return [...row.map(String), [at.symbol, at.path && `${relative(at.path)}:${at.line}`].filter(Boolean).join("  ")];
  }),
];
const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
for (const row of table)
  console.log(`  ${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padStart(widths[i]))).join("  ")}`);
await client.stop();
adapter.kill();
