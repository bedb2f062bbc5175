// Fused multiply-add as WebAssembly, which has none: by error-free transformations, as ir/softfloat/error-free.ts does
// and explains. Nearest even; gives NaN when the operands or the result are not such that it can tell.
import { FunctionBody, I, Type } from "./wasm-encoder.ts";

/** Leaves x + y - sum, exactly, for sum = x + y as rounded (Knuth's two-sum). */
function sumError(f: FunctionBody, x: number, y: number, sum: number): void {
  const virtual = f.local(Type.F64);
  f.get(sum).get(x).op(I.f64_sub).set(virtual);
  f.get(x).get(sum).get(virtual).op(I.f64_sub).op(I.f64_sub);
  f.get(y).get(virtual).op(I.f64_sub).op(I.f64_add);
}

/** Leaves a * b - product, exactly (Dekker's product). */
function productError(f: FunctionBody, a: number, b: number, product: number): void {
  const split = (value: number) => {
    const [scaled, high, low] = [0, 1, 2].map(() => f.local(Type.F64));
    f.get(value)
      .f64(2 ** 27 + 1)
      .op(I.f64_mul)
      .tee(scaled);
    f.get(scaled).get(value).op(I.f64_sub).op(I.f64_sub).set(high);
    f.get(value).get(high).op(I.f64_sub).set(low);
    return { high, low };
  };
  const x = split(a);
  const y = split(b);
  f.get(x.low).get(y.low).op(I.f64_mul);
  f.get(product).get(x.high).get(y.high).op(I.f64_mul).op(I.f64_sub);
  f.get(x.low).get(y.high).op(I.f64_mul).op(I.f64_sub);
  f.get(x.high).get(y.low).op(I.f64_mul).op(I.f64_sub);
  f.op(I.f64_sub);
}

/** Leaves sum + error rounded to odd, where sum is the nearest number. */
function toOdd(f: FunctionBody, sum: number, error: number): void {
  const bits = f.local(Type.I64);
  f.get(sum).op(I.i64_reinterpret_f64).set(bits);
  f.get(error).f64(0).op(I.f64_eq).get(bits).op(I.i32_wrap_i64).i32(1).op(I.i32_and).op(I.i32_or);
  f.if(Type.F64);
  f.get(sum);
  f.else();
  // The last bit is 0: one up is away from zero, one down towards it.
  f.get(bits).i64(1n).i64(-1n);
  f.get(error).f64(0).op(I.f64_gt).get(sum).f64(0).op(I.f64_gt).op(I.i32_eq);
  f.op(I.select).op(I.i64_add).op(I.f64_reinterpret_i64);
  f.end();
}

/** Leaves 1 when low < |value| < high. */
function isBetween(f: FunctionBody, value: number, low: number, high: number): void {
  f.get(value).op(I.f64_abs).f64(low).op(I.f64_gt);
  f.get(value).op(I.f64_abs).f64(high).op(I.f64_lt).op(I.i32_and);
}

/** Leaves the local's value when the condition on the stack holds, else NaN. */
function orNaN(f: FunctionBody, value: number): void {
  const holds = f.local(Type.I32);
  f.set(holds).get(value).f64(Number.NaN).get(holds).op(I.select);
}

/** (a, b, c: f64) -> f64. */
export function fma64Body(): FunctionBody {
  const f = new FunctionBody(3);
  const [a, b, c] = [0, 1, 2];
  const [product, low, small, large, smallError, largeError, rest, restError, tail, result] = Array.from(
    { length: 10 },
    () => f.local(Type.F64),
  );
  f.get(a).get(b).op(I.f64_mul).set(product);
  f.get(a).f64(0).op(I.f64_eq).get(b).f64(0).op(I.f64_eq).op(I.i32_or);
  f.if(Type.F64);
  // A product of zero is exact, and so is the sum, unless something is not finite.
  f.get(product).get(c).op(I.f64_add).set(result);
  f.get(result).op(I.f64_abs).f64(Infinity).op(I.f64_lt);
  orNaN(f, result);
  f.else();
  productError(f, a, b, product);
  f.set(low);
  f.get(c).get(low).op(I.f64_add).tee(small).get(product).op(I.f64_add).set(large);
  sumError(f, c, low, small);
  f.set(smallError);
  sumError(f, product, small, large);
  f.set(largeError);
  f.get(smallError).get(largeError).op(I.f64_add).set(rest);
  sumError(f, smallError, largeError, rest);
  f.set(restError);
  toOdd(f, rest, restError);
  f.set(tail);
  f.get(large).get(tail).op(I.f64_add).set(result);
  // Middling operands: no product or error overflows or loses bits below the smallest number.
  for (const value of [a, b, product]) isBetween(f, value, 2 ** -900, 2 ** 900);
  f.op(I.i32_and).op(I.i32_and);
  isBetween(f, c, 2 ** -900, 2 ** 900);
  f.get(c).f64(0).op(I.f64_eq).op(I.i32_or).op(I.i32_and);
  isBetween(f, result, 2 ** -1022, Infinity);
  f.op(I.i32_and);
  orNaN(f, result);
  f.end();
  return f;
}

/** (a, b, c: f32) -> f32: the product is exact in binary64, and a sum rounded to odd there rounds rightly once more. */
export function fma32Body(): FunctionBody {
  const f = new FunctionBody(3);
  const [product, addend, sum, error, result] = Array.from({ length: 5 }, () => f.local(Type.F64));
  f.get(0).op(I.f64_promote_f32).get(1).op(I.f64_promote_f32).op(I.f64_mul).set(product);
  f.get(2).op(I.f64_promote_f32).set(addend);
  f.get(product).get(addend).op(I.f64_add).set(sum);
  sumError(f, product, addend, sum);
  f.set(error);
  toOdd(f, sum, error);
  f.op(I.f32_demote_f64).op(I.f64_promote_f32).set(result);
  isBetween(f, result, 2 ** -126, Infinity);
  f.get(sum).f64(0).op(I.f64_eq).op(I.i32_or);
  orNaN(f, result);
  f.op(I.f32_demote_f64);
  return f;
}
