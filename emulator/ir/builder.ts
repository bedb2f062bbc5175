// Builds a block operation by operation. On the path of all cold code, so it only appends.
import { OPS, usesRounding } from "./ops.ts";
import type {
  BinaryName,
  Block,
  ConvertName,
  FloatFormat,
  FloatName,
  Op,
  RegisterIndex,
  Rounding,
  Size,
  Temp,
  Terminator,
  TranslatedInstruction,
  TrapKind,
  UnaryName,
} from "./types.ts";

export class BlockBuilder {
  /** Guest address of the block. */
  readonly pc: bigint;
  /** Append only; instruments may look back at it. */
  readonly ops: Op[] = [];
  readonly instructions: TranslatedInstruction[] = [];
  private temps: number;
  private bytes = 0;

  /** `firstTemp`: the Temps below it are taken. */
  constructor(pc: bigint, firstTemp: Temp = 0) {
    this.pc = pc;
    this.temps = firstTemp;
  }

  /** Every Temp so far is below this. */
  get tempCount(): number {
    return this.temps;
  }

  /** Guest bytes covered so far. */
  get size(): number {
    return this.bytes;
  }

  /** A Temp that no operation has assigned yet, for operations appended by hand to `ops`. */
  temp(): Temp {
    return this.temps++;
  }

  /** Begins a guest instruction. `bits` are its bytes, little-endian; `length` is in bytes. */
  insn(pc: bigint, length: number, bits: number): void {
    this.ops.push({ op: "insn", index: this.instructions.length, pc, length });
    this.instructions.push({ pc, length, bits });
    this.bytes += length;
  }

  /** Stops before the instruction at pc; goes before its `insn`. */
  breakpoint(pc: bigint): void {
    this.ops.push({ op: "breakpoint", pc });
  }

  const(value: bigint): Temp {
    const dst = this.temps++;
    this.ops.push({ op: "const", dst, value: BigInt.asIntN(64, value) });
    return dst;
  }

  get(reg: RegisterIndex): Temp {
    const dst = this.temps++;
    this.ops.push({ op: "get", dst, reg });
    return dst;
  }

  put(reg: RegisterIndex, src: Temp): void {
    this.ops.push({ op: "put", reg, src });
  }

  unary(op: UnaryName, a: Temp): Temp {
    const dst = this.temps++;
    this.ops.push({ op, dst, a });
    return dst;
  }

  binary(op: BinaryName, a: Temp, b: Temp): Temp {
    const dst = this.temps++;
    this.ops.push({ op, dst, a, b });
    return dst;
  }

  /** cond != 0 ? a : b */
  select(cond: Temp, a: Temp, b: Temp): Temp {
    const dst = this.temps++;
    this.ops.push({ op: "select", dst, cond, a, b });
    return dst;
  }

  load(addr: Temp, size: Size, signed: boolean): Temp {
    const dst = this.temps++;
    this.ops.push({ op: "load", dst, addr, size, signed: signed && size < 8 });
    return dst;
  }

  store(addr: Temp, src: Temp, size: Size): void {
    this.ops.push({ op: "store", addr, src, size });
  }

  /** Operands that the operation does not have may be left out, and are ignored. */
  float(op: FloatName, format: FloatFormat, rounding: Rounding, a: Temp, b: Temp = a, c: Temp = a): Temp {
    const dst = this.temps++;
    const operands = OPS[op].temps.length;
    this.ops.push({
      op,
      dst,
      format,
      rounding: usesRounding(op) ? rounding : 0,
      a,
      b: operands > 1 ? b : a,
      c: operands > 2 ? c : a,
    });
    return dst;
  }

  convert(convert: ConvertName, rounding: Rounding, a: Temp): Temp {
    const dst = this.temps++;
    this.ops.push({ op: "fconvert", dst, convert, rounding, a });
    return dst;
  }

  icount(): Temp {
    const dst = this.temps++;
    this.ops.push({ op: "icount", dst });
    return dst;
  }

  /** What follows, up to the matching `end`, runs when cond != 0. */
  if(cond: Temp): void {
    this.ops.push({ op: "if", cond });
  }

  end(): void {
    this.ops.push({ op: "end" });
  }

  /** Leaves at the current instruction with the exit of `trap` when cond != 0. */
  trapIf(trap: TrapKind, cond: Temp): void {
    this.ops.push({ op: "trapif", trap, cond });
  }

  /** The 64-bit counter at byte offset `counter` of the shared memory += src. */
  count(counter: number, src: Temp): void {
    this.ops.push({ op: "count", counter, src });
  }

  /** Instruments' memory at byte offset `addr` + `offset`. */
  peek(addr: Temp, offset: number, size: Size): Temp {
    const dst = this.temps++;
    this.ops.push({ op: "peek", dst, addr, offset, size });
    return dst;
  }

  poke(addr: Temp, offset: number, src: Temp, size: Size): void {
    this.ops.push({ op: "poke", addr, offset, src, size });
  }

  notify(id: number, args: readonly Temp[]): void {
    this.ops.push({ op: "notify", id, args });
  }

  call(
    id: number,
    args: readonly Temp[],
    reads: readonly RegisterIndex[] = [],
    writes: readonly RegisterIndex[] = [],
  ): void {
    this.ops.push({ op: "call", id, args, reads, writes });
  }

  /** The finished block; the builder is not used after. */
  finish(terminator: Terminator): Block {
    return {
      pc: this.pc,
      size: this.bytes,
      instructions: this.instructions,
      ops: this.ops,
      terminator,
      temps: this.temps,
    };
  }
}
