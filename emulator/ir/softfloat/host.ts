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

/** Did the last hostFma32 or hostFma64 that gave a number round it? Then it raises inexact, else nothing. */
export const fmaState = { inexact: false };

/** One binary64 number and its words (least significant first), for single units in the last place. */
const cell = new Float64Array(1);
const cellWords = new Int32Array(cell.buffer);

/** x + y - sum, exactly, for sum = x + y on the host (Knuth's two-sum). */
function sumError(x: number, y: number, sum: number): number {
  const virtual = sum - x;
  return x - (sum - virtual) + (y - virtual);
}

/**
 * Rounds sum + error, where sum is the nearest number, to odd: a sum that is not exact becomes the neighbour whose last
 * bit is 1. Rounding such a sum once more gives what one rounding of the exact value gives.
 */
function toOdd(sum: number, error: number): number {
  if (error === 0) return sum;
  cell[0] = sum;
  if (cellWords[0] & 1) return sum;
  if (error > 0 === sum > 0) cellWords[0] |= 1;
  else if (cellWords[0]-- === 0) cellWords[1]--;
  return cell[0];
}

/** a * b + c in binary32, nearest even, with `fmaState`; NaN when the host cannot tell. Needs no condition 1. */
export function hostFma32(a: number, b: number, c: number): number {
  // The product is exact in binary64, and so is a sum of zero.
  const product = a * b;
  const sum = product + c;
  const error = sumError(product, c, sum);
  const result = Math.fround(toOdd(sum, error));
  const magnitude = Math.abs(result);
  if (!((magnitude > SMALLEST_F32 && magnitude < Infinity) || sum === 0)) return Number.NaN;
  fmaState.inexact = error !== 0 || result !== sum;
  return result;
}

/** Where no step of hostFma64 overflows, or loses bits below the smallest subnormal number. */
const FMA_LOW = 2 ** -900;
const FMA_HIGH = 2 ** 900;
const SPLITTER = 2 ** 27 + 1;

/**
 * a * b + c in binary64, nearest even, with `fmaState`; NaN when the host cannot tell. Needs no condition 1. The product
 * as a sum of two numbers by Dekker's method, then the sum of three by that of Boldo and Melquiond (2008).
 */
export function hostFma64(a: number, b: number, c: number): number {
  const product = a * b;
  const size = Math.abs(product);
  if (!(size > FMA_LOW && size < FMA_HIGH && Math.abs(a) < FMA_HIGH && Math.abs(b) < FMA_HIGH)) return Number.NaN;
  if (!((Math.abs(c) > FMA_LOW && Math.abs(c) < FMA_HIGH) || c === 0)) return Number.NaN;
  const aScaled = SPLITTER * a;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = SPLITTER * b;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  const productLow = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  const small = c + productLow;
  const large = product + small;
  const smallError = sumError(c, productLow, small);
  const largeError = sumError(product, small, large);
  const rest = smallError + largeError;
  const restError = sumError(smallError, largeError, rest);
  const tail = toOdd(rest, restError);
  const result = large + tail;
  const magnitude = Math.abs(result);
  if (!(magnitude > SMALLEST_F64 && magnitude < Infinity)) return Number.NaN;
  fmaState.inexact = restError !== 0 || sumError(large, tail, result) !== 0;
  return result;
}
