// Puts rotations together: code for a processor that has none shifts both ways and combines the halves.
import type { BinaryName, Block, Op, Temp } from "../types.ts";
import { shiftAmount } from "./evaluate.ts";

/** How a half of a rotation moves its source: to the right by so many bits of 32 or 64. */
interface Half {
  readonly source: Temp;
  readonly right: number;
  readonly bits: 32 | 64;
}

const combining: ReadonlySet<BinaryName> = new Set(["or", "xor", "add"]);

export function rotations(block: Block): Block {
  const made = new Map<Temp, Op>();
  const amountOf = (temp: Temp) => shiftAmount(made.get(temp));

  /** Bits that a shift to the right leaves below, the upper ones zero. */
  const lower = (temp: Temp): Half | undefined => {
    const shift = made.get(temp);
    if (shift?.op !== "shr") return undefined;
    const right = amountOf(shift.b);
    if (!right) return undefined;
    const cut = made.get(shift.a);
    if (cut?.op === "zext32") return right < 32 ? { source: cut.a, right, bits: 32 } : undefined;
    return { source: shift.a, right, bits: 64 };
  };
  /** Bits that a shift to the left leaves above; of a word, sign-extended. */
  const upper = (temp: Temp): Half | undefined => {
    const op = made.get(temp);
    const shift = op?.op === "sext32" ? made.get(op.a) : op;
    const bits = op?.op === "sext32" ? 32 : 64;
    if (shift?.op !== "shl") return undefined;
    const left = amountOf(shift.b);
    return left && left < bits ? { source: shift.a, right: bits - left, bits } : undefined;
  };
  const rotation = (a: Temp, b: Temp): Half | undefined => {
    const [low, high] = [lower(a), upper(b)];
    const same = low && high && low.source === high.source && low.right === high.right && low.bits === high.bits;
    return same ? low : undefined;
  };

  let { temps } = block;
  const ops: Op[] = [];
  for (const op of block.ops) {
    if ("dst" in op) made.set(op.dst, op);
    const found =
      "b" in op && combining.has(op.op as BinaryName) ? (rotation(op.a, op.b) ?? rotation(op.b, op.a)) : undefined;
    if (!found || !("dst" in op)) {
      ops.push(op);
      continue;
    }
    const amount = temps++;
    ops.push({ op: "const", dst: amount, value: BigInt(found.right) });
    ops.push({ op: found.bits === 32 ? "rotr32" : "rotr", dst: op.dst, a: found.source, b: amount });
  }
  return temps === block.temps ? block : { ...block, ops, temps };
}
