// WebAssembly for floating-point operations: the host's arithmetic in line where it gives exactly the guest's result
// and raises nothing that is not raised already (the rules and why they hold are in ir/softfloat/host.ts), else a call
// of a helper. Every operation computes the host's result first. Whether the mode is the host's and the inexact flag is
// raised is asked together with whether the result is finite: `EngineState.hostBelow64` is infinity then, else 0. One
// branch each, because branches are what V8 takes its time for.
import { convertCode, floatCode, OPS } from "../ir/ops.ts";
import type { ConvertName, FloatName, Op, Rounding, Temp } from "../ir/types.ts";
import type { EmitContext } from "./emit-ops.ts";
import { EngineState } from "./engine-state.ts";
import { DYNAMIC_ROUNDING, type FloatImportName, IntegerKind } from "./float-imports.ts";
import { NORMAL_FROM } from "./helpers-float.ts";
import { FirstLane, type FunctionBody, I, type MemoryInstruction, Type } from "./wasm-encoder.ts";

export interface FloatContext extends EmitContext {
  /** Locals free for use within one operation, by number. */
  scratch(type: Type, number: number): number;
  /** Has the host a multiply-add that rounds once? */
  readonly fused: () => boolean;
}

/** The instructions of one format, and what it has in `EngineState`. */
interface Format {
  type: Type;
  add: I;
  sub: I;
  mul: I;
  div: I;
  sqrt: I;
  abs: I;
  neg: I;
  min: I;
  max: I;
  eq: I;
  lt: I;
  le: I;
  ge: I;
  constant(f: FunctionBody, value: number): void;
  load: MemoryInstruction;
  hostBelow: number;
  wholeBelow: number;
  splat: I;
  multiplyAdd: I;
  shape: FirstLane;
  /** In helpers' names. */
  suffix: "32" | "64";
}

const formats: Record<"f32" | "f64", Format> = {
  f32: {
    type: Type.F32,
    add: I.f32_add,
    sub: I.f32_sub,
    mul: I.f32_mul,
    div: I.f32_div,
    sqrt: I.f32_sqrt,
    abs: I.f32_abs,
    neg: I.f32_neg,
    min: I.f32_min,
    max: I.f32_max,
    eq: I.f32_eq,
    lt: I.f32_lt,
    le: I.f32_le,
    ge: I.f32_ge,
    constant: (f, value) => f.f32(value),
    load: "f32_load",
    hostBelow: EngineState.hostBelow32,
    wholeBelow: EngineState.wholeBelow32,
    splat: I.f32x4_splat,
    multiplyAdd: I.f32x4_relaxed_madd,
    shape: FirstLane.f32x4,
    suffix: "32",
  },
  f64: {
    type: Type.F64,
    add: I.f64_add,
    sub: I.f64_sub,
    mul: I.f64_mul,
    div: I.f64_div,
    sqrt: I.f64_sqrt,
    abs: I.f64_abs,
    neg: I.f64_neg,
    min: I.f64_min,
    max: I.f64_max,
    eq: I.f64_eq,
    lt: I.f64_lt,
    le: I.f64_le,
    ge: I.f64_ge,
    constant: (f, value) => f.f64(value),
    load: "f64_load",
    hostBelow: EngineState.hostBelow64,
    wholeBelow: EngineState.wholeBelow64,
    splat: I.f64x2_splat,
    multiplyAdd: I.f64x2_relaxed_madd,
    shape: FirstLane.f64x2,
    suffix: "64",
  },
};

type FloatOp = Op & { op: FloatName };

function formatOf(name: string): Format | undefined {
  return name === "f32" || name === "f64" ? formats[name] : undefined;
}

/** As helpers take it. */
function roundingNumber(mode: Rounding): number {
  return mode === "dynamic" ? DYNAMIC_ROUNDING : mode;
}

/** May the host's rounding be this one? */
function isNearest(mode: Rounding): boolean {
  return mode === 0 || mode === "dynamic";
}

/** Leaves a bound of `EngineState`. */
function pushBound(f: FunctionBody, { load }: Format, home: number): void {
  f.i32(0).memory(load, home);
}

/** Does the rest when the i32 on the stack is 0, which is rare. */
function otherwise(f: FunctionBody, rest: () => void): void {
  f.op(I.i32_eqz).if(undefined, false);
  rest();
  f.end();
}

