// The interfaces between the parts of a machine: the executor runs guest code, the machine answers its traps, and
// what watches or drives it (plugin host, debugger, command line) stands outside.
import type { Guest } from "../guest/guest.ts";
import type { Exit } from "../ir/exits.ts";
import type { HostCall } from "../ir/host-call.ts";
import type { Block } from "../ir/types.ts";
import type { CodeLimits } from "./code-budget.ts";
import type { GuestMemory } from "./memory.ts";
import type { Profile } from "./profile.ts";
import type { PartialTuning } from "./tuning.ts";

export type EngineKind = "auto" | "jit" | "interpreter";

export interface ExecutorStats {
  /** Translation blocks translated so far (again counted again). */
  blocks: number;
  /** Regions compiled so far. */
  regions: number;
  /** Bytes of WebAssembly emitted. */
  wasmBytes: number;
  /** Milliseconds spent translating and compiling. */
  compileMs: number;
  /** When the first block was translated and about to run, by the clock of the statistics; 0 before. */
  firstBlockMs: number;
}

/** Runs translated guest code on the vCPU state at VCPU_BASE. Everything it reports is in that state (layout.ts). */
export interface Executor {
  readonly stats: ExecutorStats;
  /** What translated code takes now, in the terms of its limits. */
  readonly codeBytes: CodeLimits;
  /**
   * What `call` ops name by index. Arguments and registers are in the vCPU state. One may be replaced when no
   * translation that will still be run calls it: compiled code holds the function itself.
   */
  readonly callbacks: HostCall[];
  /** Rewrites every block on translation; setting it invalidates all translations. */
  instrument: ((block: Block) => Block) | undefined;
  /** Told of each block, as `instrument` gave it, that will not be entered again. The last may still be running. */
  forgotten: ((block: Block) => void) | undefined;
  /** Replaces the breakpoints; only translations that hold a changed address are redone. */
  setBreakpoints(addresses: ReadonlySet<bigint>): void;
  /** Has what is running come back when the instruction at hand is done. Called from a callback. */
  interrupt(): void;
  /** Forgets translations that touch [address, address + length). Safe to call from a callback: the running region leaves at its next check. */
  invalidate(address: number, length: number): void;
  invalidateAll(): void;
  /** What has been learnt about the program, for the options of another run; undefined when that is nothing new. */
  profile(): Profile | undefined;
  /**
   * Runs from the vCPU's pc for about `budget` instructions (it stops at the first block boundary past it).
   * passBreakpoint: a breakpoint at the very first instruction does not stop it.
   */
  run(budget: number, passBreakpoint?: boolean): Exit;
  /** Runs exactly `count` instructions (fewer when something happens), in the interpreter, passing a breakpoint at the first. */
  step(count?: number): Exit;
}

/** Why `Machine.run` came back. */
export type MachineStop =
  | { kind: "budget" }
  | { kind: "breakpoint" }
  /** Standard input is wanted and the door has none yet: run again when it has. */
  | { kind: "input" }
  /** The guest sleeps: there is nothing to do for so many nanoseconds. Run again then; it sleeps on when that was too early. */
  | { kind: "sleep"; nanoseconds: number }
  /** A signal whose action ends the process is about to be delivered; `run` again to let it die. Reported once, only if `stopOnSignals`. */
  | { kind: "signal"; signal: number; name: string; text: string }
  | { kind: "exited"; status: number; signal?: string };

/** What control goes elsewhere for: a signal from elsewhere, a fault of the instruction itself, a system call. */
export type DiscontinuityKind = "interrupt" | "exception" | "hostcall";

/** What observers of the machine are told. Registers are in the vCPU state; calls must not run the machine. */
export interface MachineHooks {
  /** Before a system call is carried out, by the ecall at `pc`. Six arguments, unsigned 64-bit. */
  syscall?(number: number, args: readonly bigint[], pc: bigint): void;
  /**
   * Asked after `syscall`, once, before the call is carried out: the first result given is what the guest gets (negative
   * errno), and the call is not carried out.
   */
  filterSyscall?(number: number, args: readonly bigint[], pc: bigint): bigint | undefined;
  /** After it; not called for those that do not return (exit, rt_sigreturn). `result` is signed: negative errno. */
  syscallReturn?(number: number, args: readonly bigint[], result: bigint, pc: bigint): void;
  /**
   * Control goes from `from` to `to` without a jump; `to` is undefined when the process ends. The registers are those
   * with which it goes on (or dies). `from` is, for an interrupt, the instruction that would have run next; for an
   * exception and a host call the one that caused it, which for a jump to where there is no code is the jump's target,
   * and for a signal frame that finds no room the handler that was to run. `cause`: the signal's or the call's name.
   */
  discontinuity?(kind: DiscontinuityKind, from: bigint, to: bigint | undefined, cause: string): void;
  /**
   * The guest waits: for so much time to pass, or for input, or (undefined as well) for what cannot happen. The machine
   * comes back.
   */
  idle?(nanoseconds: bigint | undefined): void;
  /** It goes on: what it waited for is there, or it was moved elsewhere. */
  resume?(): void;
  /** No guest code is running: the engine has come back, for whatever reason. */
  cameBack?(): void;
  /** The process has ended. */
  exit?(status: number): void;
}

