// Turns a block into the interpreter's compact form in one pass (after one over the operands for last uses).
//
// What makes it compact: an operand is the slot of a register, a constant or a temp, so
// - `get` gives its Temp the register's own slot, for as long as the register keeps that value: when it is about to
//   change while the Temp is still wanted, the value is moved to a temp slot first;
// - `put` right after the operation that made the value sends that operation's result to the register's slot;
// - constants live in slots of the environment;
// - `insn` leaves no trace but the `begun` table;
// - an `add` used only as an address is part of the access, `sext32` of an add, sub or mul is one operation, and a
//   comparison used only by the branch is part of it.
import type { Environment } from "./environment.ts";
import { Exit } from "./exits.ts";
import { Code, execute, type Prepared, type PreparedCall } from "./interpreter.ts";
import { convertCode, floatCode, OPS, type TempField, terminatorOperand } from "./ops.ts";
import { rehearse } from "./rehearsal.ts";
import type {
  BinaryName,
  Block,
  Op,
  RegisterIndex,
  Rounding,
  Size,
  Temp,
  Terminator,
  TrapKind,
  UnaryName,
} from "./types.ts";

const unaryCodes: Record<UnaryName, Code> = {
  sext8: Code.Sext8,
  sext16: Code.Sext16,
  sext32: Code.Sext32,
  zext8: Code.Zext8,
  zext16: Code.Zext16,
  zext32: Code.Zext32,
  clz: Code.Clz,
  ctz: Code.Ctz,
  popcnt: Code.Popcnt,
  bswap: Code.Bswap,
  box32: Code.Box32,
  unbox32: Code.Unbox32,
};

const binaryCodes: Record<BinaryName, Code> = {
  add: Code.Add,
  sub: Code.Sub,
  mul: Code.Mul,
  mulhs: Code.Mulhs,
  mulhu: Code.Mulhu,
  mulhsu: Code.Mulhsu,
  divs: Code.Divs,
  divu: Code.Divu,
  rems: Code.Rems,
  remu: Code.Remu,
  and: Code.And,
  or: Code.Or,
  xor: Code.Xor,
  shl: Code.Shl,
  shr: Code.Shr,
  sar: Code.Sar,
  rotr: Code.Rotr,
  rotr32: Code.Rotr32,
  clmul: Code.Clmul,
  clmulr: Code.Clmulr,
  eq: Code.Eq,
  ne: Code.Ne,
  lts: Code.Lts,
  ltu: Code.Ltu,
  ges: Code.Ges,
  geu: Code.Geu,
};

const loadCodes: Record<Size, readonly [unsigned: Code, signed: Code]> = {
  1: [Code.Load8u, Code.Load8s],
  2: [Code.Load16u, Code.Load16s],
  4: [Code.Load32u, Code.Load32s],
  8: [Code.Load64, Code.Load64],
};

const storeCodes: Record<Size, Code> = { 1: Code.Store8, 2: Code.Store16, 4: Code.Store32, 8: Code.Store64 };

/** An operation and its form that sign-extends the low half. */
const narrow = new Map<Code, Code>([
  [Code.Add, Code.Add32],
  [Code.Sub, Code.Sub32],
  [Code.Mul, Code.Mul32],
]);

const branches = new Map<Code, Code>([
  [Code.Eq, Code.BranchEq],
  [Code.Ne, Code.BranchNe],
  [Code.Lts, Code.BranchLts],
  [Code.Ltu, Code.BranchLtu],
  [Code.Ges, Code.BranchGes],
  [Code.Geu, Code.BranchGeu],
]);

const trapExits: Record<TrapKind, Exit> = {
  syscall: Exit.Syscall,
  ebreak: Exit.Ebreak,
  illegal: Exit.Illegal,
  "fence.i": Exit.FenceI,
  misaligned: Exit.Misaligned,
  redirect: Exit.Redirect,
};

/** The number the compact form gives to the dynamic rounding mode. */
export const DYNAMIC_ROUNDING = 5;

