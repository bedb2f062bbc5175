// What is known of an instruction without running it: text, kind, target, registers.
import type { RegisterIndex } from "../../ir/types.ts";
import type { DecodedInstruction, FetchHalf } from "../guest.ts";
import { Csr } from "./csr.ts";
import { type Decoded, decodeAsWritten, dynamicRounding, expand, instructionLength } from "./decode.ts";
import { hexadecimal, mnemonicOf, operandsOf, targetOf } from "./disassemble.ts";
import { F0, FFLAGS, FRM, X0 } from "./registers.ts";
import type { InstructionClass } from "./table-parser.ts";
import { fetchInstruction } from "./translate.ts";
import { jumpKind } from "./translate-control.ts";

const kinds: Record<Exclude<InstructionClass, "jump">, DecodedInstruction["kind"]> = {
  alu: "alu",
  multiply: "alu",
  load: "load",
  store: "store",
  branch: "branch",
  atomic: "atomic",
  float: "float",
  "float move": "float",
  csr: "system",
  fence: "fence",
  "fence.i": "fence",
  trap: "system",
  hint: "alu",
  wait: "system",
  cache: "system",
};

/** Code that cannot be fetched, or is undefined, is "unknown". */
export function describe(fetch: FetchHalf, pc: bigint): DecodedInstruction {
  const bits = fetchInstruction(fetch, pc);
  if (bits === undefined) return unknown(pc, 2, fetch(pc) ?? 0);
  const written = decodeAsWritten(bits);
  if (!written) return unknown(pc, instructionLength(bits), bits);
  const full = expand(written);
  const usage = registersUsed(full);
  return {
    pc,
    length: full.length,
    bits,
    mnemonic: mnemonicOf(written),
    operands: operandsOf(written, pc),
    kind: full.row.class === "jump" ? jumpKind(full) : kinds[full.row.class],
    target: full.row.operands.some((operand) => operand.style === "target") ? targetOf(full, pc) : undefined,
    reads: [...usage.reads],
    writes: [...usage.writes],
  };
}

function unknown(pc: bigint, length: number, bits: number): DecodedInstruction {
  return { pc, length, bits, mnemonic: "unknown", operands: hexadecimal(bits), kind: "unknown", reads: [], writes: [] };
}

/** Visible registers, x0 and pc left out. A set, so that one named twice counts once. */
function registersUsed(d: Decoded): { reads: Set<RegisterIndex>; writes: Set<RegisterIndex> } {
  const reads = new Set<RegisterIndex>();
  const writes = new Set<RegisterIndex>();
  for (const { style, field } of d.row.operands) {
    if (!field || (style !== "integer register" && style !== "float register")) continue;
    const index = (style === "float register" ? F0 : X0) + d[field];
    if (index !== X0) (field === "rd" ? writes : reads).add(index);
  }
  if (d.row.class === "float") writes.add(FFLAGS);
  if (d.row.class === "float" && d.rm === dynamicRounding) reads.add(FRM);
  if (d.row.class === "csr") addCsr(d, reads, writes);
  return { reads, writes };
}

function addCsr(d: Decoded, reads: Set<RegisterIndex>, writes: Set<RegisterIndex>): void {
  const parts = { [Csr.fflags]: [FFLAGS], [Csr.frm]: [FRM], [Csr.fcsr]: [FFLAGS, FRM] }[d.imm] ?? [];
  const onlyReads = !d.row.mnemonic.startsWith("csrrw") && d.rs1 === 0;
  for (const part of parts) {
    reads.add(part);
    if (!onlyReads) writes.add(part);
  }
}
