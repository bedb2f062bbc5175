// Removes sign and zero extensions of values that are extended already, and those of which only bits matter that they
// keep: because the result is cut again, at once or behind arithmetic that carries upwards only.
import { forEachOperand, OPS, terminatorOperand } from "../ops.ts";
import type { Block, Op, Temp } from "../types.ts";
import { Renaming } from "./renaming.ts";

/** A value fits in `signed` bits of two's complement, and in `unsigned` bits (64 when nothing is known). */
interface Width {
  signed: number;
  unsigned: number;
}

const ANY: Width = { signed: 64, unsigned: 64 };

const widthOfUnsigned = (bits: number): Width => ({ signed: Math.min(bits + 1, 64), unsigned: bits });
const widthOfSigned = (bits: number): Width => ({ signed: bits, unsigned: 64 });

/** `sext32` keeps 32 bits, and so on. */
const kept: Partial<Record<Op["op"], { bits: number; signed: boolean }>> = {
  sext8: { bits: 8, signed: true },
  sext16: { bits: 16, signed: true },
  sext32: { bits: 32, signed: true },
  zext8: { bits: 8, signed: false },
  zext16: { bits: 16, signed: false },
  zext32: { bits: 32, signed: false },
};

export function extensions(block: Block): Block {
  const renaming = new Renaming();
  const widths = new Map<Temp, Width>();
  const constants = new Map<Temp, bigint>();
  /** Of an extension: its operand, and the bits it keeps. */
  const extended = new Map<Temp, { a: Temp; bits: number }>();
  const ops: Op[] = [];
  const demanded = demandedBits(block);

  const width = (temp: Temp) => widths.get(temp) ?? ANY;
  /** The value before extensions that keep the low bits. */
  const source = (temp: Temp, bits: number): Temp => {
    let found = temp;
    for (let at = extended.get(found); at && at.bits >= bits; at = extended.get(found)) found = at.a;
    return found;
  };

  for (const original of block.ops) {
    let op = renaming.op(original);
    const extension = kept[op.op];
    if (extension && "a" in op && "dst" in op) {
      const { bits, signed } = extension;
      const known = width(op.a);
      if ((signed ? known.signed : known.unsigned) <= bits) {
        renaming.rename(op.dst, op.a);
        continue;
      }
      op = { ...op, a: source(op.a, bits) };
      extended.set(op.dst, { a: op.a, bits });
    } else if (isUpward(op) && demanded[op.dst] <= 32) {
      const bits = demanded[op.dst];
      op = op.op === "shl" ? { ...op, a: source(op.a, bits) } : { ...op, a: source(op.a, bits), b: source(op.b, bits) };
    } else if (op.op === "store") op = { ...op, src: source(op.src, 8 * op.size) };
    else if (op.op === "box32") {
      op = { ...op, a: source(op.a, 32) };
      extended.set(op.dst, { a: op.a, bits: 32 });
    } else if (op.op === "shr" || op.op === "sar" || op.op === "rotr") op = { ...op, b: source(op.b, 6) };
    else if (op.op === "rotr32") op = { ...op, a: source(op.a, 32), b: source(op.b, 5) };
    if (op.op === "shl") op = { ...op, b: source(op.b, 6) };
    if (op.op === "const") constants.set(op.dst, op.value);
    if ("dst" in op) widths.set(op.dst, resultWidth(op, width, constants));
    ops.push(op);
  }
  return { ...block, ops, terminator: renaming.terminator(block.terminator) };
}

const upward: ReadonlySet<Op["op"]> = new Set(["add", "sub", "mul", "and", "or", "xor", "shl"]);
type Upward = Op & { op: "add" | "sub" | "mul" | "and" | "or" | "xor" | "shl" };

/** Do the low bits of the result depend on no higher bits of the operands (of the first, for a shift)? */
function isUpward(op: Op): op is Upward {
  return upward.has(op.op);
}

