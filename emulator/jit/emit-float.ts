// WebAssembly for floating-point operations: the host's arithmetic in line where it gives exactly the guest's result
// and raises nothing that is not raised already (the rules and why they hold are in ir/softfloat/host.ts), else a call
// of the software operation. Every operation computes the host's result first; one branch then decides.
import { convertCode, floatCode, OPS } from "../ir/ops.ts";
import type { ConvertName, FloatFormat, FloatName, Op, Rounding, Temp } from "../ir/types.ts";
import type { EmitContext } from "./emit-ops.ts";
import { EngineState } from "./engine-state.ts";
import { type FunctionBody, I, Type } from "./wasm-encoder.ts";

export interface FloatContext extends EmitContext {
  /** Locals of the accrued flags and of the rounding mode. */
  readonly flags: number;
  readonly rounding: number;
  /** Locals free for use within one operation: operands and result. */
  readonly f64: readonly [a: number, b: number, result: number];
  readonly f32: readonly [a: number, b: number, result: number];
}

/** Formats that the host computes in; binary16 is left to software. */
type HostFormat = Exclude<FloatFormat, "f16">;

/** The instructions of one format, and how its values come from and go to 64-bit patterns. */
interface Format {
  add: I;
  sub: I;
  mul: I;
  div: I;
  sqrt: I;
  abs: I;
  eq: I;
  ne: I;
  lt: I;
  le: I;
  gt: I;
  constant(f: FunctionBody, value: number): void;
  smallest: number;
  fromBits(f: FunctionBody): void;
  toBits(f: FunctionBody): void;
}

const formats: Record<HostFormat, Format> = {
  f32: {
    add: I.f32_add,
    sub: I.f32_sub,
    mul: I.f32_mul,
    div: I.f32_div,
    sqrt: I.f32_sqrt,
    abs: I.f32_abs,
    eq: I.f32_eq,
    ne: I.f32_ne,
    lt: I.f32_lt,
    le: I.f32_le,
    gt: I.f32_gt,
    constant: (f, value) => f.f32(value),
    smallest: 2 ** -126,
    fromBits: (f) => f.op(I.i32_wrap_i64).op(I.f32_reinterpret_i32),
    toBits: (f) => f.op(I.i32_reinterpret_f32).op(I.i64_extend_i32_u),
  },
  f64: {
    add: I.f64_add,
    sub: I.f64_sub,
    mul: I.f64_mul,
    div: I.f64_div,
    sqrt: I.f64_sqrt,
    abs: I.f64_abs,
    eq: I.f64_eq,
    ne: I.f64_ne,
    lt: I.f64_lt,
    le: I.f64_le,
    gt: I.f64_gt,
    constant: (f, value) => f.f64(value),
    smallest: 2 ** -1022,
    fromBits: (f) => f.op(I.f64_reinterpret_i64),
    toBits: (f) => f.op(I.i64_reinterpret_f64),
  },
};

type FloatOp = Op & { op: FloatName; format: HostFormat };

/** Leaves 1 when the mode is nearest-even and the inexact flag is set already: rounding then shows in the result only. */
function pushRoundingIsHost({ f, flags, rounding }: FloatContext, mode: 0 | "dynamic"): void {
  f.get(flags).op(I.i32_wrap_i64).i32(1).op(I.i32_and);
  if (mode === "dynamic") f.get(rounding).op(I.i64_eqz).op(I.i32_and);
}

/** smallest < |result| < infinity. */
function pushIsNormal(f: FunctionBody, { abs, gt, lt, constant, smallest }: Format, result: number): void {
  f.get(result).op(abs);
  constant(f, smallest);
  f.op(gt).get(result).op(abs);
  constant(f, Infinity);
  f.op(lt).op(I.i32_and);
}

/** Leaves 1 when the local is zero. */
function pushIsZero(f: FunctionBody, { eq, constant }: Format, local: number): void {
  f.get(local);
  constant(f, 0);
  f.op(eq);
}

/** The software operation, with its operands from locals x, y, z; ORs the flags it raises. */
function callSoftware({ f, x, y, z, flags, rounding, imported }: FloatContext, code: number, mode: Rounding): void {
  f.i32(code);
  if (mode === "dynamic") f.get(rounding).op(I.i32_wrap_i64);
  else f.i32(mode);
  f.get(x).get(y).get(z).call(imported("float"));
  f.get(flags).i32(0).memory("i64_load32_u", EngineState.floatFlags).op(I.i64_or).set(flags);
}

/** Takes the operands into locals x, y, z, as patterns. */
function takeOperands({ f, values, x, y, z }: FloatContext, operands: readonly Temp[]): void {
  for (const temp of operands) values.push(temp);
  [x, y, z]
    .slice(0, operands.length)
    .reverse()
    .forEach((local) => {
      f.set(local);
    });
}

