// IEEE 754 binary formats as bit patterns: taking values apart, and rounding an exact value into a format. All
// arithmetic of this folder is exact in BigInt and comes here once to be rounded.
import type { FloatFormat } from "../types.ts";

/** Exception flags, as in the guest's flags register. */
export const Flag = { inexact: 1, underflow: 2, overflow: 4, divideByZero: 8, invalid: 16 } as const;

/** Rounding modes: 0 nearest-even, 1 toward zero, 2 down, 3 up, 4 nearest, ties away from zero. */
export type RoundingMode = number;

export interface Format {
  /** Width in bits. */
  readonly bits: number;
  /** Bits of the significand, the hidden one included. */
  readonly precision: number;
  readonly bias: number;
  /** The biased exponent of infinities and NaNs. */
  readonly specialExponent: number;
  /** The canonical quiet NaN. */
  readonly nan: bigint;
}

function format(bits: number, precision: number): Format {
  const exponentBits = bits - precision;
  const specialExponent = (1 << exponentBits) - 1;
  return {
    bits,
    precision,
    bias: specialExponent >> 1,
    specialExponent,
    nan: ((BigInt(specialExponent) << 1n) | 1n) << BigInt(precision - 2),
  };
}

export const FORMATS: Readonly<Record<FloatFormat, Format>> = {
  f16: format(16, 11),
  f32: format(32, 24),
  f64: format(64, 53),
};

/** A value and the flags its making raised. */
export interface FloatResult {
  value: bigint;
  flags: number;
}

/** A number taken apart: (-1)^sign * significand * 2^exponent when finite. Zero has significand 0. */
export interface Unpacked {
  readonly kind: "finite" | "infinity" | "quiet NaN" | "signalling NaN";
  readonly sign: 0 | 1;
  readonly exponent: number;
  readonly significand: bigint;
}

/** Takes the low bits of a pattern apart. */
export function unpack({ bits, precision, bias, specialExponent }: Format, pattern: bigint): Unpacked {
  const sign = (pattern >> BigInt(bits - 1)) & 1n ? 1 : 0;
  const biased = Number(BigInt.asUintN(bits - 1, pattern) >> BigInt(precision - 1));
  const fraction = BigInt.asUintN(precision - 1, pattern);
  if (biased === specialExponent) {
    const kind = fraction === 0n ? "infinity" : fraction >> BigInt(precision - 2) ? "quiet NaN" : "signalling NaN";
    return { kind, sign, exponent: 0, significand: 0n };
  }
  const hidden = biased === 0 ? 0n : 1n << BigInt(precision - 1);
  return {
    kind: "finite",
    sign,
    exponent: Math.max(biased, 1) - bias - (precision - 1),
    significand: fraction | hidden,
  };
}

export function isNaNKind({ kind }: Unpacked): boolean {
  return kind === "quiet NaN" || kind === "signalling NaN";
}

export function isZero({ kind, significand }: Unpacked): boolean {
  return kind === "finite" && significand === 0n;
}

/** The canonical NaN; invalid when asked for, or when an operand signals. */
export function nanResult({ nan }: Format, operands: readonly Unpacked[], invalid = false): FloatResult {
  const signals = invalid || operands.some(({ kind }) => kind === "signalling NaN");
  return { value: nan, flags: signals ? Flag.invalid : 0 };
}

export function infinity({ bits, precision, specialExponent }: Format, sign: number): bigint {
  return (BigInt(sign) << BigInt(bits - 1)) | (BigInt(specialExponent) << BigInt(precision - 1));
}

export function zero({ bits }: Format, sign: number): bigint {
  return BigInt(sign) << BigInt(bits - 1);
}

/** The number of bits of a positive value. */
export function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return 4 * hex.length - Math.clz32(Number.parseInt(hex[0], 16)) + 28;
}

/** value / 2^shift rounded to an integer as the mode says for a number of this sign. */
export function roundShift(
  value: bigint,
  shift: number,
  sign: number,
  mode: RoundingMode,
): { rounded: bigint; inexact: boolean } {
  if (shift <= 0) return { rounded: value << BigInt(-shift), inexact: false };
  const quotient = value >> BigInt(shift);
  const rest = BigInt.asUintN(shift, value);
  if (rest === 0n) return { rounded: quotient, inexact: false };
  const half = 1n << BigInt(shift - 1);
  return { rounded: quotient + (roundsAway(mode, sign, rest - half, quotient) ? 1n : 0n), inexact: true };
}

function roundsAway(mode: RoundingMode, sign: number, overHalf: bigint, quotient: bigint): boolean {
  switch (mode) {
    case 1:
      return false;
    case 2:
      return sign === 1;
    case 3:
      return sign === 0;
    case 4:
      return overHalf >= 0n;
    default:
      return overHalf > 0n || (overHalf === 0n && (quotient & 1n) === 1n);
  }
}

/**
 * Rounds (-1)^sign * significand * 2^exponent, significand > 0, into the format. A value known only to lie between two
 * neighbours passes a lowest bit of 1 (sticky) below at least two bits more than the precision.
 */
export function roundPack(
  format: Format,
  sign: number,
  significand: bigint,
  exponent: number,
  mode: RoundingMode,
): FloatResult {
  const { bits, precision, bias, specialExponent } = format;
  const leading = exponent + bitLength(significand) - 1;
  const lowest = 1 - bias;
  // The exponent of the last place of the result.
  let place = Math.max(leading, lowest) - (precision - 1);
  let { rounded, inexact } = roundShift(significand, place - exponent, sign, mode);
  let flags = inexact ? Flag.inexact : 0;
  if (inexact && isTiny(format, sign, significand, exponent, leading, mode)) flags |= Flag.underflow;
  if (rounded >> BigInt(precision)) {
    rounded >>= 1n;
    place++;
  }
  const normal = rounded >> BigInt(precision - 1) !== 0n;
  const biased = normal ? place + (precision - 1) + bias : 0;
  if (biased >= specialExponent) return overflow(format, sign, mode);
  const fraction = BigInt.asUintN(precision - 1, rounded);
  return { value: (BigInt(sign) << BigInt(bits - 1)) | (BigInt(biased) << BigInt(precision - 1)) | fraction, flags };
}

/** Is the value below the normal range after rounding, had the exponent no lower limit? */
function isTiny(
  { precision, bias }: Format,
  sign: number,
  significand: bigint,
  exponent: number,
  leading: number,
  mode: RoundingMode,
): boolean {
  const lowest = 1 - bias;
  if (leading >= lowest) return false;
  if (leading < lowest - 1) return true;
  const { rounded } = roundShift(significand, leading - (precision - 1) - exponent, sign, mode);
  return rounded >> BigInt(precision) === 0n;
}

function overflow(format: Format, sign: number, mode: RoundingMode): FloatResult {
  const toInfinity = mode === 0 || mode === 4 || (mode === 2 && sign === 1) || (mode === 3 && sign === 0);
  // The pattern before infinity is the largest finite number.
  return { value: infinity(format, sign) - (toInfinity ? 0n : 1n), flags: Flag.overflow | Flag.inexact };
}
