// The registers of the RISC-V user context, by the numbers that Linux's ABI gives them.
import { findRegister, type Guest } from "../../guest/guest.ts";

export interface RegisterAccess {
  read(index: number): bigint;
  write(index: number, value: bigint): void;
}

export class UserRegisters {
  private readonly integer: number[];
  private readonly float: number[];
  private readonly flags: number;
  private readonly rounding: number;

  constructor(
    private readonly guest: Guest,
    private readonly access: RegisterAccess,
  ) {
    const find = (name: string): number => {
      const index = findRegister(guest, name);
      if (index === undefined) throw new Error(`guest ${guest.name} has no register ${name}`);
      return index;
    };
    this.integer = Array.from({ length: 32 }, (_, n) => find(`x${n}`));
    this.float = Array.from({ length: 32 }, (_, n) => find(`f${n}`));
    this.flags = guest.file.floatFlags;
    this.rounding = guest.file.floatRounding;
  }

  /** x0 to x31. */
  x(number: number): bigint {
    return this.access.read(this.integer[number]);
  }

  setX(number: number, value: bigint): void {
    if (number !== 0) this.access.write(this.integer[number], BigInt.asUintN(64, value));
  }

  f(number: number): bigint {
    return this.access.read(this.float[number]);
  }

  setF(number: number, value: bigint): void {
    this.access.write(this.float[number], value);
  }

  get pc(): bigint {
    return this.access.read(this.guest.file.pc);
  }

  set pc(value: bigint) {
    this.access.write(this.guest.file.pc, BigInt.asUintN(64, value));
  }

  get sp(): bigint {
    return this.x(2);
  }

  set sp(value: bigint) {
    this.setX(2, value);
  }

  /** Rounding mode in bits 5 to 7, accrued flags in bits 0 to 4. */
  get floatControl(): number {
    return Number((this.access.read(this.flags) & 31n) | ((this.access.read(this.rounding) & 7n) << 5n));
  }

  set floatControl(value: number) {
    this.access.write(this.flags, BigInt(value & 31));
    this.access.write(this.rounding, BigInt((value >> 5) & 7));
  }
}
