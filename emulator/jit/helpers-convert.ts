// Conversions in the helper module (see helpers-float.ts), in every rounding mode.
import { convertCode } from "../ir/ops.ts";
import { Flag } from "../ir/softfloat/format.ts";
import { IntegerKind } from "./float-imports.ts";
import type { FormatHelpers, SharedHelpers } from "./helpers-float.ts";
import { isSmall32, narrow, smallFlags } from "./helpers-float32.ts";
import { I, Type } from "./wasm-encoder.ts";
import { all, convert, type Expression, either, f32, f64, i32, i64, select } from "./wasm-expressions.ts";

const { F32, F64, I64 } = Type;
const zero = f64.value(0);
const invalid = i32.value(Flag.invalid);
const inexact = i32.value(Flag.inexact);

interface Limits {
  /** Integers that fit are low <= i < high. */
  low: number;
  high: number;
  /** What stands for those below and above, sign-extended from 32 bits. */
  least: bigint;
  greatest: bigint;
}

const limits: Record<IntegerKind, Limits> = {
  [IntegerKind.i32]: { low: -(2 ** 31), high: 2 ** 31, least: -(2n ** 31n), greatest: 2n ** 31n - 1n },
  [IntegerKind.u32]: { low: 0, high: 2 ** 32, least: 0n, greatest: -1n },
  [IntegerKind.i64]: { low: -(2 ** 63), high: 2 ** 63, least: -(2n ** 63n), greatest: 2n ** 63n - 1n },
  [IntegerKind.u64]: { low: 0, high: 2 ** 64, least: 0n, greatest: -1n },
};

/** One of four values, by an `IntegerKind`. */
function byKind(kind: Expression, value: (limits: Limits) => Expression): Expression {
  const is = (other: IntegerKind) => i32.eq(kind, i32.value(other));
  const of = (other: IntegerKind) => value(limits[other]);
  const { i32: int, u32, i64: long, u64 } = IntegerKind;
  return select(is(int), of(int), select(is(u32), of(u32), select(is(long), of(long), of(u64))));
}

export function defineConversions(shared: SharedHelpers, double: FormatHelpers, single: FormatHelpers): void {
  const { raise } = shared;

  shared.export("toInteger", (s, a, kind, asked) => {
    const mode = shared.mode(s, asked);
    const is = (other: number) => i32.eq(mode, i32.value(other));
    const cut = s.let(F64, convert(I.f64_trunc, a));
    const isHalf = f64.ge(f64.abs(f64.sub(a, cut)), f64.value(0.5));
    const away = select(isHalf, f64.add(cut, f64.copysign(f64.value(1), a)), cut);
    let rounded = select(is(0), convert(I.f64_nearest, a), away);
    rounded = select(is(1), cut, rounded);
    rounded = select(is(2), convert(I.f64_floor, a), rounded);
    rounded = s.let(F64, select(is(3), convert(I.f64_ceil, a), rounded));
    const fits = all(
      f64.ge(
        rounded,
        byKind(kind, ({ low }) => f64.value(low)),
      ),
      f64.lt(
        rounded,
        byKind(kind, ({ high }) => f64.value(high)),
      ),
    );
    s.if(i32.not(fits), () => {
      raise(invalid)(s.f);
      // A NaN counts as above.
      const least = byKind(kind, (of) => i64.value(of.least));
      const greatest = byKind(kind, (of) => i64.value(of.greatest));
      s.return(select(f64.lt(rounded, zero), least, greatest));
    });
    s.if(f64.ne(rounded, a), () => raise(inexact)(s.f));
    s.returnIf(i32.eq(kind, i32.value(IntegerKind.u64)), convert(I.i64_trunc_sat_f64_u, rounded));
    const long = s.let(I64, convert(I.i64_trunc_sat_f64_s, rounded));
    select(i32.eq(kind, i32.value(IntegerKind.i64)), long, convert(I.i64_extend32_s, long))(s.f);
  });

  /** The integer less its binary64 value, which is near: it fits though the halves may wrap. */
  const difference = (integer: Expression, value: Expression) => {
    const back = either(
      I64,
      f64.lt(value, zero),
      convert(I.i64_trunc_sat_f64_s, value),
      // 2^64 is 0 here.
      select(f64.ge(value, f64.value(2 ** 64)), i64.value(0n), convert(I.i64_trunc_sat_f64_u, value)),
    );
    return convert(I.f64_convert_i64_s, i64.sub(integer, back));
  };
  shared.export("integerTo64", (s, a, unsigned, asked) => {
    const r = s.let(F64, either(F64, unsigned, convert(I.f64_convert_i64_u, a), convert(I.f64_convert_i64_s, a)));
    const d = s.let(F64, difference(a, r));
    double.emitFinish(s, r, d, d, shared.mode(s, asked), inexact);
  });
  shared.export("integerTo32", (s, a, unsigned, asked) => {
    const r = s.let(F32, either(F32, unsigned, convert(I.f32_convert_i64_u, a), convert(I.f32_convert_i64_s, a)));
    const d = s.let(F64, difference(a, s.let(F64, convert(I.f64_promote_f32, r))));
    single.emitFinish(s, r, d, d, shared.mode(s, asked), inexact);
  });

  shared.export("widen", (s, a) => {
    const isQuiet = i64.ne(i64.and(single.bits(a), i64.value(1n << 22n)), i64.value(0n));
    s.if(i32.not(isQuiet), () => raise(invalid)(s.f));
    double.nan(s.f);
  });
  shared.export("narrow", (s, a, asked) => {
    const r = s.let(F32, narrow(a));
    const mode = shared.mode(s, asked);
    s.if(f64.ne(a, a), () => {
      const isQuiet = i64.ne(i64.and(double.bits(a), i64.value(1n << 51n)), i64.value(0n));
      s.if(i32.not(isQuiet), () => raise(invalid)(s.f));
      s.return(single.nan);
    });
    const bits = double.bits(a);
    const inSoftware = single.fromBits(shared.software(i32.value(convertCode("f64.to.f32")), mode, bits, bits, bits));
    // Of an infinity, r is the operand.
    single.returnSpecial(s, r, [select(f64.eq(f64.abs(a), f64.value(Infinity)), r, f32.value(0))], mode, inSoftware);
    const d = s.let(F64, f64.sub(a, convert(I.f64_promote_f32, r)));
    s.returnIf(f64.eq(d, zero), r);
    s.if(isSmall32(r), () => {
      s.returnIf(mode, inSoftware);
      s.return(single.finish(r, d, zero, mode, smallFlags(a)));
    });
    single.emitFinish(s, r, d, d, mode, inexact);
  });
}
