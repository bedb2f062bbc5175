// Runs a block in the most direct way, straight from types.ts: what interpreter, JIT and passes are compared with.
import type { Environment } from "../environment.ts";
import { Exit } from "../exits.ts";
import { convert, float } from "../softfloat/softfloat.ts";
import type { BinaryName, Block, Op, Rounding, Temp, TrapKind, UnaryName } from "../types.ts";

const u64 = (value: bigint) => BigInt.asUintN(64, value);
const s64 = (value: bigint) => BigInt.asIntN(64, value);
const bit = (condition: boolean) => (condition ? 1n : 0n);

/** On unsigned 64-bit values. */
export const unary: Record<UnaryName, (a: bigint) => bigint> = {
  sext8: (a) => BigInt.asIntN(8, a),
  sext16: (a) => BigInt.asIntN(16, a),
  sext32: (a) => BigInt.asIntN(32, a),
  zext8: (a) => BigInt.asUintN(8, a),
  zext16: (a) => BigInt.asUintN(16, a),
  zext32: (a) => BigInt.asUintN(32, a),
  clz: (a) => BigInt(a.toString(2).padStart(64, "0").indexOf("1") + 1 || 65) - 1n,
  ctz: (a) => BigInt([...a.toString(2).padStart(64, "0")].reverse().indexOf("1") + 1 || 65) - 1n,
  popcnt: (a) => BigInt(a.toString(2).replaceAll("0", "").length),
  box32: (a) => 0xffff_ffff_0000_0000n | (a & 0xffff_ffffn),
  unbox32: (a) => (a >= 0xffff_ffff_0000_0000n ? a & 0xffff_ffffn : 0x7fc0_0000n),
  bswap: (a) => BigInt(`0x${a.toString(16).padStart(16, "0").match(/../g)!.reverse().join("")}`),
};

export const binary: Record<BinaryName, (a: bigint, b: bigint) => bigint> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  mulhs: (a, b) => (s64(a) * s64(b)) >> 64n,
  mulhu: (a, b) => (a * b) >> 64n,
  mulhsu: (a, b) => (s64(a) * b) >> 64n,
  divs: (a, b) => (b === 0n ? -1n : s64(a) / s64(b)),
  divu: (a, b) => (b === 0n ? -1n : a / b),
  rems: (a, b) => (b === 0n ? a : s64(a) % s64(b)),
  remu: (a, b) => (b === 0n ? a : a % b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << (b & 63n),
  shr: (a, b) => a >> (b & 63n),
  sar: (a, b) => s64(a) >> (b & 63n),
  rotr: (a, b) => (a | (a << 64n)) >> (b & 63n),
  rotr32: (a, b) => BigInt.asIntN(32, ((a & 0xffffffffn) * 0x100000001n) >> (b & 31n)),
  clmul: (a, b) => carryless(a, b),
  clmulr: (a, b) => carryless(a, b) >> 63n,
  eq: (a, b) => bit(a === b),
  ne: (a, b) => bit(a !== b),
  lts: (a, b) => bit(s64(a) < s64(b)),
  ltu: (a, b) => bit(a < b),
  ges: (a, b) => bit(s64(a) >= s64(b)),
  geu: (a, b) => bit(a >= b),
};

/** Multiplication with exclusive or for addition: a shifted to each place where b has a bit. */
function carryless(a: bigint, b: bigint): bigint {
  return Array.from({ length: 64 }, (_, i) => BigInt(i))
    .filter((i) => (b >> i) & 1n)
    .reduce((product, i) => product ^ (a << i), 0n);
}

const exits: Record<TrapKind, Exit> = {
  syscall: Exit.Syscall,
  ebreak: Exit.Ebreak,
  illegal: Exit.Illegal,
  "fence.i": Exit.FenceI,
  misaligned: Exit.Misaligned,
  redirect: Exit.Redirect,
};

/** As `execute` of interpreter.ts. `guardFailed` goes on from an instruction where a guard sends control. */
export function runNaively(block: Block, env: Environment, guardFailed?: (instruction: number) => number): number {
  return new Run(block, env, guardFailed).run();
}

class Run {
  private readonly temps: bigint[] = [];
  private pc: bigint;
  private begun = 0n;
  private left: number | undefined;

  constructor(
    private readonly block: Block,
    private readonly env: Environment,
    private readonly guardFailed: ((instruction: number) => number) | undefined,
  ) {
    this.pc = block.pc;
  }

  run(): number {
    const { ops, terminator, pc } = this.block;
    for (let i = 0; i < ops.length; i++) {
      const op = ops[i];
      if (op.op === "if" && this.temps[op.cond] === 0n)
        for (let depth = 1; depth > 0; ) {
          const { op: inner } = ops[++i];
          depth += inner === "if" ? 1 : inner === "end" ? -1 : 0;
        }
      else this.step(op);
      if (this.left !== undefined) return this.left;
    }
    switch (terminator.op) {
      case "trap":
        return this.leave(exits[terminator.trap], terminator.next);
      case "goto":
        return this.proceed(terminator.target, 0n);
      case "branch":
        return this.proceed(this.temps[terminator.cond] !== 0n ? terminator.taken : terminator.fallthrough, 0n);
      case "jump":
        return this.proceed(this.temps[terminator.addr], pc);
    }
  }

