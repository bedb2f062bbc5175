import assert from "node:assert/strict";
import { test } from "node:test";
import { programs } from "../../test-fixtures/bench/programs.ts";
import type { Comparison } from "./compare.ts";
import { comparisonColumns, summarise, summaryLines } from "./comparison-report.ts";
import { headLine, rowLine } from "./text-table.ts";

const times = (wall: number, cpu: number) => ({ wall, cpu });
const row = (name: string, native: number, qemu: number, ours: number): Comparison => ({
  name,
  subject: name,
  instructions: 2e9,
  native: times(native, native),
  qemu: times(qemu, qemu),
  terrarium: times(ours, 2 * ours),
  fresh: times(2 * ours, 4 * ours),
  firstBlockMs: 61.4,
  compileMs: 250.6,
  peakBytes: 70 * 2 ** 20,
  regions: 5,
});
const rows = [row("fast", 0.5, 4, 1), row("even", 0.25, 1, 1), row("slow", 0.5, 1, 2)];

test("a row under its titles", () => {
  const columns = comparisonColumns("wall");
  assert.equal(
    [headLine(columns), rowLine(columns, rows[0])].join("\n"),
    `
program        M insns  native s  qemu s  ours s  fresh s   MIPS  speed/qemu  time/native  first ms  compile ms   MiB
fast              2000     0.500   4.000   1.000    2.000   2000        4.00         2.00        61         251    70`.slice(
      1,
    ),
  );
});

test("what was not measured is a dash", () => {
  const columns = comparisonColumns("cpu");
  const alone = {
    ...rows[0],
    native: undefined,
    qemu: undefined,
    terrarium: { wall: 1, cpu: undefined },
    fresh: { wall: 1, cpu: undefined },
  };
  assert.match(rowLine(columns, alone), /^fast +2000 +- +- +- +- +- +- +- +61 +251 +70$/);
  assert.deepEqual(summaryLines(summarise([alone], "cpu"), "cpu"), []);
});

test("every program's row fits into 120 columns, whatever its figures", () => {
  const columns = comparisonColumns("wall");
  const widest = { ...row("", 999, 9999, 99), instructions: 99e9, firstBlockMs: 99_999, compileMs: 999_999 };
  for (const { name } of programs) {
    const line = rowLine(columns, { ...widest, name });
    assert.ok(line.length <= 120, line);
    assert.equal(line.indexOf(" 99000"), headLine(columns).indexOf("M insns") + 1, `${name} is wider than its column`);
  }
});

test("the closing lines", () => {
  const summary = summarise(rows, "wall");
  assert.ok(Math.abs(summary.speed.wall! - 2 ** (1 / 3)) < 1e-12);
  assert.deepEqual(summary.behind, [{ name: "slow", speed: 0.5 }]);
  assert.deepEqual(summaryLines(summary, "wall"), [
    "speed against QEMU, geometric mean:  1.26 by wall time, 0.63 by cpu time",
    "the same of a program's first run:   0.63 by wall time, 0.31 by cpu time",
    "slower than QEMU: slow 0.50",
    "time against native, geometric mean: 3.17 by wall time, 6.35 by cpu time",
    "furthest from native: even 4.00, slow 4.00, fast 2.00",
  ]);
  assert.match(summaryLines(summarise([rows[0]], "wall"), "wall")[2], /^slower than QEMU: none$/);
  assert.deepEqual(
    summarise(rows, "cpu").behind.map((one) => one.name),
    ["slow", "even"],
  );
});