/** |result| < infinity, and rounding raises nothing. */
function pushIsHost(f: FunctionBody, format: Format, result: number): void {
  f.get(result).op(format.abs);
  pushBound(f, format, format.hostBelow);
  f.op(format.lt);
}

/** The same, and |result| > the smallest normal number: in one comparison of patterns without their signs. */
function pushIsHostAndNormal(f: FunctionBody, { type }: Format, result: number): void {
  f.get(result);
  if (type === Type.F64) {
    f.op(I.i64_reinterpret_f64).i64(1n).op(I.i64_shl).i64(NORMAL_FROM.f64).op(I.i64_sub);
    f.i32(0).memory("i64_load", EngineState.normalSpan64).op(I.i64_lt_u);
  } else {
    f.op(I.i32_reinterpret_f32).i32(1).op(I.i32_shl).i32(Number(NORMAL_FROM.f32)).op(I.i32_sub);
    f.i32(0).memory("i32_load", EngineState.normalSpan32).op(I.i32_lt_u);
  }
}

/** The operands in locals of a type. */
function takeOperands(context: FloatContext, temps: readonly Temp[], type: Type): number[] {
  return temps.map((temp, i) => {
    const local = context.scratch(type, i);
    context.values.pushAs(temp, type);
    context.f.set(local);
    return local;
  });
}

/** The operation in software, on patterns; leaves a pattern. */
function emitSoftware(
  { f, values, imported }: FloatContext,
  code: number,
  mode: Rounding,
  temps: readonly Temp[],
): void {
  f.i32(code).i32(roundingNumber(mode));
  for (const temp of temps) values.push(temp);
  for (let i = temps.length; i < 3; i++) f.i64(0n);
  f.call(imported("software"));
}

/** Leaves the result on the stack and gives its type. */
export function emitFloat(context: FloatContext, op: FloatOp): Type {
  const { f, imported } = context;
  const { temps } = OPS[op.op];
  const operands = (["a", "b", "c"] as const).filter((field) => temps.includes(field)).map((field) => op[field]);
  const format = formatOf(op.format);
  if (!format) {
    emitSoftware(context, floatCode(op.op, op.format), op.rounding, operands);
    return Type.I64;
  }
  const { type } = format;
  const locals = takeOperands(context, operands, type);
  const result = context.scratch(type, 3);
  const call = (name: FloatImportName, ...more: number[]) => {
    for (const local of locals) f.get(local);
    for (const value of more) f.i32(value);
    f.call(imported(name));
  };
  switch (op.op) {
    case "feq":
    case "flt":
    case "fle":
      emitComparison(context, format, op.op, locals, call);
      return Type.I64;
    case "fmin":
    case "fmax":
      for (const local of locals) f.get(local);
      f.op(op.op === "fmin" ? format.min : format.max).set(result);
      f.get(result).get(result).op(format.eq);
      otherwise(f, () => {
        call(`extremum${format.suffix}`);
        f.set(result);
      });
      break;
    default:
      emitArithmetic(context, format, { ...op, op: op.op }, locals, result, call);
  }
  f.get(result);
  return type;
}

type Call = (name: FloatImportName, ...more: number[]) => void;
type ArithmeticName = "fadd" | "fsub" | "fmul" | "fdiv" | "fsqrt" | "fma";

const instructions = { fadd: "add", fsub: "sub", fmul: "mul", fdiv: "div", fsqrt: "sqrt" } as const;
const helpers = { fadd: "add", fsub: "add", fmul: "mul", fdiv: "div", fsqrt: "sqrt", fma: "fma" } as const;

function emitArithmetic(
  context: FloatContext,
  format: Format,
  op: FloatOp & { op: ArithmeticName },
  locals: readonly number[],
  result: number,
  call: Call,
): void {
  const { f } = context;
  const inHelper = () => {
    // The sign of a NaN does not matter.
    if (op.op === "fsub") f.get(locals[1]).op(format.neg).set(locals[1]);
    call(`${helpers[op.op]}${format.suffix}`, roundingNumber(op.rounding));
    f.set(result);
  };
  if (!isNearest(op.rounding) || (op.op === "fma" && !context.fused())) return inHelper();
  if (op.op === "fma") {
    for (const local of locals) f.get(local).op(format.splat);
    f.op(format.multiplyAdd).firstLane(format.shape);
  } else {
    for (const local of locals) f.get(local);
    f.op(format[instructions[op.op]]);
  }
  f.set(result);
  // Tiny sums are exact, and no root is tiny.
  const maybeTiny = op.op === "fmul" || op.op === "fdiv" || op.op === "fma";
  if (maybeTiny) pushIsHostAndNormal(f, format, result);
  else pushIsHost(f, format, result);
  otherwise(f, inHelper);
}

