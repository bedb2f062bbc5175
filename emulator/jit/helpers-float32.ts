// binary32 arithmetic in the helper module (see helpers-float.ts). Products are exact in binary64, and the errors of
// sums, quotients and roots are found there.
import { floatCode } from "../ir/ops.ts";
import { Flag } from "../ir/softfloat/format.ts";
import type { FloatName } from "../ir/types.ts";
import { type FormatHelpers, hostFused, type SharedHelpers, sumError, toOdd } from "./helpers-float.ts";
import { I, Type } from "./wasm-encoder.ts";
import { all, any, convert, type Expression, f32, f64, i32, type Statements, select } from "./wasm-expressions.ts";

const { F32, F64 } = Type;
const { abs, value } = f32;
const zero = f64.value(0);
const inexact = i32.value(Flag.inexact);
const isZero = (a: Expression) => f32.eq(a, value(0));
const isInfinite = (a: Expression) => f32.eq(abs(a), value(Infinity));
const isNot = (a: Expression) => i32.not(a);
const isNan = (a: Expression) => f32.ne(a, a);
const wide = (a: Expression) => convert(I.f64_promote_f32, a);
export const narrow = (a: Expression) => convert(I.f32_demote_f64, a);

const SMALLEST_NORMAL = 2 ** -126;

export const isSmall32 = (r: Expression) => f32.le(abs(r), value(SMALLEST_NORMAL));

/** The flags of an inexact small result to nearest even, of the value in binary64 (one that rounds as the exact one). */
export function smallFlags(exact: Expression): Expression {
  const unlimited = narrow(f64.mul(exact, f64.value(2 ** 60)));
  return select(f32.lt(abs(unlimited), value(2 ** -66)), i32.value(Flag.inexact | Flag.underflow), inexact);
}

export function defineFloat32(shared: SharedHelpers, single: FormatHelpers): void {
  const { raise, fused } = shared;
  const { invalid, finish, emitFinish, returnSpecial, bits, fromBits } = single;

  const software = (name: FloatName, mode: Expression, a: Expression, b: Expression, c: Expression) =>
    fromBits(shared.software(i32.value(floatCode(name, "f32")), mode, bits(a), bits(b), bits(c)));
  const resolved = (s: Statements, mode: Expression) => shared.mode(s, mode);
  const isNegative64 = (a: Expression) => f64.lt(f64.copysign(f64.value(1), a), zero);
  /** Of an exact zero sum of x and y: negative for two negative zeros, and for unlike signs when rounding down. */
  const zeroSum = (r: Expression, x: Expression, y: Expression, mode: Expression) =>
    select(i32.eq(mode, i32.value(2)), select(any(isNegative64(x), isNegative64(y)), value(-0), value(0)), r);

  /** A sum that is exact, and so the same in all modes, unless it is zero. */
  const returnExact = (s: Statements, r: Expression, sum: Expression, error: Expression) =>
    s.returnIf(all(f64.eq(wide(r), sum), f64.eq(error, zero), isNot(isZero(r))), r);

  shared.export("add32", (s, a, b, asked) => {
    const r = s.let(F32, f32.add(a, b));
    const [x, y] = [s.let(F64, wide(a)), s.let(F64, wide(b))];
    const sum = s.let(F64, f64.add(x, y));
    const error = sumError(s, x, y, sum);
    returnExact(s, r, sum, error);
    const mode = resolved(s, asked);
    returnSpecial(s, r, [a, b], mode, software("fadd", mode, a, b, a));
    const d = s.let(F64, f64.sub(sum, wide(r)));
    s.returnIf(isZero(r), zeroSum(r, x, y, mode));
    emitFinish(s, r, f64.add(d, error), select(f64.eq(error, zero), d, zero), mode, inexact);
  });

  shared.export("mul32", (s, a, b, asked) => {
    const r = s.let(F32, f32.mul(a, b));
    const product = s.let(F64, f64.mul(wide(a), wide(b)));
    s.returnIf(f64.eq(product, wide(r)), r);
    const mode = resolved(s, asked);
    returnSpecial(s, r, [a, b], mode, software("fmul", mode, a, b, a));
    const d = s.let(F64, f64.sub(product, wide(r)));
    s.if(isSmall32(r), () => {
      s.returnIf(mode, software("fmul", mode, a, b, a));
      s.return(finish(r, d, zero, mode, smallFlags(product)));
    });
    emitFinish(s, r, d, d, mode, inexact);
  });

  shared.export("div32", (s, a, b, asked) => {
    const r = s.let(F32, f32.div(a, b));
    const mode = resolved(s, asked);
    s.if(all(isZero(b), f32.lt(abs(a), value(Infinity)), isNot(isZero(a))), () => {
      raise(i32.value(Flag.divideByZero))(s.f);
      s.return(r);
    });
    returnSpecial(s, r, [a, b], mode, software("fdiv", mode, a, b, a));
    s.returnIf(any(isZero(a), isInfinite(b)), r);
    const [x, y] = [s.let(F64, wide(a)), s.let(F64, wide(b))];
    const d = s.let(F64, f64.div(f64.sub(x, f64.mul(wide(r), y)), y));
    s.returnIf(f64.eq(d, zero), r);
    s.if(isSmall32(r), () => {
      s.returnIf(mode, software("fdiv", mode, a, b, a));
      s.return(finish(r, d, zero, mode, smallFlags(f64.div(x, y))));
    });
    // No quotient lies halfway between two normal numbers.
    emitFinish(s, r, d, zero, mode, inexact);
  });

  shared.export("sqrt32", (s, a, asked) => {
    const r = s.let(F32, f32.sqrt(a));
    s.returnIf(isNan(r), invalid(a, a, a, i32.value(0)));
    s.returnIf(any(isZero(a), isInfinite(a)), r);
    const root = s.let(F64, wide(r));
    // No root lies halfway between two numbers.
    emitFinish(s, r, f64.sub(wide(a), f64.mul(root, root)), zero, shared.mode(s, asked), inexact);
  });

  shared.export("fma32", (s, a, b, c, asked) => {
    const product = s.let(F64, f64.mul(wide(a), wide(b)));
    const addend = s.let(F64, wide(c));
    const sum = s.let(F64, f64.add(product, addend));
    const error = sumError(s, product, addend, sum);
    const r = s.let(F32, fused ? hostFused("f32", a, b, c) : narrow(toOdd(s, sum, error)));
    returnExact(s, r, sum, error);
    s.returnIf(f64.ne(sum, sum), invalid(a, b, c, all(f64.ne(product, product), f32.eq(a, a), f32.eq(b, b))));
    const mode = resolved(s, asked);
    returnSpecial(s, r, [a, b, c], mode, software("fma", mode, a, b, c));
    s.returnIf(f64.eq(sum, zero), zeroSum(r, product, addend, mode));
    const nearly = s.let(F64, f64.sub(sum, wide(r)));
    const d = s.let(F64, f64.add(nearly, error));
    s.returnIf(f64.eq(d, zero), r);
    s.if(isSmall32(r), () => {
      s.returnIf(mode, software("fma", mode, a, b, c));
      s.return(finish(r, d, zero, mode, smallFlags(toOdd(s, sum, error))));
    });
    emitFinish(s, r, d, select(f64.eq(error, zero), nearly, zero), mode, inexact);
  });
}
