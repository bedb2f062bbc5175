// Branches, jumps, traps, fences and CSR instructions: everything that ends a block, and fence, which does nothing on
// one hart that runs in program order.
import type { BinaryName, JumpKind, Temp, Terminator } from "../../ir/types.ts";
import { Csr, INSTRUCTIONS_PER_TICK, isReadOnly } from "./csr.ts";
import type { Decoded } from "./decode.ts";
import { type Emit, type EmitTable, type InstructionEmitter, straight } from "./instruction-emitter.ts";
import { FFLAGS, FRM } from "./registers.ts";

function branch(condition: BinaryName): Emit {
  return (e, d) => ({
    op: "branch",
    cond: e.b.binary(condition, e.x(d.rs1), e.x(d.rs2)),
    taken: e.relative(d.imm),
    fallthrough: e.next,
  });
}

/** ra and t0 are the link registers by convention. */
function isLink(register: number): boolean {
  return register === 1 || register === 5;
}

/** What a jump means, by the manual's return-address-stack hints. Of "pop, then push" the push counts. */
export function jumpKind(d: Decoded): JumpKind {
  if (isLink(d.rd)) return "call";
  return d.row.mnemonic === "jalr" && isLink(d.rs1) ? "return" : "jump";
}

function linkage(e: InstructionEmitter, d: Decoded): { kind: JumpKind; returnAddress?: bigint } {
  const kind = jumpKind(d);
  return kind === "call" ? { kind, returnAddress: e.next } : { kind };
}

const jal: Emit = (e, d) => {
  if (d.rd !== 0) e.setX(d.rd, e.b.const(e.next));
  return { op: "goto", target: e.relative(d.imm), ...linkage(e, d) };
};

const jalr: Emit = (e, d) => {
  const addr = e.b.binary("and", e.address(d), e.constant(-2));
  if (d.rd !== 0) e.setX(d.rd, e.b.const(e.next));
  return { op: "jump", addr, ...linkage(e, d) };
};

function readCsr(e: InstructionEmitter, csr: number): Temp | undefined {
  switch (csr) {
    case Csr.fflags:
      return e.b.get(FFLAGS);
    case Csr.frm:
      return e.b.get(FRM);
    case Csr.fcsr:
      return e.b.binary("or", e.b.binary("shl", e.b.get(FRM), e.constant(5)), e.b.get(FFLAGS));
    case Csr.cycle:
    case Csr.instret:
      return e.b.icount();
    case Csr.time:
      return e.b.binary("divu", e.b.icount(), e.b.const(INSTRUCTIONS_PER_TICK));
    default:
      return undefined;
  }
}

/** Bits of fcsr outside flags and rounding mode are dropped. */
function writeCsr(e: InstructionEmitter, csr: number, value: Temp): void {
  if (csr === Csr.fflags || csr === Csr.fcsr) e.b.put(FFLAGS, e.b.binary("and", value, e.constant(0x1f)));
  if (csr === Csr.frm) e.b.put(FRM, e.b.binary("and", value, e.constant(7)));
  if (csr === Csr.fcsr) e.b.put(FRM, e.b.binary("and", e.b.binary("shr", value, e.constant(5)), e.constant(7)));
}

type CsrUpdate = "write" | "set" | "clear";

function csrInstruction(update: CsrUpdate, immediate: boolean): Emit {
  return (e, d) => {
    // Set and clear with x0 (or 0) only read.
    const writes = update === "write" || d.rs1 !== 0;
    if (writes && isReadOnly(d.imm)) return e.illegal();
    const old = readCsr(e, d.imm);
    if (old === undefined) return e.illegal();
    if (writes) {
      const operand = immediate ? e.constant(d.rs1) : e.x(d.rs1);
      writeCsr(e, d.imm, updated(e, update, old, operand));
    }
    e.setX(d.rd, old);
    return { op: "goto", target: e.next, kind: "jump" };
  };
}

function updated(e: InstructionEmitter, update: CsrUpdate, old: Temp, operand: Temp): Temp {
  if (update === "write") return operand;
  if (update === "set") return e.b.binary("or", old, operand);
  return e.b.binary("and", old, e.b.binary("xor", operand, e.constant(-1)));
}

function trap(trap: "syscall" | "ebreak" | "fence.i"): Emit {
  return (e): Terminator => ({ op: "trap", trap, next: e.next });
}

const nothing = straight(() => {});

export const controlInstructions: EmitTable = {
  beq: branch("eq"),
  bne: branch("ne"),
  blt: branch("lts"),
  bge: branch("ges"),
  bltu: branch("ltu"),
  bgeu: branch("geu"),
  jal,
  jalr,
  fence: nothing,
  "fence.tso": nothing,
  "fence.i": trap("fence.i"),
  // The one instruction that is defined to be illegal.
  "c.unimp": (e) => e.illegal(),
  ecall: trap("syscall"),
  ebreak: trap("ebreak"),
  csrrw: csrInstruction("write", false),
  csrrs: csrInstruction("set", false),
  csrrc: csrInstruction("clear", false),
  csrrwi: csrInstruction("write", true),
  csrrsi: csrInstruction("set", true),
  csrrci: csrInstruction("clear", true),
};
