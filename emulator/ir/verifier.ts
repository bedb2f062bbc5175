// Checks the rules of types.ts on a block. Every test that makes IR runs it; engines trust their input.
import { forEachOperand, OPS, opInfo, resultOf, terminatorOperand } from "./ops.ts";
import type { Block, Op, RegisterFile, RegisterIndex, Temp } from "./types.ts";

export interface IrError {
  /** Index into `block.ops`; its length for the terminator. */
  index: number;
  message: string;
}

/** All rules broken, in order; empty for a valid block. */
export function verify(block: Block, file: RegisterFile): IrError[] {
  return new Verifier(block, file).run();
}

/** Throws an Error that lists every broken rule. */
export function assertValid(block: Block, file: RegisterFile): void {
  const errors = verify(block, file);
  if (errors.length)
    throw new Error(
      `invalid IR at 0x${block.pc.toString(16)}: ${errors.map((e) => `op ${e.index}: ${e.message}`).join("; ")}`,
    );
}

const MAX_ARGS = 16;
const lo64 = -(1n << 63n);
const hi64 = (1n << 63n) - 1n;

class Verifier {
  private readonly errors: IrError[] = [];
  /** Assigned anywhere before; and those visible here, by scope. */
  private readonly assigned = new Set<Temp>();
  private readonly scopes: Set<Temp>[] = [new Set()];
  private index = 0;
  private instructions = 0;
  private bytes = 0;
  /** A `breakpoint` waits for its `insn`. */
  private pendingBreakpoint: bigint | undefined;

  constructor(
    private readonly block: Block,
    private readonly file: RegisterFile,
  ) {}

  run(): IrError[] {
    const { ops, terminator, instructions, size } = this.block;
    for (this.index = 0; this.index < ops.length; this.index++) this.op(ops[this.index]);
    this.check(this.scopes.length === 1, "`if` without `end`");
    this.check(this.pendingBreakpoint === undefined, "`breakpoint` without the `insn` it stands before");
    const operand = terminatorOperand(terminator);
    if (operand !== undefined) this.use(operand);
    this.check(["goto", "branch", "jump", "trap"].includes(terminator.op), `unknown terminator \`${terminator.op}\``);
    this.check(
      this.instructions === instructions.length,
      `${this.instructions} \`insn\` for ${instructions.length} instructions`,
    );
    this.check(this.bytes === size, `the instructions cover ${this.bytes} bytes, the block says ${size}`);
    return this.errors;
  }

  private op(op: Op): void {
    if (!opInfo(op.op)) {
      this.fail(`unknown operation \`${op.op}\``);
      return;
    }
    this.check(
      this.pendingBreakpoint === undefined || (OPS[op.op].effect !== "fault" && OPS[op.op].effect !== "exit"),
      "an operation that may leave the block between `breakpoint` and its `insn`",
    );
    forEachOperand(op, (temp) => this.use(temp));
    switch (op.op) {
      case "const":
        this.check(op.value >= lo64 && op.value <= hi64, `constant ${op.value} is not a signed 64-bit value`);
        break;
      case "get":
        this.register(op.reg);
        break;
      case "put":
        this.register(op.reg);
        this.check(op.reg !== this.file.pc, "`put` of the program counter: only terminators change it");
        break;
      case "guard":
        this.check(op.from < op.to, `a guard of nothing, [${op.from}, ${op.to})`);
        this.check(
          this.leadsToInstruction(),
          "`guard` that does not stand before an `insn`, with nothing but other guards and what they need between",
        );
        break;
      case "load":
      case "store":
      case "plainload":
      case "plainstore":
        this.check([1, 2, 4, 8].includes(op.size), `size ${op.size}`);
        this.check(this.instructions > 0, `\`${op.op}\` before the first \`insn\``);
        break;
      case "trapif":
        this.check(this.instructions > 0, "`trapif` before the first `insn`");
        break;
      case "if":
        this.scopes.push(new Set());
        break;
      case "end":
        this.check(this.scopes.length > 1, "`end` without `if`");
        if (this.scopes.length > 1) this.scopes.pop();
        break;
      case "insn":
        this.insn(op);
        break;
      case "breakpoint":
        this.check(this.scopes.length === 1, "`breakpoint` inside an `if`");
        this.pendingBreakpoint = op.pc;
        break;
      case "count":
        this.check(op.counter > 0 && op.counter % 8 === 0, `counter offset ${op.counter} is not a multiple of 8`);
        break;
      case "peek":
      case "poke":
        this.check([1, 2, 4, 8].includes(op.size), `size ${op.size}`);
        this.check(op.offset >= 0 && op.offset < 2 ** 32, `offset ${op.offset}`);
        break;
      case "notify":
        this.check(op.args.length <= MAX_ARGS, `${op.args.length} arguments, at most ${MAX_ARGS}`);
        break;
      case "call":
        this.check(op.args.length <= MAX_ARGS, `${op.args.length} arguments, at most ${MAX_ARGS}`);
        op.reads.forEach((reg) => {
          this.register(reg);
        });
        op.writes.forEach((reg) => {
          this.register(reg);
          this.check(reg !== this.file.pc, "a call that writes the program counter");
        });
        break;
      default:
        if (OPS[op.op].class === "float" || op.op === "fconvert")
          this.check(
            "rounding" in op && (op.rounding === "dynamic" || (op.rounding >= 0 && op.rounding <= 4)),
            "rounding mode out of range",
          );
    }
    const dst = resultOf(op);
    if (dst !== undefined) this.assign(dst);
  }

  private leadsToInstruction(): boolean {
    for (let index = this.index + 1; index < this.block.ops.length; index++) {
      const { op } = this.block.ops[index];
      if (op !== "guard" && op !== "get" && op !== "const" && op !== "add") return op === "insn";
    }
    return false;
  }

  private insn(op: Op & { op: "insn" }): void {
    this.check(this.scopes.length === 1, "`insn` inside an `if`");
    this.check(op.index === this.instructions, `\`insn\` ${op.index} where ${this.instructions} is due`);
    const instruction = this.block.instructions[op.index];
    this.check(
      instruction !== undefined && instruction.pc === op.pc && instruction.length === op.length,
      "`insn` differs from the block's list of instructions",
    );
    this.check(op.length > 0, `instruction of ${op.length} bytes`);
    if (op.index === 0) this.check(op.pc === this.block.pc, "the first instruction is not at the block's address");
    this.check(
      this.pendingBreakpoint === undefined || this.pendingBreakpoint === op.pc,
      "`breakpoint` with another pc than its `insn`",
    );
    this.pendingBreakpoint = undefined;
    this.instructions++;
    this.bytes += op.length;
  }

  private use(temp: Temp): void {
    if (this.scopes.some((scope) => scope.has(temp))) return;
    this.fail(
      `%${temp} is used ${this.assigned.has(temp) ? "after the `end` of the `if` it was assigned in" : "before it is assigned"}`,
    );
  }

  private assign(temp: Temp): void {
    this.check(!this.assigned.has(temp), `%${temp} is assigned twice`);
    this.check(temp >= 0 && temp < this.block.temps, `%${temp} is not below the block's ${this.block.temps} temps`);
    this.assigned.add(temp);
    this.scopes[this.scopes.length - 1].add(temp);
  }

  private register(reg: RegisterIndex): void {
    this.check(this.file.registers[reg] !== undefined, `unknown register ${reg}`);
  }

  private check(condition: boolean, message: string): void {
    if (!condition) this.fail(message);
  }

  private fail(message: string): void {
    this.errors.push({ index: this.index, message });
  }
}