const arithmetic = { fadd: "add", fsub: "sub", fmul: "mul", fdiv: "div", fsqrt: "sqrt" } as const;

/** Computes into `result` and leaves 1 when that is right. Gives false when the operation is never the host's. */
function emitArithmetic(context: FloatContext, op: FloatOp & { op: keyof typeof arithmetic }): boolean {
  if (op.rounding !== 0 && op.rounding !== "dynamic") return false;
  const { f } = context;
  const format = formats[op.format];
  const [a, b, result] = context[op.format];
  f.get(a);
  if (op.op !== "fsqrt") f.get(b);
  f.op(format[arithmetic[op.op]]).set(result);
  pushRoundingIsHost(context, op.rounding);
  if (op.op === "fadd" || op.op === "fsub" || op.op === "fsqrt") {
    // Finite.
    f.get(result).get(result).op(format.sub);
    format.constant(f, 0);
    f.op(format.eq);
  } else {
    pushIsNormal(f, format, result);
    // A zero made of zeros is exact.
    pushIsZero(f, format, result);
    pushIsZero(f, format, a);
    if (op.op === "fmul") {
      pushIsZero(f, format, b);
      f.op(I.i32_or);
    }
    f.op(I.i32_and).op(I.i32_or);
  }
  f.op(I.i32_and);
  return true;
}

/** As emitArithmetic, by a helper that gives NaN when it cannot tell. */
function emitFused(context: FloatContext, op: FloatOp): boolean {
  if (op.rounding !== 0 && op.rounding !== "dynamic") return false;
  const { f, z, imported } = context;
  const format = formats[op.format];
  const [a, b, result] = context[op.format];
  f.get(a).get(b).get(z);
  format.fromBits(f);
  f.call(imported(op.format === "f64" ? "fma64" : "fma32")).set(result);
  pushRoundingIsHost(context, op.rounding);
  f.get(result).get(result).op(format.eq).op(I.i32_and);
  return true;
}

/** The smaller or larger of two numbers that differ; equal ones (zeros of either sign) are left to software. */
function emitExtremum({ f, ...context }: FloatContext, op: FloatOp): void {
  const { lt, gt } = formats[op.format];
  const [a, b, result] = context[op.format];
  f.get(a)
    .get(b)
    .get(a)
    .get(b)
    .op(op.op === "fmin" ? lt : gt);
  f.op(I.select).set(result);
  f.get(a).get(b).op(lt).get(a).get(b).op(gt).op(I.i32_or);
}

const comparisons = { feq: "eq", flt: "lt", fle: "le" } as const;

/** Leaves the result on the stack: no operand is a NaN, or software decides. */
function emitComparison(context: FloatContext, op: FloatOp & { op: keyof typeof comparisons }): void {
  const { f } = context;
  const format = formats[op.format];
  const [a, b] = context[op.format];
  f.get(a).get(a).op(format.eq).get(b).get(b).op(format.eq).op(I.i32_and);
  f.if(Type.I64, true);
  f.get(a).get(b).op(format[comparisons[op.op]]).op(I.i64_extend_i32_u);
  f.else();
  callSoftware(context, floatCode(op.op, op.format), 0);
  f.end();
}

/** Leaves the result on the stack. */
export function emitFloat(context: FloatContext, op: Op & { op: FloatName }): void {
  // Where an operation has fewer than three operands, software ignores what the other locals hold.
  const { temps } = OPS[op.op];
  takeOperands(
    context,
    (["a", "b", "c"] as const).filter((field) => temps.includes(field)).map((field) => op[field]),
  );
  const { format } = op;
  if (format === "f16") callSoftware(context, floatCode(op.op, format), op.rounding);
  else emitOnHost(context, { ...op, format });
}

/** Operands are in x, y and z. */
function emitOnHost(context: FloatContext, op: FloatOp): void {
  const { f, x, y } = context;
  const format = formats[op.format];
  const [a, b, result] = context[op.format];
  const code = floatCode(op.op, op.format);
  f.get(x);
  format.fromBits(f);
  f.set(a).get(y);
  format.fromBits(f);
  f.set(b);
  switch (op.op) {
    case "feq":
    case "flt":
    case "fle":
      return emitComparison(context, { ...op, op: op.op });
    case "fma":
      if (!emitFused(context, op)) return callSoftware(context, code, op.rounding);
      break;
    case "fmin":
    case "fmax":
      emitExtremum(context, op);
      break;
    default:
      if (!emitArithmetic(context, { ...op, op: op.op })) return callSoftware(context, code, op.rounding);
  }
  f.if(Type.I64, true);
  f.get(result);
  format.toBits(f);
  f.else();
  callSoftware(context, code, op.rounding);
  f.end();
}