/** Where code is written before its length is known. */
const draft = { code: new Int32Array(0x1000), begun: new Uint16Array(0x400) };
/** By Temp, used again for each block. */
const byTemp = { slots: new Int32Array(0x400), lastUse: new Int32Array(0x400) };

let rehearsed = false;

/** Makes V8 know all of `execute` (rehearsal.ts), once: worth it for a program that runs longer than that takes. */
export function rehearseOnce(): void {
  if (rehearsed) return;
  rehearsed = true;
  rehearse((rehearsal, stage) => execute(prepare(rehearsal, stage), stage));
}

/** Prepares a valid block for `execute` in this environment. */
export function prepare(block: Block, env: Environment): Prepared {
  return new Preparation(block, env).run();
}

class Preparation {
  /** Being written: `length` words of code so far. */
  private code = draft.code;
  private begun = draft.begun;
  private length = 0;
  private readonly calls: PreparedCall[] = [];
  private readonly slots: Int32Array;
  /** Index of the operation that reads a Temp last; the number of operations for the terminator. */
  private readonly lastUse: Int32Array;
  /** Temps that stand for the present value of a register, with it. */
  private aliases: { temp: Temp; reg: RegisterIndex }[] = [];
  /** The Temp made by the last operation emitted, when it sits in its own slot, and where that operation begins. */
  private lastTemp: Temp = -1;
  private lastAt = 0;
  /** Where the open `if`s begin in the code. */
  private readonly open: number[] = [];
  private nextTemp: number;
  private instructions = 0;
  private index = 0;

  constructor(
    private readonly block: Block,
    private readonly env: Environment,
  ) {
    if (block.temps > byTemp.slots.length) {
      byTemp.slots = new Int32Array(2 * block.temps);
      byTemp.lastUse = new Int32Array(2 * block.temps);
    }
    this.slots = byTemp.slots.fill(0, 0, block.temps);
    this.lastUse = byTemp.lastUse.fill(-1, 0, block.temps);
    this.nextTemp = env.tempSlot;
  }

  run(): Prepared {
    const { block, lastUse } = this;
    const { ops } = block;
    for (let at = 0; at < ops.length; at++) {
      const op = ops[at];
      const { temps } = OPS[op.op];
      for (let i = 0; i < temps.length; i++) lastUse[(op as unknown as Record<TempField, Temp>)[temps[i]]] = at;
      if (op.op === "call" || op.op === "notify") for (const arg of op.args) lastUse[arg] = at;
    }
    const operand = terminatorOperand(block.terminator);
    if (operand !== undefined) lastUse[operand] = ops.length;
    const { instructions } = block;
    const pcs = new BigInt64Array(instructions.length);
    for (let i = 0; i < pcs.length; i++) pcs[i] = instructions[i].pc;

    for (this.index = 0; this.index < ops.length; this.index++) this.op(ops[this.index]);
    this.terminator(block.terminator);
    return {
      pc: block.pc,
      instructions: this.instructions,
      code: this.code.slice(0, this.length),
      pcs,
      begun: this.begun.slice(0, this.length >> 2),
      calls: this.calls,
      next: block.terminator.op === "trap" ? block.terminator.next : 0n,
    };
  }

