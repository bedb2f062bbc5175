// The files opened by the programs they are for, with a real program's symbols and lines; expectations come from the
// view, not from the writer. Formats without a test here:
// - drcov: Lighthouse and DynamoRIO's drcov2lcov read it; neither is a Debian package, nor on npm. coverage.test.ts
//   compares bytes with what their sources say of the format.
// - chrome-trace, cpuprofile, collapsed, speedscope: speedscope.e2e.test.ts, for it needs a browser.
// - csv, lcov (again), pprof (again): by parsers of npm in the unit tests.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fixturePath } from "../../test-fixtures/fixtures.ts";
import { bbv } from "./bbv.ts";
import { callgrind } from "./callgrind.ts";
import { dot } from "./dot.ts";
import { lcov } from "./lcov.ts";
import { pprof } from "./pprof.ts";
import { profileProgram } from "./testing/profiled-program.ts";
import { graph, intervals, sampleContext } from "./testing/samples.ts";

const folder = mkdtempSync(path.join(tmpdir(), "terrarium-export-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const program = profileProgram("recursion/recursion.elf");

/** Why the test is skipped; where references are said to be there, a missing one fails instead. */
function without(tool: string, ...probe: string[]): string | false {
  const missing = spawnSync(tool, probe).error !== undefined;
  return missing && !process.env.CI_REFERENCES ? `${tool} is not installed` : false;
}

function written(name: string, content: Uint8Array | string): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** What a reader prints; it must neither fail nor complain. */
function read(tool: string, ...args: string[]): string {
  const env = { ...process.env, LC_ALL: "C", PPROF_TMPDIR: folder };
  const { status, stdout, stderr, error } = spawnSync(tool, args, { encoding: "utf8", cwd: folder, env });
  assert.deepEqual({ status, stderr, error }, { status: 0, stderr: "", error: undefined });
  return stdout;
}

/** Of each function: what it spent itself, and what was spent while it was on the stack. */
function costs(): Map<string, { self: number; inclusive: number }> {
  const found = new Map<string, { self: number; inclusive: number }>();
  const visit = (node: typeof program.flame.root, above: ReadonlySet<string>) => {
    const cost = found.get(node.name) ?? { self: 0, inclusive: 0 };
    found.set(node.name, cost);
    cost.self += node.self;
    if (!above.has(node.name)) cost.inclusive += node.total;
    for (const child of node.children) visit(child, new Set([...above, node.name]));
  };
  for (const node of program.flame.root.children) visit(node, new Set());
  return found;
}

const number = (text: string) => Number(text.replaceAll(",", ""));

test("callgrind_annotate adds up what the flame view says", {
  skip: without("callgrind_annotate", "--version"),
}, () => {
  const file = written("callgrind.out", callgrind.write([program.flame], program.context));
  const figures = (...args: string[]) => {
    const text = read("callgrind_annotate", "--threshold=100", "--auto=no", "--show-percs=no", ...args, file);
    assert.match(text, new RegExp(`^ *${program.context.instructions.toLocaleString("en")} .*PROGRAM TOTALS`, "m"));
    const rows = [...text.matchAll(/^ *([\d,]+) +\S*\/(\w+\.[ch]):(\w+)$/gm)];
    return new Map(rows.map(([, cost, source, name]) => [name, { cost: number(cost), source }]));
  };
  const own = figures();
  const inclusive = figures("--inclusive=yes");
  for (const [name, { self, inclusive: whole }] of costs()) {
    assert.equal(own.get(name)?.cost, self, name);
    // It counts a call of `even` by `odd` once more than it took, and so on: see callgrind.ts.
    if (name !== "even" && name !== "odd") assert.equal(inclusive.get(name)?.cost, whole, name);
  }
  assert.equal(own.get("fib")?.source, "recursion.c");
  assert.equal(own.get("print_number")?.source, "tiny.h");
});

test("callgrind_annotate shows costs beside the source", { skip: without("callgrind_annotate", "--version") }, () => {
  const file = written("callgrind.out", callgrind.write([program.flame], program.context));
  const text = read("callgrind_annotate", "--auto=yes", "--show-percs=no", file);
  const { self } = costs().get("hanoi")!;
  assert.match(text, new RegExp(`^ *${self.toLocaleString("en")} +static void hanoi\\(int discs`, "m"));
});

test("genhtml shows every line with its executions", { skip: without("genhtml", "--version") }, () => {
  const file = written("lcov.info", lcov.write([program.coverage], program.context));
  const text = read(
    "genhtml",
    "--no-branch-coverage",
    "--prefix",
    fixturePath(""),
    "--output-directory",
    path.join(folder, "html"),
    file,
  );
  assert.match(text, /lines\.*: 9\d\.\d% \(\d+ of \d+ lines\)\n +functions\.*: 92\.3% \(12 of 13 functions\)/);
  const page = readFileSync(path.join(folder, "html/recursion/recursion.c.gcov.html"), "utf8");
  const plain = page.replaceAll(/<[^>]*>/g, "").replaceAll("&lt;", "<");
  // fib(12) is called 465 times and calls itself in all but 233 of them: facts about Fibonacci's numbers.
  assert.match(plain, /^ +5 +465 : +if \(n < 2\) return n;/m);
  assert.match(plain, /^ +6 +232 : +return fib\(n - 1\)/m);
  assert.match(plain, /^ +19 +4095 : +hanoi\(discs - 1, from/m);
});

test("pprof shows functions, lines and the total", { skip: without("go", "version") }, () => {
  const file = written("profile.pb.gz", pprof.write([program.flame], program.context));
  const top = read("go", "tool", "pprof", "-top", "-nodefraction=0", "-lines", "-show_from=.", file);
  assert.match(top, /^Type: instructions$/m);
  assert.match(top, new RegExp(`of ${program.context.instructions} total`));
  for (const [name, { self, inclusive }] of costs())
    assert.match(
      top,
      new RegExp(`^ *${self} +\\S+ +\\S+ +${inclusive} +\\S+ +${name} \\S+/test-fixtures/\\S+:\\d+$`, "m"),
    );
  assert.match(top, new RegExp(` fib ${fixturePath("recursion/recursion.c")}:4$`, "m"));
});

test("dot draws the graph", { skip: without("dot", "-V") }, () => {
  const file = written("graph.gv", dot.write([graph], sampleContext()));
  const svg = read("dot", "-Tsvg", file);
  assert.equal([...svg.matchAll(/class="node"/g)].length, 2);
  assert.equal([...svg.matchAll(/class="edge"/g)].length, 2);
  assert.match(svg, />back\\slash &quot;quoted&quot;<.*\n?.*>second line</);
  assert.match(svg, />18446744073709551615</);
});

test("vectors have the form of those that valgrind's exp-bbv writes", {
  skip: without("valgrind", "--version"),
}, () => {
  const theirs = path.join(folder, "valgrind.bb");
  const options = ["--interval-size=5000", `--bb-out-file=${theirs}`, `--pc-out-file=${path.join(folder, "pc")}`];
  spawnSync("valgrind", ["--tool=exp-bbv", ...options, "/bin/true"]);
  const form = /^T(:[1-9]\d*:[1-9]\d* +)*$/;
  const lines = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const examples = lines(readFileSync(theirs, "utf8"));
  assert.ok(examples.length > 5);
  for (const line of [...examples, ...lines(bbv.write([intervals], sampleContext()) as string)])
    assert.match(line, form);
});
