// What generated code shares with the executor besides the vCPU state: words in the vCPU's scratch space, the imported
// functions, and the table of the places where a region may be left.
import type { Exit } from "../ir/exits.ts";
import { Control, VCPU_BASE, Vcpu } from "../machine/layout.ts";
import { floatImports } from "./float-imports.ts";
import { type Signature, Type } from "./wasm-encoder.ts";

/** Byte offsets into the shared memory. */
export const EngineState = {
  /** i64: the instruction count at which the host is asked for more. */
  limit: VCPU_BASE + Vcpu.scratch,
  /** i32: a `Leave`. */
  leave: Control.leave,
  /** i32: flags that the last slow floating-point operation raised. */
  floatFlags: VCPU_BASE + Vcpu.scratch + 0x10,
  /** i32: the number of the region that ran last. */
  region: VCPU_BASE + Vcpu.scratch + 0x14,
  /** i32: changes from region to region until the host looks at one. */
  sample: VCPU_BASE + Vcpu.scratch + 0x18,
  /**
   * For floating point, while the host's rounding is the guest's and the inexact flag is raised, so that rounding raises
   * nothing more: f64 and f32: infinity, else 0.
   */
  hostBelow64: VCPU_BASE + Vcpu.scratch + 0x40,
  hostBelow32: VCPU_BASE + Vcpu.scratch + 0x48,
  /** f64, f32: infinity then, else 2^53 and 2^24, below which all integers have values in the format. */
  wholeBelow64: VCPU_BASE + Vcpu.scratch + 0x50,
  wholeBelow32: VCPU_BASE + Vcpu.scratch + 0x58,
  /** i64, i32: how many patterns, shifted left by one, there are above the smallest normal number and below infinity, else 0. */
  normalSpan64: VCPU_BASE + Vcpu.scratch + 0x60,
  normalSpan32: VCPU_BASE + Vcpu.scratch + 0x68,
  /** f64: 1 then, else the smallest number above 0: what is cut from a number may be less. */
  cutBelow64: VCPU_BASE + Vcpu.scratch + 0x70,
} as const;

/** Why a region has to be left, written by the helpers it calls. */
export enum Leave {
  No = 0,
  /** At the next instruction: code was invalidated. */
  Soon = 1,
  /** The access failed; the fault fields are set. */
  Fault = 2,
}

/** Where a region may be left. Its index is what the region's function returns. */
export interface ExitSite {
  exit: Exit;
  /** The pc to report; undefined when the region has stored it. */
  pc: bigint | undefined;
  /** How many instructions of the block have not begun, though they are counted. */
  notBegun: number;
  /** For traps: where to go on. */
  next?: bigint;
  /** For the interpreter to run a block from `pc` to its end: the block's address and the number of the instruction. */
  rest?: { block: bigint; instruction: number };
}

/** What a region's function takes and returns. */
export const regionSignature: Signature = { params: [Type.I32], results: [Type.I32] };

/** A region was left because it has no code for the pc, which is at its home; `Vcpu.source` tells the block where. */
export const LEFT_FOR_PC = -1;

/** What the driver returns when it is not the site at which a region was left. */
export enum Outcome {
  /** No region has an entry for the pc. */
  NoEntry = -1,
  /** The slice is used up. */
  Slice = -2,
  /** It is time to look at a change from region to region: Vcpu.source is where it came from. */
  Sample = -3,
}

/** The functions a region imports, from the executor and from the helper module. */
export const imports = {
  /**
   * Accesses outside the window whose home is the last parameter; they set `leave`. Loads zero-extend.
   */
  load1: { params: [Type.I64, Type.I32], results: [Type.I64] },
  load2: { params: [Type.I64, Type.I32], results: [Type.I64] },
  load4: { params: [Type.I64, Type.I32], results: [Type.I64] },
  load8: { params: [Type.I64, Type.I32], results: [Type.I64] },
  store1: { params: [Type.I64, Type.I64, Type.I32], results: [] },
  store2: { params: [Type.I64, Type.I64, Type.I32], results: [] },
  store4: { params: [Type.I64, Type.I64, Type.I32], results: [] },
  store8: { params: [Type.I64, Type.I64, Type.I32], results: [] },
  /** Given an address, how many bytes and the window's home: 1 unless all of them are in plain pages. */
  guardLoad: { params: [Type.I64, Type.I32, Type.I32], results: [Type.I32] },
  guardStore: { params: [Type.I64, Type.I32, Type.I32], results: [Type.I32] },
  /** The carry-less product's bits 63 to 0, and 126 to 63. */
  clmul: { params: [Type.I64, Type.I64], results: [Type.I64] },
  clmulr: { params: [Type.I64, Type.I64], results: [Type.I64] },
  /** Called at the limit, with the count at its home: sets another limit if there is more of the slice. */
  poll: { params: [], results: [] },
  ...floatImports,
} as const satisfies Record<string, Signature>;

export type ImportName = keyof typeof imports;

/** What the executor provides; the helper module makes the rest of `imports` from it. */
export interface HostFunctions {
  load(address: bigint, size: number): bigint;
  store(address: bigint, size: number, value: bigint): void;
  /** A plain access at `address` lay outside the window at `home`, not for the first time. */
  learn(address: number, home: number, isStore: number): void;
  poll(): void;
}
