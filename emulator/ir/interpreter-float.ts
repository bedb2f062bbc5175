// Floating-point operations of the interpreter: the host's arithmetic where softfloat/host.ts allows it, else softfloat.
import type { Environment } from "./environment.ts";
import { CONVERT_NAMES, convertCode, FLOAT_FORMATS, FLOAT_NAMES, floatCode } from "./ops.ts";
import {
  hostAdd32,
  hostAdd64,
  hostDiv32,
  hostDiv64,
  hostFma32,
  hostFma64,
  hostMul32,
  hostMul64,
  hostSqrt32,
  hostSqrt64,
  hostState,
} from "./softfloat/error-free.ts";
import { Flag } from "./softfloat/format.ts";
import {
  isOrdered,
  narrowingIsHost,
  productIsHost,
  quotientIsHost,
  rootIsHost,
  SMALLEST_F32,
  SMALLEST_F64,
  sumIsHost,
} from "./softfloat/host.ts";
import { floatState, slowFloat } from "./softfloat/softfloat.ts";

/** Operations that the host can do sometimes. */
enum Host {
  Never,
  Add32,
  Add64,
  Sub32,
  Sub64,
  Mul32,
  Mul64,
  Div32,
  Div64,
  Sqrt32,
  Sqrt64,
  Fma32,
  Fma64,
  Min32,
  Min64,
  Max32,
  Max64,
  Eq32,
  Eq64,
  Lt32,
  Lt64,
  Le32,
  Le64,
  Widen,
  Narrow,
  /** Integers: those that are read from or written to 32 bits, then those of 64. */
  I32FromF32,
  I32FromF64,
  U32FromF32,
  U32FromF64,
  I64FromF32,
  I64FromF64,
  U64FromF32,
  U64FromF64,
  F32FromI32,
  F32FromU32,
  F64FromI32,
  F64FromU32,
  F32FromI64,
  F32FromU64,
  F64FromI64,
  F64FromU64,
}

/** By the codes of ops.ts. */
const hostOf = new Uint8Array(FLOAT_FORMATS.length * FLOAT_NAMES.length + CONVERT_NAMES.length);
hostOf[floatCode("fadd", "f32")] = Host.Add32;
hostOf[floatCode("fadd", "f64")] = Host.Add64;
hostOf[floatCode("fsub", "f32")] = Host.Sub32;
hostOf[floatCode("fsub", "f64")] = Host.Sub64;
hostOf[floatCode("fmul", "f32")] = Host.Mul32;
hostOf[floatCode("fmul", "f64")] = Host.Mul64;
hostOf[floatCode("fdiv", "f32")] = Host.Div32;
hostOf[floatCode("fdiv", "f64")] = Host.Div64;
hostOf[floatCode("fsqrt", "f32")] = Host.Sqrt32;
hostOf[floatCode("fsqrt", "f64")] = Host.Sqrt64;
hostOf[floatCode("fma", "f32")] = Host.Fma32;
hostOf[floatCode("fma", "f64")] = Host.Fma64;
hostOf[floatCode("fmin", "f32")] = Host.Min32;
hostOf[floatCode("fmin", "f64")] = Host.Min64;
hostOf[floatCode("fmax", "f32")] = Host.Max32;
hostOf[floatCode("fmax", "f64")] = Host.Max64;
hostOf[floatCode("feq", "f32")] = Host.Eq32;
hostOf[floatCode("feq", "f64")] = Host.Eq64;
hostOf[floatCode("flt", "f32")] = Host.Lt32;
hostOf[floatCode("flt", "f64")] = Host.Lt64;
hostOf[floatCode("fle", "f32")] = Host.Le32;
hostOf[floatCode("fle", "f64")] = Host.Le64;
hostOf[convertCode("f32.to.f64")] = Host.Widen;
hostOf[convertCode("f64.to.f32")] = Host.Narrow;
hostOf[convertCode("f32.to.i32")] = Host.I32FromF32;
hostOf[convertCode("f64.to.i32")] = Host.I32FromF64;
hostOf[convertCode("f32.to.u32")] = Host.U32FromF32;
hostOf[convertCode("f64.to.u32")] = Host.U32FromF64;
hostOf[convertCode("f32.to.i64")] = Host.I64FromF32;
hostOf[convertCode("f64.to.i64")] = Host.I64FromF64;
hostOf[convertCode("f32.to.u64")] = Host.U64FromF32;
hostOf[convertCode("f64.to.u64")] = Host.U64FromF64;
hostOf[convertCode("i32.to.f32")] = Host.F32FromI32;
hostOf[convertCode("u32.to.f32")] = Host.F32FromU32;
hostOf[convertCode("i32.to.f64")] = Host.F64FromI32;
hostOf[convertCode("u32.to.f64")] = Host.F64FromU32;
hostOf[convertCode("i64.to.f32")] = Host.F32FromI64;
hostOf[convertCode("u64.to.f32")] = Host.F32FromU64;
hostOf[convertCode("i64.to.f64")] = Host.F64FromI64;
hostOf[convertCode("u64.to.f64")] = Host.F64FromU64;

