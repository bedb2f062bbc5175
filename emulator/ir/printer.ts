// The text form of a block, for tests, logs and golden files. parser.ts reads it back: print(parse(text)) == text.
//
//   block 0x10120 +8
//     insn 0x10120 +4 (0x00b50533)
//     %0 = get a0
//     %1 = load.s32 [%0]
//     put a0, %1
//     goto 0x10128
import { OPS, roundingName } from "./ops.ts";
import type { Block, JumpKind, Op, RegisterFile, RegisterIndex, Temp, Terminator } from "./types.ts";

/** The whole block, a line per operation, with a final newline. */
export function printBlock(block: Block, file: RegisterFile): string {
  const lines = [`block ${hex(block.pc)} +${block.size}`];
  let indent = "  ";
  for (const op of block.ops) {
    if (op.op === "end") indent = indent.slice(0, -2) || "  ";
    const bits = op.op === "insn" ? block.instructions[op.index]?.bits : undefined;
    lines.push(indent + printOp(op, file) + (bits ? ` (${hexBits(bits, (op as { length: number }).length)})` : ""));
    if (op.op === "if") indent += "  ";
  }
  lines.push(`  ${printTerminator(block.terminator)}`);
  return `${lines.join("\n")}\n`;
}

export function printOp(op: Op, file: RegisterFile): string {
  let name: string = op.op;
  const operands: string[] = [];
  const fields = op as unknown as Record<string, unknown>;
  for (const part of OPS[op.op].syntax.split(" ").filter(Boolean)) {
    switch (part) {
      case ".type":
        name += `.${"signed" in op && op.signed ? "s" : "u"}${8 * Number(fields.size)}`;
        break;
      case ".access":
      case ".format":
      case ".convert":
      case ".trap":
        name += `.${fields[part.slice(1)]}`;
        break;
      case ".rounding":
        if ("rounding" in op) name += `.${roundingName(op.rounding)}`;
        break;
      case "value":
        operands.push(value(fields.value as bigint));
        break;
      case "reg":
        operands.push(registerName(fields.reg as RegisterIndex, file));
        break;
      case "[addr]":
        operands.push(`[%${fields.addr}]`);
        break;
      case "pc":
        operands.push(hex(fields.pc as bigint));
        break;
      case "counter":
        operands.push(`[0x${(fields.counter as number).toString(16)}]`);
        break;
      case "from":
      case "to":
      case "offset":
        operands.push(String(fields[part]));
        break;
      case "id":
      case "args":
      case "reads":
      case "writes":
      case "length":
        break;
      default:
        operands.push(`%${fields[part]}`);
    }
  }
  if (op.op === "insn") return `insn ${hex(op.pc)} +${op.length}`;
  if (op.op === "notify") return `notify ${op.id} (${op.args.map(temp).join(", ")})`;
  if (op.op === "call") {
    const list = (word: string, regs: readonly RegisterIndex[]) =>
      regs.length ? ` ${word} ${regs.map((reg) => registerName(reg, file)).join(", ")}` : "";
    return `call ${op.id} (${op.args.map(temp).join(", ")})${list("reads", op.reads)}${list("writes", op.writes)}`;
  }
  const text = operands.length ? `${name} ${operands.join(", ")}` : name;
  return "dst" in op ? `%${op.dst} = ${text}` : text;
}

export function printTerminator(terminator: Terminator): string {
  switch (terminator.op) {
    case "goto":
      return `goto${kind(terminator)} ${hex(terminator.target)}${returnsTo(terminator)}`;
    case "branch":
      return `branch ${temp(terminator.cond)}, ${hex(terminator.taken)}, ${hex(terminator.fallthrough)}`;
    case "jump":
      return `jump${kind(terminator)} ${temp(terminator.addr)}${returnsTo(terminator)}`;
    case "trap":
      return `trap ${terminator.trap}, ${hex(terminator.next)}`;
  }
}

function kind(terminator: { kind: JumpKind }): string {
  return terminator.kind === "jump" ? "" : `.${terminator.kind}`;
}

function returnsTo(terminator: { returnAddress?: bigint }): string {
  return terminator.returnAddress === undefined ? "" : ` returns ${hex(terminator.returnAddress)}`;
}

function temp(temp: Temp): string {
  return `%${temp}`;
}

function registerName(reg: RegisterIndex, file: RegisterFile): string {
  return file.registers[reg]?.name ?? `#${reg}`;
}

/** Small values in decimal, others as the signed hexadecimal they are. */
function value(value: bigint): string {
  if (value >= -4096n && value <= 4096n) return value.toString();
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

function hex(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`;
}

function hexBits(bits: number, length: number): string {
  return `0x${(bits >>> 0).toString(16).padStart(2 * Math.min(length, 4), "0")}`;
}
