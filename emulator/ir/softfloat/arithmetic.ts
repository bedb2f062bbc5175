// Addition, multiplication, division, square root and fused multiply-add.
import {
  bitLength,
  Flag,
  type FloatResult,
  type Format,
  infinity,
  isNaNKind,
  isZero,
  nanResult,
  type RoundingMode,
  roundPack,
  type Unpacked,
  unpack,
  zero,
} from "./format.ts";

export function add(format: Format, a: bigint, b: bigint, mode: RoundingMode): FloatResult {
  return sum(format, unpack(format, a), unpack(format, b), mode);
}

export function sub(format: Format, a: bigint, b: bigint, mode: RoundingMode): FloatResult {
  return sum(format, unpack(format, a), negated(unpack(format, b)), mode);
}

export function mul(format: Format, a: bigint, b: bigint, mode: RoundingMode): FloatResult {
  const x = unpack(format, a);
  const y = unpack(format, b);
  if (isNaNKind(x) || isNaNKind(y)) return nanResult(format, [x, y]);
  const sign = x.sign ^ y.sign;
  if (x.kind === "infinity" || y.kind === "infinity")
    return isZero(x) || isZero(y) ? nanResult(format, [], true) : { value: infinity(format, sign), flags: 0 };
  if (isZero(x) || isZero(y)) return { value: zero(format, sign), flags: 0 };
  return roundPack(format, sign, x.significand * y.significand, x.exponent + y.exponent, mode);
}

export function div(format: Format, a: bigint, b: bigint, mode: RoundingMode): FloatResult {
  const x = unpack(format, a);
  const y = unpack(format, b);
  if (isNaNKind(x) || isNaNKind(y)) return nanResult(format, [x, y]);
  const sign = x.sign ^ y.sign;
  if (x.kind === "infinity")
    return y.kind === "infinity" ? nanResult(format, [], true) : { value: infinity(format, sign), flags: 0 };
  if (y.kind === "infinity") return { value: zero(format, sign), flags: 0 };
  if (isZero(y))
    return isZero(x) ? nanResult(format, [], true) : { value: infinity(format, sign), flags: Flag.divideByZero };
  if (isZero(x)) return { value: zero(format, sign), flags: 0 };
  const shift = Math.max(0, format.precision + 2 + bitLength(y.significand) - bitLength(x.significand));
  const dividend = x.significand << BigInt(shift);
  const quotient = dividend / y.significand;
  const sticky = quotient * y.significand === dividend ? 0n : 1n;
  return roundPack(format, sign, (quotient << 1n) | sticky, x.exponent - y.exponent - shift - 1, mode);
}

export function sqrt(format: Format, a: bigint, mode: RoundingMode): FloatResult {
  const x = unpack(format, a);
  if (isNaNKind(x)) return nanResult(format, [x]);
  if (isZero(x)) return { value: zero(format, x.sign), flags: 0 };
  if (x.sign) return nanResult(format, [], true);
  if (x.kind === "infinity") return { value: infinity(format, 0), flags: 0 };
  // Twice the precision and an even exponent, so that the root has all bits and one exponent.
  let shift = Math.max(0, 2 * (format.precision + 2) - bitLength(x.significand));
  if ((x.exponent - shift) % 2) shift++;
  const radicand = x.significand << BigInt(shift);
  const root = integerSqrt(radicand);
  const sticky = root * root === radicand ? 0n : 1n;
  return roundPack(format, 0, (root << 1n) | sticky, (x.exponent - shift) / 2 - 1, mode);
}

/** a * b + c rounded once. Infinity times zero is invalid even when c is a quiet NaN. */
export function fma(format: Format, a: bigint, b: bigint, c: bigint, mode: RoundingMode): FloatResult {
  const x = unpack(format, a);
  const y = unpack(format, b);
  const z = unpack(format, c);
  const invalidProduct = (x.kind === "infinity" && isZero(y)) || (y.kind === "infinity" && isZero(x));
  if (isNaNKind(x) || isNaNKind(y) || isNaNKind(z) || invalidProduct)
    return nanResult(format, [x, y, z], invalidProduct);
  const product: Unpacked = {
    kind: x.kind === "infinity" || y.kind === "infinity" ? "infinity" : "finite",
    sign: x.sign === y.sign ? 0 : 1,
    exponent: x.exponent + y.exponent,
    significand: x.significand * y.significand,
  };
  return sum(format, product, z, mode);
}

function sum(format: Format, x: Unpacked, y: Unpacked, mode: RoundingMode): FloatResult {
  if (isNaNKind(x) || isNaNKind(y)) return nanResult(format, [x, y]);
  if (x.kind === "infinity")
    return y.kind === "infinity" && x.sign !== y.sign
      ? nanResult(format, [], true)
      : { value: infinity(format, x.sign), flags: 0 };
  if (y.kind === "infinity") return { value: infinity(format, y.sign), flags: 0 };
  const exponent = Math.min(x.exponent, y.exponent);
  const total = signed(x, exponent) + signed(y, exponent);
  if (total === 0n) {
    // An exact zero is negative when both terms were, or when rounding down makes it so.
    const sign = x.sign === y.sign && isZero(x) && isZero(y) ? x.sign : mode === 2 ? 1 : 0;
    return { value: zero(format, sign), flags: 0 };
  }
  return total < 0n ? roundPack(format, 1, -total, exponent, mode) : roundPack(format, 0, total, exponent, mode);
}

/** The signed significand of a finite value at a lower exponent. */
function signed({ sign, significand, exponent }: Unpacked, at: number): bigint {
  const aligned = significand << BigInt(exponent - at);
  return sign ? -aligned : aligned;
}

function negated(x: Unpacked): Unpacked {
  return { ...x, sign: x.sign ? 0 : 1 };
}

/** The integer part of the square root, by Newton's method from above. */
function integerSqrt(value: bigint): bigint {
  let root = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