  private op(op: Op): void {
    const { slots } = this;
    switch (op.op) {
      case "const": {
        const slot = this.env.constantSlot(op.value);
        if (slot === undefined)
          this.result(op.dst, Code.Const, Number(BigInt.asIntN(32, op.value)), Number(op.value >> 32n));
        else slots[op.dst] = slot;
        break;
      }
      case "get":
        slots[op.dst] = this.env.registerSlot(op.reg);
        this.aliases.push({ temp: op.dst, reg: op.reg });
        break;
      case "put":
        this.put(op.reg, op.src);
        break;
      case "select":
        this.result(op.dst, Code.Select, slots[op.a], slots[op.b]);
        this.more(slots[op.cond]);
        break;
      case "load": {
        const [base, offset] = this.address(op.addr);
        this.result(op.dst, loadCodes[op.size][op.signed ? 1 : 0], base, offset);
        break;
      }
      case "store": {
        const [base, offset] = op.src === op.addr ? [slots[op.addr], this.env.zeroSlot] : this.address(op.addr);
        this.emit(storeCodes[op.size], slots[op.src], base, offset);
        break;
      }
      case "fconvert":
        this.preserve(this.env.file.floatFlags);
        this.result(op.dst, Code.Float, slots[op.a], slots[op.a]);
        this.more(slots[op.a], convertCode(op.convert), roundingNumber(op.rounding));
        break;
      case "icount":
        this.result(op.dst, Code.Icount);
        break;
      case "if":
        // A register that changes inside changes on one of two paths only: no alias lives across.
        for (const { reg } of [...this.aliases]) this.preserve(reg);
        this.open.push(this.length);
        this.emit(Code.If, slots[op.cond]);
        break;
      case "end": {
        const at = this.open.pop();
        if (at !== undefined) this.code[at + 2] = this.length;
        this.lastTemp = -1;
        break;
      }
      case "insn":
        this.instructions++;
        break;
      case "guard":
      case "plainload":
      case "plainstore":
        throw new Error(`\`${op.op}\` is for compiled code`);
      case "breakpoint":
        this.emit(Code.Breakpoint, this.instructions);
        break;
      case "trapif":
        this.emit(Code.TrapIf, slots[op.cond], trapExits[op.trap]);
        break;
      case "count":
        this.emit(Code.Count, op.counter, slots[op.src]);
        break;
      case "peek":
        this.result(op.dst, Code.Peek, slots[op.addr], op.offset);
        this.more(op.size);
        break;
      case "poke":
        this.emit(Code.Poke, slots[op.src], slots[op.addr], op.offset);
        this.more(op.size);
        break;
      case "notify":
        this.calls.push({ id: op.id, args: op.args.map((arg) => slots[arg]) });
        this.emit(Code.Notify, this.calls.length - 1);
        break;
      case "call":
        for (const reg of op.writes) this.preserve(reg);
        this.calls.push({ id: op.id, args: op.args.map((arg) => slots[arg]) });
        this.emit(Code.Call, this.calls.length - 1);
        break;
      case "fadd":
      case "fsub":
      case "fmul":
      case "fdiv":
      case "fsqrt":
      case "fma":
      case "fmin":
      case "fmax":
      case "feq":
      case "flt":
      case "fle":
        this.preserve(this.env.file.floatFlags);
        this.result(op.dst, Code.Float, slots[op.a], slots[op.b]);
        this.more(slots[op.c], floatCode(op.op, op.format), roundingNumber(op.rounding));
        break;
      default:
        if ("b" in op) this.result(op.dst, binaryCodes[op.op], slots[op.a], slots[op.b]);
        else this.unary(op);
    }
  }

  private unary(op: Op & { op: UnaryName }): void {
    if (op.op === "sext32" && this.isLast(op.a)) {
      const code = narrow.get(this.code[this.lastAt]);
      if (code !== undefined) {
        this.code[this.lastAt] = code;
        this.slots[op.dst] = this.slots[op.a];
        this.lastTemp = op.dst;
        return;
      }
    }
    this.result(op.dst, unaryCodes[op.op], this.slots[op.a]);
  }

  private put(reg: RegisterIndex, src: Temp): void {
    const home = this.env.registerSlot(reg);
    if (this.slots[src] === home) return;
    const kept = this.preserve(reg, src);
    if (src === this.lastTemp && !kept) this.code[this.lastAt + 1] = home;
    else {
      this.emit(Code.Mov, home, this.slots[src]);
      return;
    }
    this.lastTemp = -1;
    this.slots[src] = home;
    this.aliases.push({ temp: src, reg });
  }

