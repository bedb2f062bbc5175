// Lays out instructions and data at consecutive addresses, with labels that may be placed after their use.
import * as encode from "../encode.ts";

/** An address that is known in the end. */
export class Label {
  private at: number | undefined;

  get address(): number {
    if (this.at === undefined) throw new Error("a label was used and never placed");
    return this.at;
  }

  placeAt(address: number): void {
    if (this.at !== undefined) throw new Error("a label was placed twice");
    this.at = address;
  }
}

export type Condition = "eq" | "ne" | "lt" | "ge" | "ltu" | "geu";
export const conditions: readonly Condition[] = ["eq", "ne", "lt", "ge", "ltu", "geu"];
const conditionCodes: Readonly<Record<Condition, number>> = { eq: 0, ne: 1, lt: 4, ge: 5, ltu: 6, geu: 7 };

export class Assembler {
  private readonly halves: number[] = [];
  private readonly fixups: (() => void)[] = [];
  /** Addresses of instructions, in order; what lies between is data or padding. */
  readonly instructions: number[] = [];

  constructor(readonly origin: number) {}

  get here(): number {
    return this.origin + 2 * this.halves.length;
  }

  label(): Label {
    const label = new Label();
    label.placeAt(this.here);
    return label;
  }

  place(label: Label): void {
    label.placeAt(this.here);
  }

  /** 32-bit instructions. */
  emit(...words: readonly number[]): void {
    for (const word of words) {
      this.instructions.push(this.here);
      this.halves.push(word & 0xffff, word >>> 16);
    }
  }

  /** A 16-bit instruction. */
  emitShort(half: number): void {
    this.instructions.push(this.here);
    this.halves.push(half & 0xffff);
  }

  emitRandom({ word, length }: { word: number; length: 2 | 4 }): void {
    if (length === 4) this.emit(word);
    else this.emitShort(word);
  }

  branch(condition: Condition, rs1: number, rs2: number, to: Label): void {
    this.relative(to, -0x1000, 0xffe, (offset) => encode.branch(conditionCodes[condition], rs1, rs2, offset));
  }

  /** c.beqz or c.bnez of a register from x8 to x15. */
  shortBranch(notZero: boolean, rs1: number, to: Label): void {
    this.relativeShort(to, -0x100, 0xfe, (offset) => encode.cBranch(notZero, rs1, offset));
  }

  jump(to: Label): void {
    this.call(0, to);
  }

  shortJump(to: Label): void {
    this.relativeShort(to, -0x800, 0x7fe, encode.cJump);
  }

  /** jal. */
  call(link: number, to: Label): void {
    this.relative(to, -0x100000, 0xffffe, (offset) => encode.jal(link, offset));
  }

  /** The address of a label (plus so many bytes), by auipc and addi or by lui and addi. */
  address(rd: number, of: Label, plus = 0, relative = false): void {
    const at = this.here;
    const index = this.halves.length;
    this.emit(0, 0);
    this.fixups.push(() => {
      const value = of.address + plus - (relative ? at : 0);
      const high = ((value + 0x800) >>> 12) & 0xfffff;
      this.patch(index, relative ? encode.auipc(rd, high) : encode.lui(rd, high));
      this.patch(index + 2, encode.addi(rd, rd, value & 0xfff));
    });
  }

  /** A constant of 32 bits, sign-extended, or of 64. */
  constant(rd: number, value: number | bigint): void {
    const wide = BigInt.asIntN(64, BigInt(value));
    const low = Number(BigInt.asIntN(12, wide));
    const rest = wide - BigInt(low);
    if (wide === BigInt(low)) this.emit(encode.addi(rd, 0, low));
    else if (BigInt.asIntN(32, rest) === rest) {
      this.emit(encode.lui(rd, Number(BigInt.asUintN(20, rest >> 12n))));
      if (low !== 0) this.emit(encode.addi(rd, rd, low));
    } else {
      this.constant(rd, rest >> 12n);
      this.emit(encode.slli(rd, rd, 12));
      if (low !== 0) this.emit(encode.addi(rd, rd, low));
    }
  }

  /** Data: 16-bit units. */
  data(...halves: readonly number[]): void {
    this.halves.push(...halves.map((half) => half & 0xffff));
  }

  /** Data: a label's address, in 8 bytes. */
  addressData(of: Label): void {
    const index = this.halves.length;
    this.data(0, 0, 0, 0);
    this.fixups.push(() => this.patch(index, of.address));
  }

  /** Data: how far a label is from a base, in 4 bytes. */
  distanceData(of: Label, base: Label): void {
    const index = this.halves.length;
    this.data(0, 0);
    this.fixups.push(() => this.patch(index, of.address - base.address));
  }

  /** Padding that is not to be run, to the next address that is `offset` modulo `size`. */
  align(size: number, offset = 0): void {
    while (this.here % size !== offset % size) this.data(0);
  }

  finish(): Uint8Array {
    for (const fixup of this.fixups) fixup();
    const bytes = new Uint8Array(2 * this.halves.length);
    const view = new DataView(bytes.buffer);
    this.halves.forEach((half, index) => {
      view.setUint16(2 * index, half, true);
    });
    return bytes;
  }

  private patch(index: number, word: number): void {
    this.halves[index] = word & 0xffff;
    this.halves[index + 1] = word >>> 16;
  }

  private relative(to: Label, least: number, most: number, encoder: (offset: number) => number): void {
    const at = this.here;
    const index = this.halves.length;
    this.emit(0);
    this.fixups.push(() => this.patch(index, encoder(checked(to.address - at, least, most))));
  }

  private relativeShort(to: Label, least: number, most: number, encoder: (offset: number) => number): void {
    const at = this.here;
    const index = this.halves.length;
    this.emitShort(0);
    this.fixups.push(() => {
      this.halves[index] = encoder(checked(to.address - at, least, most)) & 0xffff;
    });
  }
}

function checked(offset: number, least: number, most: number): number {
  if (offset < least || offset > most) throw new Error(`a jump over ${offset} bytes cannot be encoded`);
  return offset;
}