export type Clock = "realtime" | "monotonic";

/**
 * The one door through which everything from outside enters (design section 6). A real door asks the host, a
 * recording one keeps the answers, a replaying one gives them back. Paths are host paths already resolved under the
 * granted root by the machine's file system layer, never guest paths.
 */
export interface Door {
  /** Guest time: nanoseconds since 1970 and since start. */
  clock(which: Clock): bigint;
  random(length: number): Uint8Array;
  /** Standard input: undefined when none is there yet, empty at end of file. */
  readInput(max: number): Uint8Array | undefined;
  writeOutput(stream: "stdout" | "stderr", data: Uint8Array): void;
  files: HostFiles | undefined;
  log(level: "info" | "warning" | "error", text: string): void;
}

/** Host files, synchronous. Errors are thrown as `HostError` with a Linux errno name. */
export interface HostFiles {
  /** Canonical path of an existing entry, links followed; throws ENOENT. */
  realpath(path: string): string;
  open(
    path: string,
    mode: {
      read: boolean;
      write: boolean;
      create: boolean;
      exclusive: boolean;
      truncate: boolean;
      permissions: number;
    },
  ): number;
  close(handle: number): void;
  /** Bytes at a position; short at end of file. */
  read(handle: number, length: number, position: number): Uint8Array;
  write(handle: number, data: Uint8Array, position: number): number;
  truncate(handle: number, length: number): void;
  stat(path: string, followLinks: boolean): HostStat;
  fstat(handle: number): HostStat;
  list(path: string): string[];
  mkdir(path: string, permissions: number): void;
  unlink(path: string): void;
  rmdir(path: string): void;
  rename(from: string, to: string): void;
  readlink(path: string): string;
  /** Permission bits of a path (links not expected) or an open handle. */
  setPermissions(target: string | number, permissions: number): void;
  /** Times of last access and change, nanoseconds since 1970. */
  setTimes(target: string | number, accessed: bigint, modified: bigint): void;
}

export interface HostStat {
  kind: "file" | "directory" | "link" | "device" | "other";
  size: number;
  permissions: number;
  inode: number;
  links: number;
  /** Nanoseconds since 1970. */
  modified: bigint;
  accessed: bigint;
  changed: bigint;
}

export class HostError extends Error {
  constructor(
    /** `ENOENT`, `EACCES`... */
    readonly code: string,
    message: string = code,
  ) {
    super(message);
  }
}

export type CompileModule = (bytes: Uint8Array) => WebAssembly.Module;

export interface MachineOptions {
  guest: Guest;
  /** The ELF file. */
  program: Uint8Array;
  /** Name in messages, argv[0] and /proc/self/exe. */
  programName: string;
  /** argv[1..]. */
  args: readonly string[];
  env: readonly (readonly [string, string])[];
  /** Host folder that is the guest's `/`; undefined: no files. */
  root: string | undefined;
  /** May the guest change files under root? */
  writable: boolean;
  /** Guest working directory (absolute within the root). */
  cwd: string;
  engine: EngineKind;
  door: Door;
  stopOnSignals: boolean;
  /** Do the standard streams look like a terminal to the guest (isatty), rather than like pipes? Default: no. */
  terminal?: boolean;
  /** Compiles generated WebAssembly: the host's chance to choose how its engine does that. Default: as it comes. */
  compileModule?: CompileModule;
  /** Milliseconds from some fixed moment, as fine as the host has them: the clock of the statistics. */
  now?: () => number;
  /** How much memory translated code may take. Default: 192 MiB of translations, 64 MiB of WebAssembly. */
  limits?: Partial<CodeLimits>;
  /** What an earlier run of the program has taught: the same results, sooner. */
  profile?: Profile;
  /** How the executor chooses what to compile, for tests and measurements. */
  tuning?: PartialTuning;
}

/** One process on one vCPU. The class is in machine.ts. */
export interface MachineLike {
  readonly guest: Guest;
  readonly memory: GuestMemory;
  readonly executor: Executor;
  readonly hooks: MachineHooks[];
  readonly loadBias: bigint;
  /** Of the loaded program: lowest and highest address of executable segments, and the entry. */
  readonly code: { start: bigint; end: bigint; entry: bigint };
  readonly exited: { status: number; signal?: string } | undefined;
  instructionCount(): bigint;
  readRegister(index: number): bigint;
  writeRegister(index: number, value: bigint): void;
  run(budget: number, passBreakpoint?: boolean): MachineStop;
  step(count?: number): MachineStop;
  /** Ends the process from outside, while it does not run. */
  exit(status: number): void;
  /**
   * From now on both guest clocks go on by what the function gives: nanoseconds since now, which never go back. It is
   * asked whenever the guest looks at a clock or waits for one. Without a function they go on as the world's do.
   */
  steerClock(nanoseconds: (() => bigint) | undefined): void;
}
