// The command line: `terrarium run | dap | disassemble | plugins`. Its words and flags are a fixed interface.
import { dapCommand } from "./dap.ts";
import { disassembleCommand } from "./disassemble.ts";
import { pluginsCommand } from "./plugins.ts";
import { runCommand } from "./run.ts";
import { UsageError, usage } from "./usage.ts";

const commands: Record<string, (args: string[]) => Promise<number>> = {
  run: runCommand,
  dap: dapCommand,
  disassemble: disassembleCommand,
  plugins: pluginsCommand,
};

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
  const command = commands[name];
  if (!command) throw new UsageError(`unknown command "${name}": there are ${Object.keys(commands).join(", ")}`);
  return command(rest);
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`terrarium: ${message}\n`);
    if (error instanceof UsageError) process.stderr.write("Try: terrarium help\n");
    if (process.env.TERRARIUM_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  },
);
