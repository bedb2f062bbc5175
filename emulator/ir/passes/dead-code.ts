// Removes operations whose result nobody reads, when the result is all they do, and `if`s left empty.
import { type Effect, forEachOperand, OPS, resultOf, terminatorOperand } from "../ops.ts";
import type { Block, Op, Temp } from "../types.ts";

/** Of an operation with a result that nobody reads. */
const removable: ReadonlySet<Effect> = new Set(["pure", "read", "clock", "plain"]);

export function deadCode(block: Block): Block {
  const used = new Set<Temp>();
  const use = (temp: Temp) => {
    used.add(temp);
  };
  const operand = terminatorOperand(block.terminator);
  if (operand !== undefined) use(operand);
  const ops: Op[] = [];
  for (let index = block.ops.length - 1; index >= 0; index--) {
    const op = block.ops[index];
    const { effect } = OPS[op.op];
    const dst = resultOf(op);
    if (dst !== undefined && !used.has(dst) && removable.has(effect)) continue;
    if (op.op === "if" && ops[ops.length - 1]?.op === "end") {
      ops.pop();
      continue;
    }
    forEachOperand(op, use);
    ops.push(op);
  }
  return ops.length === block.ops.length ? block : { ...block, ops: ops.reverse() };
}
