// Conversions between the formats, and from and to integers.
import {
  Flag,
  type FloatResult,
  type Format,
  infinity,
  isNaNKind,
  isZero,
  nanResult,
  type RoundingMode,
  roundPack,
  roundShift,
  unpack,
  zero,
} from "./format.ts";

/** From one format to another; exact when it widens. */
export function toFormat(from: Format, to: Format, a: bigint, mode: RoundingMode): FloatResult {
  const x = unpack(from, a);
  if (isNaNKind(x)) return nanResult(to, [x]);
  if (x.kind === "infinity") return { value: infinity(to, x.sign), flags: 0 };
  if (isZero(x)) return { value: zero(to, x.sign), flags: 0 };
  return roundPack(to, x.sign, x.significand, x.exponent, mode);
}

/** To an integer of 32 or 64 bits, sign-extended to 64. Out of range: the nearest there is, NaN: the largest; invalid. */
export function toInteger(from: Format, bits: 32 | 64, signed: boolean, a: bigint, mode: RoundingMode): FloatResult {
  const x = unpack(from, a);
  const largest = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  const smallest = signed ? -largest - 1n : 0n;
  const give = (value: bigint, flags: number) => ({ value: BigInt.asUintN(64, BigInt.asIntN(bits, value)), flags });
  if (isNaNKind(x)) return give(largest, Flag.invalid);
  if (x.kind === "infinity") return give(x.sign ? smallest : largest, Flag.invalid);
  const { rounded, inexact } = roundShift(x.significand, -x.exponent, x.sign, mode);
  const value = x.sign ? -rounded : rounded;
  if (value > largest) return give(largest, Flag.invalid);
  if (value < smallest) return give(smallest, Flag.invalid);
  return give(value, inexact ? Flag.inexact : 0);
}

/** From the low 32 or all 64 bits of an integer. */
export function fromInteger(to: Format, bits: 32 | 64, signed: boolean, a: bigint, mode: RoundingMode): FloatResult {
  const value = signed ? BigInt.asIntN(bits, a) : BigInt.asUintN(bits, a);
  if (value === 0n) return { value: 0n, flags: 0 };
  return value < 0n ? roundPack(to, 1, -value, 0, mode) : roundPack(to, 0, value, 0, mode);
}
