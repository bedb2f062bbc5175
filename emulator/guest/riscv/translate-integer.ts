// I and M: arithmetic on integer registers.
import type { BinaryName, Temp } from "../../ir/types.ts";
import { type Emit, type EmitTable, type InstructionEmitter, registers, result } from "./instruction-emitter.ts";

/** rd = rs1 op imm */
function immediate(op: BinaryName): Emit {
  return result((e, d) => e.b.binary(op, e.x(d.rs1), e.constant(d.imm)));
}

/** How a 32-bit operation reads its 64-bit operand. */
type Width = "any" | "sext32" | "zext32";

function narrow(e: InstructionEmitter, width: Width, value: Temp): Temp {
  return width === "any" ? value : e.b.unary(width, value);
}

/** rd = sext32(rs1 op rs2), operands read as 32-bit numbers of that kind. */
function words(op: BinaryName, width: Width): Emit {
  return result((e, d) => {
    const a = narrow(e, width, e.x(d.rs1));
    const b = narrow(e, width, e.x(d.rs2));
    return e.b.unary("sext32", e.b.binary(op, a, b));
  });
}

/** rd = sext32(rs1 shifted by the low five bits of rs2) */
function wordShift(op: BinaryName, width: Width): Emit {
  return result((e, d) => {
    const amount = e.b.binary("and", e.x(d.rs2), e.constant(31));
    return e.b.unary("sext32", e.b.binary(op, narrow(e, width, e.x(d.rs1)), amount));
  });
}

function wordShiftImmediate(op: BinaryName, width: Width): Emit {
  return result((e, d) => e.b.unary("sext32", e.b.binary(op, narrow(e, width, e.x(d.rs1)), e.constant(d.imm))));
}

export const integerInstructions: EmitTable = {
  lui: result((e, d) => e.constant(d.imm)),
  auipc: result((e, d) => e.b.const(e.relative(d.imm))),
  // `addi rd, zero, imm` and `addi rd, rs1, 0` are how the ISA spells li and mv: no arithmetic for them.
  addi: result((e, d) => (d.rs1 === 0 ? e.constant(d.imm) : e.address(d))),
  slti: immediate("lts"),
  sltiu: immediate("ltu"),
  xori: immediate("xor"),
  ori: immediate("or"),
  andi: immediate("and"),
  slli: immediate("shl"),
  srli: immediate("shr"),
  srai: immediate("sar"),
  // `add rd, zero, rs2` is c.mv.
  add: result((e, d) => (d.rs1 === 0 ? e.x(d.rs2) : e.b.binary("add", e.x(d.rs1), e.x(d.rs2)))),
  sub: registers("sub"),
  sll: registers("shl"),
  slt: registers("lts"),
  sltu: registers("ltu"),
  xor: registers("xor"),
  srl: registers("shr"),
  sra: registers("sar"),
  or: registers("or"),
  and: registers("and"),
  addiw: result((e, d) => e.b.unary("sext32", e.address(d))),
  slliw: wordShiftImmediate("shl", "any"),
  srliw: wordShiftImmediate("shr", "zext32"),
  sraiw: wordShiftImmediate("sar", "sext32"),
  addw: words("add", "any"),
  subw: words("sub", "any"),
  sllw: wordShift("shl", "any"),
  srlw: wordShift("shr", "zext32"),
  sraw: wordShift("sar", "sext32"),

  // The IR's division gives what RISC-V gives for a zero divisor and for overflow, also at 32 bits after narrowing.
  mul: registers("mul"),
  mulh: registers("mulhs"),
  mulhsu: registers("mulhsu"),
  mulhu: registers("mulhu"),
  div: registers("divs"),
  divu: registers("divu"),
  rem: registers("rems"),
  remu: registers("remu"),
  mulw: words("mul", "any"),
  divw: words("divs", "sext32"),
  divuw: words("divu", "zext32"),
  remw: words("rems", "sext32"),
  remuw: words("remu", "zext32"),
};
