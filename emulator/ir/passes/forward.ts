// Forwarding: a `get` of a register whose value is already in a Temp gives that Temp, and a `put` of the value that
// the register holds already goes.
import { OPS } from "../ops.ts";
import type { Block, Op, RegisterFile, RegisterIndex, Temp } from "../types.ts";
import { Renaming } from "./renaming.ts";

export function forward(block: Block, file: RegisterFile): Block {
  const renaming = new Renaming();
  const ops: Op[] = [];
  /** The Temps that registers are known to hold. */
  let held = new Map<RegisterIndex, Temp>();
  /** Around each open `if`: what was held before, and the registers changed inside. */
  const outer: { held: Map<RegisterIndex, Temp>; changed: Set<RegisterIndex> }[] = [];

  const change = (reg: RegisterIndex, temp?: Temp) => {
    if (temp === undefined) held.delete(reg);
    else held.set(reg, temp);
    for (const { changed } of outer) changed.add(reg);
  };

  for (const original of block.ops) {
    const op = renaming.op(original);
    if (op.op === "get") {
      const temp = held.get(op.reg);
      if (temp !== undefined) {
        renaming.rename(op.dst, temp);
        continue;
      }
      held.set(op.reg, op.dst);
    } else if (op.op === "put") {
      if (held.get(op.reg) === op.src) continue;
      change(op.reg, op.src);
    } else if (op.op === "call")
      op.writes.forEach((reg) => {
        change(reg);
      });
    else if (op.op === "if") {
      outer.push({ held, changed: new Set() });
      held = new Map(held);
    } else if (op.op === "end") {
      const around = outer.pop();
      if (around) {
        held = around.held;
        for (const reg of around.changed) held.delete(reg);
      }
    } else if (OPS[op.op].effect === "float") change(file.floatFlags);
    ops.push(op);
  }
  return { ...block, ops, terminator: renaming.terminator(block.terminator) };
}
