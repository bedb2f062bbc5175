// The assembler's text of an instruction, spelled as binutils spell it without aliases.
import { Csr } from "./csr.ts";
import { type Decoded, dynamicRounding } from "./decode.ts";
import { F0, registers, X0 } from "./registers.ts";
import type { Operand } from "./table-parser.ts";

const roundingNames = ["rne", "rtz", "rdn", "rup", "rmm", "", "", "dyn"];
const csrNames = new Map<number, string>(Object.entries(Csr).map(([name, number]) => [number, name]));
const orderingSuffixes = ["", ".aq", ".rl", ".aqrl"];

export function hexadecimal(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** `d` as written (decodeAsWritten). */
export function mnemonicOf(d: Decoded): string {
  return d.row.ordered ? d.row.mnemonic + orderingSuffixes[d.aq + 2 * d.rl] : d.row.mnemonic;
}

/** The operands of `d`, as written; targets are absolute addresses in bare hexadecimal, as objdump has them. */
export function operandsOf(d: Decoded, pc: bigint): string {
  let text = "";
  for (const operand of d.row.operands) {
    const value = operandText(operand, d, pc);
    if (value !== "") text += operand.before + value + operand.after;
  }
  return text;
}

/** Where a branch or direct jump goes. */
export function targetOf(d: Decoded, pc: bigint): bigint {
  return BigInt.asUintN(64, pc + BigInt(d.imm));
}

function operandText(operand: Operand, d: Decoded, pc: bigint): string {
  const value = operand.field ? d[operand.field] : 0;
  switch (operand.style) {
    case "integer register":
      return registers[X0 + value].name;
    case "float register":
      return registers[F0 + value].name;
    case "stack pointer":
      return "sp";
    case "decimal":
    case "number of rs1":
      return String(value);
    case "shift":
      return hexadecimal(value);
    case "upper":
      return hexadecimal((value >>> 12) & 0xfffff);
    case "target":
      return targetOf(d, pc).toString(16);
    case "csr":
      return csrNames.get(value) ?? hexadecimal(value);
    case "predecessor":
      return fenceSet((value >> 4) & 15);
    case "successor":
      return fenceSet(value & 15);
    case "rounding":
      return value === dynamicRounding ? "" : roundingNames[value];
    case "exact rounding":
      return value === 0 ? "" : roundingNames[value];
  }
}

/** The letters of a fence's predecessor or successor set. */
function fenceSet(bits: number): string {
  return [..."iorw"].filter((_, i) => bits & (8 >> i)).join("") || "unknown";
}
