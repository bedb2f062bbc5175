// terrarium trace FILE: an execution trace that the plugin execlog wrote, as text.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { executedInstructions, traceLine } from "../../plugins/support/execution-trace.ts";
import { readTraceFile } from "../../plugins/support/trace-file.ts";
import { writeAll } from "../host/standard-streams.ts";
import { UsageError } from "./usage.ts";

const options = { from: { type: "string" }, count: { type: "string" } } as const;

/** Lines that are written at once. */
const AT_ONCE = 1000;

export async function traceCommand(args: string[]): Promise<number> {
  const { file, from, count } = parse(args);
  let lines: string[] = [];
  const write = () => {
    if (lines.length > 0) writeAll(1, Buffer.from(`${lines.join("\n")}\n`));
    lines = [];
  };
  let number = 0;
  for (const insn of instructionsOf(file)) {
    if (++number < from) continue;
    if (number >= from + count) break;
    lines.push(traceLine(insn));
    if (lines.length >= AT_ONCE) write();
  }
  write();
  return 0;
}

function instructionsOf(file: string) {
  const bytes = readFileSync(file);
  try {
    const { words, table } = readTraceFile(bytes, (part) => Buffer.from(part).toString("utf8"));
    return executedInstructions(words, table);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}

function parse(args: string[]): { file: string; from: number; count: number } {
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`trace: ${(error as Error).message}`);
  }
  const { values, positionals } = parsed;
  if (positionals.length !== 1) throw new UsageError("trace: expected one FILE");
  const number = (name: "from" | "count", otherwise: number) => {
    const text = values[name];
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1)
      throw new UsageError(`trace: --${name} must be 1 or more, not "${text}"`);
    return value;
  };
  return { file: positionals[0], from: number("from", 1), count: number("count", Infinity) };
}
