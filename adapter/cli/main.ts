// The command line: `terrarium run | dap | disassemble | plugins`. Its words and flags are a fixed interface.
import { UsageError, usage } from "./usage.ts";

type Command = (args: string[]) => Promise<number>;

/** Each is loaded when it is wanted. */
const commands: Record<string, () => Promise<Command>> = {
  run: async () => (await import("./run.ts")).runCommand,
  dap: async () => (await import("./dap.ts")).dapCommand,
  disassemble: async () => (await import("./disassemble.ts")).disassembleCommand,
  plugins: async () => (await import("./plugins.ts")).pluginsCommand,
};

async function obey(args: string[]): Promise<number> {
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
  const command = await commands[name]();
  return command(rest);
}

/** The exit status, and whether the command did what it was told. Says what went wrong. */
export async function main(args: string[]): Promise<{ status: number; done: boolean }> {
  try {
    return { status: await obey(args), done: true };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`terrarium: ${message}\n`);
    if (error instanceof UsageError) process.stderr.write("Try: terrarium help\n");
    if (process.env.TERRARIUM_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return { status: error instanceof UsageError ? 2 : 1, done: false };
  }
}
