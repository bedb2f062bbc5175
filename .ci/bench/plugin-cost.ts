// What instruments cost: each workload without and with each of them, in alternation, under Terrarium and, where a folder
// with its plugins is given, under QEMU.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fixturePath } from "../../test-fixtures/fixtures.ts";
import { medianTimes } from "./compare.ts";
import { emptyCallNanoseconds } from "./empty-call.ts";
import { type Event, type Instrument, instruments, type Workload } from "./instruments.ts";
import { measure, RunError, type Times } from "./measure.ts";
import type { Options } from "./options.ts";
import { median } from "./statistics.ts";
import { root, runTerrarium } from "./terrarium-run.ts";

export interface Cost {
  instrument: Instrument;
  events: number;
  terrarium?: Times;
  qemu?: Times;
}

export interface WorkloadCosts {
  name: string;
  subject: string;
  instructions: number;
  /** Without any instrument. */
  terrarium: Times;
  qemu?: Times;
  /** Nanoseconds of an empty call from WebAssembly to JavaScript, measured between the runs. */
  emptyCall: number;
  costs: readonly Cost[];
}

/** Of a table; other kinds of view have none. */
interface View {
  columns?: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

/** The last value of a column, which is the total where there is one; of the view that has it. */
export function countIn(report: string, column: string): number | undefined {
  const { views } = JSON.parse(report) as { views: readonly View[] };
  const view = views.find(({ columns }) => columns?.includes(column));
  const value = view?.rows.at(-1)?.[view.columns?.indexOf(column) ?? -1];
  return value === undefined ? undefined : Number(value);
}

export class PluginBench {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "terrarium-bench-"));
  private readonly report = path.join(this.folder, "report.json");

  constructor(
    private readonly options: Pick<Options, "pairs" | "engine">,
    /** The folder with QEMU's plugins. */
    private readonly qemuPlugins: string | undefined,
  ) {}

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Compiles what is not shipped and not yet in the plugin compiler's cache, which is no part of the measurement. */
  warmUp(): void {
    for (const { plugin, missing } of instruments)
      if (!missing) this.runOurs({ elf: fixturePath("reference/mixed.elf"), args: [] }, plugin);
  }

  measure(workload: Workload): WorkloadCosts {
    const plain = { ours: [] as Times[], qemu: [] as Times[] };
    const emptyCalls: number[] = [];
    const runs = instruments.map((instrument) => ({ instrument, ours: [] as Times[], qemu: [] as Times[] }));
    const counts = new Map<Instrument, number>();
    let expected: { stdout: string; instructions: number } | undefined;

    for (let pair = 0; pair < this.options.pairs; pair++) {
      const bare = this.runOurs(workload, undefined);
      plain.ours.push(bare);
      expected ??= { stdout: bare.stdout, instructions: bare.instructions };
      if (this.qemuPlugins !== undefined) plain.qemu.push(this.runQemu(workload, undefined, expected.stdout));
      emptyCalls.push(emptyCallNanoseconds());
      for (const { instrument, ours, qemu } of runs) {
        if (!instrument.missing) {
          const run = this.runOurs(workload, instrument.plugin);
          if (run.stdout !== expected.stdout || run.instructions !== expected.instructions)
            throw new RunError(`${workload.name}: ${instrument.name} changes what the guest computes`);
          ours.push(run);
          const seen = instrument.counted === undefined ? undefined : countIn(run.report, instrument.counted);
          if (seen !== undefined) counts.set(instrument, seen);
        }
        if (this.qemuPlugins !== undefined && existsSync(path.join(this.qemuPlugins, fileOf(instrument))))
          qemu.push(this.runQemu(workload, path.join(this.qemuPlugins, instrument.qemu), expected.stdout));
      }
    }
    const events = eventCounts(workload.name, counts);
    const some = (times: readonly Times[]) => (times.length > 0 ? medianTimes(times) : undefined);
    return {
      name: workload.name,
      subject: workload.subject,
      instructions: expected?.instructions ?? 0,
      terrarium: medianTimes(plain.ours),
      qemu: some(plain.qemu),
      emptyCall: median(emptyCalls),
      costs: runs.map(({ instrument, ours, qemu }) => ({
        instrument,
        events: events[instrument.per],
        terrarium: some(ours),
        qemu: some(qemu),
      })),
    };
  }

  private runOurs({ elf, args }: Pick<Workload, "elf" | "args">, plugin: string | undefined) {
    const report = ["--report", "json", "--report-file", this.report];
    const options = ["--engine", this.options.engine, ...report, ...(plugin === undefined ? [] : ["--plugin", plugin])];
    const run = runTerrarium(options, elf, args, root);
    // A plugin that was removed on the way would cost nothing from then on.
    if (/^terrarium: .*(error|warning): /m.test(run.stderr)) throw new RunError(`${elf}: ${run.stderr}`);
    return { ...run, instructions: run.figures.instructions, report: readFileSync(this.report, "utf8") };
  }

  private runQemu({ elf, args }: Workload, plugin: string | undefined, stdout: string): Times {
    const options =
      plugin === undefined ? [] : ["-plugin", plugin, "-d", "plugin", "-D", path.join(this.folder, "qemu.log")];
    const run = measure("qemu-riscv64", [...options, elf, ...args], root);
    if (run.stdout !== stdout)
      throw new RunError(`${elf}: qemu-riscv64 prints ${run.stdout}, terrarium prints ${stdout}`);
    return run;
  }
}

export const fileOf = ({ qemu }: Instrument) => qemu.split(",")[0];

/** How often each event happened; every instrument that counts it must say the same. */
export function eventCounts(workload: string, counts: ReadonlyMap<Instrument, number>): Record<Event, number> {
  const events: Partial<Record<Event, number>> = {};
  for (const [{ name, per }, count] of counts) {
    events[per] ??= count;
    if (events[per] !== count)
      throw new RunError(`${workload}: ${name} sees ${count} events per ${per}, another instrument ${events[per]}`);
  }
  const { block, instruction, access } = events;
  if (block === undefined || instruction === undefined || access === undefined)
    throw new RunError(`${workload}: no instrument counted its blocks, instructions or accesses`);
  return { block, instruction, access };
}
