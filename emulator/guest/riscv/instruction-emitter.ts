// What the translation of one instruction works with: the block under construction, the instruction's place, and the
// register file's rules (x0 is constant, narrow floating-point values are boxed in NaNs).
import type { BlockBuilder } from "../../ir/builder.ts";
import type { BinaryName, Rounding, Temp, Terminator } from "../../ir/types.ts";
import { type Decoded, dynamicRounding } from "./decode.ts";
import { F0, FRM, X0 } from "./registers.ts";

/** Emits one full instruction; gives the terminator when it ends the block. */
export type Emit = (e: InstructionEmitter, d: Decoded) => Terminator | undefined;

/** Emit functions by mnemonic. */
export type EmitTable = Readonly<Record<string, Emit>>;

/** An instruction that does not end the block. */
export function straight(emit: (e: InstructionEmitter, d: Decoded) => void): Emit {
  return (e, d) => {
    emit(e, d);
    return undefined;
  };
}

/** rd = what `compute` gives. With rd = x0 there is nothing to do: these are the ISA's hints, nop among them. */
export function result(compute: (e: InstructionEmitter, d: Decoded) => Temp): Emit {
  return straight((e, d) => {
    if (d.rd !== 0) e.setX(d.rd, compute(e, d));
  });
}

/** rd = rs1 op rs2 */
export function registers(op: BinaryName): Emit {
  return result((e, d) => e.b.binary(op, e.x(d.rs1), e.x(d.rs2)));
}

/** The bits that box a binary16 value, and the canonical NaN of that format. */
const boxBits16 = -0x1_0000n;
const canonicalNaN16 = 0x7e00n;
/** The largest rounding mode that frm may hold. */
const lastRoundingMode = 4n;

export class InstructionEmitter {
  readonly b: BlockBuilder;
  /** Address of the current instruction and of the one after it. */
  pc = 0n;
  next = 0n;
  private roundingModeChecked = false;

  constructor(b: BlockBuilder) {
    this.b = b;
  }

  /** An integer register. */
  x(register: number): Temp {
    return register === 0 ? this.b.const(0n) : this.b.get(X0 + register);
  }

  setX(register: number, value: Temp): void {
    if (register !== 0) this.b.put(X0 + register, value);
  }

  constant(value: number): Temp {
    return this.b.const(BigInt(value));
  }

  /** An address in the guest's 64-bit space, relative to the current instruction. */
  relative(offset: number): bigint {
    return BigInt.asUintN(64, this.pc + BigInt(offset));
  }

  /** rs1 + imm. */
  address(d: Decoded): Temp {
    const base = this.x(d.rs1);
    return d.imm === 0 ? base : this.b.binary("add", base, this.constant(d.imm));
  }

  /** All 64 bits of a float register. */
  f(register: number): Temp {
    return this.b.get(F0 + register);
  }

  setF(register: number, value: Temp): void {
    this.b.put(F0 + register, value);
  }

  /** A binary32 operand: the canonical NaN where the register holds no boxed value. */
  single(register: number): Temp {
    return this.b.unary("unbox32", this.f(register));
  }

  /** Boxes the low 32 bits of a value. */
  setSingle(register: number, value: Temp): void {
    this.setF(register, this.b.unary("box32", value));
  }

  /** A binary16 operand, likewise. Only the low 16 bits count. */
  half(register: number): Temp {
    const value = this.f(register);
    const boxed = this.b.binary("geu", value, this.b.const(boxBits16));
    return this.b.select(boxed, value, this.b.const(canonicalNaN16));
  }

  /** Boxes the low 16 bits of a value; those above are all zeros or all ones. */
  setHalf(register: number, value: Temp): void {
    this.setF(register, this.b.binary("or", value, this.b.const(boxBits16)));
  }

  /**
   * The instruction's rounding mode. A dynamic one is an illegal instruction when frm holds a reserved mode; as only
   * CSR instructions change frm, and they end their block, the first dynamic instruction of a block checks for all.
   */
  rounding(d: Decoded): Rounding {
    if (d.rm !== dynamicRounding) return d.rm as Rounding;
    if (!this.roundingModeChecked) {
      this.b.trapIf("illegal", this.b.binary("ltu", this.b.const(lastRoundingMode), this.b.get(FRM)));
      this.roundingModeChecked = true;
    }
    return "dynamic";
  }

  illegal(): Terminator {
    return { op: "trap", trap: "illegal", next: this.next };
  }
}
