// The machine as the debugger sees it: one guest process that runs, stops, and can be looked at while stopped.
// Implemented over the emulator's worker in adapter/host; tests implement it in the same thread.
import type { DecodedInstruction, RegisterDescriptor } from "../../emulator/guest/guest.ts";
import type { ViewData } from "../../emulator/instrument/view-data.ts";

export type { ViewData } from "../../emulator/instrument/view-data.ts";

/** Why the guest stopped. */
export type StopReason =
  | { kind: "entry" }
  | { kind: "pause" }
  | { kind: "step" }
  /** About to run the instruction at pc, which has a breakpoint. */
  | { kind: "breakpoint" }
  /** A signal that would end the guest (SIGSEGV, SIGABRT...): `text` says what, why, and at what address. pc is the culprit. */
  | { kind: "signal"; signal: string; text: string }
  /** A plugin asked for it: `text` says which one and why. */
  | { kind: "plugin"; plugin: string; text: string }
  /** The guest is gone. `signal` when it was killed by one; `status` as a shell shows it (128 + n then). */
  | { kind: "exited"; status: number; signal?: string };

export interface TargetEvents {
  stopped(reason: StopReason): void;
  /** Guest output. */
  output(stream: "stdout" | "stderr", data: Uint8Array): void;
  /** Messages of the emulator and of plugins: unknown system calls, removed plugins. */
  log(level: "info" | "warning" | "error", source: string, text: string): void;
  /** New data of plugin views, at most 4 times a second while running, and at every stop. */
  views(views: readonly ViewData[]): void;
}

/** One instruction of guest code as the debugger sees it. */
export interface Instruction {
  address: bigint;
  bytes: Uint8Array;
  text: string;
  /** What it does to control flow; without it the debugger can only step to find out. */
  kind?: DecodedInstruction["kind"];
  /** Where a branch, direct jump or call goes. */
  target?: bigint;
}

export interface Target {
  readonly guestName: string;
  readonly registers: readonly RegisterDescriptor[];
  readonly pointerBytes: 4 | 8;
  /** Added to every address of the ELF file (position-independent executables), 0 otherwise. */
  readonly loadBias: bigint;
  /** Unsigned values in the order of `registers`. Valid while stopped. */
  readRegisters(): bigint[];
  writeRegister(index: number, value: bigint): Promise<void>;
  /** Shorter than asked for where memory is not mapped. Synchronous: it reads the shared memory. */
  readMemory(address: bigint, length: number): Uint8Array;
  /** Bytes written. Translated code is redone. */
  writeMemory(address: bigint, data: Uint8Array): Promise<number>;
  /** Replaces the set of instruction breakpoints; takes effect at once, also while running. */
  setBreakpoints(addresses: readonly bigint[]): Promise<void>;
  /** Goes on until something stops it; `stopped` tells. A breakpoint at the current pc is passed. */
  resume(): Promise<void>;
  /** Runs until pc equals one of `addresses` with the stack pointer at or above `minimumSp` (if given), or something else stops it. Stops with reason step. */
  runTo(addresses: readonly bigint[], minimumSp?: bigint): Promise<void>;
  /** Exactly one instruction, then `stopped` with reason step (or what else happened). */
  stepInstruction(): Promise<void>;
  /** Asks a running guest to stop; `stopped` with reason pause follows. */
  pause(): Promise<void>;
  /** Guest standard input; undefined closes it. */
  input(data: Uint8Array | undefined): void;
  /** The views now. */
  views(): Promise<readonly ViewData[]>;
  /** Disassembly of count instructions from address (objdump style text), fewer where memory ends. Synchronous. */
  disassemble(address: bigint, count: number): Instruction[];
  /** Instructions executed so far. */
  instructionCount(): bigint;
  /** Ends the guest and releases everything. */
  dispose(): Promise<void>;
}
