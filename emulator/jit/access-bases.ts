// Which guest register an address is made from: accesses through one register tend to go to one place.
import type { Block, RegisterIndex, Temp } from "../ir/types.ts";

/** By Temp: the register that holds it, before a constant displacement is added. Temps in no register are left out. */
export function accessBases(block: Block): ReadonlyMap<Temp, RegisterIndex> {
  const bases = new Map<Temp, RegisterIndex>();
  const constants = new Set<Temp>();
  const sums: { dst: Temp; a: Temp }[] = [];
  for (const op of block.ops) {
    if (op.op === "const") constants.add(op.dst);
    else if (op.op === "get") bases.set(op.dst, op.reg);
    else if (op.op === "put" && !bases.has(op.src)) bases.set(op.src, op.reg);
    else if (op.op === "add" && constants.has(op.b)) sums.push(op);
  }
  for (const { dst, a } of sums) {
    const base = bases.get(a);
    if (base !== undefined) bases.set(dst, base);
  }
  return bases;
}