const NEAREST = 0;
/** Of the compact form: the mode is in the rounding register. */
const DYNAMIC = 5;

/** One operation; d, a, b, c are slots. ORs what it raises into the flags register. */
export function floatOperation(
  env: Environment,
  code: number,
  rounding: number,
  d: number,
  a: number,
  b: number,
  c: number,
): void {
  const mode = rounding === DYNAMIC ? env.words[env.roundingSlot] : rounding;
  if (onHost(env, hostOf[code], mode, d, a, b, c)) return;
  const { longs } = env;
  const value = slowFloat(code, mode, longs[a >> 1], longs[b >> 1], longs[c >> 1]);
  env.words[env.flagsSlot] |= floatState.flags;
  longs[d >> 1] = value;
}

/** Does it on the host when that is the same; false when it is not. */
function onHost(env: Environment, op: Host, mode: number, d: number, a: number, b: number, c: number): boolean {
  const { floats, doubles, words } = env;
  switch (op) {
    case Host.Never:
      return false;
    // What never rounds.
    case Host.Min32:
    case Host.Max32: {
      const x = floats[a];
      const y = floats[b];
      if (!isOrdered(x, y) || x === y) return false;
      return set32(env, d, x < y === (op === Host.Min32) ? x : y);
    }
    case Host.Min64:
    case Host.Max64: {
      const x = doubles[a >> 1];
      const y = doubles[b >> 1];
      if (!isOrdered(x, y) || x === y) return false;
      return set64(env, d, x < y === (op === Host.Min64) ? x : y);
    }
    case Host.Eq32:
    case Host.Lt32:
    case Host.Le32: {
      const x = floats[a];
      const y = floats[b];
      if (!isOrdered(x, y)) return false;
      return setWord(env, d, (op === Host.Eq32 ? x === y : op === Host.Lt32 ? x < y : x <= y) ? 1 : 0);
    }
    case Host.Eq64:
    case Host.Lt64:
    case Host.Le64: {
      const x = doubles[a >> 1];
      const y = doubles[b >> 1];
      if (!isOrdered(x, y)) return false;
      return setWord(env, d, (op === Host.Eq64 ? x === y : op === Host.Lt64 ? x < y : x <= y) ? 1 : 0);
    }
    case Host.Widen: {
      const x = floats[a];
      return isOrdered(x, x) && set64(env, d, x);
    }
    case Host.F64FromI32:
      return set64(env, d, words[a]);
    case Host.F64FromU32:
      return set64(env, d, words[a] >>> 0);
    // What knows itself whether it rounded.
    case Host.Fma32: {
      const result = mode === NEAREST ? hostFma32(floats[a], floats[b], floats[c]) : Number.NaN;
      return isOrdered(result, result) && set32(env, d, result) && raiseOf(env, hostState);
    }
    case Host.Fma64: {
      const result = mode === NEAREST ? hostFma64(doubles[a >> 1], doubles[b >> 1], doubles[c >> 1]) : Number.NaN;
      return isOrdered(result, result) && set64(env, d, result) && raiseOf(env, hostState);
    }
  }
  switch (op) {
    case Host.I32FromF32:
    case Host.U32FromF32:
    case Host.I64FromF32:
    case Host.U64FromF32:
      return toInteger(env, op, d, floats[a], mode);
    case Host.I32FromF64:
    case Host.U32FromF64:
    case Host.I64FromF64:
    case Host.U64FromF64:
      return toInteger(env, op, d, doubles[a >> 1], mode);
    case Host.F32FromI32:
      return wholeToF32(env, d, words[a], mode);
    case Host.F32FromU32:
      return wholeToF32(env, d, words[a] >>> 0, mode);
    case Host.F32FromI64:
    case Host.F32FromU64: {
      const high = op === Host.F32FromI64 ? words[a + 1] : words[a + 1] >>> 0;
      const whole = high * 2 ** 32 + (words[a] >>> 0);
      // Else it has been rounded here already.
      return Math.abs(whole) < 2 ** 53 && wholeToF32(env, d, whole, mode);
    }
  }
  const mayRound = (words[env.flagsSlot] & Flag.inexact) !== 0;
  if (op === Host.F64FromI64 || op === Host.F64FromU64) {
    const high = op === Host.F64FromI64 ? words[a + 1] : words[a + 1] >>> 0;
    const result = high * 2 ** 32 + (words[a] >>> 0);
    return (Math.abs(result) < 2 ** 53 || (mayRound && mode === NEAREST)) && set64(env, d, result);
  }
  if (mode !== NEAREST) return false;
  if (!mayRound) return withError(env, op, d, a, b);
  switch (op) {
    case Host.Add32:
    case Host.Sub32: {
      const result = Math.fround(op === Host.Add32 ? floats[a] + floats[b] : floats[a] - floats[b]);
      return sumIsHost(result) && set32(env, d, result);
    }
    case Host.Add64:
    case Host.Sub64: {
      const result = op === Host.Add64 ? doubles[a >> 1] + doubles[b >> 1] : doubles[a >> 1] - doubles[b >> 1];
      return sumIsHost(result) && set64(env, d, result);
    }
    case Host.Mul32: {
      const result = Math.fround(floats[a] * floats[b]);
      return productIsHost(result, floats[a], floats[b], SMALLEST_F32) && set32(env, d, result);
    }
    case Host.Mul64: {
      const result = doubles[a >> 1] * doubles[b >> 1];
      return productIsHost(result, doubles[a >> 1], doubles[b >> 1], SMALLEST_F64) && set64(env, d, result);
    }
    case Host.Div32: {
      const result = Math.fround(floats[a] / floats[b]);
      return quotientIsHost(result, floats[a], SMALLEST_F32) && set32(env, d, result);
    }
    case Host.Div64: {
      const result = doubles[a >> 1] / doubles[b >> 1];
      return quotientIsHost(result, doubles[a >> 1], SMALLEST_F64) && set64(env, d, result);
    }
    case Host.Sqrt32: {
      const result = Math.fround(Math.sqrt(floats[a]));
      return rootIsHost(result) && set32(env, d, result);
    }
    case Host.Sqrt64: {
      const result = Math.sqrt(doubles[a >> 1]);
      return rootIsHost(result) && set64(env, d, result);
    }
    case Host.Narrow: {
      const result = Math.fround(doubles[a >> 1]);
      return narrowingIsHost(result, doubles[a >> 1]) && set32(env, d, result);
    }
  }
  return false;
}

