// The benchmark programs: how each is built, for the guest and for the host, and what was recorded of it.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { arch } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const folder = path.dirname(fileURLToPath(import.meta.url));

export interface Program {
  name: string;
  source: string;
  subject: string;
  /** Its argument: how often it repeats its work, for a second or two under QEMU. */
  rounds: number;
  /** Linked with the guest's C library; the others stand on bench.h alone. */
  libc?: boolean;
  flags?: readonly string[];
  /** Only for the host, and only where its processor is an x86-64 with fused multiply-add: elsewhere libm's is called. */
  nativeFlags?: readonly string[];
}

/** What qemu-riscv64 printed, and how many instructions the program executes. */
export interface Recorded {
  stdout: string;
  instructions: number;
}

const read = (name: string): unknown => JSON.parse(readFileSync(path.join(folder, name), "utf8"));

export const programs = read("programs.json") as readonly Program[];
export const readRecorded = () => read("recorded.json") as Record<string, Recorded>;

export const elfFile = (program: Program) => path.join(folder, `${program.name}.elf`);
export const isCxx = (program: Program) => program.source.endsWith(".cpp");

const common = ["-O2", "-Wall", "-Wno-parentheses", "-Wno-misleading-indentation"];
const cxx = ["-std=c++17", "-fno-exceptions", "-fno-rtti", "-Wno-non-virtual-dtor"];
const freestanding = ["-nostdlib", "-ffreestanding", "-fno-stack-protector", "-fno-tree-loop-distribute-patterns"];

function compile(compiler: string, flags: readonly string[], program: Program, output: string): void {
  const language = [...(isCxx(program) ? cxx : []), ...(program.flags ?? [])];
  const libraries = flags.includes("-nostdlib") ? ["-lgcc"] : ["-lm"];
  const args = [...flags, ...common, ...language, program.source, "-o", output, ...libraries];
  const result = spawnSync(compiler, args, { cwd: folder, encoding: "utf8" });
  if (result.error || result.status !== 0)
    throw new Error(`${compiler} ${program.source}: ${result.error?.message ?? result.stderr}`);
}

export function buildForGuest(program: Program, compiler: string, output: string): void {
  const flags = ["-march=rv64gc", "-mabi=lp64d", "-static", "-fno-pie", "-s", "-Wl,--build-id=none"];
  compile(compiler, program.libc ? flags : [...flags, ...freestanding], program, output);
}

export function buildForHost(program: Program, compiler: string, output: string): void {
  compile(compiler, hostHasFma() ? (program.nativeFlags ?? []) : [], program, output);
}

function hostHasFma(): boolean {
  const known = "/proc/cpuinfo";
  return arch() === "x64" && existsSync(known) && /^flags\b.*\bfma\b/m.test(readFileSync(known, "utf8"));
}
