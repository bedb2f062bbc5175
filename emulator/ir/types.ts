// The intermediate representation: what a guest translates to, what instruments are inserted into, and what the
// interpreter and the JIT run. It knows no ISA and no WebAssembly. ops.ts lists the operations in one table.
//
// One `Block` is one translation block (TB): straight-line operations with structured `if`/`end` inside, ended by
// exactly one terminator. All values are 64 bits wide; a `Temp` is assigned once, and one assigned inside an `if` is
// not visible after its `end`. Guest registers are read and written by `get` and `put` only, so that the engine can
// keep them wherever it likes.

/** A value within one block, numbered from 0; assigned once, 64 bits. */
export type Temp = number;

/** Index into `RegisterFile.registers`; the register's home is the 8 bytes at `8 * index` of the vCPU state. */
export type RegisterIndex = number;

/**
 * One operand, one result. `clz`, `ctz` give 64 for zero. `box32` puts ones above the low 32 bits; `unbox32` gives the
 * low 32 bits, or the canonical quiet NaN of binary32 where not all bits above them are ones.
 */
export type UnaryName =
  | "sext8"
  | "sext16"
  | "sext32"
  | "zext8"
  | "zext16"
  | "zext32"
  | "clz"
  | "ctz"
  | "popcnt"
  | "bswap"
  | "box32"
  | "unbox32";

/**
 * Two operands, one result. Shifts take their amount modulo 64. Division is total: x / 0 = -1 (all ones), x % 0 = x,
 * and the overflowing -2^63 / -1 = -2^63 with remainder 0. `mulh*` give the upper 64 bits of the product (first
 * operand signed and second unsigned in `mulhsu`). Comparisons give 0 or 1; `s` is signed, `u` unsigned. `rotr` rotates
 * right by an amount modulo 64; `rotr32` the low 32 bits by an amount modulo 32, sign-extended. Of the carry-less
 * product (127 bits) `clmul` gives bits 63 to 0 and `clmulr` bits 126 to 63.
 */
export type BinaryName =
  | "add"
  | "sub"
  | "mul"
  | "mulhs"
  | "mulhu"
  | "mulhsu"
  | "divs"
  | "divu"
  | "rems"
  | "remu"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shr"
  | "sar"
  | "rotr"
  | "rotr32"
  | "clmul"
  | "clmulr"
  | "eq"
  | "ne"
  | "lts"
  | "ltu"
  | "ges"
  | "geu";

/** Bytes of an access. */
export type Size = 1 | 2 | 4 | 8;

/**
 * IEEE 754 binary16, binary32 or binary64. A narrow operand is the low 16 or 32 bits of its temp (the rest is ignored); a
 * result is zero-extended.
 */
export type FloatFormat = "f16" | "f32" | "f64";

/** 0 nearest-even, 1 toward zero, 2 down, 3 up, 4 nearest-away; "dynamic" takes the guest's rounding register (5 and above there: nearest-even). */
export type Rounding = 0 | 1 | 2 | 3 | 4 | "dynamic";

/**
 * Floating-point operations. Exact by IEEE 754 with tininess detected after rounding; each ORs the flags it raises
 * (1 inexact, 2 underflow, 4 overflow, 8 divide by zero, 16 invalid) into the guest's flags register. NaN results are
 * the canonical quiet NaN. `min`/`max` are IEEE 754-2019 minimumNumber/maximumNumber; `eq` is quiet, `lt`/`le`
 * signalling; comparisons give 0 or 1. `fma` is a * b + c rounded once. Operands that an operation does not have repeat
 * `a`, and the rounding of one that never rounds is 0.
 */
export type FloatName = "fadd" | "fsub" | "fmul" | "fdiv" | "fsqrt" | "fma" | "fmin" | "fmax" | "feq" | "flt" | "fle";

/**
 * Conversions. To integers: out of range and NaN saturate as RISC-V says (NaN and +inf give the largest) and raise
 * invalid; 32-bit results are sign-extended. From integers: `i32`/`u32` read the low 32 bits.
 */
export type ConvertName =
  | "f32.to.f64"
  | "f64.to.f32"
  | "f16.to.f32"
  | "f16.to.f64"
  | "f32.to.f16"
  | "f64.to.f16"
  | `${FloatFormat}.to.${"i32" | "u32" | "i64" | "u64"}`
  | `${"i32" | "u32" | "i64" | "u64"}.to.${FloatFormat}`;