/** As `onHost`, to nearest even: whether the result is exact is worked out. */
function withError(env: Environment, op: Host, d: number, a: number, b: number): boolean {
  const { floats, doubles } = env;
  let result: number;
  switch (op) {
    case Host.Add32:
    case Host.Sub32:
      result = hostAdd32(floats[a], op === Host.Add32 ? floats[b] : -floats[b]);
      break;
    case Host.Mul32:
      result = hostMul32(floats[a], floats[b]);
      break;
    case Host.Div32:
      result = hostDiv32(floats[a], floats[b]);
      break;
    case Host.Sqrt32:
      result = hostSqrt32(floats[a]);
      break;
    case Host.Add64:
    case Host.Sub64:
      result = hostAdd64(doubles[a >> 1], op === Host.Add64 ? doubles[b >> 1] : -doubles[b >> 1]);
      break;
    case Host.Mul64:
      result = hostMul64(doubles[a >> 1], doubles[b >> 1]);
      break;
    case Host.Div64:
      result = hostDiv64(doubles[a >> 1], doubles[b >> 1]);
      break;
    case Host.Sqrt64:
      result = hostSqrt64(doubles[a >> 1]);
      break;
    default:
      return false;
  }
  if (Number.isNaN(result)) return false;
  const isSingle =
    op === Host.Add32 || op === Host.Sub32 || op === Host.Mul32 || op === Host.Div32 || op === Host.Sqrt32;
  return (isSingle ? set32(env, d, result) : set64(env, d, result)) && raiseOf(env, hostState);
}

