// Reads the text form that printer.ts writes. `;` begins a comment; blank lines and indentation do not matter.
import { CONVERT_NAMES, FLOAT_FORMATS, opInfo, ROUNDING_NAMES, TRAP_KINDS } from "./ops.ts";
import type {
  Block,
  JumpKind,
  Op,
  RegisterFile,
  RegisterIndex,
  Rounding,
  Temp,
  Terminator,
  TranslatedInstruction,
  TrapKind,
} from "./types.ts";

/** A mistake in the text, with the line it is on (from 1). */
export class IrSyntaxError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** Parses one block. It is not verified: call `verify` for that. Throws IrSyntaxError. */
export function parseBlock(text: string, file: RegisterFile): Block {
  return new Parser(text, file).block();
}

function isTrapKind(name: string): name is TrapKind {
  return TRAP_KINDS.some((kind) => kind === name);
}

class Parser {
  private readonly lines: string[];
  private readonly registers: Map<string, RegisterIndex>;
  private readonly ops: Op[] = [];
  private readonly instructions: TranslatedInstruction[] = [];
  private line = 0;
  private temps = 0;

  constructor(text: string, file: RegisterFile) {
    this.lines = text.split("\n").map((line) => line.replace(/;.*/, "").trim());
    this.registers = new Map(file.registers.map((register, index) => [register.name, index]));
  }

  block(): Block {
    const header = this.match(this.nextLine(), /^block (\S+) \+(\d+)$/, "`block ADDRESS +BYTES`");
    const pc = this.integer(header[1]);
    for (;;) {
      const line = this.nextLine();
      const terminator = this.terminator(line);
      if (terminator) {
        while (this.line < this.lines.length)
          if (this.lines[this.line++]) throw this.error("text after the terminator: a block ends with exactly one");
        return {
          pc,
          size: Number(header[2]),
          instructions: this.instructions,
          ops: this.ops,
          terminator,
          temps: this.temps,
        };
      }
      this.ops.push(this.op(line));
    }
  }

  private op(line: string): Op {
    const [, dst, name, rest] = this.match(line, /^(?:%(\d+) = )?([^\s]+)\s*(.*)$/, "an operation");
    const suffixes = name.split(".");
    const opName = suffixes.shift() ?? "";
    const info = opInfo(opName);
    if (!info) throw this.error(`unknown operation \`${opName}\``);
    if (opName === "insn") return this.insn(rest);
    if (opName === "call") return this.call(rest);
    if (opName === "notify") return this.notify(rest);
    const op: Record<string, unknown> = { op: opName };
    if (info.result !== (dst !== undefined))
      throw this.error(
        info.result ? `\`${opName}\` needs a result: \`%N = ${opName} ...\`` : `\`${opName}\` has no result`,
      );
    if (dst !== undefined) op.dst = this.temp(`%${dst}`);
    const parts = info.syntax.split(" ").filter(Boolean);
    const operands = rest === "" ? [] : rest.split(",").map((operand) => operand.trim());
    const wanted = parts.filter((part) => !part.startsWith("."));
    if (operands.length !== wanted.length)
      throw this.error(`\`${opName}\` takes ${wanted.length} operands, got ${operands.length}`);
    for (const part of parts)
      if (part.startsWith(".")) this.suffix(op, part, suffixes);
      else this.operand(op, part, operands.shift() ?? "");
    if (suffixes.length) throw this.error(`unknown suffix \`.${suffixes.join(".")}\` of \`${opName}\``);
    if (info.class === "float") {
      op.rounding ??= 0;
      op.b ??= op.a;
      op.c ??= op.a;
    }
    return op as Op;
  }

  private suffix(op: Record<string, unknown>, part: string, suffixes: string[]): void {
    const suffix = suffixes.shift();
    const fail = (wanted: string) => this.error(`\`${op.op}\` needs ${wanted}, not \`.${suffix ?? ""}\``);
    switch (part) {
      case ".type": {
        const type = /^([su])(8|16|32|64)$/.exec(suffix ?? "");
        if (!type) throw fail("a type from .u8 to .s64");
        op.size = Number(type[2]) / 8;
        if (op.op === "load" || op.op === "plainload") op.signed = type[1] === "s";
        break;
      }
      case ".access":
        if (suffix !== "load" && suffix !== "store") throw fail("an access, .load or .store");
        op.access = suffix;
        break;
      case ".format":
        if (!FLOAT_FORMATS.some((format) => format === suffix)) throw fail("a format, .f16, .f32 or .f64");
        op.format = suffix;
        break;
      case ".convert": {
        const name = [suffix, suffixes.shift(), suffixes.shift()].join(".");
        if (!CONVERT_NAMES.some((convert) => convert === name)) throw this.error(`unknown conversion \`${name}\``);
        op.convert = name;
        break;
      }
      case ".trap": {
        // `fence.i` has a dot of its own.
        const trap = [suffix, ...suffixes.splice(0)].join(".");
        if (!isTrapKind(trap)) throw this.error(`unknown trap \`${trap}\``);
        op.trap = trap;
        break;
      }
      case ".rounding": {
        const mode = ROUNDING_NAMES.indexOf(suffix as (typeof ROUNDING_NAMES)[number]);
        if (mode < 0 && suffix !== "dynamic") throw fail(`a rounding mode (${ROUNDING_NAMES.join(", ")}, dynamic)`);
        op.rounding = mode < 0 ? "dynamic" : (mode as Rounding);
      }
    }
  }

