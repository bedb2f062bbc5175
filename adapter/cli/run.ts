// terrarium run: one guest program to its end, in this thread, with plugins and reports.
import { fstatSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";
import type { EngineKind } from "../../emulator/machine/api.ts";
import { allowOptimising, compileModule } from "../host/engine-flags.ts";
import { NodeDoor } from "../host/node-door.ts";
import { parsePluginArgument } from "../host/plugin-argument.ts";
import { loadPlugins, type PluginRequest } from "../host/plugin-loader.ts";
import { readProgram } from "../host/program-file.ts";
import { Session, type SessionStop } from "../host/session.ts";
import { readAllInput, waitNanoseconds, writeAll } from "../host/standard-streams.ts";
import type { SessionConfig } from "../host/worker-protocol.ts";
import { loadExport } from "./load-export.ts";
import { renderJson, renderText } from "./report/report.ts";
import { UsageError } from "./usage.ts";

const options = {
  plugin: { type: "string", multiple: true, default: [] as string[] },
  root: { type: "string" },
  writable: { type: "boolean", default: false },
  cwd: { type: "string", default: "/" },
  env: { type: "string", multiple: true, default: [] as string[] },
  report: { type: "string", default: "text" },
  "report-file": { type: "string" },
  export: { type: "string", multiple: true, default: [] as string[] },
  stats: { type: "boolean", default: false },
  engine: { type: "string", default: "auto" },
  lockstep: { type: "boolean", default: false },
  fresh: { type: "boolean", default: false },
  output: { type: "string" },
  watch: { type: "boolean", default: false },
  control: { type: "string" },
} as const;

/** Our options end at PROGRAM: all that follows belongs to the guest. */
function splitAtProgram(args: string[]): { own: string[]; program: string | undefined; rest: string[] } {
  const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true });
  const first = tokens.find((token) => token.kind === "positional");
  if (!first) return { own: args, program: undefined, rest: [] };
  return { own: args.slice(0, first.index), program: args[first.index], rest: args.slice(first.index + 1) };
}

function parse(args: string[]) {
  const { own, program, rest } = splitAtProgram(args);
  try {
    const { values } = parseArgs({ args: own, options, allowPositionals: true, strict: true });
    if (program === undefined) throw new UsageError("run: no PROGRAM named");
    if (!["text", "json"].includes(values.report))
      throw new UsageError(`--report must be text or json, not "${values.report}"`);
    if (!["auto", "jit", "interpreter"].includes(values.engine))
      throw new UsageError(`--engine must be auto, jit or interpreter, not "${values.engine}"`);
    if (!values.cwd.startsWith("/"))
      throw new UsageError(`--cwd must be absolute inside the root, not "${values.cwd}"`);
    const env = values.env.map((pair): [string, string] => {
      const at = pair.indexOf("=");
      if (at <= 0) throw new UsageError(`--env needs NAME=VALUE, not "${pair}"`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    });
    const plugins: PluginRequest[] = values.plugin.map(parsePluginArgument);
    return { ...values, env, plugins, program, args: rest };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message);
  }
}

export async function runCommand(args: string[]): Promise<number> {
  const wanted = parse(args);
  const program = readProgram(wanted.program);
  const exporting =
    wanted.export.length > 0 ? loadExport().prepareExports(wanted.export, program, wanted.program) : undefined;
  const log = (level: string, source: string, text: string) =>
    report(`terrarium: ${source === "emulator" ? "" : `${source}: `}${level === "info" ? "" : `${level}: `}${text}\n`);
  const places = { workspace: process.cwd(), trusted: true };
  const config: SessionConfig = {
    guestName: "riscv64",
    program,
    programName: wanted.program,
    programFile: wanted.fresh ? undefined : wanted.program,
    args: wanted.args,
    env: wanted.env,
    root: wanted.root === undefined ? undefined : path.resolve(wanted.root),
    writable: wanted.writable,
    cwd: wanted.cwd,
    engine: wanted.engine as EngineKind,
    stopOnSignals: false,
    terminal: isTerminal(),
    plugins: await loadPlugins(wanted.plugins, places, (_reference, error) => {
      throw error;
    }),
    output: wanted.output === undefined ? undefined : path.resolve(wanted.output),
  };
  const door = new NodeDoor({
    readInput: readAllInput,
    writeOutput: (stream, data) => writeAll(stream === "stdout" ? 1 : 2, data),
    log: (level, text) => log(level, "emulator", text),
  });
  if (wanted.lockstep) {
    const { runInLockstep } = await import("./lockstep.ts");
    return runInLockstep(config, door, log);
  }

  const started = process.uptime();
  const session = new Session(config, door, log, compileModule);
  const isLive = config.plugins.length > 0 || wanted.watch || wanted.control !== undefined;
  const stop = isLive
    ? await (await import("./run-live.ts")).runLive(session, config, { ...wanted, places, log })
    : runToEnd(session);
  const seconds = process.uptime() - started;
  const status = stop.kind === "exited" ? stop.status : 0;
  if (stop.kind === "plugin") log("info", stop.plugin, `stopped: ${stop.reason}`);

  session.finish();
  session.keepProfile();
  const views = session.views();
  if (views.length > 0) {
    const text = wanted.report === "json" ? renderJson(views) : renderText(views, session.symbolizer);
    if (wanted["report-file"] !== undefined) writeFileSync(wanted["report-file"], text);
    else report(text);
  } else if (wanted["report-file"] !== undefined) writeFileSync(wanted["report-file"], renderJson([]));
  const exported = exporting?.(views, session, log) ?? true;
  if (wanted.stats) {
    const instructions = Number(session.machine.instructionCount());
    const peakBytes = process.resourceUsage().maxRSS * 1024;
    const { executor, guest } = session.machine;
    // firstBlockMs: since this process began.
    const figures = {
      instructions,
      seconds,
      engine: wanted.engine,
      ...executor.stats,
      peakBytes,
      isa: guest.hardware.isa,
    };
    report(`${JSON.stringify(figures)}\n`);
  }
  return exported ? status : status || 1;
}

/** All that is written here is written at once: the process may end without waiting for anything. */
const report = (text: string) => writeAll(2, Buffer.from(text));

/** Are input and output a terminal? Node's module for that is loaded only when they may be. */
function isTerminal(): boolean {
  try {
    if (![0, 1].every((descriptor) => fstatSync(descriptor).isCharacterDevice())) return false;
  } catch {
    return false; // closed
  }
  const { isatty } = createRequire(import.meta.url)("node:tty") as typeof import("node:tty");
  return isatty(0) && isatty(1);
}

/** To the guest's end, or to where a plugin stops it. Nobody wants to know of anything before. */
function runToEnd(session: Session): SessionStop & { kind: "exited" | "plugin" } {
  for (;;) {
    const stop = session.runSlice();
    if (stop.kind === "exited" || stop.kind === "plugin") return stop;
    allowOptimising();
    session.sampleSeries();
    if (stop.kind === "sleep") waitNanoseconds(stop.nanoseconds);
  }
}
