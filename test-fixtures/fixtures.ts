// The guest programs and what is known of them, for tests.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import runs from "./runs.json" with { type: "json" };

const here = path.dirname(fileURLToPath(import.meta.url));

export interface FixtureRun {
  /** ELF file, relative to test-fixtures. */
  program: string;
  args: readonly string[];
  stdin: string;
  env: Readonly<Record<string, string>>;
  /** Folder, relative to test-fixtures, whose copy is the guest's root and current directory; none: no files. */
  files?: string;
  /** What qemu-riscv64 gave; the status is 128 + n when signal n killed the program. */
  expected: { stdout: string; stderr: string; status: number };
}

export const fixtureRuns = runs as readonly FixtureRun[];

/** Absolute path of a file under test-fixtures. */
export function fixturePath(name: string): string {
  return path.join(here, name);
}

export function readFixture(name: string): Uint8Array {
  return readFileSync(fixturePath(name));
}

/** Every ELF file, relative to test-fixtures: `hello/hello-O0.elf`. */
export function fixturePrograms(): string[] {
  return readdirSync(here, { recursive: true })
    .map((file) => String(file).replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".elf"))
    .sort();
}

/** Line, counted from 1, of the comment `BREAK: marker` in a source under test-fixtures. */
export function markedLine(source: string, marker: string): number {
  const lines = readFileSync(fixturePath(source), "utf8").split("\n");
  const index = lines.findIndex((line) => line.trimEnd().endsWith(`BREAK: ${marker}`));
  if (index < 0) throw new Error(`${source} has no line marked "BREAK: ${marker}"`);
  return index + 1;
}
