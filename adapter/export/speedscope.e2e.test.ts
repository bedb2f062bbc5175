// speedscope itself, in a browser, opens what we write: its table of functions says what the view says. It reads the
// formats of five other tools besides its own, with importers that we did not write.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { callgrind } from "./callgrind.ts";
import { chromeTrace } from "./chrome-trace.ts";
import { collapsed } from "./collapsed.ts";
import { cpuprofile } from "./cpuprofile.ts";
import type { ExportContext, Exporter } from "./exporter.ts";
import { pprof } from "./pprof.ts";
import { speedscope } from "./speedscope.ts";
import { profileProgram } from "./testing/profiled-program.ts";
import { sampleContext, timeline } from "./testing/samples.ts";

const browser = process.env.CHROMIUM ?? "chromium";
const missing = spawnSync(browser, ["--version"]).error !== undefined;
const skip = missing && !process.env.CI_REFERENCES ? `${browser} is not installed` : false;

const folder = mkdtempSync(path.join(tmpdir(), "terrarium-speedscope-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const application = path.dirname(createRequire(import.meta.url).resolve("speedscope/package.json"));
cpSync(path.join(application, "dist/release"), folder, { recursive: true });

/** On a busy machine the page may be written down before it has read the file: it is looked at so many times. */
const LOOKS = 4;

/** The table of functions: total and own weight as shown, by name. */
function opened(exporter: Exporter, views: Parameters<Exporter["write"]>[0], context: ExportContext) {
  let table = openedOnce(exporter, views, context);
  for (let look = 1; table.size === 0 && look < LOOKS; look++) table = openedOnce(exporter, views, context);
  return table;
}

function openedOnce(exporter: Exporter, views: Parameters<Exporter["write"]>[0], context: ExportContext) {
  const name = `profile${exporter.extension}`;
  const content = Buffer.from(exporter.write(views, context) as Uint8Array).toString("base64");
  const script = path.join(folder, "profile.js");
  writeFileSync(script, `speedscope.loadFileFromBase64("${name}", "${content}")`);
  const page = `${pathToFileURL(path.join(folder, "index.html"))}#localProfilePath=${script}&view=sandwich`;
  const { stdout } = spawnSync(
    browser,
    [
      ...["--headless", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
      ...["--allow-file-access-from-files", "--window-size=1200,2000", "--virtual-time-budget=10000"],
      ...[`--user-data-dir=${path.join(folder, "browser")}`, "--dump-dom", page],
    ],
    { encoding: "utf8", timeout: 120_000, maxBuffer: 1 << 28 },
  );
  const rows = [...stdout.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)]
    .slice(1)
    .map(([, row]) =>
      [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => cell.replaceAll(/<[^>]*>/g, "").trim()),
    );
  return new Map(rows.map(([total, self, fn]) => [fn, { total: figure(total), self: figure(self) }]));
}

/** `266,196 (92%)`; of times `1.27ms` or `65.00µs`, where a unit is a microsecond. */
function figure(cell: string): number {
  const [, digits, unit] = /^([\d,.]+)(µs|ms|s)? /.exec(`${cell} `)!;
  return Number(digits.replaceAll(",", "")) * ({ ms: 1e3, s: 1e6 }[unit] ?? 1);
}

/** By the view: a function's total is what was spent while it was on the stack. */
function costs(): Map<string, { self: number; total: number }> {
  const found = new Map<string, { self: number; total: number }>();
  const visit = (node: typeof program.flame.root, above: ReadonlySet<string>) => {
    const cost = found.get(node.name) ?? { self: 0, total: 0 };
    found.set(node.name, cost);
    cost.self += node.self;
    if (!above.has(node.name)) cost.total += node.total;
    for (const child of node.children) visit(child, new Set([...above, node.name]));
  };
  for (const node of program.flame.root.children) visit(node, new Set());
  return found;
}

const program = profileProgram("recursion/recursion.elf");

for (const exporter of [speedscope, collapsed, pprof, cpuprofile])
  test(`speedscope opens ${exporter.format}`, { skip }, () => {
    const table = opened(exporter, [program.flame], program.context);
    assert.deepEqual([...table.keys()].sort(), [...costs().keys()].sort());
    for (const [name, { self, total }] of costs()) {
      const shown = table.get(name)!;
      // Milliseconds are rounded to hundredths.
      assert.ok(Math.abs(shown.self - self) <= (self < 1000 ? 0 : 6), `${name}: ${shown.self} for ${self}`);
      assert.ok(Math.abs(shown.total - total) <= (total < 1000 ? 0 : 6), `${name}: ${shown.total} for ${total}`);
    }
  });

test("speedscope opens callgrind", { skip }, () => {
  const table = opened(callgrind, [program.flame], program.context);
  for (const [name, cost] of costs()) {
    // It makes a call tree of the calls, in which it leaves small ones out, and cuts circles where they close.
    if (cost.total < program.flame.root.total / 1000 || name === "odd") continue;
    if (name !== "tiny_start") assert.deepEqual(table.get(name), cost, name);
  }
  assert.equal(table.get("tiny_start")?.total, costs().get("tiny_start")?.total);
});

test("speedscope opens chrome-trace", { skip }, () => {
  const entries = timeline.entries.filter(({ lane, label }) => lane === 1 && label !== "late");
  const oneLane = { ...timeline, lanes: ["CPU0"], entries: entries.map((entry) => ({ ...entry, lane: 0 })) };
  assert.deepEqual(Object.fromEntries(opened(chromeTrace, [oneLane], sampleContext())), {
    outer: { total: 100, self: 70 },
    inner: { total: 30, self: 30 },
  });
});
