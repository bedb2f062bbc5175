// Removes `put`s that are overwritten before anything can see them. What sees registers: accesses that may fault,
// calls, breakpoints, conditional traps and the end of the block; a `get` sees its own, floating point its flags and
// rounding mode.
import { OPS } from "../ops.ts";
import type { Block, Op, RegisterFile, RegisterIndex } from "../types.ts";

export function deadPut(block: Block, file: RegisterFile): Block {
  const ops: Op[] = [];
  /** Going backward: registers that are written before they are seen. */
  let overwritten = new Set<RegisterIndex>();
  /** At each `end`: the registers overwritten after it. */
  const after: Set<RegisterIndex>[] = [];

  for (let index = block.ops.length - 1; index >= 0; index--) {
    const op = block.ops[index];
    switch (OPS[op.op].effect) {
      case "write":
        if (op.op !== "put") break;
        if (overwritten.has(op.reg)) continue;
        overwritten.add(op.reg);
        break;
      case "read":
        if (op.op === "get") overwritten.delete(op.reg);
        break;
      case "float":
        overwritten.delete(file.floatFlags);
        if ("rounding" in op && op.rounding === "dynamic") overwritten.delete(file.floatRounding);
        break;
      case "fault":
      case "exit":
        overwritten.clear();
        break;
      case "structure":
        if (op.op === "end") after.push(new Set(overwritten));
        else {
          // Before the `if`: overwritten on both paths, through the body and around it.
          const around = after.pop() ?? new Set();
          overwritten = new Set([...overwritten].filter((reg) => around.has(reg)));
        }
    }
    ops.push(op);
  }
  return ops.length === block.ops.length ? block : { ...block, ops: ops.reverse() };
}
