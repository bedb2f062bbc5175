// Binary16 on the host: every finite result is a number of binary64 first, and rounded once more, in any mode.
//
// Halves have 11 bits of significand and lie between 2^-24 and 2^16. So binary64 holds sums and products of two of them
// exactly. A quotient or square root that is not exact differs from every number of 12 bits by a part in 2^24 at
// least, so that rounding it to 53 bits moves it onto none of them: where it lies among the halves and the ties between
// them stays told, in every mode. The sum in a multiply-add may need more than 53 bits: it is rounded to odd, which keeps
// that told too.
//
// Operations give a pattern, and in `halfState` what they raise, or -1 when an operand or the result is not finite:
// then the general path decides.
import type { ConvertName, FloatName } from "../types.ts";
import { sumError, toOdd } from "./error-free.ts";
import { Flag, type RoundingMode } from "./format.ts";

/** What the last operation that gave a pattern raised. */
export const halfState = { flags: 0 };

/** Operands are patterns of 16 bits. */
export type HalfOperation = (a: number, b: number, c: number, mode: RoundingMode) => number;

const NOT_TOLD = -1;
const SIGN = 0x8000;
const INFINITY = 0x7c00;
const DOWN = 2;

/** By the exponent field: what a unit of the last place is worth. */
const units = Float64Array.from({ length: 32 }, (_, exponent) => 2 ** (Math.max(exponent, 1) - 25));

/** NaN for what is not finite. */
export function halfToNumber(bits: number): number {
  const exponent = (bits >> 10) & 31;
  if (exponent === 31) return Number.NaN;
  const significand = (bits & 0x3ff) | (exponent === 0 ? 0 : 0x400);
  return bits & SIGN ? -significand * units[exponent] : significand * units[exponent];
}

const cell = new Float64Array(1);
const cellWords = new Int32Array(cell.buffer);

/** The exponent of a number's highest bit; something very low for a subnormal number and zero. */
function exponentOf(value: number): number {
  cell[0] = value;
  return ((cellWords[1] >> 20) & 0x7ff) - 1023;
}

/** An integer of those beside `value` >= 0, as the mode says for a number of this sign. */
export function roundToInteger(value: number, negative: boolean, mode: RoundingMode): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0) return below;
  switch (mode) {
    case 1:
      return below;
    case DOWN:
      return negative ? below + 1 : below;
    case 3:
      return negative ? below : below + 1;
    case 4:
      return rest >= 0.5 ? below + 1 : below;
    default:
      return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
  }
}

/** The pattern of a number, which is finite. */
export function numberToHalf(value: number, mode: RoundingMode): number {
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? SIGN : 0;
  const magnitude = Math.abs(value);
  const exponent = exponentOf(magnitude);
  if (exponent > 15) return sign | overflow(negative, mode);
  const field = Math.max(exponent + 14, 0);
  const scaled = magnitude / units[field + 1];
  const rounded = roundToInteger(scaled, negative, mode);
  // The hidden bit, where there is one, adds 1 to the exponent field; a carry out of the significand does, too.
  const bits = (field << 10) + rounded;
  if (bits >= INFINITY) return sign | overflow(negative, mode);
  if (rounded === scaled) halfState.flags = 0;
  else halfState.flags = isTiny(magnitude, exponent, negative, mode) ? Flag.inexact | Flag.underflow : Flag.inexact;
  return sign | bits;
}

/** Infinity, or the largest number. */
function overflow(negative: boolean, mode: RoundingMode): number {
  halfState.flags = Flag.overflow | Flag.inexact;
  const toward = mode === 1 || (mode === DOWN && !negative) || (mode === 3 && negative);
  return toward ? INFINITY - 1 : INFINITY;
}

/** Is it below the normal range after rounding, had the exponent no lower limit? */
function isTiny(magnitude: number, exponent: number, negative: boolean, mode: RoundingMode): boolean {
  return exponent < -15 || (exponent === -15 && roundToInteger(magnitude * 2 ** 25, negative, mode) < 2048);
}

/** A sum that came out as zero is negative when both terms were, or when rounding down makes it so. */
function zeroSum(x: number, y: number, mode: RoundingMode): number {
  halfState.flags = 0;
  const negative = x === 0 && Object.is(x, y) ? Object.is(x, -0) : mode === DOWN;
  return negative ? SIGN : 0;
}

function sum(x: number, y: number, mode: RoundingMode): number {
  const result = x + y;
  if (Number.isNaN(result)) return NOT_TOLD;
  return result === 0 ? zeroSum(x, y, mode) : numberToHalf(result, mode);
}

/** Of two numbers that differ; `first` when the first is to be given. */
function extremum(a: number, b: number, wanted: "smaller" | "larger"): number {
  const [x, y] = [halfToNumber(a), halfToNumber(b)];
  if (!(x < y || y < x)) return NOT_TOLD;
  halfState.flags = 0;
  return x < y === (wanted === "smaller") ? a : b;
}

