// Which random instructions made-up programs may contain: everything that the reference knows and that keeps to its code
// and data.
import { Csr } from "../guest/riscv/csr.ts";
import { InstructionGenerator } from "../guest/riscv/random.ts";
import type { InstructionClass } from "../guest/riscv/table-parser.ts";
import type { Random } from "./random.ts";
import { dataPointers, reservedRegisters } from "./random-program.ts";

/** Classes that keep to code and data. */
export const everything: readonly InstructionClass[] = [
  "alu",
  "multiply",
  "load",
  "store",
  "atomic",
  "float",
  "float move",
  "csr",
  "fence",
  "fence.i",
  "hint",
];

/** Extensions that Debian's qemu-riscv64 7.2 has not; the guest's own tests are all there is for them. */
export const unknownToReference = ["Zicond", "Zicbom", "Zicboz", "Zawrs"];

/**
 * LR and SC are left out: programs pair them themselves, because what an SC does after an LR of another width is the
 * implementation's choice. So is ctzw: of a word of zeros the reference counts on in the upper half.
 */
export function isComparable(mnemonic: string): boolean {
  return !/^(lr\.|sc\.|ctzw$)/.test(mnemonic);
}

/** Draws from one seeded source. Loads and stores stay within 2 KiB of a data pointer. */
export function instructionSource(random: Random, classes = everything): () => { word: number; length: 2 | 4 } {
  const generator = new InstructionGenerator(random.source(), {
    classes,
    without: unknownToReference,
    compressed: true,
    writable: Array.from({ length: 32 }, (_, r) => r).filter((r) => !reservedRegisters.includes(r)),
    bases: dataPointers,
    reach: 2048,
    atomicBases: dataPointers,
    jumps: { least: 4, most: 4 },
    csrs: [Csr.fflags, Csr.frm, Csr.fcsr],
  });
  return () => {
    for (;;) {
      const { bits, length, decoded } = generator.next();
      if (isComparable(decoded.row.mnemonic)) return { word: bits, length };
    }
  };
}
