// F, D and Zfh. Binary16 and binary32 values are unboxed where they are read and boxed where they are written; NaN
// results are canonical by the IR's own definition.
import type { ConvertName, FloatFormat, FloatName, Temp } from "../../ir/types.ts";
import type { Decoded } from "./decode.ts";
import { type Emit, type EmitTable, type InstructionEmitter, straight } from "./instruction-emitter.ts";

/** How one of the formats lies in its register, and its bits. */
interface Format {
  format: FloatFormat;
  sign: bigint;
  magnitude: bigint;
  /** The smallest normal number, infinity, and the bit that makes a NaN quiet. */
  smallestNormal: bigint;
  infinity: bigint;
  signShift: number;
  quietShift: number;
  read(e: InstructionEmitter, register: number): Temp;
  write(e: InstructionEmitter, register: number, value: Temp): void;
}

const half: Format = {
  format: "f16",
  sign: 0x8000n,
  magnitude: 0x7fffn,
  smallestNormal: 0x0400n,
  infinity: 0x7c00n,
  signShift: 15,
  quietShift: 9,
  read: (e, register) => e.half(register),
  write: (e, register, value) => e.setHalf(register, value),
};

const single: Format = {
  format: "f32",
  sign: 0x8000_0000n,
  magnitude: 0x7fff_ffffn,
  smallestNormal: 0x0080_0000n,
  infinity: 0x7f80_0000n,
  signShift: 31,
  quietShift: 22,
  read: (e, register) => e.single(register),
  write: (e, register, value) => e.setSingle(register, value),
};

const double: Format = {
  format: "f64",
  sign: -0x8000_0000_0000_0000n,
  magnitude: 0x7fff_ffff_ffff_ffffn,
  smallestNormal: 0x0010_0000_0000_0000n,
  infinity: 0x7ff0_0000_0000_0000n,
  signShift: 63,
  quietShift: 51,
  read: (e, register) => e.f(register),
  write: (e, register, value) => e.setF(register, value),
};

function negate(e: InstructionEmitter, t: Format, value: Temp): Temp {
  return e.b.binary("xor", value, e.b.const(t.sign));
}

/** rd = rs1 op rs2, rounded. */
function arithmetic(t: Format, op: FloatName): Emit {
  return straight((e, d) => {
    const rounding = e.rounding(d);
    t.write(e, d.rd, e.b.float(op, t.format, rounding, t.read(e, d.rs1), t.read(e, d.rs2)));
  });
}

function squareRoot(t: Format): Emit {
  return straight((e, d) => {
    const rounding = e.rounding(d);
    t.write(e, d.rd, e.b.float("fsqrt", t.format, rounding, t.read(e, d.rs1)));
  });
}

/** rd = ±(rs1 * rs2) ± rs3, rounded once. The sign of a NaN operand does not matter. */
function fused(t: Format, negateProduct: boolean, negateAddend: boolean): Emit {
  return straight((e, d) => {
    const rounding = e.rounding(d);
    const [a, b, c] = [d.rs1, d.rs2, d.rs3].map((register) => t.read(e, register));
    const product = negateProduct ? negate(e, t, a) : a;
    t.write(e, d.rd, e.b.float("fma", t.format, rounding, product, b, negateAddend ? negate(e, t, c) : c));
  });
}

function minimumOrMaximum(t: Format, op: "fmin" | "fmax"): Emit {
  return straight((e, d) => t.write(e, d.rd, e.b.float(op, t.format, 0, t.read(e, d.rs1), t.read(e, d.rs2))));
}

function compare(t: Format, op: "feq" | "flt" | "fle"): Emit {
  return straight((e, d) => e.setX(d.rd, e.b.float(op, t.format, 0, t.read(e, d.rs1), t.read(e, d.rs2))));
}

type SignRule = "copy" | "negate" | "xor";

/** fsgnj*: the magnitude of rs1 with a sign from rs2. With rs1 = rs2 these are fmv, fneg and fabs. */
function signInjection(t: Format, rule: SignRule): Emit {
  return straight((e, d) => {
    const a = t.read(e, d.rs1);
    t.write(e, d.rd, d.rs1 === d.rs2 ? ownSign(e, t, rule, a) : injectSign(e, t, rule, a, t.read(e, d.rs2)));
  });
}

function ownSign(e: InstructionEmitter, t: Format, rule: SignRule, a: Temp): Temp {
  if (rule === "copy") return a;
  return rule === "negate" ? negate(e, t, a) : e.b.binary("and", a, e.b.const(t.magnitude));
}

function injectSign(e: InstructionEmitter, t: Format, rule: SignRule, a: Temp, b: Temp): Temp {
  const sign = e.b.binary("and", rule === "negate" ? negate(e, t, b) : b, e.b.const(t.sign));
  if (rule === "xor") return e.b.binary("xor", a, sign);
  return e.b.binary("or", e.b.binary("and", a, e.b.const(t.magnitude)), sign);
}

/**
 * One bit of ten: 0 to 3 negative infinity, normal, subnormal, zero; 4 to 7 positive zero, subnormal, normal,
 * infinity; 8 signalling and 9 quiet NaN.
 */
