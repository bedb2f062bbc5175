// One benchmark program under everything that can run it, in alternation.

import path from "node:path";
import type { Recorded } from "../../test-fixtures/bench/programs.ts";
import { measure, type Run, RunError, type Times } from "./measure.ts";
import type { Options } from "./options.ts";
import { median, ratio } from "./statistics.ts";
import { type RunFigures, runTerrarium } from "./terrarium-run.ts";

/** The median of several runs. */
export interface Comparison {
  name: string;
  subject: string;
  instructions: number;
  native?: Times;
  qemu?: Times;
  terrarium: Times;
  /** Ours without what earlier runs have taught (`--fresh`), one run. */
  fresh: Times;
  /** Of our runs: milliseconds from the start of the process to the first guest instruction, milliseconds spent translating and compiling, bytes at the most. */
  firstBlockMs: number;
  compileMs: number;
  peakBytes: number;
  regions: number;
}

export interface Subject {
  name: string;
  subject: string;
  elf: string;
  args: readonly string[];
  /** The same program built for this machine. */
  native?: string;
  qemu: boolean;
}

/** Speed against QEMU (more is faster) and time against native (less is faster). */
export const speed = (row: Comparison, time: keyof Times) => ratio(row.qemu?.[time], row.terrarium[time]);
export const freshSpeed = (row: Comparison, time: keyof Times) => ratio(row.qemu?.[time], row.fresh[time]);
export const slowdown = (row: Comparison, time: keyof Times) => ratio(row.terrarium[time], row.native?.[time]);

export function medianTimes(runs: readonly Times[]): Times {
  const cpu = runs.map((run) => run.cpu).filter((one) => one !== undefined);
  return { wall: median(runs.map((run) => run.wall)), cpu: cpu.length === runs.length ? median(cpu) : undefined };
}

/** Throws RunError when a run fails, prints something else than was recorded, or counts differently. */
export function compare(
  program: Subject,
  recorded: Recorded,
  { pairs, engine }: Pick<Options, "pairs" | "engine">,
): Comparison {
  const native: Run[] = [];
  const qemu: Run[] = [];
  const ours: (Run & { figures: RunFigures })[] = [];
  // By its bare name: a program with a C library looks at the name it was called by, and the count depends on it.
  const [folder, elf] = [path.dirname(program.elf), path.basename(program.elf)];
  const { args } = program;
  const runOurs = (...options: string[]) => {
    const run = check(runTerrarium(["--engine", engine, ...options], elf, args, folder), "terrarium");
    if (run.figures.instructions === recorded.instructions) return run;
    throw new RunError(
      `${program.name}: terrarium counts ${run.figures.instructions} instructions, recorded are ${recorded.instructions}`,
    );
  };
  const fresh = runOurs("--fresh");
  // Leaves what it learns to the runs that are measured, if none before has.
  runOurs();
  for (let pair = 0; pair < pairs; pair++) {
    if (program.native !== undefined) native.push(check(measure(program.native, args, folder), "the native program"));
    if (program.qemu) qemu.push(check(measure("qemu-riscv64", [elf, ...args], folder), "qemu-riscv64"));
    ours.push(runOurs());
  }
  const of = (name: keyof RunFigures) => median(ours.map((run) => run.figures[name]));
  return {
    name: program.name,
    subject: program.subject,
    instructions: recorded.instructions,
    native: native.length > 0 ? medianTimes(native) : undefined,
    qemu: qemu.length > 0 ? medianTimes(qemu) : undefined,
    terrarium: medianTimes(ours),
    fresh: { wall: fresh.wall, cpu: fresh.cpu },
    firstBlockMs: of("firstBlockMs"),
    compileMs: of("compileMs"),
    peakBytes: of("peakBytes"),
    regions: of("regions"),
  };

  function check<T extends Run>(run: T, what: string): T {
    if (run.stdout === recorded.stdout) return run;
    throw new RunError(
      `${program.name}: ${what} prints ${JSON.stringify(run.stdout)}, recorded is ${JSON.stringify(recorded.stdout)}`,
    );
  }
}
