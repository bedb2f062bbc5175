// Where the memory of made-up programs lies, and the numbers of the system calls they make.

export const place = {
  text: 0x11000,
  /** A page with the cells below. */
  cells: 0x3f0000,
  data: 0x400000,
  dataSize: 0x4000,
  /** Grows down from `stackTop`. */
  stack: 0x500000,
  stackTop: 0x540000,
  signalStack: 0x5e0000,
  signalStackSize: 0x10000,
  /** Nothing is ever mapped here. (Between segments the reference reserves memory.) */
  nothing: 0x8000000,
  output: 0x800000,
  outputSize: 0xc00000,
  /** Room for what programs map themselves: a MiB for each part of a program. */
  mapped: 0x10000000,
} as const;

/** Offsets from `place.cells`, 8 bytes each. */
export enum Cell {
  /** How often all parts are still to be run. */
  Rounds = 0,
  /** A `Repair`: what the signal handler does. */
  Repair = 8,
  /** For Repair.Register: which one, and its value. */
  Register = 16,
  Value = 24,
  /** For Repair.Goto: where. */
  Goto = 32,
  /** For shapes to use as they like. */
  Free = 64,
}

export enum Repair {
  /** Goes on behind the instruction. */
  Skip = 0,
  /** Gives a register a value and runs the instruction again. */
  Register = 1,
  /** Goes on elsewhere. */
  Goto = 2,
  /** Maps the page or makes it writable, and runs the instruction again. */
  Page = 3,
}

export const Call = {
  write: 64,
  exit: 93,
  sigaltstack: 132,
  sigaction: 134,
  munmap: 215,
  mremap: 216,
  mmap: 222,
  mprotect: 226,
  flushInstructionCache: 259,
} as const;

export const Protect = { none: 0, read: 1, write: 2, execute: 4 } as const;
export const MapFlag = { shared: 1, private: 2, fixed: 0x10, anonymous: 0x20 } as const;
export const anonymous = MapFlag.private | MapFlag.fixed | MapFlag.anonymous;
export const Signals = { ill: 4, bus: 7, usr1: 10, segv: 11 } as const;
