// Constant folding: operations on constants, operations that give an operand back, conditions that are known.
import { isBinary, isUnary } from "../ops.ts";
import type { BinaryName, Block, Op, Temp, Terminator } from "../types.ts";
import { evaluateBinary, evaluateUnary } from "./evaluate.ts";
import { Renaming } from "./renaming.ts";

export function fold(block: Block): Block {
  const renaming = new Renaming();
  const constants = new Map<Temp, bigint>();
  const ops: Op[] = [];
  /** Open `if`s: is the `end` to be kept? */
  const open: boolean[] = [];

  const constant = (dst: Temp, value: bigint) => {
    constants.set(dst, value);
    ops.push({ op: "const", dst, value });
  };

  for (let index = 0; index < block.ops.length; index++) {
    const op = renaming.op(block.ops[index]);
    if (op.op === "const") constant(op.dst, op.value);
    else if (op.op === "if") {
      const known = constants.get(op.cond);
      if (known === 0n) index = matchingEnd(block.ops, index);
      else {
        open.push(known === undefined);
        if (known === undefined) ops.push(op);
      }
    } else if (op.op === "end") {
      if (open.pop()) ops.push(op);
    } else if (op.op === "trapif" && constants.get(op.cond) === 0n) continue;
    else if (op.op === "select") {
      const known = constants.get(op.cond);
      const same = known !== undefined ? (known !== 0n ? op.a : op.b) : op.a === op.b ? op.a : undefined;
      if (same === undefined) ops.push(op);
      else renaming.rename(op.dst, same);
    } else if (isUnary(op)) {
      const a = constants.get(op.a);
      if (a === undefined) ops.push(op);
      else constant(op.dst, evaluateUnary(op.op, a));
    } else if (isBinary(op)) {
      const a = constants.get(op.a);
      const b = constants.get(op.b);
      const result =
        a !== undefined && b !== undefined ? evaluateBinary(op.op, a, b) : simplify(op.op, op.a, op.b, a, b);
      if (result === undefined) ops.push(op);
      else if (typeof result === "bigint") constant(op.dst, result);
      else renaming.rename(op.dst, result);
    } else ops.push(op);
  }
  return { ...block, ops, terminator: foldTerminator(renaming.terminator(block.terminator), constants) };
}

/** What an operation with one constant operand, or two equal ones, comes to: a constant, an operand, or neither. */
function simplify(
  op: BinaryName,
  a: Temp,
  b: Temp,
  ca: bigint | undefined,
  cb: bigint | undefined,
): bigint | Temp | undefined {
  switch (op) {
    case "add":
      return cb === 0n ? a : ca === 0n ? b : undefined;
    case "sub":
      return a === b ? 0n : cb === 0n ? a : undefined;
    case "mul":
      return ca === 0n || cb === 0n ? 0n : cb === 1n ? a : ca === 1n ? b : undefined;
    case "and":
      return ca === 0n || cb === 0n ? 0n : a === b || cb === -1n ? a : ca === -1n ? b : undefined;
    case "or":
      return a === b || cb === 0n ? a : ca === 0n ? b : undefined;
    case "xor":
      return a === b ? 0n : cb === 0n ? a : ca === 0n ? b : undefined;
    case "shl":
    case "shr":
    case "sar":
    case "rotr":
      return ca === 0n ? 0n : cb !== undefined && (cb & 63n) === 0n ? a : undefined;
    case "eq":
    case "ges":
    case "geu":
      return a === b ? 1n : undefined;
    case "ne":
    case "lts":
    case "ltu":
      return a === b ? 0n : undefined;
    case "divs":
    case "divu":
      return cb === 1n ? a : undefined;
    default:
      return undefined;
  }
}

function matchingEnd(ops: readonly Op[], index: number): number {
  for (let depth = 1; depth > 0; ) {
    const { op } = ops[++index];
    if (op === "if") depth++;
    else if (op === "end") depth--;
  }
  return index;
}

function foldTerminator(terminator: Terminator, constants: ReadonlyMap<Temp, bigint>): Terminator {
  if (terminator.op !== "branch") return terminator;
  const { cond, taken, fallthrough } = terminator;
  const known = constants.get(cond);
  if (known === undefined) return terminator;
  return { op: "goto", target: known !== 0n ? taken : fallthrough, kind: "jump" };
}