/** No operand is a NaN, so that nothing is raised. */
function comparison(a: number, b: number, holds: (x: number, y: number) => boolean): number {
  const [x, y] = [halfToNumber(a), halfToNumber(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return NOT_TOLD;
  halfState.flags = 0;
  return holds(x, y) ? 1 : 0;
}

export const halfOperations: Readonly<Record<FloatName, HalfOperation>> = {
  fadd: (a, b, _c, mode) => sum(halfToNumber(a), halfToNumber(b), mode),
  fsub: (a, b, _c, mode) => sum(halfToNumber(a), -halfToNumber(b), mode),
  fmul: (a, b, _c, mode) => {
    const product = halfToNumber(a) * halfToNumber(b);
    return Number.isNaN(product) ? NOT_TOLD : numberToHalf(product, mode);
  },
  fdiv: (a, b, _c, mode) => {
    const quotient = halfToNumber(a) / halfToNumber(b);
    return Number.isFinite(quotient) ? numberToHalf(quotient, mode) : NOT_TOLD;
  },
  fsqrt: (a, _b, _c, mode) => {
    const root = Math.sqrt(halfToNumber(a));
    return Number.isNaN(root) ? NOT_TOLD : numberToHalf(root, mode);
  },
  fma: (a, b, c, mode) => {
    const product = halfToNumber(a) * halfToNumber(b);
    const addend = halfToNumber(c);
    const result = product + addend;
    if (Number.isNaN(result)) return NOT_TOLD;
    if (result === 0) return zeroSum(product, addend, mode);
    return numberToHalf(toOdd(result, sumError(product, addend, result)), mode);
  },
  fmin: (a, b) => extremum(a, b, "smaller"),
  fmax: (a, b) => extremum(a, b, "larger"),
  feq: (a, b) => comparison(a, b, (x, y) => x === y),
  flt: (a, b) => comparison(a, b, (x, y) => x < y),
  fle: (a, b) => comparison(a, b, (x, y) => x <= y),
};

/** Operand and result are 64-bit patterns; undefined where an operation would give -1. */
export type HalfConversion = (a: bigint, mode: RoundingMode) => bigint | undefined;

const pattern = new DataView(new ArrayBuffer(8));

/** From a wider format, whose number `read` gets out of `pattern`. */
function narrowed(read: () => number): HalfConversion {
  return (a, mode) => {
    pattern.setBigUint64(0, a);
    const value = read();
    return Number.isFinite(value) ? BigInt(numberToHalf(value, mode)) : undefined;
  };
}

/** To a wider format: exact. */
function widened(write: (value: number) => bigint): HalfConversion {
  return (a) => {
    const value = halfToNumber(Number(a & 0xffffn));
    halfState.flags = 0;
    return Number.isNaN(value) ? undefined : write(value);
  };
}

/** To an integer: all numbers fit, but negative ones where there is no sign. */
function toInteger(signed: boolean): HalfConversion {
  return (a, mode) => {
    const value = halfToNumber(Number(a & 0xffffn));
    const rounded = roundToInteger(Math.abs(value), value < 0, mode) * Math.sign(value);
    if (Number.isNaN(value) || (rounded < 0 && !signed)) return undefined;
    halfState.flags = rounded === value ? 0 : Flag.inexact;
    return BigInt.asUintN(64, BigInt(rounded));
  };
}

/** From an integer: what binary64 rounds is far too large for a half, rounded or not. */
function fromInteger(value: (a: bigint) => bigint): HalfConversion {
  return (a, mode) => BigInt(numberToHalf(Number(value(a)), mode));
}

export const halfConversions: Partial<Record<ConvertName, HalfConversion>> = {
  "f32.to.f16": narrowed(() => pattern.getFloat32(4)),
  "f64.to.f16": narrowed(() => pattern.getFloat64(0)),
  "f16.to.f32": widened((value) => {
    pattern.setFloat32(0, value);
    return BigInt(pattern.getUint32(0));
  }),
  "f16.to.f64": widened((value) => {
    pattern.setFloat64(0, value);
    return pattern.getBigUint64(0);
  }),
  "f16.to.i32": toInteger(true),
  "f16.to.u32": toInteger(false),
  "f16.to.i64": toInteger(true),
  "f16.to.u64": toInteger(false),
  "i32.to.f16": fromInteger((a) => BigInt.asIntN(32, a)),
  "u32.to.f16": fromInteger((a) => BigInt.asUintN(32, a)),
  "i64.to.f16": fromInteger((a) => BigInt.asIntN(64, a)),
  "u64.to.f16": fromInteger((a) => BigInt.asUintN(64, a)),
};
