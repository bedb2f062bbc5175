// Floating point in the helper module: operations that are not the host's own (ir/softfloat/host.ts), because the mode
// is not nearest-even, the inexact flag is not raised yet, or an operand or result is special. The host's result to
// nearest even is exact but for the rounding error, and that is a number too (ir/softfloat/error-free.ts): its sign
// tells in which directed modes the neighbour is right, and whether it is zero tells whether the result is inexact.
// What is left (overflow, most of underflow) goes to software. This file holds what the formats share; the operations
// are in helpers-float64.ts, helpers-float32.ts and helpers-convert.ts.
import { Flag } from "../ir/softfloat/format.ts";
import type { FloatFormat } from "../ir/types.ts";
import { EngineState } from "./engine-state.ts";
import { type FloatImportName, floatImports } from "./float-imports.ts";
import { FirstLane, FunctionBody, I, type ModuleBuilder, type Signature, Type } from "./wasm-encoder.ts";
import {
  all,
  any,
  call,
  convert,
  type Expression,
  either,
  type FloatExpressions,
  f32,
  f64,
  get,
  i32,
  i64,
  Statements,
  select,
} from "./wasm-expressions.ts";

export interface FloatHost {
  /** Byte offsets of the registers' homes. */
  readonly flags: number;
  readonly rounding: number;
  /** Index of the imported software operation; it leaves its flags in `EngineState.floatFlags`. */
  readonly software: number;
  /** Has the host a multiply-add that rounds once? */
  readonly fused: boolean;
}

/** Calls a function that was defined. */
export type Callable = (...args: Expression[]) => Expression;

/** What the functions of one format are made with. */
export interface FormatHelpers {
  readonly name: FloatFormat;
  readonly type: Type;
  readonly n: FloatExpressions;
  /** The pattern, as an i64. */
  bits(a: Expression): Expression;
  fromBits(bits: Expression): Expression;
  readonly nan: Expression;
  isNegative(a: Expression): Expression;
  /** (a, b, c, force): what an operation on NaNs gives, or an invalid one; raises invalid when it is forced to, when an operand signals, or when none is a NaN. */
  readonly invalid: Callable;
  /**
   * (s, r, operands, mode, software): returns what stands for a result r that is not finite. Software does overflow in the
   * directed modes, where infinity to nearest may be the largest number.
   */
  returnSpecial(
    s: Statements,
    r: Expression,
    operands: readonly Expression[],
    mode: Expression,
    software: Expression,
  ): void;
  /**
   * (r, d, exact, mode, flags): the result r to nearest even rounded by the mode instead, where d has the sign of the
   * exact value less r, and is zero when it is. Raises the flags unless it is. `exact` is that difference itself where
   * it may be a tie.
   */
  readonly finish: Callable;
  /** The same, in line, as the end of a function: twice as quick. */
  emitFinish(s: Statements, r: Expression, d: Expression, exact: Expression, mode: Expression, flags: Expression): void;
}

export interface SharedHelpers {
  readonly fused: boolean;
  /** Of flags. */
  readonly raise: Callable;
  /** Of a number of flags: are they raised already? */
  areRaised(flags: Expression): Expression;
  /** 0 to 4, of a number from there or one that stands for the mode in the register. */
  mode(s: Statements, asked: Expression): Expression;
  /** As `floatImports.software`, of a resolved mode. */
  readonly software: Callable;
  define(name: string, signature: Signature, body: (s: Statements, ...params: Expression[]) => void): Callable;
  /** Likewise, and exported. */
  export(name: FloatImportName, body: (s: Statements, ...params: Expression[]) => void): Callable;
}

/**
 * A pattern shifted left by one is unsigned and without its sign. From this on it is that of a number above the smallest
 * normal one, and the span is what there is up to infinity.
 */
export const NORMAL_FROM = { f32: (0x0080_0000n << 1n) + 2n, f64: (0x0010_0000_0000_0000n << 1n) + 2n } as const;
const NORMAL_SPAN = {
  f32: (0x7f80_0000n << 1n) - NORMAL_FROM.f32,
  f64: (0x7ff0_0000_0000_0000n << 1n) - NORMAL_FROM.f64,
} as const;

const word =
  (home: number): Expression =>
  (f) =>
    f.i32(0).memory("i32_load", home);

