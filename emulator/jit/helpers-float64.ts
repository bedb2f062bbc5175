// binary64 arithmetic in the helper module (see helpers-float.ts).

import { floatCode } from "../ir/ops.ts";
import { Flag } from "../ir/softfloat/format.ts";
import type { FloatName } from "../ir/types.ts";
import { type FormatHelpers, hostFused, productError, type SharedHelpers, sumError, toOdd } from "./helpers-float.ts";
import { Type } from "./wasm-encoder.ts";
import { all, any, type Expression, f64, i32, type Statements, select } from "./wasm-expressions.ts";

const { F64, I32 } = Type;
const { abs, value } = f64;
const zero = value(0);
const infinity = value(Infinity);
const inexact = i32.value(Flag.inexact);
const isZero = (a: Expression) => f64.eq(a, zero);
const isInfinite = (a: Expression) => f64.eq(abs(a), infinity);
const isNan = (a: Expression) => f64.ne(a, a);
const isNot = (a: Expression) => i32.not(a);

/** From here up a rounding may overflow; from there down it may underflow. */
const HUGE = 2 ** 1023;
const SMALL = 2 ** -1021;
const SMALLEST_NORMAL = 2 ** -1022;

export function defineFloat64(shared: SharedHelpers, double: FormatHelpers): void {
  const { raise, fused } = shared;
  const { invalid, finish, emitFinish, returnSpecial, bits, fromBits, nan, isNegative } = double;

  const software = (name: FloatName, mode: Expression, a: Expression, b: Expression, c: Expression) =>
    fromBits(shared.software(i32.value(floatCode(name, "f64")), mode, bits(a), bits(b), bits(c)));
  const resolved = (s: Statements, mode: Expression) => shared.mode(s, mode);

  const add = shared.export("add64", (s, a, b, asked) => {
    const r = s.let(F64, f64.add(a, b));
    const error = sumError(s, a, b, r);
    // Exact, and so the same in all modes, unless it is zero.
    s.returnIf(all(isZero(error), isNot(isZero(r))), r);
    const mode = resolved(s, asked);
    returnSpecial(s, r, [a, b], mode, software("fadd", mode, a, b, a));
    s.returnIf(isNan(error), software("fadd", mode, a, b, a));
    // An exact zero from unlike signs is negative when rounding down.
    s.returnIf(all(isZero(r), i32.eq(mode, i32.value(2))), select(any(isNegative(a), isNegative(b)), value(-0), zero));
    // Where it is tiny it is exact.
    emitFinish(s, r, error, error, mode, inexact);
  });

  /**
   * (r, p, e, s1, s2, mode, tieable): finishes the result r of a multiplicative operation, where p + e is the exact
   * value times s1 * s2, and p that rounded to nearest. Gives a NaN when software has to do it.
   */
  const finishScaled = shared.define(
    "finishScaled",
    { params: [F64, F64, F64, F64, F64, I32, I32], results: [F64] },
    (s, r, p, e, s1, s2, mode, tieable) => {
      const away = i32.eq(mode, i32.value(4));
      s.if(f64.gt(abs(r), value(SMALL)), () => {
        const scaled = any(f64.ne(s1, value(1)), f64.ne(s2, value(1)));
        s.returnIf(all(away, scaled, tieable), nan);
        s.return(finish(r, e, select(tieable, e, zero), mode, inexact));
      });
      const d = s.let(F64, f64.add(f64.sub(p, f64.mul(f64.mul(r, s1), s2)), e));
      s.returnIf(isZero(d), r);
      s.returnIf(mode, nan);
      const limit = f64.mul(f64.mul(value(SMALLEST_NORMAL), s1), s2);
      const flags = select(f64.lt(abs(p), limit), i32.value(Flag.inexact | Flag.underflow), inexact);
      emitFinish(s, r, d, zero, mode, flags);
    },
  );

  /** Brings a number between 2^-374 and 2^350, where products, quotients and their errors are normal numbers. */
  const scale = (s: Statements, a: Expression) =>
    s.let(
      F64,
      select(
        f64.lt(abs(a), value(2 ** -350)),
        value(2 ** 700),
        select(f64.gt(abs(a), value(2 ** 350)), value(2 ** -700), value(1)),
      ),
    );

  /** Then neither product nor quotient nor their errors are anything but normal numbers. */
  const isMild = (a: Expression) => all(f64.gt(abs(a), value(2 ** -350)), f64.lt(abs(a), value(2 ** 350)));

  const mul = shared.export("mul64", (s, a, b, asked) => {
    const r = s.let(F64, f64.mul(a, b));
    const mode = resolved(s, asked);
    s.if(all(isMild(a), isMild(b)), () => {
      const error = productError(s, a, b, r, fused);
      s.return(() => emitFinish(s, r, error, error, mode, inexact));
    });
    returnSpecial(s, r, [a, b], mode, software("fmul", mode, a, b, a));
    s.returnIf(any(isZero(a), isZero(b)), r);
    const [s1, s2] = [scale(s, a), scale(s, b)];
    const [x, y] = [s.let(F64, f64.mul(a, s1)), s.let(F64, f64.mul(b, s2))];
    const p = s.let(F64, f64.mul(x, y));
    const result = s.let(F64, finishScaled(r, p, productError(s, x, y, p, fused), s1, s2, mode, i32.value(1)));
    s.returnIf(f64.eq(result, result), result);
    software("fmul", mode, a, b, a)(s.f);
  });

  shared.export("div64", (s, a, b, asked) => {
    const r = s.let(F64, f64.div(a, b));
    const mode = resolved(s, asked);
    // The remainder is a binary64 number. No quotient lies halfway between two normal numbers.
    const remainder = (x: Expression, y: Expression, q: Expression) => {
      const back = s.let(F64, f64.mul(q, y));
      return f64.sub(f64.sub(x, back), productError(s, q, y, back, fused));
    };
    s.if(all(isMild(a), isMild(b)), () => {
      const error = f64.mul(remainder(a, b, r), f64.copysign(value(1), b));
      s.return(() => emitFinish(s, r, error, zero, mode, inexact));
    });
    s.if(all(isZero(b), f64.lt(abs(a), value(Infinity)), isNot(isZero(a))), () => {
      raise(i32.value(Flag.divideByZero))(s.f);
      s.return(r);
    });
    returnSpecial(s, r, [a, b], mode, software("fdiv", mode, a, b, a));
    s.returnIf(any(isZero(a), isInfinite(b)), r);
    const [s1, s2] = [scale(s, a), scale(s, b)];
    const [x, y] = [s.let(F64, f64.mul(a, s1)), s.let(F64, f64.mul(b, s2))];
    const q = s.let(F64, f64.div(x, y));
    const error = f64.div(remainder(x, y, q), y);
    const result = s.let(F64, finishScaled(r, q, error, s1, f64.div(value(1), s2), mode, i32.value(0)));
    s.returnIf(f64.eq(result, result), result);
    software("fdiv", mode, a, b, a)(s.f);
  });

  shared.export("sqrt64", (s, a, asked) => {
    const r = s.let(F64, f64.sqrt(a));
    s.returnIf(isNan(r), invalid(a, a, a, i32.value(0)));
    s.returnIf(any(isZero(a), isInfinite(a)), r);
    const x = s.let(
      F64,
      f64.mul(
        a,
        select(
          f64.lt(a, value(2 ** -500)),
          value(2 ** 700),
          select(f64.gt(a, value(2 ** 500)), value(2 ** -700), value(1)),
        ),
      ),
    );
    const root = s.let(F64, f64.sqrt(x));
    const back = s.let(F64, f64.mul(root, root));
    const remainder = f64.sub(f64.sub(x, back), productError(s, root, root, back, fused));
    // No root lies halfway between two numbers.
    emitFinish(s, r, remainder, zero, shared.mode(s, asked), inexact);
  });

  /** Where products and their errors neither overflow nor lose bits below the smallest subnormal number. */
  const isMiddling = (a: Expression) => all(f64.gt(abs(a), value(2 ** -900)), f64.lt(abs(a), value(2 ** 900)));

  /** The terms of which the error of a * b + c is the sum: the exact value is large + largeError + smallError. */
  const exactSum = (s: Statements, a: Expression, b: Expression, product: Expression, c: Expression) => {
    const low = productError(s, a, b, product, fused);
    const small = s.let(F64, f64.add(c, low));
    const large = s.let(F64, f64.add(product, small));
    return { large, smallError: sumError(s, c, low, small), largeError: sumError(s, product, small, large) };
  };

  /** The sign of a * b + c less r, which is that rounded by the host; of middling numbers (Boldo and Muller, 2005). */
  const fusedError = (
    s: Statements,
    a: Expression,
    b: Expression,
    product: Expression,
    c: Expression,
    r: Expression,
  ) => {
    const { large, largeError, smallError } = exactSum(s, a, b, product, c);
    return f64.add(f64.add(f64.sub(large, r), largeError), smallError);
  };

  shared.export("fma64", (s, a, b, c, asked) => {
    const product = s.let(F64, f64.mul(a, b));
    const mode = resolved(s, asked);
    const inSoftware = software("fma", mode, a, b, c);
    const isAway = i32.eq(mode, i32.value(4));
    s.if(isNot(all(isMiddling(a), isMiddling(b), isMiddling(product), isMiddling(c))), () => {
      s.returnIf(any(isNan(product), isNan(c)), invalid(a, b, c, all(isNan(product), f64.eq(a, a), f64.eq(b, b))));
      const infinite = any(isInfinite(a), isInfinite(b));
      s.returnIf(any(isZero(a), isZero(b), infinite), add(product, c, mode));
      s.returnIf(isInfinite(c), c);
      s.returnIf(isZero(c), mul(a, b, mode));
      if (fused) {
        // Small numbers are middling when both terms are made larger.
        const up = value(2 ** 600);
        const first = f64.lt(abs(a), abs(b));
        const x = s.let(F64, select(first, f64.mul(a, up), a));
        const y = s.let(F64, select(first, b, f64.mul(b, up)));
        const z = s.let(F64, f64.mul(c, up));
        const larger = s.let(F64, f64.mul(x, y));
        s.if(all(isMiddling(x), isMiddling(y), isMiddling(larger), isMiddling(z), isNot(isAway)), () => {
          const p = s.let(F64, hostFused("f64", x, y, z));
          const r = s.let(F64, hostFused("f64", a, b, c));
          const error = fusedError(s, x, y, larger, z, p);
          const result = s.let(F64, finishScaled(r, p, error, up, value(1), mode, i32.value(0)));
          s.returnIf(all(f64.eq(result, result), f64.ne(p, zero)), result);
        });
      }
      s.return(inSoftware);
    });
    let r: Expression;
    let error: Expression;
    if (fused) {
      r = s.let(F64, hostFused("f64", a, b, c));
      error = s.let(F64, fusedError(s, a, b, product, c, r));
    } else {
      // The sum of three numbers by the method of Boldo and Melquiond (2008).
      const { large, largeError, smallError } = exactSum(s, a, b, product, c);
      const rest = s.let(F64, f64.add(smallError, largeError));
      const tail = toOdd(s, rest, sumError(s, smallError, largeError, rest));
      r = s.let(F64, f64.add(large, tail));
      error = sumError(s, large, tail, r);
    }
    // No sum of middling numbers underflows to zero.
    s.returnIf(isZero(r), select(i32.eq(mode, i32.value(2)), value(-0), zero));
    const normal = all(f64.gt(abs(r), value(SMALL)), f64.lt(abs(r), value(HUGE)));
    s.returnIf(any(isNot(normal), all(isAway, f64.ne(error, zero))), inSoftware);
    emitFinish(s, r, error, zero, mode, inexact);
  });
}
