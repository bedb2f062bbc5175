// One run of the built command line, with the figures that it gives of itself.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { measure, type Run, RunError } from "./measure.ts";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const terrarium = path.join(root, "dist/terrarium.js");

/** What `terrarium run --stats` prints. */
export interface RunFigures {
  instructions: number;
  seconds: number;
  blocks: number;
  regions: number;
  wasmBytes: number;
  compileMs: number;
  firstBlockMs: number;
  peakBytes: number;
}

export function runTerrarium(options: readonly string[], program: string, args: readonly string[], cwd: string) {
  const run: Run = measure(process.execPath, [terrarium, "run", "--stats", ...options, program, ...args], cwd);
  const line = run.stderr.trimEnd().split("\n").at(-1) ?? "";
  try {
    return { ...run, figures: JSON.parse(line) as RunFigures };
  } catch {
    throw new RunError(`${program}: terrarium run --stats printed no figures:\n${run.stderr}`);
  }
}