export function defineShared(module: ModuleBuilder, host: FloatHost): SharedHelpers {
  const add = (signature: Signature, body: (s: Statements, ...params: Expression[]) => void, name?: string) => {
    const f = new FunctionBody(signature.params.length);
    body(new Statements(f), ...signature.params.map((_, i) => get(i)));
    const index = module.addFunction(signature, f, name);
    return (...args: Expression[]) => call(index, ...args);
  };
  const define: SharedHelpers["define"] = (_name, signature, body) => add(signature, body);
  const exporting: SharedHelpers["export"] = (name, body) => add(floatImports[name], body, name);

  const refresh = exporting("refreshFloat", ({ f }) => {
    const usual = f.local(Type.I32);
    all(i32.and(word(host.flags), i32.value(Flag.inexact)), i32.not(word(host.rounding)))(f);
    f.set(usual);
    const bound = (
      home: number,
      n: FloatExpressions,
      store: "f32_store" | "f64_store",
      otherwise: number,
      then = Infinity,
    ) => {
      f.i32(0);
      select(get(usual), n.value(then), n.value(otherwise))(f);
      f.memory(store, home);
    };
    bound(EngineState.hostBelow64, f64, "f64_store", 0);
    bound(EngineState.hostBelow32, f32, "f32_store", 0);
    bound(EngineState.wholeBelow64, f64, "f64_store", 2 ** 53);
    bound(EngineState.cutBelow64, f64, "f64_store", Number.MIN_VALUE, 1);
    bound(EngineState.wholeBelow32, f32, "f32_store", 2 ** 24);
    f.i32(0);
    select(get(usual), i64.value(NORMAL_SPAN.f64), i64.value(0n))(f);
    f.memory("i64_store", EngineState.normalSpan64).i32(0);
    select(get(usual), i32.value(Number(NORMAL_SPAN.f32)), i32.value(0))(f);
    f.memory("i32_store", EngineState.normalSpan32);
  });
  const raise = define("raise", { params: [Type.I32], results: [] }, (s, flags) => {
    const before = s.let(Type.I32, word(host.flags));
    const now = s.let(Type.I32, i32.or(before, flags));
    s.if(i32.ne(now, before), () => {
      s.f.i32(0);
      now(s.f);
      s.f.memory("i32_store", host.flags);
      s.if(i32.not(i32.and(before, i32.value(Flag.inexact))), () => refresh()(s.f));
    });
  });
  const mode = (s: Statements, asked: Expression) => {
    const isStatic = i32.lt(asked, i32.value(5));
    const found = s.let(Type.I32, select(isStatic, asked, word(host.rounding)));
    return s.let(Type.I32, select(i32.lt(found, i32.value(5)), found, i32.value(0)));
  };
  const software = exporting("software", (s, code, rounding, a, b, c) => {
    call(host.software, code, mode(s, rounding), a, b, c)(s.f);
    raise(word(EngineState.floatFlags))(s.f);
  });
  const areRaised = (flags: Expression) => i32.eq(i32.and(word(host.flags), flags), flags);
  return { fused: host.fused, raise, areRaised, mode, software, define, export: exporting };
}

function basics(name: FloatFormat): Omit<FormatHelpers, "invalid" | "returnSpecial" | "finish" | "emitFinish"> {
  if (name === "f64") {
    const bits = (a: Expression) => convert(I.i64_reinterpret_f64, a);
    const fromBits = (a: Expression) => convert(I.f64_reinterpret_i64, a);
    const isNegative = (a: Expression) => i64.lt(bits(a), i64.value(0n));
    return { name, type: Type.F64, n: f64, bits, fromBits, nan: fromBits(i64.value(0x7ff8n << 48n)), isNegative };
  }
  const bits = (a: Expression) => convert(I.i64_extend_i32_u, convert(I.i32_reinterpret_f32, a));
  const fromBits = (a: Expression) => convert(I.f32_reinterpret_i32, convert(I.i32_wrap_i64, a));
  const isNegative = (a: Expression) => i64.ne(i64.shr(bits(a), i64.value(31n)), i64.value(0n));
  return { name, type: Type.F32, n: f32, bits, fromBits, nan: fromBits(i64.value(0x7fc0_0000n)), isNegative };
}

