// The command line: `terrarium run | dap | disassemble | plugins | control | trace | formats`. Its words and flags are a fixed interface. The commands
// are bundles of their own; `run` is loaded with its compiled code, and starts without optimising.
import { createRequire } from "node:module";
import path from "node:path";
import { loadScript } from "../host/code-cache.ts";
import { holdOptimising } from "../host/engine-flags.ts";
import { here } from "../host/here.ts";
import { ownFolder } from "../host/own-folder.ts";
import { loadExport } from "./load-export.ts";
import { isUsageError, UsageError, usage } from "./usage.ts";

/** Gives the exit status. */
export type Command = (args: string[]) => Promise<number>;

const commands: Record<string, Command> = {
  run,
  dap: other("dap"),
  disassemble: other("disassemble"),
  plugins: other("plugins"),
  control: other("control"),
  trace: other("trace"),
  formats: (args) => loadExport().formatsCommand(args),
};

function other(name: keyof typeof import("./commands.ts")): Command {
  const file = path.join(here, "commands.js");
  return (args) => (createRequire(file)(file) as typeof import("./commands.ts"))[name](args);
}

async function run(args: string[]): Promise<number> {
  holdOptimising();
  const script = loadScript(path.join(here, "run.js"), ownFolder("code"));
  const { runCommand } = script.exports as typeof import("./run.ts");
  const status = await runCommand(args);
  if (!script.known) {
    holdOptimising(); // as on loading
    script.keep();
  }
  process.exit(status); // all is written; no need to collect the garbage once more
}

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    process.stdout.write(usage);
    return name === undefined ? 2 : 0;
  }
  if (name === "--version") {
    process.stdout.write(`terrarium ${process.env.TERRARIUM_VERSION}\n`);
    return 0;
  }
  if (!Object.hasOwn(commands, name))
    throw new UsageError(`unknown command "${name}": there are ${Object.keys(commands).join(", ")}`);
  return commands[name](rest);
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`terrarium: ${message}\n`);
    if (isUsageError(error)) process.stderr.write("Try: terrarium help\n");
    if (process.env.TERRARIUM_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = isUsageError(error) ? 2 : 1;
  },
);
