// When the host's arithmetic may stand for the guest's.
//
// The host rounds to nearest even and tells no flags. Its result is the guest's, and nothing is raised that is not
// raised already, when
//   1. the rounding mode is nearest-even, and the inexact flag is set in the accrued flags (so that it need not be
//      known whether this operation is exact), and
//   2. the operation passes its rule below.
// The rules see the host's result and operands only. A rule says no for every NaN, infinite, and possibly tiny result;
// those go to `slowFloat`. They hold for binary64 with `smallest` = 2^-1022 and for binary32 with 2^-126, where the
// host computes in binary64 and rounds once more to binary32 (`Math.fround`): for + - * / and square root of binary32
// operands that second rounding is innocuous, because 53 >= 2 * 24 + 2.
//
// Operations that never round have rules without condition 1: comparisons, minimum and maximum of numbers, widening.

/** The smallest normal numbers. */
export const SMALLEST_F64 = 2 ** -1022;
export const SMALLEST_F32 = 2 ** -126;

/** a + b, a - b. Finite results have finite operands; tiny ones and zeros are exact, so underflow is never raised. */
export function sumIsHost(result: number): boolean {
  return result - result === 0;
}

/**
 * a * b. Above the smallest normal number the result is not tiny even before rounding (equal to it, it may be). A zero
 * is exact only when an operand is zero.
 */
export function productIsHost(result: number, a: number, b: number, smallest: number): boolean {
  const magnitude = Math.abs(result);
  return (magnitude > smallest && magnitude < Infinity) || (result === 0 && (a === 0 || b === 0));
}

/** a / b. A zero is exact only when a is zero (and b is not, or the result were NaN). An infinity may be a division by zero. */
export function quotientIsHost(result: number, a: number, smallest: number): boolean {
  const magnitude = Math.abs(result);
  return (magnitude > smallest && magnitude < Infinity) || (result === 0 && a === 0);
}

/** The square root of a finite number that is not negative (or is -0): never tiny. */
export function rootIsHost(result: number): boolean {
  return result - result === 0;
}

/** Narrowing binary64 to binary32. */
export function narrowingIsHost(result: number, a: number): boolean {
  const magnitude = Math.abs(result);
  return (magnitude > SMALLEST_F32 && magnitude < Infinity) || a === 0;
}

/** Comparisons, and minimum and maximum unless both are zero: no operand is a NaN. Nothing is raised then. */
export function isOrdered(a: number, b: number): boolean {
  return !(Number.isNaN(a) || Number.isNaN(b));
}
