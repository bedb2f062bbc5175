// WebAssembly for floating-point operations: the host's arithmetic in line where it gives exactly the guest's result
// and raises nothing that is not raised already (the rules and why they hold are in ir/softfloat/host.ts), else a call
// of a helper. Every operation computes the host's result first. Whether the mode is the host's and the inexact flag is
// raised is asked together with whether the result is finite: `EngineState.hostBelow64` is infinity then, else 0.
import { convertCode, floatCode, OPS } from "../ir/ops.ts";
import type { ConvertName, FloatName, Op, Rounding, Temp } from "../ir/types.ts";
import type { EmitContext } from "./emit-ops.ts";
import { EngineState } from "./engine-state.ts";
import { DYNAMIC_ROUNDING, type FloatImportName, IntegerKind } from "./float-imports.ts";
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
  gt: I;
  constant(f: FunctionBody, value: number): void;
  smallest: number;
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
    gt: I.f32_gt,
    constant: (f, value) => f.f32(value),
    smallest: 2 ** -126,
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
    gt: I.f64_gt,
    constant: (f, value) => f.f64(value),
    smallest: 2 ** -1022,
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

/** Does the rest when a condition does not hold, which is rare. A condition leaves an i32. */
function unlessAll(f: FunctionBody, conditions: readonly (() => void)[], otherwise: () => void): void {
  if (conditions.length === 1) {
    conditions[0]();
    f.op(I.i32_eqz).if(undefined, false);
    otherwise();
    f.end();
    return;
  }
  // Each is a branch of its own: the host has no cheaper way to join comparisons of floats.
  const done = f.block();
  const failed = f.block();
  for (const condition of conditions) {
    condition();
    f.op(I.i32_eqz).brIf(failed, false);
  }
  f.br(done).end();
  otherwise();
  f.end();
}

/** |result| < infinity, and rounding raises nothing. */
const isHost = (f: FunctionBody, format: Format, result: number) => () => {
  f.get(result).op(format.abs);
  pushBound(f, format, format.hostBelow);
  f.op(format.lt);
};

/** |result| > the smallest normal number. */
const isNormal =
  (f: FunctionBody, { abs, gt, constant, smallest }: Format, result: number) =>
  () => {
    f.get(result).op(abs);
    constant(f, smallest);
    f.op(gt);
  };

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
      unlessAll(f, [() => f.get(result).get(result).op(format.eq)], () => {
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
  const host = isHost(f, format, result);
  unlessAll(f, maybeTiny ? [host, isNormal(f, format, result)] : [host], inHelper);
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
  unlessAll(f, [() => f.get(a).get(a).op(format.eq), () => f.get(b).get(b).op(format.eq)], () =>
    call(`unordered${format.suffix}`, op === "feq" ? 1 : 0),
  );
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
  const isExactOrHost = () => {
    f.get(result).op(abs);
    if (isNearest(op.rounding)) pushBound(f, format, format.wholeBelow);
    else constant(f, type === Type.F64 ? 2 ** 53 : 2 ** 24);
    f.op(lt);
  };
  unlessAll(f, [isExactOrHost], () => {
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
  unlessAll(f, [() => f.get(a).get(a).op(I.f32_eq)], () => f.get(a).call(imported("widen")).set(result));
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
    unlessAll(f, [isHost(f, formats.f32, result), isNormal(f, formats.f32, result)], inHelper);
  } else inHelper();
  f.get(result);
  return Type.F32;
}

/** By mode; to nearest, ties away, has no instruction. */
const roundings = [I.f64_nearest, I.f64_trunc, I.f64_floor, I.f64_ceil];

/** By kind: truncated values strictly between these fit. For u64, those of i64 that are not negative: one instruction less. */
const ranges: Record<keyof typeof IntegerKind, readonly [above: number, below: number]> = {
  i32: [-(2 ** 31) - 1, 2 ** 31],
  u32: [-1, 2 ** 32],
  i64: [-(2 ** 63), 2 ** 63],
  u64: [-1, 2 ** 63],
};

/** In the range, and an integer already or rounded when that raises nothing. */
function emitToInteger(
  context: FloatContext,
  op: Op & { op: "fconvert" },
  source: Format,
  kind: keyof typeof IntegerKind,
): Type {
  const { f, values, imported } = context;
  const [a, rounded] = [context.scratch(Type.F64, 0), context.scratch(Type.F64, 3)];
  const result = context.scratch(Type.I64, 0);
  values.pushAs(op.a, source.type);
  if (source.type === Type.F32) f.op(I.f64_promote_f32);
  f.set(a);
  const inHelper = () => {
    f.get(a).i32(IntegerKind[kind]).i32(roundingNumber(op.rounding));
    f.call(imported("toInteger")).set(result);
  };
  // A dynamic mode that is not to nearest keeps the bound at 0: integers pass, in every mode.
  const rounding = roundings[op.rounding === "dynamic" ? 0 : op.rounding];
  if (rounding === undefined) inHelper();
  else {
    const [above, below] = ranges[kind];
    f.get(a).op(rounding).set(rounded);
    const isIntegerOrHost = () => {
      f.get(rounded).get(a).op(I.f64_sub).op(I.f64_abs);
      pushBound(f, formats.f64, EngineState.hostBelow64);
      f.op(I.f64_le);
    };
    const done = f.block();
    unlessAll(
      f,
      [isIntegerOrHost, () => f.get(rounded).f64(above).op(I.f64_gt), () => f.get(rounded).f64(below).op(I.f64_lt)],
      () => {
        inHelper();
        f.br(done);
      },
    );
    f.get(rounded).op(I.i64_trunc_sat_f64_s);
    if (kind === "u32") f.op(I.i64_extend32_s);
    f.set(result).end();
  }
  f.get(result);
  return Type.I64;
}
