// The benchmark's table and its closing lines.
import { type Comparison, freshSpeed, slowdown, speed } from "./compare.ts";
import type { Times } from "./measure.ts";
import { geometricMean, ratio } from "./statistics.ts";
import { type Column, figure } from "./text-table.ts";

export function comparisonColumns(time: keyof Times): readonly Column<Comparison>[] {
  return [
    { title: "program", width: 13, left: true, cell: (row) => row.name },
    { title: "M insns", width: 7, cell: (row) => figure(row.instructions / 1e6, 0) },
    { title: "native s", width: 8, cell: (row) => figure(row.native?.[time], 3) },
    { title: "qemu s", width: 6, cell: (row) => figure(row.qemu?.[time], 3) },
    { title: "ours s", width: 6, cell: (row) => figure(row.terrarium[time], 3) },
    { title: "fresh s", width: 7, cell: (row) => figure(row.fresh[time], 3) },
    { title: "MIPS", width: 5, cell: (row) => figure(ratio(row.instructions / 1e6, row.terrarium[time]), 0) },
    { title: "speed/qemu", width: 10, cell: (row) => figure(speed(row, time), 2) },
    { title: "time/native", width: 11, cell: (row) => figure(slowdown(row, time), 2) },
    { title: "first ms", width: 8, cell: (row) => figure(row.firstBlockMs, 0) },
    { title: "compile ms", width: 10, cell: (row) => figure(row.compileMs, 0) },
    { title: "MiB", width: 4, cell: (row) => figure(row.peakBytes / 2 ** 20, 0) },
  ];
}

export interface Summary {
  /** Geometric means: speed against QEMU, time against native. */
  speed: Partial<Record<keyof Times, number>>;
  /** Of runs that know nothing of earlier ones. */
  freshSpeed: Partial<Record<keyof Times, number>>;
  slowdown: Partial<Record<keyof Times, number>>;
  /** Slower than QEMU, slowest first, by the time that was asked for. */
  behind: { name: string; speed: number }[];
  /** Furthest from native. */
  furthest: { name: string; slowdown: number }[];
}

const known = (values: readonly (number | undefined)[]) => values.filter((value) => value !== undefined);

export function summarise(rows: readonly Comparison[], time: keyof Times): Summary {
  const mean = (of: typeof speed, which: keyof Times) => geometricMean(known(rows.map((row) => of(row, which))));
  return {
    speed: { wall: mean(speed, "wall"), cpu: mean(speed, "cpu") },
    freshSpeed: { wall: mean(freshSpeed, "wall"), cpu: mean(freshSpeed, "cpu") },
    slowdown: { wall: mean(slowdown, "wall"), cpu: mean(slowdown, "cpu") },
    behind: rows
      .map((row) => ({ name: row.name, speed: speed(row, time) ?? Number.POSITIVE_INFINITY }))
      .filter((row) => row.speed < 1)
      .sort((a, b) => a.speed - b.speed),
    furthest: rows
      .map((row) => ({ name: row.name, slowdown: slowdown(row, time) ?? 0 }))
      .filter((row) => row.slowdown > 0)
      .sort((a, b) => b.slowdown - a.slowdown)
      .slice(0, 5),
  };
}

export function summaryLines(summary: Summary, time: keyof Times): string[] {
  const other = time === "wall" ? "cpu" : "wall";
  const both = (values: Partial<Record<keyof Times, number>>) =>
    `${figure(values[time], 2)} by ${time} time, ${figure(values[other], 2)} by ${other} time`;
  const list = <T>(rows: readonly T[], text: (row: T) => string) => rows.map(text).join(", ") || "none";
  const lines: string[] = [];
  if (summary.speed[time] !== undefined)
    lines.push(
      `speed against QEMU, geometric mean:  ${both(summary.speed)}`,
      `the same of a program's first run:   ${both(summary.freshSpeed)}`,
      `slower than QEMU: ${list(summary.behind, (row) => `${row.name} ${row.speed.toFixed(2)}`)}`,
    );
  if (summary.slowdown[time] !== undefined)
    lines.push(
      `time against native, geometric mean: ${both(summary.slowdown)}`,
      `furthest from native: ${list(summary.furthest, (row) => `${row.name} ${row.slowdown.toFixed(2)}`)}`,
    );
  return lines;
}
