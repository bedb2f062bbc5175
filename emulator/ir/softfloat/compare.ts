// Comparisons, minimum and maximum.
import { Flag, type FloatResult, type Format, isNaNKind, isZero, nanResult, type Unpacked, unpack } from "./format.ts";

/** Quiet: only a signalling NaN is invalid. 1 when equal. */
export function eq(format: Format, a: bigint, b: bigint): FloatResult {
  const x = unpack(format, a);
  const y = unpack(format, b);
  if (isNaNKind(x) || isNaNKind(y)) return { value: 0n, flags: nanResult(format, [x, y]).flags };
  return { value: order(x, y) === 0 ? 1n : 0n, flags: 0 };
}

/** Signalling: any NaN is invalid. 1 when a < b. */
export function lt(format: Format, a: bigint, b: bigint): FloatResult {
  return less(format, a, b, false);
}

export function le(format: Format, a: bigint, b: bigint): FloatResult {
  return less(format, a, b, true);
}

/** minimumNumber: a NaN loses against a number, -0 is below +0. */
export function min(format: Format, a: bigint, b: bigint): FloatResult {
  return pick(format, a, b, -1);
}

/** maximumNumber. */
export function max(format: Format, a: bigint, b: bigint): FloatResult {
  return pick(format, a, b, 1);
}

function less(format: Format, a: bigint, b: bigint, orEqual: boolean): FloatResult {
  const x = unpack(format, a);
  const y = unpack(format, b);
  if (isNaNKind(x) || isNaNKind(y)) return { value: 0n, flags: Flag.invalid };
  const difference = order(x, y);
  return { value: difference < 0 || (orEqual && difference === 0) ? 1n : 0n, flags: 0 };
}

function pick(format: Format, a: bigint, b: bigint, wanted: -1 | 1): FloatResult {
  const x = unpack(format, a);
  const y = unpack(format, b);
  const { value: nan, flags } = nanResult(format, [x, y]);
  const [first, second] = [BigInt.asUintN(format.bits, a), BigInt.asUintN(format.bits, b)];
  if (isNaNKind(x)) return { value: isNaNKind(y) ? nan : second, flags };
  if (isNaNKind(y)) return { value: first, flags };
  const difference = order(x, y) || y.sign - x.sign;
  return { value: difference * wanted >= 0 ? first : second, flags };
}

/** Negative, zero or positive as x is below, equal to or above y; zeros are equal. */
function order(x: Unpacked, y: Unpacked): number {
  if (isZero(x) && isZero(y)) return 0;
  if (x.sign !== y.sign) return x.sign ? -1 : 1;
  const magnitude = compareMagnitude(x, y);
  return x.sign ? -magnitude : magnitude;
}

function compareMagnitude(x: Unpacked, y: Unpacked): number {
  if (x.kind === "infinity" || y.kind === "infinity") return x.kind === y.kind ? 0 : x.kind === "infinity" ? 1 : -1;
  const exponent = Math.min(x.exponent, y.exponent);
  const difference =
    (x.significand << BigInt(x.exponent - exponent)) - (y.significand << BigInt(y.exponent - exponent));
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}