export function defineFormat(shared: SharedHelpers, name: FloatFormat): FormatHelpers {
  const basic = basics(name);
  const { type, n, bits, fromBits, nan, isNegative } = basic;
  const { raise, areRaised } = shared;
  const { I32, F64 } = Type;
  const wide = (a: Expression) => (name === "f32" ? convert(I.f64_promote_f32, a) : a);
  const isNan = (a: Expression) => n.ne(a, a);
  const isInfinite = (a: Expression) => n.eq(n.abs(a), n.value(Infinity));
  const quietBit = i64.value(1n << (name === "f64" ? 51n : 22n));
  const signals = (a: Expression) => all(isNan(a), i64.eq(i64.and(bits(a), quietBit), i64.value(0n)));
  const invalidFlag = i32.value(Flag.invalid);

  const invalid = shared.define(
    "invalid",
    { params: [type, type, type, I32], results: [type] },
    (s, a, b, c, force) => {
      const none = i32.not(any(isNan(a), isNan(b), isNan(c)));
      s.if(any(force, none, signals(a), signals(b), signals(c)), () => raise(invalidFlag)(s.f));
      nan(s.f);
    },
  );
  const emitFinish: FormatHelpers["emitFinish"] = (s, r, difference, exact, mode, flags) => {
    const d = s.let(F64, difference);
    s.returnIf(f64.eq(d, f64.value(0)), r);
    s.if(i32.not(areRaised(flags)), () => raise(flags)(s.f));
    s.returnIf(i32.not(mode), r);
    const pattern = s.let(Type.I64, bits(r));
    const negative = s.let(I32, isNegative(r));
    // Is the exact value farther from zero than r?
    const farther = s.let(I32, i32.eq(f64.lt(d, f64.value(0)), negative));
    const next = fromBits(i64.add(pattern, i64.value(1n)));
    const isTie = f64.eq(f64.add(exact, exact), f64.sub(wide(next), wide(r)));
    const away = all(i32.ge(mode, i32.value(2)), i32.eq(i32.eq(mode, i32.value(2)), negative));
    const [nearer, same, beyond] = [-1n, 0n, 1n].map(i64.value);
    const step = either(
      Type.I64,
      i32.eq(mode, i32.value(4)),
      select(all(farther, isTie), beyond, same),
      select(away, select(farther, beyond, same), select(farther, same, nearer)),
    );
    const rounded = s.let(type, fromBits(i64.add(pattern, step)));
    s.if(isInfinite(rounded), () => raise(i32.value(Flag.overflow))(s.f));
    rounded(s.f);
  };
  const finish = shared.define(
    "finish",
    { params: [type, F64, F64, I32, I32], results: [type] },
    (s, r, d, exact, mode, flags) => emitFinish(s, r, d, exact, mode, flags),
  );
  shared.export(name === "f64" ? "unordered64" : "unordered32", (s, a, b, quiet) => {
    const signalled = any(i32.not(quiet), signals(a), signals(b));
    s.if(all(any(isNan(a), isNan(b)), signalled), () => raise(invalidFlag)(s.f));
  });
  shared.export(name === "f64" ? "extremum64" : "extremum32", (s, a, b) => {
    s.if(any(signals(a), signals(b)), () => raise(invalidFlag)(s.f));
    select(isNan(a), select(isNan(b), nan, b), a)(s.f);
  });
  const returnSpecial: FormatHelpers["returnSpecial"] = (s, r, operands, mode, software) => {
    const [a, b = a] = operands;
    s.if(i32.not(n.lt(n.abs(r), n.value(Infinity))), () => {
      s.returnIf(isNan(r), invalid(a, b, b, i32.value(0)));
      s.returnIf(any(...operands.map(isInfinite)), r);
      s.returnIf(all(i32.ne(mode, i32.value(0)), i32.ne(mode, i32.value(4))), software);
      raise(i32.value(Flag.overflow | Flag.inexact))(s.f);
      s.return(r);
    });
  };
  return { ...basic, invalid, returnSpecial, finish, emitFinish };
}

/** x + y - sum, exactly, for sum = x + y as rounded (Knuth's two-sum). */
export function sumError(s: Statements, x: Expression, y: Expression, sum: Expression): Expression {
  const virtual = s.let(Type.F64, f64.sub(sum, x));
  return s.let(Type.F64, f64.add(f64.sub(x, f64.sub(sum, virtual)), f64.sub(y, virtual)));
}

/** a * b - product, exactly: by the host's fused multiply-add, or Dekker's product. Neither may overflow or get tiny. */
export function productError(
  s: Statements,
  a: Expression,
  b: Expression,
  product: Expression,
  fused: boolean,
): Expression {
  if (fused) return s.let(Type.F64, hostFused("f64", a, b, f64.neg(product)));
  const split = (value: Expression) => {
    const scaled = s.let(Type.F64, f64.mul(value, f64.value(2 ** 27 + 1)));
    const high = s.let(Type.F64, f64.sub(scaled, f64.sub(scaled, value)));
    return { high, low: s.let(Type.F64, f64.sub(value, high)) };
  };
  const [x, y] = [split(a), split(b)];
  let rest = f64.sub(product, f64.mul(x.high, y.high));
  rest = f64.sub(rest, f64.mul(x.low, y.high));
  rest = f64.sub(rest, f64.mul(x.high, y.low));
  return s.let(Type.F64, f64.sub(f64.mul(x.low, y.low), rest));
}

/** sum + error rounded to odd, where sum is the nearest number: rounding it once more is as rounding once. */
export function toOdd(s: Statements, sum: Expression, error: Expression): Expression {
  const bits = s.let(Type.I64, convert(I.i64_reinterpret_f64, sum));
  const isOdd = convert(I.i32_wrap_i64, i64.and(bits, i64.value(1n)));
  // Or a NaN, of an infinite sum.
  const isNone = i32.not(f64.gt(f64.abs(error), f64.value(0)));
  // The last bit is 0: one up is away from zero, one down towards it.
  const farther = i32.eq(f64.gt(error, f64.value(0)), f64.gt(sum, f64.value(0)));
  const neighbour = i64.add(bits, select(farther, i64.value(1n), i64.value(-1n)));
  return s.let(Type.F64, select(any(isNone, isOdd), sum, convert(I.f64_reinterpret_i64, neighbour)));
}

/** a * b + c rounded once, by the host's vector instruction. */
export function hostFused(format: FloatFormat, a: Expression, b: Expression, c: Expression): Expression {
  return (f) => {
    for (const operand of [a, b, c]) {
      operand(f);
      f.op(format === "f64" ? I.f64x2_splat : I.f32x4_splat);
    }
    f.op(format === "f64" ? I.f64x2_relaxed_madd : I.f32x4_relaxed_madd);
    f.firstLane(format === "f64" ? FirstLane.f64x2 : FirstLane.f32x4);
  };
}
