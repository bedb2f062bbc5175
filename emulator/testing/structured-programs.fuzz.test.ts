// Made-up programs of loops, calls, jumps, faults, mappings and code that changes, in lockstep with qemu-riscv64: after
// every part of a program and at every fault all registers must be the same, in every engine; and at every system call
// and fault the engines agree on the number of instructions, whatever watches.
//   TERRARIUM_FUZZ_SEED          first seed (default: from the clock; printed)
//   TERRARIUM_FUZZ_INSTRUCTIONS  at least so many instructions of the guest in all (default 4 million)
//   TERRARIUM_FUZZ_SHAPES        only these kinds of parts, separated by commas
//   TERRARIUM_FUZZ_PARTS         only these parts of each program, by number
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { referenceOptions } from "../../test-fixtures/record.mjs";
import { Random } from "./random.ts";
import { differentOutput } from "./structured/differences.ts";
import { engines, randomRun } from "./structured/engines.ts";
import { type Counted, differentEvent, type Run, runProgram } from "./structured/run.ts";
import { type StructuredOptions, structuredProgram } from "./structured/structured-program.ts";

const { env } = process;
const firstSeed = Number(env.TERRARIUM_FUZZ_SEED ?? Date.now() % 1_000_000_000);
const wanted = Number(env.TERRARIUM_FUZZ_INSTRUCTIONS ?? 4_000_000);
const chosen: Partial<StructuredOptions> = {
  ...(env.TERRARIUM_FUZZ_SHAPES && { shapes: env.TERRARIUM_FUZZ_SHAPES.split(",") }),
  ...(env.TERRARIUM_FUZZ_PARTS && { only: env.TERRARIUM_FUZZ_PARTS.split(",").map(Number) }),
};

const hasQemu = spawnSync("qemu-riscv64", ["--version"]).status === 0;
const skip = hasQemu || env.CI_REFERENCES ? false : "qemu-riscv64 is not installed";

interface Difference {
  text: string;
}

/** Runs a program in qemu-riscv64 (unless `unfenced`) and each engine; gives the instructions run, or how they differ. */
function compare(options: StructuredOptions, file: string): number | Difference {
  const program = structuredProgram(options);
  let expected: Uint8Array | undefined;
  if (!options.unfenced) {
    writeFileSync(file, program.elf, { mode: 0o755 });
    const qemu = spawnSync("qemu-riscv64", [...referenceOptions, file], { maxBuffer: 1 << 28, timeout: 60_000 });
    if (qemu.status !== 0) return { text: `qemu-riscv64 ended with ${qemu.status ?? qemu.signal}` };
    expected = qemu.stdout;
  }
  const random = new Random(options.seed ^ 0x2545f491);
  // The same for all: stops are compared, too.
  const addresses = program.parts.flatMap(({ instructions }) => instructions);
  const breakpoints = random.chance(0.3)
    ? Array.from({ length: 1 + random.below(5) }, () => random.pick(addresses))
    : [];
  let first: Run | undefined;
  let accesses: bigint | undefined;
  for (const engine of engines) {
    const how = { ...randomRun(random, engine), breakpoints };
    const told = `engine ${engine}, ${JSON.stringify({ ...how, engine: undefined })}`;
    let run: Run;
    try {
      run = runProgram(program.elf, how);
    } catch (error) {
      return { text: `${told}\n${error instanceof Error ? error.stack : error}` };
    }
    const different =
      (expected && differentOutput(program, run.output, expected)) ??
      (run.status === 0 ? undefined : `exit status ${run.status}`) ??
      (first && differentEvent(run.events, first.events)) ??
      (first && run.instructions !== first.instructions
        ? `${run.instructions} instructions, expected ${first.instructions}`
        : undefined) ??
      differentCounts(run.counted, run.instructions, accesses);
    if (different) return { text: `${told}\n${different}` };
    first ??= run;
    expected ??= run.output;
    accesses ??= run.counted?.accesses;
  }
  return Number(first?.instructions ?? 0n);
}

/** `accesses`: what another engine counted. */
function differentCounts(counted: Counted | undefined, instructions: bigint, accesses?: bigint): string | undefined {
  if (!counted) return undefined;
  if (counted.instructions !== instructions)
    return `${counted.instructions} instructions counted of ${instructions} executed`;
  if (counted.accesses !== (accesses ?? counted.accesses))
    return `${counted.accesses} accesses counted, expected ${accesses}`;
  return undefined;
}

/** Leaves out parts as long as there still is a difference. */
function minimise(options: StructuredOptions, file: string, difference: Difference): string {
  let only = options.only ?? Array.from({ length: options.parts }, (_, n) => n);
  let least = difference;
  for (const part of [...only]) {
    const fewer = only.filter((other) => other !== part);
    if (fewer.length === 0) break;
    const result = compare({ ...options, only: fewer }, file);
    if (typeof result === "number") continue;
    only = fewer;
    least = result;
  }
  return `seed ${options.seed}, parts ${only.join(",")}: ${least.text}`;
}

/** Programs from the first seed on until they have run so many instructions. */
function runAll(t: TestContext, least: number, kind: Partial<StructuredOptions>): void {
  const folder = mkdtempSync(path.join(tmpdir(), "terrarium-fuzz-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "structured.elf");
  let instructions = 0;
  let seed = firstSeed;
  for (; instructions < least; seed++) {
    const options: StructuredOptions = { seed, parts: 8, rounds: 3, ...chosen, ...kind };
    const result = compare(options, file);
    if (typeof result !== "number") assert.fail(minimise(options, file, result));
    instructions += result;
  }
  t.diagnostic(
    `${instructions} instructions, ${seed - firstSeed} programs from seed ${firstSeed}, each in ${engines.join(", ")}: none differs`,
  );
}

test(`structured programs from seed ${firstSeed}`, { skip }, (t) => runAll(t, wanted, {}));

const changing = ["patched function", "own block", "generated code", "code beside data", "code written by the kernel"];

test(`code that changes without a fence, from seed ${firstSeed}: the engines agree`, (t) =>
  runAll(t, wanted / 8, { unfenced: true, shapes: changing }));
