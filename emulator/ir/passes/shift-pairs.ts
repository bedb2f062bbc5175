// Extensions that are written as two shifts, to the upper end of a register and back: the usual way without an instruction
// for them. Back by fewer bits is the extension and a shift, which waits for one less.
import type { Block, Op, Temp, UnaryName } from "../types.ts";
import { shiftAmount } from "./evaluate.ts";

/** What a shift to the left by so many bits, and back, extends. */
const extensions: Readonly<Record<number, { readonly shr: UnaryName; readonly sar: UnaryName }>> = {
  32: { shr: "zext32", sar: "sext32" },
  48: { shr: "zext16", sar: "sext16" },
  56: { shr: "zext8", sar: "sext8" },
};

export function shiftPairs(block: Block): Block {
  const made = new Map<Temp, Op>();
  const amountOf = (temp: Temp) => shiftAmount(made.get(temp));

  let { temps } = block;
  const ops: Op[] = [];
  let changed = false;
  for (const op of block.ops) {
    if ("dst" in op) made.set(op.dst, op);
    const left = op.op === "shr" || op.op === "sar" ? made.get(op.a) : undefined;
    const up = left?.op === "shl" ? (amountOf(left.b) ?? 0) : 0;
    const extension = extensions[up];
    if (!extension || left?.op !== "shl" || (op.op !== "shr" && op.op !== "sar")) {
      ops.push(op);
      continue;
    }
    const down = amountOf(op.b);
    if (down === undefined || down > up) {
      ops.push(op);
      continue;
    }
    changed = true;
    if (down === up) {
      ops.push({ op: extension[op.op], dst: op.dst, a: left.a });
      continue;
    }
    const [extended, amount] = [temps++, temps++];
    ops.push({ op: extension[op.op], dst: extended, a: left.a });
    ops.push({ op: "const", dst: amount, value: BigInt(up - down) });
    ops.push({ op: "shl", dst: op.dst, a: extended, b: amount });
  }
  return changed ? { ...block, ops, temps } : block;
}