const comparisons = { feq: "eq", flt: "lt", fle: "le" } as const;

/** False is the right result for NaNs too; they may have something to raise. */
function emitComparison(
  { f }: FloatContext,
  format: Format,
  op: keyof typeof comparisons,
  [a, b]: readonly number[],
  call: Call,
): void {
  // Neither less, nor equal or greater: cheaper for the host than to look for a NaN in each.
  f.get(a).get(b).op(format.lt).get(a).get(b).op(format.ge).op(I.i32_or);
  otherwise(f, () => call(`unordered${format.suffix}`, op === "feq" ? 1 : 0));
  f.get(a).get(b).op(format[comparisons[op]]).op(I.i64_extend_i32_u);
}

/** Leaves the result on the stack and gives its type. */
export function emitConvert(context: FloatContext, op: Op & { op: "fconvert" }): Type {
  const [from, , to] = op.convert.split(".");
  const [source, target] = [formatOf(from), formatOf(to)];
  if (op.convert === "f32.to.f64") return emitWiden(context, op.a);
  if (op.convert === "f64.to.f32") return emitNarrow(context, op);
  if (source && to in IntegerKind) return emitToInteger(context, op, source, to as keyof typeof IntegerKind);
  const instruction = fromInteger[op.convert];
  if (target && instruction !== undefined) return emitFromInteger(context, op, from, target, instruction);
  emitSoftware(context, convertCode(op.convert), op.rounding, [op.a]);
  return Type.I64;
}

const fromInteger: Partial<Record<ConvertName, I>> = {
  "i32.to.f64": I.f64_convert_i32_s,
  "u32.to.f64": I.f64_convert_i32_u,
  "i64.to.f64": I.f64_convert_i64_s,
  "u64.to.f64": I.f64_convert_i64_u,
  "i32.to.f32": I.f32_convert_i32_s,
  "u32.to.f32": I.f32_convert_i32_u,
  "i64.to.f32": I.f32_convert_i64_s,
  "u64.to.f32": I.f32_convert_i64_u,
};

function emitFromInteger(
  context: FloatContext,
  op: Op & { op: "fconvert" },
  from: string,
  format: Format,
  instruction: I,
): Type {
  const { f, values, x, imported } = context;
  const { type, abs, lt, constant, suffix } = format;
  const isWord = from.endsWith("32");
  values.push(op.a);
  f.tee(x);
  if (isWord) f.op(I.i32_wrap_i64);
  f.op(instruction);
  // Always exact.
  if (isWord && type === Type.F64) return type;
  const result = context.scratch(type, 3);
  f.set(result);
  f.get(result).op(abs);
  if (isNearest(op.rounding)) pushBound(f, format, format.wholeBelow);
  else constant(f, type === Type.F64 ? 2 ** 53 : 2 ** 24);
  f.op(lt);
  otherwise(f, () => {
    f.get(x);
    if (isWord) f.op(I.i32_wrap_i64).op(from === "i32" ? I.i64_extend_i32_s : I.i64_extend_i32_u);
    f.i32(from.startsWith("u") ? 1 : 0).i32(roundingNumber(op.rounding));
    f.call(imported(`integerTo${suffix}`)).set(result);
  });
  f.get(result);
  return type;
}

/** Exact for every number. */
function emitWiden(context: FloatContext, temp: Temp): Type {
  const { f, imported } = context;
  const [a] = takeOperands(context, [temp], Type.F32);
  const result = context.scratch(Type.F64, 3);
  f.get(a).op(I.f64_promote_f32).set(result);
  f.get(a).get(a).op(I.f32_eq);
  otherwise(f, () => f.get(a).call(imported("widen")).set(result));
  f.get(result);
  return Type.F64;
}

