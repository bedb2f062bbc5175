// Random valid instructions for tests: drawn from the instruction table, with operands kept to what a policy allows, so
// that a stream of them can run anywhere without leaving its code or its data.
import { Csr } from "./csr.ts";
import { type Decoded, decode, encodeField, instructionLength } from "./decode.ts";
import { type Field, type InstructionClass, type Row, rows } from "./table-parser.ts";

/** Uniform 32-bit numbers, unsigned. */
export type RandomBits = () => number;

export interface RandomPolicy {
  classes: readonly InstructionClass[];
  /** Extensions, by the table's names, of which nothing is drawn. */
  without?: readonly string[];
  /** Are 16-bit instructions drawn too? */
  compressed: boolean;
  /** Integer registers that may be written; x0 is always allowed. */
  writable: readonly number[];
  /** Integer registers that loads and stores may take as base; each points `reach` bytes into memory of twice that. */
  bases: readonly number[];
  /** Loads and stores touch [base - reach, base + reach). */
  reach: number;
  /** Integer registers that atomics may take as address: aligned to 8, with 8 bytes of memory. */
  atomicBases: readonly number[];
  /** Branches and direct jumps go this many bytes ahead, at least and at most. jalr is never drawn. */
  jumps: { least: number; most: number };
  /** CSRs that may be read or written. Reserved rounding modes are never written. */
  csrs: readonly number[];
}

export interface RandomInstruction {
  bits: number;
  /** Bytes. */
  length: 2 | 4;
  decoded: Decoded;
}

/** A row's fixed bits with random bits everywhere else: valid or reserved. */
export function randomWord(random: RandomBits, row: Row): number {
  const free = row.length === 2 ? ~row.mask & 0xffff : ~row.mask;
  return (row.match | (random() & free)) >>> 0;
}

/** Draws instructions that a policy allows. */
export class InstructionGenerator {
  private readonly random: RandomBits;
  private readonly policy: RandomPolicy;
  private readonly candidates: readonly Row[];

  constructor(random: RandomBits, policy: RandomPolicy) {
    this.random = random;
    this.policy = policy;
    this.candidates = rows.filter(
      (row) =>
        policy.classes.includes(row.class) &&
        !policy.without?.includes(row.extension) &&
        (policy.compressed || row.length === 4),
    );
    if (this.candidates.length === 0) throw new Error("the policy allows no class of instructions");
  }

  /** @throws Error when nothing that the policy allows turns up. */
  next(): RandomInstruction {
    for (let attempt = 0; attempt < 10_000; attempt++) {
      const row = this.pick(this.candidates);
      let bits = randomWord(this.random, row);
      for (const field of row.fields) bits = this.steer(row, field, bits);
      const decoded = decode(bits);
      if (decoded && this.allows(decoded)) return { bits, length: instructionLength(bits), decoded };
    }
    throw new Error("no instruction found that the policy allows; widen its registers or its reach");
  }

  private pick<T>(list: readonly T[]): T {
    return list[this.random() % list.length];
  }

  /** Replaces a field that the policy constrains by a value that it probably allows. */
  private steer(row: Row, field: Field, bits: number): number {
    const set = (value: number) => {
      const all = encodeField(row, field.name, field.base + 0xffff_ffff);
      return ((bits & ~all) | encodeField(row, field.name, value)) >>> 0;
    };
    const memory = row.class === "load" || row.class === "store";
    if (field.name === "rs1" && memory && this.policy.bases.length) return set(this.pick(this.policy.bases));
    if (field.name === "rs1" && row.class === "atomic" && this.policy.atomicBases.length)
      return set(this.pick(this.policy.atomicBases));
    if (field.name === "imm" && memory) return set((this.random() % (2 * this.policy.reach)) - this.policy.reach);
    if (field.name === "imm" && (row.class === "branch" || row.class === "jump")) {
      const { least, most } = this.policy.jumps;
      return set(least + (this.random() % (most - least + 1)));
    }
    if (field.name === "imm" && row.class === "csr" && this.policy.csrs.length) return set(this.pick(this.policy.csrs));
    return bits;
  }

  private allows(d: Decoded): boolean {
    const { policy } = this;
    // The drawn bits may be another row's: c.add of x0 to x0 is c.ebreak.
    if (!policy.classes.includes(d.row.class) || policy.without?.includes(d.row.extension)) return false;
    const writesInteger = d.row.operands.some((o) => o.field === "rd" && o.style === "integer register");
    if (writesInteger && d.rd !== 0 && !policy.writable.includes(d.rd)) return false;
    switch (d.row.class) {
      case "load":
      case "store":
        return policy.bases.includes(d.rs1) && d.imm >= -policy.reach && d.imm <= policy.reach - 8;
      case "atomic":
        return policy.atomicBases.includes(d.rs1);
      case "jump":
        return d.row.mnemonic === "jal" && this.allowsTarget(d.imm);
      case "branch":
        return this.allowsTarget(d.imm);
      case "csr":
        return policy.csrs.includes(d.imm) && keepsRoundingValid(d);
      default:
        return true;
    }
  }

  private allowsTarget(offset: number): boolean {
    return offset >= this.policy.jumps.least && offset <= this.policy.jumps.most;
  }
}

/** Whatever the operand register holds: can the instruction not put a reserved mode into frm? */
function keepsRoundingValid(d: Decoded): boolean {
  if (d.imm !== Csr.frm && d.imm !== Csr.fcsr) return true;
  switch (d.row.mnemonic) {
    case "csrrwi":
      return d.imm === Csr.fcsr || d.rs1 <= 4;
    case "csrrs":
      return d.rs1 === 0;
    case "csrrsi":
      return d.rs1 === 0 || d.imm === Csr.fcsr;
    case "csrrc":
    case "csrrci":
      return true;
    default:
      return false;
  }
}