  private step(op: Op): void {
    const { temps, env } = this;
    const { memory } = env;
    const assign = (dst: Temp, value: bigint) => {
      temps[dst] = u64(value);
    };
    const raise = ({ value, flags }: { value: bigint; flags: number }): bigint => {
      this.field(env.flagsSlot, this.long(env.flagsSlot) | BigInt(flags));
      return value;
    };
    switch (op.op) {
      case "const":
        return assign(op.dst, op.value);
      case "get":
        return assign(op.dst, this.long(env.registerSlot(op.reg)));
      case "put":
        return this.field(env.registerSlot(op.reg), temps[op.src]);
      case "select":
        return assign(op.dst, temps[op.cond] !== 0n ? temps[op.a] : temps[op.b]);
      case "guard":
        if (!memory.isHarmless(Number(temps[op.addr]) + op.from, op.to - op.from, op.access === "store")) {
          if (!this.guardFailed) throw new Error("nobody goes on where a guard fails");
          this.finish(this.block.instructions[Number(this.begun)].pc);
          this.left = this.guardFailed(Number(this.begun));
        }
        return;
      case "plainload":
      case "load": {
        const value = memory.load(temps[op.addr], op.size);
        if (memory.fault) return this.fault();
        return assign(op.dst, op.signed ? BigInt.asIntN(8 * op.size, value) : value);
      }
      case "plainstore":
      case "store":
        memory.store(temps[op.addr], op.size, temps[op.src]);
        if (memory.fault) this.fault();
        return;
      case "fconvert":
        return assign(op.dst, raise(convert(op.convert, temps[op.a], this.mode(op.rounding))));
      case "icount":
        return assign(op.dst, this.long(env.icountSlot) + this.begun);
      case "if":
      case "end":
        return;
      case "insn":
        this.pc = op.pc;
        this.begun++;
        return;
      case "breakpoint":
        if (this.begun === 0n && env.passBreakpoint) return;
        this.pc = op.pc;
        this.leave(Exit.Breakpoint);
        return;
      case "trapif":
        if (temps[op.cond] !== 0n) this.leave(exits[op.trap], this.pc);
        return;
      case "count": {
        const before = env.view.getBigInt64(op.counter, true);
        return env.view.setBigInt64(op.counter, before + temps[op.src], true);
      }
      case "peek": {
        const at = Number(BigInt.asUintN(32, temps[op.addr])) + op.offset;
        return assign(op.dst, BigInt.asUintN(8 * op.size, this.bytesAt(at, op.size)));
      }
      case "poke": {
        const at = Number(BigInt.asUintN(32, temps[op.addr])) + op.offset;
        for (let i = 0; i < op.size; i++) env.view.setUint8(at + i, Number((temps[op.src] >> BigInt(8 * i)) & 0xffn));
        return;
      }
      case "notify":
        op.args.forEach((arg, i) => {
          this.field((env.layout.args >> 2) + 2 * i, temps[arg]);
        });
        return env.callbacks[op.id].run(...env.callbacks[op.id].values);
      case "call": {
        op.args.forEach((arg, i) => {
          this.field((env.layout.args >> 2) + 2 * i, temps[arg]);
        });
        const count = this.long(env.icountSlot);
        this.field(env.pcSlot, this.pc);
        this.field(env.icountSlot, count + this.begun);
        env.callbacks[op.id].run();
        return this.field(env.icountSlot, count);
      }
      default:
        if ("format" in op)
          return assign(
            op.dst,
            raise(float(op.op, op.format, temps[op.a], temps[op.b], temps[op.c], this.mode(op.rounding))),
          );
        if ("b" in op) return assign(op.dst, binary[op.op](temps[op.a], temps[op.b]));
        return assign(op.dst, unary[op.op](temps[op.a]));
    }
  }

  private bytesAt(at: number, size: number): bigint {
    return Array.from({ length: size }, (_, i) => BigInt(this.env.view.getUint8(at + i)) << BigInt(8 * i)).reduce(
      (sum, byte) => sum | byte,
      0n,
    );
  }

  private mode(rounding: Rounding): number {
    return rounding === "dynamic" ? Number(this.long(this.env.roundingSlot)) : rounding;
  }

  private fault(): void {
    const { layout, memory, words } = this.env;
    if (!memory.fault) return;
    words[layout.faultAccess >> 2] = memory.fault.access;
    words[layout.faultCause >> 2] = memory.fault.cause;
    this.field(layout.faultAddress >> 2, memory.fault.address);
    this.leave(Exit.Fault);
  }

  private leave(exit: Exit, next?: bigint): Exit {
    const { env } = this;
    if (next !== undefined) this.field(env.layout.next >> 2, next);
    env.words[env.layout.exit >> 2] = exit;
    this.finish(this.pc);
    this.left = exit;
    return exit;
  }

  private proceed(pc: bigint, source: bigint): number {
    this.field(this.env.sourceSlot, source);
    this.finish(pc);
    return -1;
  }

  private finish(pc: bigint): void {
    this.field(this.env.pcSlot, pc);
    this.field(this.env.icountSlot, this.long(this.env.icountSlot) + this.begun);
  }

  private long(slot: number): bigint {
    return u64(this.env.longs[slot >> 1]);
  }

  private field(slot: number, value: bigint): void {
    this.env.longs[slot >> 1] = value;
  }
}
