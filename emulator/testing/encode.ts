// Encoders of the few RISC-V instructions that made-up programs need around their random ones. Independent of the
// instruction table on purpose: tests of the table should not rest on it.

const i = (opcode: number, funct3: number, rd: number, rs1: number, imm: number) =>
  ((imm & 0xfff) << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode;
const s = (opcode: number, funct3: number, rs1: number, rs2: number, imm: number) =>
  (((imm >> 5) & 0x7f) << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | ((imm & 0x1f) << 7) | opcode;

export const addi = (rd: number, rs1: number, imm: number) => i(0x13, 0, rd, rs1, imm);
export const ld = (rd: number, imm: number, rs1: number) => i(0x03, 3, rd, rs1, imm);
export const sd = (rs2: number, imm: number, rs1: number) => s(0x23, 3, rs1, rs2, imm);
export const fld = (rd: number, imm: number, rs1: number) => i(0x07, 3, rd, rs1, imm);
export const fsd = (rs2: number, imm: number, rs1: number) => s(0x27, 3, rs1, rs2, imm);
export const jalr = (rd: number, rs1: number, imm: number) => i(0x67, 0, rd, rs1, imm);
export const csrrs = (rd: number, csr: number, rs1: number) => i(0x73, 2, rd, rs1, csr);
export const csrrw = (rd: number, csr: number, rs1: number) => i(0x73, 1, rd, rs1, csr);
export const csrrwi = (rd: number, csr: number, imm: number) => i(0x73, 5, rd, imm, csr);
export const auipc = (rd: number, imm20: number) => (imm20 << 12) | (rd << 7) | 0x17;
export const lui = (rd: number, imm20: number) => (imm20 << 12) | (rd << 7) | 0x37;
export const ecall = 0x73;

const atomic = (funct5: number, wide: boolean, rd: number, rs1: number, rs2: number) =>
  (funct5 << 27) | (rs2 << 20) | (rs1 << 15) | ((wide ? 3 : 2) << 12) | (rd << 7) | 0x2f;
export const lr = (wide: boolean, rd: number, rs1: number) => atomic(2, wide, rd, rs1, 0);
export const sc = (wide: boolean, rd: number, rs1: number, rs2: number) => atomic(3, wide, rd, rs1, rs2);

export const jal = (rd: number, offset: number) =>
  (((offset >> 20) & 1) << 31) |
  (((offset >> 1) & 0x3ff) << 21) |
  (((offset >> 11) & 1) << 20) |
  (((offset >> 12) & 0xff) << 12) |
  (rd << 7) |
  0x6f;

/** funct3: 0 beq, 1 bne, 4 blt, 5 bge, 6 bltu, 7 bgeu. */
export const branch = (funct3: number, rs1: number, rs2: number, offset: number) =>
  (((offset >> 12) & 1) << 31) |
  (((offset >> 5) & 0x3f) << 25) |
  (rs2 << 20) |
  (rs1 << 15) |
  (funct3 << 12) |
  (((offset >> 1) & 0xf) << 8) |
  (((offset >> 11) & 1) << 7) |
  0x63;

/** c.beqz / c.bnez (rs1 of x8..x15). */
export const cBranch = (notZero: boolean, rs1: number, offset: number) =>
  ((notZero ? 7 : 6) << 13) |
  (((offset >> 8) & 1) << 12) |
  (((offset >> 3) & 3) << 10) |
  ((rs1 - 8) << 7) |
  (((offset >> 6) & 3) << 5) |
  (((offset >> 1) & 3) << 3) |
  (((offset >> 5) & 1) << 2) |
  1;

export const cJump = (offset: number) =>
  (5 << 13) |
  (((offset >> 11) & 1) << 12) |
  (((offset >> 4) & 1) << 11) |
  (((offset >> 8) & 3) << 9) |
  (((offset >> 10) & 1) << 8) |
  (((offset >> 6) & 1) << 7) |
  (((offset >> 7) & 1) << 6) |
  (((offset >> 1) & 7) << 3) |
  (((offset >> 5) & 1) << 2) |
  1;

/** A 32-bit constant in two instructions. */
export const li32 = (rd: number, value: number) => {
  const high = (value + 0x800) >>> 12;
  return [lui(rd, high & 0xfffff), addi(rd, rd, value & 0xfff)];
};

/** Register-immediate arithmetic; funct3: 0 addi, 2 slti, 3 sltiu, 4 xori, 6 ori, 7 andi. */
export const opImmediate = (funct3: number, rd: number, rs1: number, imm: number) => i(0x13, funct3, rd, rs1, imm);
export const andi = (rd: number, rs1: number, imm: number) => opImmediate(7, rd, rs1, imm);
export const slli = (rd: number, rs1: number, shift: number) => opImmediate(1, rd, rs1, shift);
export const srli = (rd: number, rs1: number, shift: number) => opImmediate(5, rd, rs1, shift);

/** Register-register arithmetic of RV64IM, on words when `word`. */
const operation = (funct7: number, funct3: number, rd: number, rs1: number, rs2: number, word = false) =>
  (funct7 << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | (word ? 0x3b : 0x33);
export const add = (rd: number, rs1: number, rs2: number) => operation(0, 0, rd, rs1, rs2);
export const sub = (rd: number, rs1: number, rs2: number) => operation(0x20, 0, rd, rs1, rs2);
export const xor = (rd: number, rs1: number, rs2: number) => operation(0, 4, rd, rs1, rs2);
export const mul = (rd: number, rs1: number, rs2: number) => operation(1, 0, rd, rs1, rs2);
export const remu = (rd: number, rs1: number, rs2: number) => operation(1, 7, rd, rs1, rs2);

/** funct3: 0 lb, 1 lh, 2 lw, 3 ld, 4 lbu, 5 lhu, 6 lwu. */
export const load = (funct3: number, rd: number, imm: number, rs1: number) => i(0x03, funct3, rd, rs1, imm);
/** funct3: 0 sb, 1 sh, 2 sw, 3 sd. */
export const store = (funct3: number, rs2: number, imm: number, rs1: number) => s(0x23, funct3, rs1, rs2, imm);
export const lw = (rd: number, imm: number, rs1: number) => load(2, rd, imm, rs1);
export const lwu = (rd: number, imm: number, rs1: number) => load(6, rd, imm, rs1);
export const lhu = (rd: number, imm: number, rs1: number) => load(5, rd, imm, rs1);
export const sw = (rs2: number, imm: number, rs1: number) => store(2, rs2, imm, rs1);
export const sh = (rs2: number, imm: number, rs1: number) => store(1, rs2, imm, rs1);
export const sb = (rs2: number, imm: number, rs1: number) => store(0, rs2, imm, rs1);

/** funct5: 0 add, 1 swap, 4 xor, 8 or, 12 and, 16 min, 20 max. */
export const amo = (funct5: number, wide: boolean, rd: number, rs1: number, rs2: number) =>
  atomic(funct5, wide, rd, rs1, rs2);

export const fenceI = 0x100f;
export const nop = 0x13;

/** The 16-bit forms. */
export const compressed = {
  nop: 1,
  jr: (rs1: number) => 0x8002 | (rs1 << 7),
  jalr: (rs1: number) => 0x9002 | (rs1 << 7),
  /** -32 <= imm < 32, not 0. */
  addi: (rd: number, imm: number) => 1 | (((imm >> 5) & 1) << 12) | (rd << 7) | ((imm & 31) << 2),
};
