// As which type each Temp of a block is best made: floating-point operands should not be integers before. Found by going
// backwards from the uses.
import { OPS } from "../ir/ops.ts";
import type { Block, FloatFormat } from "../ir/types.ts";
import type { RegisterPlaces } from "./register-places.ts";
import { Type } from "./wasm-encoder.ts";

const typeOf = { f32: Type.F32, f64: Type.F64 } as const;

/** The type of a format that has one; others are integers. */
export function floatType(format: FloatFormat | string): Type {
  return format in typeOf ? typeOf[format as keyof typeof typeOf] : Type.I64;
}

/**
 * By Temp: a type, 0 where nothing speaks for one. F32 stands for the low 32 bits of the Temp, and of one that is put
 * into a register for the box of them.
 */
export function wantedTypes({ ops, temps }: Block, registers: RegisterPlaces): Uint8Array {
  const wanted = new Uint8Array(temps);
  for (let index = ops.length - 1; index >= 0; index--) {
    const op = ops[index];
    switch (op.op) {
      case "put": {
        const place = registers.of(op.reg);
        if (place.kind === "single") wanted[op.src] ||= Type.F32;
        else if (place.kind === "plain" && place.type === Type.F64) wanted[op.src] ||= Type.F64;
        break;
      }
      case "box32":
      case "zext32":
      case "sext32":
        if (wanted[op.dst] === Type.F32) wanted[op.a] ||= Type.F32;
        break;
      case "xor":
      case "and":
        // Of a sign.
        wanted[op.a] ||= wanted[op.dst];
        break;
      case "fconvert":
        wanted[op.a] = floatType(op.convert.slice(0, op.convert.indexOf(".")));
        break;
      default:
        if ("rounding" in op)
          for (const field of OPS[op.op].temps) wanted[op[field as "a" | "b" | "c"]] = floatType(op.format);
    }
  }
  return wanted;
}

/** The type that a load had best leave. */
export function loadType(size: number, signed: boolean, wanted: number): Type {
  if (size === 8 && wanted === Type.F64) return Type.F64;
  return size === 4 && !signed && wanted === Type.F32 ? Type.F32 : Type.I64;
}

/** The type in which a value that is at hand as some type had best be stored. */
export function storeType(size: number, type: Type): Type {
  return (size === 8 && type === Type.F64) || (size === 4 && type === Type.F32) ? type : Type.I64;
}
