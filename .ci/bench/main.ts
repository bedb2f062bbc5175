// npm run bench: see options.ts. Ends with 1 when a program fails or prints what it should not, with 2 when the command
// line is wrong.
import { existsSync } from "node:fs";
import path from "node:path";
import { elfFile, programs, readRecorded } from "../../test-fixtures/bench/programs.ts";
import { type Comparison, compare } from "./compare.ts";
import { comparisonColumns, summarise, summaryLines } from "./comparison-report.ts";
import { HostBuilds } from "./host-builds.ts";
import { instruments, workloads } from "./instruments.ts";
import { isInstalled, RunError } from "./measure.ts";
import { chosen, type Options, parseOptions, UsageError, usage } from "./options.ts";
import { fileOf, PluginBench, type WorkloadCosts } from "./plugin-cost.ts";
import { costColumns, costRow, instrumentMeans, meanColumns, workloadLine } from "./plugin-report.ts";
import { measureStartup, startupLine } from "./startup.ts";
import { headLine, rowLine } from "./text-table.ts";

const note = (text: string) => process.stderr.write(`${text}\n`);

function comparePrograms(options: Options): number {
  const some = chosen(programs, options.filter);
  const recorded = readRecorded();
  const qemu = isInstalled("qemu-riscv64");
  const builds = new HostBuilds(note);
  if (!qemu) note("qemu-riscv64 is not installed: nothing is compared with it");
  note(builds.compiler ? `native: ${builds.compiler}` : "no C compiler: nothing is compared with native programs");
  const columns = comparisonColumns(options.time);
  if (!options.json) console.log(headLine(columns));

  const rows: Comparison[] = [];
  const failures: string[] = [];
  for (const program of some) {
    try {
      const args = [String(program.rounds)];
      const subject = { ...program, elf: elfFile(program), args, native: builds.build(program), qemu };
      const row = compare(subject, recorded[program.name], options);
      rows.push(row);
      if (options.json) note(rowLine(columns, row));
      else console.log(rowLine(columns, row));
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      failures.push(error.message);
      note(`FAILED ${error.message}`);
    }
  }
  const startup = measureStartup(Math.max(3, options.pairs), qemu);
  const summary = summarise(rows, options.time);
  if (options.json) console.log(JSON.stringify({ options, programs: rows, startup, summary, failures }, null, 2));
  else console.log(["", ...summaryLines(summary, options.time), startupLine(startup, options.time)].join("\n"));
  if (failures.length > 0) note(`${failures.length} of ${some.length} programs failed: ${failures.join("; ")}`);
  return failures.length === 0 ? 0 : 1;
}

function measurePlugins(options: Options): number {
  const some = chosen(workloads, options.filter);
  const qemuPlugins = process.env.QEMU_PLUGINS;
  if (qemuPlugins) checkQemuPlugins(qemuPlugins);
  else note("QEMU_PLUGINS names no folder: nothing is compared with QEMU's plugins");
  const bench = new PluginBench(options, qemuPlugins ? path.resolve(qemuPlugins) : undefined);
  const measured: WorkloadCosts[] = [];
  const failures: string[] = [];
  try {
    bench.warmUp();
    for (const workload of some) {
      try {
        const costs = bench.measure(workload);
        measured.push(costs);
        if (options.json) continue;
        console.log(`${workloadLine(costs, options.time)}\n${headLine(costColumns)}`);
        for (const cost of costs.costs) console.log(rowLine(costColumns, costRow(costs, cost, options.time)));
        console.log();
      } catch (error) {
        if (!(error instanceof RunError)) throw error;
        failures.push(error.message);
        note(`FAILED ${error.message}`);
      }
    }
  } finally {
    bench.dispose();
  }
  const means = instrumentMeans(measured, options.time);
  const withRows = (workload: WorkloadCosts) => ({
    ...workload,
    costs: workload.costs.map((cost) => ({ ...cost, ...costRow(workload, cost, options.time) })),
  });
  if (options.json)
    console.log(JSON.stringify({ options, workloads: measured.map(withRows), means, failures }, null, 2));
  else console.log([headLine(meanColumns), ...means.map((mean) => rowLine(meanColumns, mean))].join("\n"));
  return failures.length === 0 ? 0 : 1;
}

function checkQemuPlugins(folder: string): void {
  if (!isInstalled("qemu-riscv64")) throw new UsageError("QEMU_PLUGINS is set, and qemu-riscv64 is not installed");
  const files = [...new Set(instruments.map(fileOf))];
  const missing = files.filter((file) => !existsSync(path.join(folder, file)));
  if (missing.length === files.length)
    throw new UsageError(`QEMU_PLUGINS: ${folder} holds none of ${missing.join(" ")}`);
  if (missing.length > 0) note(`${folder} does not hold ${missing.join(" ")}`);
}

function main(args: readonly string[]): number {
  try {
    const options = parseOptions(args);
    return options.plugins ? measurePlugins(options) : comparePrograms(options);
  } catch (error) {
    if (error instanceof RunError) note(error.message);
    else if (error instanceof UsageError) note(`${error.message}\n\n${usage}`);
    else throw error;
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = main(process.argv.slice(2));