function emitNarrow(context: FloatContext, op: Op & { op: "fconvert" }): Type {
  const { f, imported } = context;
  const [a] = takeOperands(context, [op.a], Type.F64);
  const result = context.scratch(Type.F32, 3);
  const inHelper = () => f.get(a).i32(roundingNumber(op.rounding)).call(imported("narrow")).set(result);
  if (isNearest(op.rounding)) {
    f.get(a).op(I.f32_demote_f64).set(result);
    pushIsHostAndNormal(f, formats.f32, result);
    otherwise(f, inHelper);
  } else inHelper();
  f.get(result);
  return Type.F32;
}

function emitToInteger(
  context: FloatContext,
  op: Op & { op: "fconvert" },
  source: Format,
  kind: keyof typeof IntegerKind,
): Type {
  const { f, values, imported, scratch } = context;
  const a = scratch(Type.F64, 0);
  const result = scratch(Type.I64, 0);
  values.pushAs(op.a, source.type);
  if (source.type === Type.F32) f.op(I.f64_promote_f32);
  f.set(a);
  const inHelper = () => {
    f.get(a).i32(IntegerKind[kind]).i32(roundingNumber(op.rounding));
    f.call(imported("toInteger")).set(result);
  };
  // A dynamic mode that is not to nearest keeps the bounds low: integers pass, in every mode.
  const rounding = roundings[op.rounding === "dynamic" ? 0 : op.rounding];
  if (rounding === undefined) inHelper();
  else {
    // Hosts that have the one vector instruction have the other.
    if (rounding === I.f64_trunc && (kind === "i32" || kind === "u32") && context.fused())
      emitCut(context, a, result, kind === "i32");
    else emitRounded(context, a, result, rounding, kind);
    otherwise(f, inHelper);
  }
  f.get(result);
  return Type.I64;
}

/** By mode; to nearest, ties away, has no instruction. */
const roundings = [I.f64_nearest, I.f64_trunc, I.f64_floor, I.f64_ceil];

/**
 * Cuts to 32 bits, and leaves 1 when that is right. The vector instruction saturates, so that numbers out of range lose
 * 1 at least; it costs no branch, as the scalar ones do.
 */
function emitCut({ f, scratch }: FloatContext, a: number, result: number, signed: boolean): void {
  const integer = scratch(Type.I32, 0);
  f.get(a).op(I.f64x2_splat);
  f.op(signed ? I.i32x4_trunc_sat_f64x2_s_zero : I.i32x4_trunc_sat_f64x2_u_zero).firstLane(FirstLane.i32x4);
  f.tee(integer).op(I.i64_extend_i32_s).set(result);
  f.get(integer).op(signed ? I.f64_convert_i32_s : I.f64_convert_i32_u);
  f.get(a).op(I.f64_sub).op(I.f64_abs);
  pushBound(f, formats.f64, EngineState.cutBelow64);
  f.op(I.f64_lt);
}

/** Added to an integer of less than 52 bits, gives a number whose pattern differs from its own by that integer. */
const MAGIC = 1.5 * 2 ** 52;
const MAGIC_BITS = 0x4338_0000_0000_0000n;

/** Rounds to an integer in the range that is common to `kind` and 52 bits, and leaves 1 when that is right. */
function emitRounded(
  { f, scratch }: FloatContext,
  a: number,
  result: number,
  rounding: I,
  kind: keyof typeof IntegerKind,
): void {
  const rounded = scratch(Type.F64, 3);
  f.get(a).op(rounding).tee(rounded).f64(MAGIC).op(I.f64_add);
  f.op(I.i64_reinterpret_f64).i64(MAGIC_BITS).op(I.i64_sub).set(result);
  f.get(rounded).get(a).op(I.f64_sub).op(I.f64_abs);
  pushBound(f, formats.f64, EngineState.hostBelow64);
  f.op(I.f64_le);
  f.get(rounded);
  if (kind === "i32")
    f.op(I.f64_abs)
      .f64(2 ** 31)
      .op(I.f64_lt);
  else
    f.op(I.f64_abs)
      .f64(2 ** 51)
      .op(I.f64_lt);
  f.op(I.i32_and);
  // What is negative, or has more bits.
  if (kind === "u64") f.get(result).i64(0n).op(I.i64_ge_s).op(I.i32_and);
  if (kind === "u32") {
    f.get(result).i64(32n).op(I.i64_shr_u).op(I.i64_eqz).op(I.i32_and);
    f.get(result).op(I.i64_extend32_s).set(result);
  }
}
