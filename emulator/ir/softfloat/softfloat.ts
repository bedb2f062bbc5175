// Floating point in software: every operation of the IR exactly as IEEE 754 and RISC-V define it, by name or by code.
//
// For generated code (emulator/jit): call `slowFloat(code, rounding, a, b, c)` where `code` is floatCode(name, format)
// or convertCode(name) of ops.ts and `rounding` a number 0..4 (a dynamic mode is read from its register first; any other
// number rounds to nearest even). Operands and the result are 64-bit patterns, of either sign; the flags raised are in
// `floatState.flags` until the next call and must be ORed into the guest's flags register. When not to call it is in
// host.ts. (What it does itself on the host, error-free.ts, is a matter of speed only.)
import { CONVERT_NAMES, convertCode, FLOAT_FORMATS, FLOAT_NAMES, floatCode } from "../ops.ts";
import type { ConvertName, FloatFormat, FloatName } from "../types.ts";
import { add, div, fma, mul, sqrt, sub } from "./arithmetic.ts";
import { eq, le, lt, max, min } from "./compare.ts";
import { fromInteger, toFormat, toInteger } from "./convert.ts";
import {
  hostAdd32,
  hostAdd64,
  hostDiv32,
  hostDiv64,
  hostFma32,
  hostFma64,
  hostMul32,
  hostMul64,
  hostSqrt32,
  hostSqrt64,
  hostState,
} from "./error-free.ts";
import { Flag, type FloatResult, FORMATS, type Format, type RoundingMode } from "./format.ts";
import { type HalfOperation, halfConversions, halfOperations, halfState } from "./half.ts";

type Operation = (a: bigint, b: bigint, c: bigint, mode: RoundingMode) => FloatResult;

type HostOperation = (a: number, b: number, c: number) => number;

const host: Partial<Record<FloatName, Partial<Record<FloatFormat, HostOperation>>>> = {
  fadd: { f32: hostAdd32, f64: hostAdd64 },
  fsub: { f32: (a, b) => hostAdd32(a, -b), f64: (a, b) => hostAdd64(a, -b) },
  fmul: { f32: hostMul32, f64: hostMul64 },
  fdiv: { f32: hostDiv32, f64: hostDiv64 },
  fsqrt: { f32: hostSqrt32, f64: hostSqrt64 },
  fma: { f32: hostFma32, f64: hostFma64 },
};

/** On the host where it can tell, as that is many times faster. */
function arithmetic(name: FloatName, format: FloatFormat): Operation {
  const inSoftware = softwareArithmetic(name, FORMATS[format]);
  if (format === "f16") return halfArithmetic(halfOperations[name], inSoftware);
  const onHost = host[name]?.[format];
  if (!onHost) return inSoftware;
  const narrow = format === "f32";
  const number = (bits: bigint): number => {
    cell.setBigUint64(0, bits);
    return narrow ? cell.getFloat32(4) : cell.getFloat64(0);
  };
  return (a, b, c, mode) => {
    const result = mode === 0 ? onHost(number(a), number(b), number(c)) : Number.NaN;
    if (Number.isNaN(result)) return inSoftware(a, b, c, mode);
    if (narrow) cell.setFloat32(0, result);
    else cell.setFloat64(0, result);
    const value = narrow ? BigInt(cell.getUint32(0)) : cell.getBigUint64(0);
    return { value, flags: hostState.inexact ? Flag.inexact : 0 };
  };
}

function halfArithmetic(onHost: HalfOperation, inSoftware: Operation): Operation {
  const low = (bits: bigint) => Number(bits & 0xffffn);
  return (a, b, c, mode) => {
    const result = onHost(low(a), low(b), low(c), mode);
    return result < 0 ? inSoftware(a, b, c, mode) : { value: BigInt(result), flags: halfState.flags };
  };
}

const cell = new DataView(new ArrayBuffer(8));

/** Exact in every case and mode. */
export function softwareArithmetic(name: FloatName, format: Format): Operation {
  switch (name) {
    case "fadd":
      return (a, b, _c, mode) => add(format, a, b, mode);
    case "fsub":
      return (a, b, _c, mode) => sub(format, a, b, mode);
    case "fmul":
      return (a, b, _c, mode) => mul(format, a, b, mode);
    case "fdiv":
      return (a, b, _c, mode) => div(format, a, b, mode);
    case "fsqrt":
      return (a, _b, _c, mode) => sqrt(format, a, mode);
    case "fma":
      return (a, b, c, mode) => fma(format, a, b, c, mode);
    case "fmin":
      return (a, b) => min(format, a, b);
    case "fmax":
      return (a, b) => max(format, a, b);
    case "feq":
      return (a, b) => eq(format, a, b);
    case "flt":
      return (a, b) => lt(format, a, b);
    case "fle":
      return (a, b) => le(format, a, b);
  }
}

function conversion(name: ConvertName): Operation {
  const inSoftware = softwareConversion(name);
  const onHost = halfConversions[name];
  if (!onHost) return inSoftware;
  return (a, b, c, mode) => {
    const value = onHost(a, mode);
    return value === undefined ? inSoftware(a, b, c, mode) : { value, flags: halfState.flags };
  };
}

/** Exact in every case and mode. */
export function softwareConversion(name: ConvertName): Operation {
  const [from, , to] = name.split(".");
  const isFloat = (format: string): format is FloatFormat => format in FORMATS;
  const bits = (integer: string) => (integer.endsWith("32") ? 32 : 64);
  const signed = (integer: string) => integer.startsWith("i");
  if (!isFloat(from)) {
    const target = FORMATS[to as FloatFormat];
    return (a, _b, _c, mode) => fromInteger(target, bits(from), signed(from), a, mode);
  }
  return isFloat(to)
    ? (a, _b, _c, mode) => toFormat(FORMATS[from], FORMATS[to], a, mode)
    : (a, _b, _c, mode) => toInteger(FORMATS[from], bits(to), signed(to), a, mode);
}

/** By code, as floatCode and convertCode number them. */
const operations: readonly Operation[] = [
  ...FLOAT_NAMES.flatMap((name) => FLOAT_FORMATS.map((format) => arithmetic(name, format))),
  ...CONVERT_NAMES.map(conversion),
];

/** One operation. Operands that it does not have are ignored; the value is an unsigned 64-bit pattern. */
export function float(
  name: FloatName,
  format: FloatFormat,
  a: bigint,
  b: bigint,
  c: bigint,
  rounding: RoundingMode,
): FloatResult {
  return operations[floatCode(name, format)](a, b, c, rounding);
}

/** One conversion, likewise. */
export function convert(name: ConvertName, a: bigint, rounding: RoundingMode): FloatResult {
  return operations[convertCode(name)](a, 0n, 0n, rounding);
}

/** What the last `slowFloat` raised. */
export const floatState = { flags: 0 };

/** One operation by its code; see the top of this file. */
export function slowFloat(code: number, rounding: number, a: bigint, b: bigint, c: bigint): bigint {
  const { value, flags } = operations[code](a, b, c, rounding);
  floatState.flags = flags;
  return value;
}
