// `--export FORMAT[:PLUGIN[/TITLE]]=FILE` and `terrarium formats`, bundled as export.js: a run that exports nothing does
// not load it.
import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { nodeHost } from "../dap/node-host.ts";
import { SourcePaths } from "../dap/source-paths.ts";
import type { ViewData } from "../debugger/target.ts";
import { chooseViews, parseWanted, type Wanted } from "../export/choose.ts";
import { exportContext } from "../export/context.ts";
import { exporters } from "../export/index.ts";
import type { Log, Session } from "../host/session.ts";
import { writeAll } from "../host/standard-streams.ts";
import { UsageError } from "./usage.ts";

/** Writes what was ordered; false when some of it could not be, for which the log has the reasons. */
export type Exporting = (views: readonly ViewData[], session: Session, log: Log) => boolean;

interface Order {
  wanted: Wanted;
  /** `-`: standard output. */
  file: string;
}

/** Reads the values of `--export`. What can be known to go wrong is said now, before the guest runs. */
export function prepareExports(values: readonly string[], program: Uint8Array, programPath: string): Exporting {
  const orders = values.map(readOrder);
  return (views, session, log) => {
    const sources = new SourcePaths(nodeHost, path.resolve(programPath), process.cwd());
    const tell = (text: string) => log("info", "export", text);
    const context = exportContext({
      program,
      programPath,
      guestName: session.guest.name,
      loadBias: session.machine.loadBias,
      symbols: session.symbolizer.open(),
      instructions: session.machine.instructionCount(),
      findSource: (recorded) => sources.find(recorded),
      log: tell,
    });
    let complete = true;
    for (const { wanted, file } of orders) {
      try {
        const written = wanted.exporter.write(chooseViews(wanted, views, tell), context);
        const data = typeof written === "string" ? Buffer.from(written) : written;
        if (file === "-") writeAll(1, data);
        else writeFileSync(file, data);
      } catch (error) {
        complete = false;
        log("error", "export", (error as Error).message);
      }
    }
    return complete;
  };
}

function readOrder(value: string): Order {
  const at = value.indexOf("=");
  if (at <= 0 || at === value.length - 1)
    throw new UsageError(`--export needs FORMAT[:PLUGIN[/TITLE]]=FILE, not "${value}"`);
  const file = value.slice(at + 1);
  if (file !== "-") checkWritable(file);
  try {
    return { wanted: parseWanted(value.slice(0, at)), file };
  } catch (error) {
    throw new UsageError(`--export ${value}: ${(error as Error).message}`);
  }
}

function checkWritable(file: string): void {
  try {
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw new Error("it is a folder");
    accessSync(there ? file : path.dirname(file), constants.W_OK);
  } catch (error) {
    throw new Error(`--export: "${file}" cannot be written: ${(error as Error).message}`);
  }
}

/** `terrarium formats`: name, kinds of view and use of every format. */
export async function formatsCommand(args: string[]): Promise<number> {
  if (args.length > 0) throw new UsageError(`formats: expected nothing more, not "${args.join(" ")}"`);
  const rows = exporters.map(({ format, kinds, description }) => [
    format,
    kinds.length > 3 ? "any" : kinds.join(", "),
    description,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map(
    ([format, kinds, description]) => `${format.padEnd(widths[0])}  ${kinds.padEnd(widths[1])}  ${description}\n`,
  );
  writeAll(1, Buffer.from(lines.join("")));
  return 0;
}