export type Op =
  | { op: "const"; dst: Temp; value: bigint }
  | { op: "get"; dst: Temp; reg: RegisterIndex }
  | { op: "put"; reg: RegisterIndex; src: Temp }
  | { op: UnaryName; dst: Temp; a: Temp }
  | { op: BinaryName; dst: Temp; a: Temp; b: Temp }
  /** dst = cond != 0 ? a : b */
  | { op: "select"; dst: Temp; cond: Temp; a: Temp; b: Temp }
  /** Little-endian; may raise a memory fault, then dst is not assigned and the block is left at the current `insn`. */
  | { op: "load"; dst: Temp; addr: Temp; size: Size; signed: boolean }
  | { op: "store"; addr: Temp; src: Temp; size: Size }
  /**
   * Made by the pass `guards` for compiled code, directly before an `insn`: unless every byte of [addr + from, addr + to) may
   * be accessed with no more ado, leaves before that instruction, for the rest of the block to be interpreted. May
   * leave without need.
   */
  | { op: "guard"; access: "load" | "store"; addr: Temp; from: number; to: number }
  /** An access that a guard has vouched for: never raises a fault. */
  | { op: "plainload"; dst: Temp; addr: Temp; size: Size; signed: boolean }
  | { op: "plainstore"; addr: Temp; src: Temp; size: Size }
  | { op: FloatName; dst: Temp; format: FloatFormat; rounding: Rounding; a: Temp; b: Temp; c: Temp }
  | { op: "fconvert"; dst: Temp; convert: ConvertName; rounding: Rounding; a: Temp }
  /** The number of instructions the vCPU has begun, the current one included. */
  | { op: "icount"; dst: Temp }
  /** Structured condition: the operations up to the matching `end` run when cond != 0. */
  | { op: "if"; cond: Temp }
  | { op: "end" }
  /**
   * A guest instruction begins: it counts as begun, and a fault or exit from here on is reported with this pc.
   * `index` counts from 0 within the block.
   */
  | { op: "insn"; index: number; pc: bigint; length: number }
  /** Leaves before the current instruction's work with `Exit.Breakpoint` (the instruction does not count), unless the engine was asked to pass it once. Stands before its `insn`. */
  | { op: "breakpoint"; pc: bigint }
  /**
   * Leaves at the current `insn` (which has begun) with the exit of `trap` when cond != 0: an exception that only run
   * time can tell, such as a misaligned atomic. Precise like a memory fault; `Vcpu.next` is the instruction's own pc.
   */
  | { op: "trapif"; trap: TrapKind; cond: Temp }
  /** Instruments. The 64-bit counter at byte offset `counter` of the shared memory += src. */
  | { op: "count"; counter: number; src: Temp }
  /**
   * Reads (writes) instruments' memory at byte offset `addr` + `offset` of the shared memory, little-endian. Of `addr` the
   * low 32 bits count. The result is zero-extended. Whoever makes one sees to it that the place is the instrument's.
   */
  | { op: "peek"; dst: Temp; addr: Temp; offset: number; size: Size }
  | { op: "poke"; addr: Temp; offset: number; src: Temp; size: Size }
  /**
   * Makes the host call `id`, which neither sees nor changes the guest's registers and memory: unlike `call` it finds
   * nothing at its home.
   */
  | { op: "notify"; id: number; args: readonly Temp[] }
  /**
   * Makes the host call (host-call.ts) `id`. Before: `args` are written to the vCPU's argument slots, and every register that
   * was modified is stored to its home, with pc and instruction count. After: `writes` are loaded from their homes.
   */
  | {
      op: "call";
      id: number;
      args: readonly Temp[];
      reads: readonly RegisterIndex[];
      writes: readonly RegisterIndex[];
    };

/** What an indirect or direct jump means to the guest's calling convention; a hint, and what plugins are told. */
export type JumpKind = "jump" | "call" | "return";

/**
 * The reasons a block gives for handing control to the machine. The faulting or asking instruction has begun. `redirect`
 * is an instrument's: the guest goes on elsewhere.
 */
export type TrapKind = "syscall" | "ebreak" | "illegal" | "fence.i" | "misaligned" | "redirect";

/** How a block ends. `target`s are guest addresses. */
export type Terminator =
  | { op: "goto"; target: bigint; kind: JumpKind; returnAddress?: bigint }
  | { op: "branch"; cond: Temp; taken: bigint; fallthrough: bigint }
  | { op: "jump"; addr: Temp; kind: JumpKind; returnAddress?: bigint }
  /** `next` is where execution goes on if the machine resumes after it (for a syscall: the instruction after). */
  | { op: "trap"; trap: TrapKind; next: bigint };

/** A guest instruction as translated: the order of `Block.instructions` is the order of the `insn` ops. */
export interface TranslatedInstruction {
  pc: bigint;
  /** Bytes. */
  length: number;
  /** The instruction's bits, little-endian, `length` bytes of them significant. */
  bits: number;
}

/** One translation block. */
export interface Block {
  /** Guest address of its first instruction. */
  pc: bigint;
  /** Guest bytes covered, from pc. */
  size: number;
  instructions: readonly TranslatedInstruction[];
  ops: readonly Op[];
  terminator: Terminator;
  /** Temps used: every Temp is below this. */
  temps: number;
}

/** What the IR knows of a guest's registers: their names for printing, and where floating point keeps its state. */
export interface RegisterFile {
  registers: readonly { readonly name: string }[];
  /** Index of the program counter's home (written by the engine at exits only, never by `put`). */
  pc: RegisterIndex;
  /** Index of the register that points into the stack by the ABI; a hint. */
  stackPointer: RegisterIndex;
  /** Indices of the accrued-exception-flags and rounding-mode registers. */
  floatFlags: RegisterIndex;
  floatRounding: RegisterIndex;
}