function classify(t: Format): Emit {
  return straight((e, d) => {
    const value = t.read(e, d.rs1);
    const magnitude = e.b.binary("and", value, e.b.const(t.magnitude));
    const atLeast = (bound: bigint) => e.b.binary("geu", magnitude, e.b.const(bound));
    const size = e.b.binary("add", e.b.binary("add", atLeast(1n), atLeast(t.smallestNormal)), atLeast(t.infinity));
    const bitAt = (shift: number) => e.b.binary("and", e.b.binary("shr", value, e.constant(shift)), e.constant(1));
    const finite = e.b.select(
      bitAt(t.signShift),
      e.b.binary("sub", e.constant(3), size),
      e.b.binary("add", e.constant(4), size),
    );
    const nan = e.b.binary("add", e.constant(8), bitAt(t.quietShift));
    const index = e.b.select(atLeast(t.infinity + 1n), nan, finite);
    e.setX(d.rd, e.b.binary("shl", e.constant(1), index));
  });
}

function toInteger(t: Format, convert: ConvertName): Emit {
  return straight((e, d) => {
    const rounding = e.rounding(d);
    e.setX(d.rd, e.b.convert(convert, rounding, t.read(e, d.rs1)));
  });
}

/** A conversion whose result is always exact still has a rounding mode, which must be valid. */
const exactConversions: readonly ConvertName[] = ["i32.to.f64", "u32.to.f64", "f32.to.f64", "f16.to.f32", "f16.to.f64"];

function convertTo(t: Format, convert: ConvertName, read: (e: InstructionEmitter, d: Decoded) => Temp): Emit {
  const exact = exactConversions.includes(convert);
  return straight((e, d) => {
    const rounding = e.rounding(d);
    t.write(e, d.rd, e.b.convert(convert, exact ? 0 : rounding, read(e, d)));
  });
}

function fromInteger(t: Format, convert: ConvertName): Emit {
  return convertTo(t, convert, (e, d) => e.x(d.rs1));
}

function instructionsOf(t: Format, suffix: string): EmitTable {
  return {
    [`fadd.${suffix}`]: arithmetic(t, "fadd"),
    [`fsub.${suffix}`]: arithmetic(t, "fsub"),
    [`fmul.${suffix}`]: arithmetic(t, "fmul"),
    [`fdiv.${suffix}`]: arithmetic(t, "fdiv"),
    [`fsqrt.${suffix}`]: squareRoot(t),
    [`fmadd.${suffix}`]: fused(t, false, false),
    [`fmsub.${suffix}`]: fused(t, false, true),
    [`fnmsub.${suffix}`]: fused(t, true, false),
    [`fnmadd.${suffix}`]: fused(t, true, true),
    [`fsgnj.${suffix}`]: signInjection(t, "copy"),
    [`fsgnjn.${suffix}`]: signInjection(t, "negate"),
    [`fsgnjx.${suffix}`]: signInjection(t, "xor"),
    [`fmin.${suffix}`]: minimumOrMaximum(t, "fmin"),
    [`fmax.${suffix}`]: minimumOrMaximum(t, "fmax"),
    [`feq.${suffix}`]: compare(t, "feq"),
    [`flt.${suffix}`]: compare(t, "flt"),
    [`fle.${suffix}`]: compare(t, "fle"),
    [`fclass.${suffix}`]: classify(t),
    [`fcvt.w.${suffix}`]: toInteger(t, `${t.format}.to.i32`),
    [`fcvt.wu.${suffix}`]: toInteger(t, `${t.format}.to.u32`),
    [`fcvt.l.${suffix}`]: toInteger(t, `${t.format}.to.i64`),
    [`fcvt.lu.${suffix}`]: toInteger(t, `${t.format}.to.u64`),
    [`fcvt.${suffix}.w`]: fromInteger(t, `i32.to.${t.format}`),
    [`fcvt.${suffix}.wu`]: fromInteger(t, `u32.to.${t.format}`),
    [`fcvt.${suffix}.l`]: fromInteger(t, `i64.to.${t.format}`),
    [`fcvt.${suffix}.lu`]: fromInteger(t, `u64.to.${t.format}`),
  };
}

/** From one format to another. */
function betweenFormats(to: Format, convert: ConvertName, from: Format): Emit {
  return convertTo(to, convert, (e, d) => from.read(e, d.rs1));
}

export const floatInstructions: EmitTable = {
  ...instructionsOf(half, "h"),
  ...instructionsOf(single, "s"),
  ...instructionsOf(double, "d"),
  "fcvt.s.d": betweenFormats(single, "f64.to.f32", double),
  "fcvt.d.s": betweenFormats(double, "f32.to.f64", single),
  "fcvt.h.s": betweenFormats(half, "f32.to.f16", single),
  "fcvt.s.h": betweenFormats(single, "f16.to.f32", half),
  "fcvt.h.d": betweenFormats(half, "f64.to.f16", double),
  "fcvt.d.h": betweenFormats(double, "f16.to.f64", half),
  // Moves of bits: nothing is unboxed.
  "fmv.x.h": straight((e, d) => e.setX(d.rd, e.b.unary("sext16", e.f(d.rs1)))),
  "fmv.h.x": straight((e, d) => e.setHalf(d.rd, e.b.unary("zext16", e.x(d.rs1)))),
  "fmv.x.w": straight((e, d) => e.setX(d.rd, e.b.unary("sext32", e.f(d.rs1)))),
  "fmv.w.x": straight((e, d) => e.setSingle(d.rd, e.x(d.rs1))),
  "fmv.x.d": straight((e, d) => e.setX(d.rd, e.f(d.rs1))),
  "fmv.d.x": straight((e, d) => e.setF(d.rd, e.x(d.rs1))),
};
