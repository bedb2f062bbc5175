// The host's arithmetic, rounding to nearest even, with the inexact flag worked out by error-free transformations: for
// code that has not raised the flag yet (else host.ts is cheaper), and for fused multiply-add, which the host lacks.
// Each gives NaN when it cannot tell: special, huge or tiny operands and results. Else the result is exactly rounded
// and raises what `hostState` says.
import { SMALLEST_F32, SMALLEST_F64 } from "./host.ts";

/** Did the last operation that gave a number round it? Then it raises inexact, else nothing. */
export const hostState = { inexact: false };

/** One binary64 number and its words (least significant first), for single units in the last place. */
const cell = new Float64Array(1);
const cellWords = new Int32Array(cell.buffer);

/** x + y - sum, exactly, for sum = x + y on the host (Knuth's two-sum). */
export function sumError(x: number, y: number, sum: number): number {
  const virtual = sum - x;
  return x - (sum - virtual) + (y - virtual);
}

/**
 * Rounds sum + error, where sum is the nearest number, to odd: a sum that is not exact becomes the neighbour whose last
 * bit is 1. Rounding such a sum once more gives what one rounding of the exact value gives.
 */
export function toOdd(sum: number, error: number): number {
  if (error === 0) return sum;
  cell[0] = sum;
  if (cellWords[0] & 1) return sum;
  if (error > 0 === sum > 0) cellWords[0] |= 1;
  else if (cellWords[0]-- === 0) cellWords[1]--;
  return cell[0];
}

/** Where products and their errors neither overflow nor lose bits below the smallest subnormal number. */
const LOW = 2 ** -900;
const HIGH = 2 ** 900;
const SPLITTER = 2 ** 27 + 1;

function isMiddling(value: number): boolean {
  const magnitude = Math.abs(value);
  return magnitude > LOW && magnitude < HIGH;
}

/** a * b - product, exactly, for middling numbers (Dekker's product). */
function productError(a: number, b: number, product: number): number {
  const aScaled = SPLITTER * a;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = SPLITTER * b;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The result, rounded when `inexact`. */
function told(result: number, inexact: boolean): number {
  hostState.inexact = inexact;
  return result;
}

export function hostAdd64(a: number, b: number): number {
  const sum = a + b;
  const error = sumError(a, b, sum);
  return error - error === 0 ? told(sum, error !== 0) : Number.NaN;
}

export function hostMul64(a: number, b: number): number {
  const product = a * b;
  if (!(isMiddling(a) && isMiddling(b) && isMiddling(product)))
    return isZeroProduct(a, b) ? told(product, false) : Number.NaN;
  return told(product, productError(a, b, product) !== 0);
}

export function hostDiv64(a: number, b: number): number {
  const quotient = a / b;
  if (!(isMiddling(a) && isMiddling(b) && isMiddling(quotient))) return Number.NaN;
  const back = quotient * b;
  return told(quotient, back !== a || productError(quotient, b, back) !== 0);
}

export function hostSqrt64(a: number): number {
  const root = Math.sqrt(a);
  if (!isMiddling(a) || Number.isNaN(root)) return Number.NaN;
  const back = root * root;
  return told(root, back !== a || productError(root, root, back) !== 0);
}

/** Of binary32 operands: products are exact in binary64, and the second rounding is innocuous (host.ts). */
export function hostAdd32(a: number, b: number): number {
  const sum = a + b;
  const result = Math.fround(sum);
  // Tiny sums are exact.
  return result - result === 0 ? told(result, sumError(a, b, sum) !== 0 || result !== sum) : Number.NaN;
}

export function hostMul32(a: number, b: number): number {
  const product = a * b;
  const result = Math.fround(product);
  return isNormal32(result) || isZeroProduct(a, b) ? told(result, result !== product) : Number.NaN;
}

export function hostDiv32(a: number, b: number): number {
  const result = Math.fround(a / b);
  return isNormal32(result) ? told(result, result * b !== a) : Number.NaN;
}

export function hostSqrt32(a: number): number {
  const result = Math.fround(Math.sqrt(a));
  return isNormal32(result) ? told(result, result * result !== a) : Number.NaN;
}

function isNormal32(value: number): boolean {
  const magnitude = Math.abs(value);
  return magnitude > SMALLEST_F32 && magnitude < Infinity;
}

/** Zero times a finite number. */
function isZeroProduct(a: number, b: number): boolean {
  return a * b === 0 && (a === 0 || b === 0);
}

/** a * b + c in binary32, nearest even, with `hostState`; NaN when the host cannot tell. */
export function hostFma32(a: number, b: number, c: number): number {
  // The product is exact in binary64, and so is a sum of zero.
  const product = a * b;
  const sum = product + c;
  const error = sumError(product, c, sum);
  const result = Math.fround(toOdd(sum, error));
  return isNormal32(result) || sum === 0 ? told(result, error !== 0 || result !== sum) : Number.NaN;
}

/**
 * a * b + c in binary64, nearest even, with `hostState`; NaN when the host cannot tell. The product
 * as a sum of two numbers by Dekker's method, then the sum of three by that of Boldo and Melquiond (2008).
 */
export function hostFma64(a: number, b: number, c: number): number {
  const product = a * b;
  if (!(isMiddling(a) && isMiddling(b) && isMiddling(product) && (isMiddling(c) || c === 0))) return Number.NaN;
  const productLow = productError(a, b, product);
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
  return told(result, restError !== 0 || sumError(large, tail, result) !== 0);
}
