// FORMAT[:PLUGIN[/TITLE]]: what it picks, and what it says when it cannot.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseViews, parseWanted, suggestedName } from "./choose.ts";
import { coverage, flame, intervals, series, table, timeline } from "./testing/samples.ts";

const second = { ...flame, plugin: "other", title: "a/b: c" };
const views = [table, flame, second, coverage, timeline, series];

function choose(text: string, given = views as Parameters<typeof chooseViews>[1]) {
  const log: string[] = [];
  const chosen = chooseViews(parseWanted(text), given, (line) => log.push(line));
  return { chosen: chosen.map((view) => `${view.plugin}/${view.title}`), log };
}

test("the only view that fits", () => {
  assert.deepEqual(choose("drcov"), { chosen: ["drcov/Coverage"], log: [] });
  assert.deepEqual(choose("csv:hotblocks"), { chosen: ["hotblocks/Hot blocks"], log: [] });
});

test("of several the first, and the log names the others", () => {
  assert.deepEqual(choose("pprof"), {
    chosen: ["flame/Instructions"],
    log: ["pprof: of several views that fit, this is flame/Instructions; there are also other/a/b: c"],
  });
});

test("a plugin and a title choose among several; a title is all that follows the first slash", () => {
  assert.deepEqual(choose("pprof:other"), { chosen: ["other/a/b: c"], log: [] });
  assert.deepEqual(choose("pprof:other/a/b: c"), { chosen: ["other/a/b: c"], log: [] });
});

test("a format that holds many views gets all that fit", () => {
  assert.deepEqual(choose("chrome-trace"), { chosen: ["traps/Traps", "cache/Misses"], log: [] });
  assert.deepEqual(choose("chrome-trace:cache"), { chosen: ["cache/Misses"], log: [] });
});

const refused: [text: string, views: Parameters<typeof chooseViews>[1], message: string][] = [
  [
    "bbv",
    [table],
    'no view fits: bbv is made from a view of kind intervals, the plugin "bbv" has one. There are: hotblocks/Hot blocks (table)',
  ],
  [
    "lcov:flame",
    views,
    'no view of flame fits: lcov is made from a view of kind coverage, the plugin "drcov" has one. There are: flame/Instructions (flame)',
  ],
  [
    "csv:flame/Nope",
    [intervals],
    "no view of flame/Nope fits: csv is made from a view of kind table, any plugin with a table will do. There are: bbv/Vectors (intervals)",
  ],
  [
    "chrome-trace",
    [],
    'no view fits: chrome-trace is made from a view of kind timeline or series, the plugin "traps" has one. There are no views',
  ],
];

for (const [text, given, message] of refused)
  test(`${text} is refused with advice`, () => {
    assert.throws(() => choose(text, given), { message });
  });

test("what cannot be read", () => {
  assert.throws(() => parseWanted("pprfo"), /^Error: unknown format "pprfo": there are drcov, lcov, .*json$/);
  assert.throws(() => parseWanted("lcov:"), /"lcov:": the name of a plugin must follow the colon/);
});

test("suggested names are of the program, the plugin and the format", () => {
  const { exporter } = parseWanted("callgrind");
  assert.equal(suggestedName(exporter, "/a/b/hello.elf", [flame]), "hello-flame.callgrind.out");
  assert.equal(suggestedName(exporter, "C:\\x y", [{ ...flame, plugin: "my plugin" }]), "x_y-my_plugin.callgrind.out");
});