/** Conversions from integers on the host, and whether the result may be rounded. */
const fromInteger: Partial<Record<ConvertName, readonly [instruction: I, rounds: boolean]>> = {
  "i32.to.f64": [I.f64_convert_i32_s, false],
  "u32.to.f64": [I.f64_convert_i32_u, false],
  "i64.to.f64": [I.f64_convert_i64_s, true],
  "u64.to.f64": [I.f64_convert_i64_u, true],
  "i32.to.f32": [I.f32_convert_i32_s, true],
  "u32.to.f32": [I.f32_convert_i32_u, true],
  "i64.to.f32": [I.f32_convert_i64_s, true],
  "u64.to.f32": [I.f32_convert_i64_u, true],
};

/** By integer type: truncated values strictly between the bounds fit. */
const ranges: Record<string, readonly [above: number, below: number]> = {
  i32: [-(2 ** 31) - 1, 2 ** 31],
  u32: [-1, 2 ** 32],
  i64: [-(2 ** 63) - 1025, 2 ** 63],
  u64: [-1, 2 ** 64],
};

/** Leaves the result on the stack. */
export function emitConvert(context: FloatContext, op: Op & { op: "fconvert" }): void {
  const [from, , to] = op.convert.split(".");
  takeOperands(context, [op.a]);
  const integer = fromInteger[op.convert];
  if (from === "f16" || to === "f16") callSoftware(context, convertCode(op.convert), op.rounding);
  else if (integer) emitFromInteger(context, op, from, to as HostFormat, integer);
  else if (op.convert === "f32.to.f64") emitWiden(context);
  else if (op.convert === "f64.to.f32") emitNarrow(context, op.rounding);
  else emitToInteger(context, op, from as HostFormat, to);
}

function emitFromInteger(
  context: FloatContext,
  op: Op & { op: "fconvert" },
  from: string,
  to: HostFormat,
  [instruction, rounds]: readonly [I, boolean],
): void {
  const { f, x } = context;
  if (rounds && op.rounding !== 0 && op.rounding !== "dynamic")
    return callSoftware(context, convertCode(op.convert), op.rounding);
  if (rounds && (op.rounding === 0 || op.rounding === "dynamic")) {
    pushRoundingIsHost(context, op.rounding);
    f.if(Type.I64, true);
  }
  f.get(x);
  if (from.endsWith("32")) f.op(I.i32_wrap_i64);
  f.op(instruction);
  formats[to].toBits(f);
  if (!rounds) return;
  f.else();
  callSoftware(context, convertCode(op.convert), op.rounding);
  f.end();
}

/** Exact for every number. */
function emitWiden(context: FloatContext): void {
  const { f, x } = context;
  const [a] = context.f32;
  f.get(x);
  formats.f32.fromBits(f);
  f.tee(a).get(a).op(I.f32_eq).if(Type.I64, true);
  f.get(a).op(I.f64_promote_f32);
  formats.f64.toBits(f);
  f.else();
  callSoftware(context, convertCode("f32.to.f64"), 0);
  f.end();
}

function emitNarrow(context: FloatContext, rounding: Rounding): void {
  if (rounding !== 0 && rounding !== "dynamic") return callSoftware(context, convertCode("f64.to.f32"), rounding);
  const { f, x } = context;
  const [a] = context.f64;
  const result = context.f32[2];
  f.get(x);
  formats.f64.fromBits(f);
  f.tee(a).op(I.f32_demote_f64).set(result);
  pushRoundingIsHost(context, rounding);
  pushIsNormal(f, formats.f32, result);
  pushIsZero(f, formats.f64, a);
  f.op(I.i32_or).op(I.i32_and);
  f.if(Type.I64, true);
  f.get(result);
  formats.f32.toBits(f);
  f.else();
  callSoftware(context, convertCode("f64.to.f32"), rounding);
  f.end();
}

/** In range, and either an integer already or truncated when an inexact result shows no more. */
function emitToInteger(context: FloatContext, op: Op & { op: "fconvert" }, from: HostFormat, to: string): void {
  const { f, x, flags } = context;
  const [a] = context.f64;
  const [above, below] = ranges[to];
  f.get(x);
  formats[from].fromBits(f);
  if (from === "f32") f.op(I.f64_promote_f32);
  f.tee(a).f64(above).op(I.f64_gt).get(a).f64(below).op(I.f64_lt).op(I.i32_and);
  f.get(a).op(I.f64_trunc).get(a).op(I.f64_eq);
  if (op.rounding === 1) f.get(flags).op(I.i32_wrap_i64).i32(1).op(I.i32_and).op(I.i32_or);
  f.op(I.i32_and);
  f.if(Type.I64, true);
  f.get(a).op(to === "u64" ? I.i64_trunc_sat_f64_u : I.i64_trunc_sat_f64_s);
  if (to.endsWith("32")) f.op(I.i64_extend32_s);
  f.else();
  callSoftware(context, convertCode(op.convert), op.rounding);
  f.end();
}
