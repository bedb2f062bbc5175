// `terrarium run --export` and `terrarium formats`, as a user runs them.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fixturePath } from "../../test-fixtures/fixtures.ts";
import { terrarium } from "./testing/terrarium.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "terrarium-cli-export-"));
after(() => rmSync(scratch, { recursive: true, force: true }));
const inScratch = (name: string) => path.join(scratch, name);

const accesses = fixturePath("reference/accesses.elf"); // ends with status 79
const quietly = ["--report-file", inScratch("report")];

test("--export writes a file for each time it is given; `-` is standard output", () => {
  const exports = ["--export", "csv=-", "--export", `json:mem/Memory accesses=${inScratch("mem=1.json")}`];
  const plugins = ["--plugin", "mem", "--plugin", "hotblocks"];
  const { status, stdout, stderr } = terrarium(["run", ...plugins, ...quietly, ...exports, accesses]);
  assert.equal(status, 79);
  assert.equal(stdout, "accesses\nloads,stores,mem accesses\r\n19,11,30\r\n");
  assert.equal(
    stderr,
    "terrarium: export: csv: of several views that fit, this is mem/Memory accesses; there are also hotblocks/Hot blocks\n",
  );
  const { program, guest, instructions, view } = JSON.parse(readFileSync(inScratch("mem=1.json"), "utf8"));
  assert.deepEqual([program, guest, instructions], [accesses, "riscv64", "83"]);
  assert.deepEqual([view.plugin, view.title, view.rows], ["mem", "Memory accesses", [[19, 11, 30]]]);
});

test("what cannot be exported at the end is said, and the others are written all the same", () => {
  const exports = ["--export", `lcov=${inScratch("none.info")}`, "--export", `csv=${inScratch("blocks.csv")}`];
  const hello = fixturePath("hello/hello-O0.elf");
  const { status, stderr } = terrarium(["run", "--plugin", "hotblocks", ...quietly, ...exports, hello]);
  assert.equal(status, 1, "the guest's is 0");
  assert.match(
    stderr,
    /^terrarium: export: error: no view fits: lcov is made from a view of kind coverage, the plugin "drcov"/,
  );
  assert.equal(existsSync(inScratch("none.info")), false);
  assert.match(readFileSync(inScratch("blocks.csv"), "utf8"), /^pc,tcount,icount,ecount\r\n0x/);
});

const refused: [value: string, status: number, message: RegExp][] = [
  ["csv", 2, /--export needs FORMAT\[:PLUGIN\[\/TITLE\]\]=FILE, not "csv"\nTry: terrarium help/],
  ["=x", 2, /--export needs FORMAT/],
  ["csv=", 2, /--export needs FORMAT/],
  ["xls=x", 2, /--export xls=x: unknown format "xls": there are drcov, lcov, .*\nTry: terrarium help/],
  [`csv=${inScratch("no/such/folder")}`, 1, /--export: ".*no.such.folder" cannot be written: ENOENT/],
  [`csv=${scratch}`, 1, /--export: ".*" cannot be written: it is a folder/],
];

for (const [value, expected, message] of refused)
  test(`--export ${value.replace(scratch, "FOLDER")} is refused before the guest runs`, () => {
    const { status, stdout, stderr } = terrarium(["run", "--export", value, accesses]);
    assert.deepEqual([status, stdout], [expected, ""]);
    assert.match(stderr, message);
  });

test("formats are listed with the kinds of view that they take", () => {
  const { status, stdout } = terrarium(["formats"]);
  assert.equal(status, 0);
  assert.match(stdout, /^lcov +coverage +coverage by source line/m);
  assert.match(stdout, /^chrome-trace +timeline, series +\w/m);
  assert.match(stdout, /^json +any +\w/m);
  assert.equal(terrarium(["formats", "csv"]).status, 2);
});