  private operand(op: Record<string, unknown>, part: string, text: string): void {
    switch (part) {
      case "value":
        op.value = BigInt.asIntN(64, this.integer(text));
        break;
      case "pc":
        op.pc = this.integer(text);
        break;
      case "reg":
        op.reg = this.register(text);
        break;
      case "[addr]":
        op.addr = this.temp(this.match(text, /^\[(.*)\]$/, "an address `[%N]`")[1]);
        break;
      case "from":
      case "to":
      case "offset":
        op[part] = Number(this.integer(text));
        break;
      case "counter":
        op.counter = Number(this.integer(this.match(text, /^\[(.*)\]$/, "a counter `[0x...]`")[1]));
        break;
      default:
        op[part] = this.temp(text);
    }
  }

  private insn(rest: string): Op {
    const [, pcText, lengthText, bits] = this.match(
      rest,
      /^(\S+) \+(\d+)(?: \((\S+)\))?$/,
      "`insn ADDRESS +BYTES (BITS)`",
    );
    const pc = this.integer(pcText);
    const length = Number(lengthText);
    const index = this.instructions.length;
    this.instructions.push({ pc, length, bits: bits ? Number(this.integer(bits)) : 0 });
    return { op: "insn", index, pc, length };
  }

  private call(rest: string): Op {
    const [, id, args, reads, writes] = this.match(
      rest,
      /^(\d+) \(([^)]*)\)(?: reads (.*?))?(?: writes (.*))?$/,
      "`call ID (%N, ...) reads REGISTER, ... writes REGISTER, ...`",
    );
    const list = <T>(text: string | undefined, each: (item: string) => T): T[] =>
      text ? text.split(",").map((item) => each(item.trim())) : [];
    return {
      op: "call",
      id: Number(id),
      args: list(args, (item) => this.temp(item)),
      reads: list(reads, (item) => this.register(item)),
      writes: list(writes, (item) => this.register(item)),
    };
  }

  private notify(rest: string): Op {
    const [, id, args] = this.match(rest, /^(\d+) \(([^)]*)\)$/, "`notify ID (%N, ...)`");
    return { op: "notify", id: Number(id), args: args ? args.split(",").map((item) => this.temp(item.trim())) : [] };
  }

  private terminator(line: string): Terminator | undefined {
    const [name, ...words] = line.split(/[\s,]+/);
    const [op, kindText = "jump"] = name.split(".");
    if (op !== "goto" && op !== "branch" && op !== "jump" && op !== "trap") return undefined;
    if (op === "branch") {
      this.expect(words.length === 3, "`branch %N, TAKEN, FALLTHROUGH`");
      return { op, cond: this.temp(words[0]), taken: this.integer(words[1]), fallthrough: this.integer(words[2]) };
    }
    if (op === "trap") {
      this.expect(words.length === 2, "`trap KIND, NEXT`");
      const [trap] = words;
      if (!isTrapKind(trap)) throw this.error(`unknown trap \`${trap}\``);
      return { op, trap, next: this.integer(words[1]) };
    }
    const kind = kindText as JumpKind;
    this.expect(kind === "jump" || kind === "call" || kind === "return", "`jump`, `call` or `return`");
    this.expect(
      words.length === 1 || (words.length === 3 && words[1] === "returns"),
      `\`${op} TARGET returns ADDRESS\``,
    );
    const returns = words.length === 3 ? { returnAddress: this.integer(words[2]) } : {};
    if (op === "goto") return { op, target: this.integer(words[0]), kind, ...returns };
    return { op, addr: this.temp(words[0]), kind, ...returns };
  }

  private nextLine(): string {
    while (this.line < this.lines.length) {
      const line = this.lines[this.line++];
      if (line) return line;
    }
    throw this.error("the block has no terminator");
  }

  private temp(text: string): Temp {
    const index = Number(this.match(text, /^%(\d+)$/, "a temp `%N`")[1]);
    this.temps = Math.max(this.temps, index + 1);
    return index;
  }

  private register(name: string): RegisterIndex {
    const index = this.registers.get(name);
    if (index === undefined) throw this.error(`unknown register \`${name}\``);
    return index;
  }

  private integer(text: string): bigint {
    const [, sign, digits] = this.match(text, /^(-?)(0x[0-9a-fA-F]+|\d+)$/, "a number");
    return sign ? -BigInt(digits) : BigInt(digits);
  }

  private match(text: string, pattern: RegExp, wanted: string): RegExpExecArray {
    const match = pattern.exec(text);
    if (!match) throw this.error(`expected ${wanted}, found \`${text}\``);
    return match;
  }

  private expect(condition: boolean, wanted: string): void {
    if (!condition) throw this.error(`expected ${wanted}`);
  }

  private error(message: string): IrSyntaxError {
    return new IrSyntaxError(this.line, message);
  }
}
