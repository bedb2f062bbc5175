// Runs the fixture `heap` under plugins that need its symbols.
import { Symbolizer } from "../../adapter/host/symbolizer.ts";
import type { EngineKind } from "../../emulator/machine/api.ts";
import { MemoryDoor } from "../../emulator/machine/door/memory-door.ts";
import { MemoryFiles } from "../../emulator/machine/door/memory-files.ts";
import { markedLine, readFixture } from "../../test-fixtures/fixtures.ts";
import { type PluginRun, pluginRun } from "./plugin-run.ts";

const program = "heap/heap.elf";
const symbols = new Symbolizer(readFixture(program), 0n);

export function heapRun(
  plugins: Parameters<typeof pluginRun>[1],
  engine: EngineKind = "auto",
  args: readonly string[] = [],
): PluginRun {
  return pluginRun(program, plugins, {
    engine,
    machine: { args, door: new MemoryDoor({ input: "input" }) },
    host: () => ({ locate: (pc) => symbols.locate(pc), addressOf: (symbol) => symbols.addressOf(symbol) }),
  });
}

/** Runs any program to its end. */
export function machineRun(file: string, plugins: Parameters<typeof pluginRun>[1], args: readonly string[] = []) {
  const own = new Symbolizer(readFixture(file), 0n);
  const door = new MemoryDoor({ files: new MemoryFiles({}) });
  return pluginRun(file, plugins, {
    engine: "auto",
    machine: { args, door },
    host: () => ({ locate: (pc) => own.locate(pc), addressOf: (symbol) => own.addressOf(symbol) }),
  }).run();
}

/** The function that an address is in, and the mark of its line in the source (`// BREAK: leak`), or the line. */
export function placeOf(address: string | number): string {
  const { symbol, file, line } = symbols.locate(BigInt(address)) ?? {};
  const mark = file?.endsWith("heap.c") ? markAt.get(line ?? 0) : undefined;
  return mark ?? symbol?.split("+")[0] ?? String(address);
}

const marks = [
  "make",
  "leak",
  "write after",
  "read after",
  "read before",
  "never written",
  "read freed",
  "write freed",
];
const markAt = new Map([...marks, "stray", "double"].map((mark) => [markedLine("heap/heap.c", mark), mark]));