function raiseOf({ words, flagsSlot }: Environment, { inexact }: { inexact: boolean }): boolean {
  if (inexact) words[flagsSlot] |= Flag.inexact;
  return true;
}

function set32({ floats, words }: Environment, d: number, value: number): boolean {
  floats[d] = value;
  words[d + 1] = 0;
  return true;
}

function set64({ doubles }: Environment, d: number, value: number): boolean {
  doubles[d >> 1] = value;
  return true;
}

function setWord({ words }: Environment, d: number, value: number): boolean {
  words[d] = value;
  words[d + 1] = value >> 31;
  return true;
}

/** Added to a number below 2^51, and subtracted again, rounds it to an integer, ties to even. */
const MAGIC = 1.5 * 2 ** 52;

/** The number rounded to an integer by the mode; NaN where this does not know. */
function rounded(value: number, mode: number): number {
  switch (mode) {
    case 1:
      return Math.trunc(value);
    case 2:
      return Math.floor(value);
    case 3:
      return Math.ceil(value);
    case 4: {
      const whole = Math.trunc(value);
      return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
    }
    default:
      return Math.abs(value) < 2 ** 51 ? value + MAGIC - MAGIC : Number.NaN;
  }
}

/** Integers that are out of range, or from 2^53 up, are left to software. */
function toInteger(env: Environment, op: Host, d: number, value: number, mode: number): boolean {
  const { words } = env;
  const whole = rounded(value, mode);
  switch (op) {
    case Host.I32FromF32:
    case Host.I32FromF64:
      if (!(whole >= -(2 ** 31) && whole < 2 ** 31)) return false;
      setWord(env, d, whole | 0);
      break;
    case Host.U32FromF32:
    case Host.U32FromF64:
      if (!(whole >= 0 && whole < 2 ** 32)) return false;
      setWord(env, d, whole | 0);
      break;
    default: {
      const least = op === Host.I64FromF32 || op === Host.I64FromF64 ? -(2 ** 53) : -1;
      if (!(whole > least && whole < 2 ** 53)) return false;
      const high = Math.floor(whole / 2 ** 32);
      words[d] = whole - high * 2 ** 32;
      words[d + 1] = high;
    }
  }
  return raiseOf(env, { inexact: whole !== value });
}

/** Of an integer that is a number exactly. */
function wholeToF32(env: Environment, d: number, whole: number, mode: number): boolean {
  const result = Math.fround(whole);
  if (result === whole) return set32(env, d, result);
  return mode === NEAREST && set32(env, d, result) && raiseOf(env, { inexact: true });
}
