// The rest of a block from one of its instructions on, for an engine that goes on where another left. It is a block of its
// own, provided that no instruction reads Temps of others.
import { forEachOperand, terminatorOperand } from "./ops.ts";
import type { Block, Temp } from "./types.ts";

/** Does no instruction read Temps of others? */
export function isSeparable({ ops, temps, terminator }: Block): boolean {
  const madeIn = new Int32Array(temps).fill(-2);
  let instruction = -1;
  let separable = true;
  const use = (temp: Temp) => {
    if (madeIn[temp] !== instruction) separable = false;
  };
  for (const op of ops) {
    if (op.op === "insn") instruction++;
    forEachOperand(op, use);
    if ("dst" in op) madeIn[op.dst] = instruction;
  }
  const operand = terminatorOperand(terminator);
  if (operand !== undefined) use(operand);
  return separable;
}

/** The part of a separable block from instruction number `first` on. */
export function restOf(block: Block, first: number): Block {
  if (first === 0) return block;
  const from = block.ops.findIndex((op) => op.op === "insn" && op.index === first);
  // A breakpoint belongs to the instruction it stands before.
  const begin = block.ops[from - 1].op === "breakpoint" ? from - 1 : from;
  const ops = block.ops.slice(begin).map((op) => (op.op === "insn" ? { ...op, index: op.index - first } : op));
  const instructions = block.instructions.slice(first);
  const { pc } = instructions[0];
  return { ...block, pc, size: block.size - Number(pc - block.pc), instructions, ops };
}
