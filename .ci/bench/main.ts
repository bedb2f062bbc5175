// npm run bench: see options.ts. Ends with 1 when a program fails or prints what it should not, with 2 when the command
// line is wrong.
import { elfFile, programs, readRecorded } from "../../test-fixtures/bench/programs.ts";
import { type Comparison, compare } from "./compare.ts";
import { comparisonColumns, summarise, summaryLines } from "./comparison-report.ts";
import { HostBuilds } from "./host-builds.ts";
import { isInstalled, RunError } from "./measure.ts";
import { chosen, type Options, parseOptions, UsageError, usage } from "./options.ts";
import { measureStartup, startupLine } from "./startup.ts";
import { headLine, rowLine } from "./text-table.ts";

const note = (text: string) => process.stderr.write(`${text}\n`);

function comparePrograms(options: Options): number {
  const some = chosen(programs, options.filter);
  const recorded = readRecorded();
  const qemu = isInstalled("qemu-riscv64");
  const builds = new HostBuilds();
  if (!qemu) note("qemu-riscv64 is not installed: nothing is compared with it");
  note(builds.compiler ? `native: ${builds.compiler}` : "no C compiler: nothing is compared with native programs");
  const columns = comparisonColumns(options.time);
  if (!options.json) console.log(headLine(columns));

  const rows: Comparison[] = [];
  const failures: string[] = [];
  for (const program of some) {
    try {
      const subject = { ...program, elf: elfFile(program), native: builds.build(program), qemu };
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

function main(args: readonly string[]): number {
  try {
    const options = parseOptions(args);
    return comparePrograms(options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    note(`${error.message}\n\n${usage}`);
    return 2;
  }
}

process.exitCode = main(process.argv.slice(2));
