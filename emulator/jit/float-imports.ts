// What regions call for floating point: the helpers' names and signatures. All of them raise the flags they owe in the
// flags register's home, and keep `EngineState`'s bounds true.
import { type Signature, Type } from "./wasm-encoder.ts";

const { I32, I64, F32, F64 } = Type;

export const floatImports = {
  /** The flags or the rounding register changed: sets the bounds. */
  refreshFloat: { params: [], results: [] },
  /** Any operation by its code, in software: code, rounding (0 to 4, else dynamic), three operands. */
  software: { params: [I32, I32, I64, I64, I64], results: [I64] },
  /** Operands, then rounding as above. */
  add32: { params: [F32, F32, I32], results: [F32] },
  mul32: { params: [F32, F32, I32], results: [F32] },
  div32: { params: [F32, F32, I32], results: [F32] },
  sqrt32: { params: [F32, I32], results: [F32] },
  fma32: { params: [F32, F32, F32, I32], results: [F32] },
  add64: { params: [F64, F64, I32], results: [F64] },
  mul64: { params: [F64, F64, I32], results: [F64] },
  div64: { params: [F64, F64, I32], results: [F64] },
  sqrt64: { params: [F64, I32], results: [F64] },
  fma64: { params: [F64, F64, F64, I32], results: [F64] },
  /** Two operands, at least one of them a NaN, were compared; was that a quiet comparison? */
  unordered32: { params: [F32, F32, I32], results: [] },
  unordered64: { params: [F64, F64, I32], results: [] },
  /** Minimum or maximum of two operands, at least one of them a NaN. */
  extremum32: { params: [F32, F32], results: [F32] },
  extremum64: { params: [F64, F64], results: [F64] },
  /** Of a NaN. */
  widen: { params: [F32], results: [F64] },
  narrow: { params: [F64, I32], results: [F32] },
  /** To the integer that an `IntegerKind` says, sign-extended from 32 bits. */
  toInteger: { params: [F64, I32, I32], results: [I64] },
  /** From a signed or unsigned (third parameter) integer. */
  integerTo32: { params: [I64, I32, I32], results: [F32] },
  integerTo64: { params: [I64, I32, I32], results: [F64] },
} as const satisfies Record<string, Signature>;

export type FloatImportName = keyof typeof floatImports;

/** Any number from 5 up stands for the mode in the rounding register. */
export const DYNAMIC_ROUNDING = 7;

/** Integers that floating-point values are converted to. */
export enum IntegerKind {
  i32,
  u32,
  i64,
  u64,
}