  /**
   * The register is about to change: moves aliases that are read later to slots of their own, and forgets them all.
   * Gives whether something was moved. `except` is read by the operation at hand only as itself.
   */
  private preserve(reg: RegisterIndex, except: Temp = -1): boolean {
    let moved = false;
    let rest: { temp: Temp; reg: RegisterIndex }[] | undefined;
    for (const alias of this.aliases) {
      if (alias.reg !== reg) continue;
      rest ??= this.aliases.filter((other) => other.reg !== reg);
      // An operand of the operation at hand itself is read before the register changes, or is `except`.
      if (this.lastUse[alias.temp] <= this.index || alias.temp === except) continue;
      const slot = this.temp();
      this.emit(Code.Mov, slot, this.slots[alias.temp]);
      this.slots[alias.temp] = slot;
      moved = true;
    }
    if (rest) this.aliases = rest;
    return moved;
  }

  /** Base and offset slots of an access; takes in an `add` made just for it. */
  private address(addr: Temp): [number, number] {
    if (this.isLast(addr) && this.code[this.lastAt] === Code.Add) {
      const { code, lastAt } = this;
      this.length = lastAt;
      this.lastTemp = -1;
      return [code[lastAt + 2], code[lastAt + 3]];
    }
    return [this.slots[addr], this.env.zeroSlot];
  }

  /** Was this Temp made by the last operation emitted, and is it read by nothing after the operation at hand? */
  private isLast(temp: Temp): boolean {
    return temp === this.lastTemp && this.lastUse[temp] === this.index;
  }

  private terminator(terminator: Terminator): void {
    this.index = this.block.ops.length;
    switch (terminator.op) {
      case "goto":
        this.emit(Code.Goto, low(terminator.target), high(terminator.target));
        break;
      case "branch": {
        const fused = this.isLast(terminator.cond) ? branches.get(this.code[this.lastAt]) : undefined;
        if (fused !== undefined) {
          this.length = this.lastAt;
          this.emit(fused, 0, this.code[this.lastAt + 2], this.code[this.lastAt + 3]);
        } else this.emit(Code.BranchNonZero, this.slots[terminator.cond]);
        const { taken, fallthrough } = terminator;
        this.words(low(taken), high(taken), low(fallthrough), high(fallthrough));
        break;
      }
      case "jump":
        this.emit(Code.Jump, this.slots[terminator.addr]);
        break;
      case "trap":
        this.emit(Code.Trap, trapExits[terminator.trap]);
    }
  }

  /** Emits an operation that makes a Temp. */
  private result(dst: Temp, code: Code, a = 0, b = 0): void {
    const slot = this.temp();
    const at = this.length;
    this.emit(code, slot, a, b);
    this.slots[dst] = slot;
    this.lastTemp = dst;
    this.lastAt = at;
  }

  private emit(code: number, d = 0, a = 0, b = 0): void {
    this.words(code, d, a, b);
    this.lastTemp = -1;
  }

  /** The second half of an operation of 8 words. */
  private more(a: number, b = 0, c = 0): void {
    this.words(a, b, c, 0);
  }

  private words(first: number, second: number, third: number, fourth: number): void {
    const { length } = this;
    if (length === this.code.length) this.grow();
    const { code } = this;
    code[length] = first;
    code[length + 1] = second;
    code[length + 2] = third;
    code[length + 3] = fourth;
    this.begun[length >> 2] = this.instructions;
    this.length = length + 4;
  }

  private grow(): void {
    const { code, begun } = draft;
    draft.code = new Int32Array(2 * code.length);
    draft.begun = new Uint16Array(2 * begun.length);
    draft.code.set(code);
    draft.begun.set(begun);
    this.code = draft.code;
    this.begun = draft.begun;
  }

  private temp(): number {
    const slot = this.nextTemp;
    this.nextTemp += 2;
    if (this.nextTemp > this.env.tempSlot + 2 * this.env.maxTemps)
      throw new Error(
        `the block at 0x${this.block.pc.toString(16)} needs more than ${this.env.maxTemps} values: translate fewer instructions at once`,
      );
    return slot;
  }
}

function roundingNumber(rounding: Rounding): number {
  return rounding === "dynamic" ? DYNAMIC_ROUNDING : rounding;
}

function low(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

function high(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n));
}