/** By Temp: how many of its low bits somebody has a use for. */
function demandedBits({ ops, temps, terminator }: Block): Uint8Array {
  const demanded = new Uint8Array(temps);
  const demand = (temp: Temp, bits: number) => {
    if (demanded[temp] < bits) demanded[temp] = bits;
  };
  const operand = terminatorOperand(terminator);
  if (operand !== undefined) demand(operand, 64);
  for (let index = ops.length - 1; index >= 0; index--) {
    const op = ops[index];
    const extension = kept[op.op];
    if (extension && "a" in op) demand(op.a, extension.bits);
    else if (op.op === "store") {
      demand(op.src, 8 * op.size);
      demand(op.addr, 64);
    } else if (isUpward(op)) {
      demand(op.a, demanded[op.dst]);
      demand(op.b, op.op === "shl" ? 64 : demanded[op.dst]);
    } else forEachOperand(op, (temp) => demand(temp, 64));
  }
  return demanded;
}

function resultWidth(op: Op, width: (temp: Temp) => Width, constants: ReadonlyMap<Temp, bigint>): Width {
  const extension = kept[op.op];
  if (extension) return extension.signed ? widthOfSigned(extension.bits) : widthOfUnsigned(extension.bits);
  switch (op.op) {
    case "const":
      return constantWidth(op.value);
    case "load":
      return op.signed ? widthOfSigned(8 * op.size) : widthOfUnsigned(8 * op.size);
    case "unbox32":
      return widthOfUnsigned(32);
    case "clz":
    case "ctz":
    case "popcnt":
      return widthOfUnsigned(7);
    case "eq":
    case "ne":
    case "lts":
    case "ltu":
    case "ges":
    case "geu":
    case "feq":
    case "flt":
    case "fle":
      return widthOfUnsigned(1);
    case "and": {
      const unsigned = Math.min(width(op.a).unsigned, width(op.b).unsigned);
      const signed = Math.max(width(op.a).signed, width(op.b).signed);
      return { unsigned, signed: Math.min(signed, unsigned + 1) };
    }
    case "add":
      return sumWidth(width(op.a), width(op.b));
    case "sub": {
      const { signed } = sumWidth(width(op.a), width(op.b));
      return widthOfSigned(signed);
    }
    case "mul":
      return widthOfSigned(Math.min(width(op.a).signed + width(op.b).signed, 64));
    case "shl": {
      const amount = Number((constants.get(op.b) ?? 63n) & 63n);
      const { signed, unsigned } = width(op.a);
      return { signed: Math.min(signed + amount, 64), unsigned: Math.min(unsigned + amount, 64) };
    }
    case "or":
    case "xor":
      return wider(width(op.a), width(op.b));
    case "select":
      return wider(width(op.a), width(op.b));
    case "sar":
      return width(op.a);
    case "rotr32":
      return widthOfSigned(32);
    case "shr": {
      const amount = Number((constants.get(op.b) ?? 0n) & 63n);
      return amount > 0 ? widthOfUnsigned(Math.max(width(op.a).unsigned - amount, 0)) : ANY;
    }
    case "fconvert":
      return /\.[iu]32$/.test(op.convert) ? widthOfSigned(32) : widthOfFloat(op.convert);
    default:
      return OPS[op.op].class === "float" && "format" in op ? widthOfFloat(op.format) : ANY;
  }
}

/** By the name of a format, or of a conversion to it. */
function widthOfFloat(name: string): Width {
  return name.endsWith("f16") ? widthOfUnsigned(16) : name.endsWith("f32") ? widthOfUnsigned(32) : ANY;
}

/** One bit more than the wider one; what might not fit in 64 bits may be anything. */
function sumWidth(a: Width, b: Width): Width {
  return {
    signed: Math.min(Math.max(a.signed, b.signed) + 1, 64),
    unsigned: Math.min(Math.max(a.unsigned, b.unsigned) + 1, 64),
  };
}

function wider(a: Width, b: Width): Width {
  return { signed: Math.max(a.signed, b.signed), unsigned: Math.max(a.unsigned, b.unsigned) };
}

function constantWidth(value: bigint): Width {
  const bits = (value < 0n ? ~value : value).toString(2).length;
  return value < 0n ? { signed: bits + 1, unsigned: 64 } : { signed: bits + 1, unsigned: bits };
}
