// Boxing of binary32 values in NaNs: what is taken out of a box made in this block needs no look at the box, and a box
// is opened once.
import type { Block, Op, Temp } from "../types.ts";
import { Renaming } from "./renaming.ts";

export function boxing(block: Block): Block {
  const renaming = new Renaming();
  /** What is in a box: the operand of \`box32\`. */
  const contents = new Map<Temp, Temp>();
  /** The first \`unbox32\` of a Temp. */
  let opened = new Map<Temp, Temp>();
  /** The same around each open \`if\`. */
  const outer: Map<Temp, Temp>[] = [];
  const ops: Op[] = [];
  for (const original of block.ops) {
    const op = renaming.op(original);
    if (op.op === "if") {
      outer.push(opened);
      opened = new Map(opened);
    } else if (op.op === "end") opened = outer.pop() ?? opened;
    else if (op.op === "box32") contents.set(op.dst, op.a);
    else if (op.op === "unbox32") {
      const same = opened.get(op.a);
      if (same !== undefined) {
        renaming.rename(op.dst, same);
        continue;
      }
      opened.set(op.a, op.dst);
      const content = contents.get(op.a);
      if (content !== undefined) {
        ops.push({ op: "zext32", dst: op.dst, a: content });
        continue;
      }
    }
    ops.push(op);
  }
  return { ...block, ops, terminator: renaming.terminator(block.terminator) };
}
