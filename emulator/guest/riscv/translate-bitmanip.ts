// Zba, Zbb, Zbc, Zbs and Zicond: bit manipulation and conditional zeros.
import type { BinaryName, Temp, UnaryName } from "../../ir/types.ts";
import type { Decoded } from "./decode.ts";
import { type Emit, type EmitTable, type InstructionEmitter, registers, result } from "./instruction-emitter.ts";

/** The second operand, however an instruction gives it. */
type Operand = (e: InstructionEmitter, d: Decoded) => Temp;

/** rd = op rs1 */
function unary(op: UnaryName): Emit {
  return result((e, d) => e.b.unary(op, e.x(d.rs1)));
}

/** rd = (rs1 << shift) + rs2 */
function shiftedAdd(shift: number): Emit {
  return result((e, d) => e.b.binary("add", shifted(e, e.x(d.rs1), shift), e.x(d.rs2)));
}

/** rd = (the low word of rs1 << shift) + rs2 */
function shiftedAddWord(shift: number): Emit {
  return result((e, d) => e.b.binary("add", shifted(e, e.b.unary("zext32", e.x(d.rs1)), shift), e.x(d.rs2)));
}

function shifted(e: InstructionEmitter, value: Temp, shift: number): Temp {
  return shift === 0 ? value : e.b.binary("shl", value, e.constant(shift));
}

function not(e: InstructionEmitter, value: Temp): Temp {
  return e.b.binary("xor", value, e.constant(-1));
}

/** rd = rs1 op ~rs2 */
function withInverted(op: BinaryName): Emit {
  return result((e, d) => e.b.binary(op, e.x(d.rs1), not(e, e.x(d.rs2))));
}

/** Leading zeros of the low word, 32 for zero: those of the doubleword are 32 more. */
const leadingZerosOfWord = result((e, d) =>
  e.b.binary("sub", e.b.unary("clz", e.b.unary("zext32", e.x(d.rs1))), e.constant(32)),
);

/** Trailing zeros of the low word: a bit above it ends the count at 32. */
const trailingZerosOfWord = result((e, d) => e.b.unary("ctz", e.b.binary("or", e.x(d.rs1), e.b.const(0x1_0000_0000n))));

/** rd = whichever of rs1 and rs2 is the smaller, or the larger, as `less` orders them. */
function extremum(less: "lts" | "ltu", wanted: "smaller" | "larger"): Emit {
  return result((e, d) => {
    const [a, b] = [e.x(d.rs1), e.x(d.rs2)];
    const isLess = e.b.binary(less, a, b);
    return wanted === "smaller" ? e.b.select(isLess, a, b) : e.b.select(isLess, b, a);
  });
}

/** rd = rs1 rotated by an amount; a rotation to the left is one to the right by the amount's negative. */
function rotate(op: "rotr" | "rotr32", amount: Operand): Emit {
  return result((e, d) => e.b.binary(op, e.x(d.rs1), amount(e, d)));
}

const inRegister: Operand = (e, d) => e.x(d.rs2);
const negated: Operand = (e, d) => e.b.binary("sub", e.constant(0), e.x(d.rs2));
const immediate: Operand = (e, d) => e.constant(d.imm);

const lowBits = 0x7f7f_7f7f_7f7f_7f7fn;
const ones = 0x0101_0101_0101_0101n;

/** Each byte that is not zero becomes 0xff: its highest bit, or what its other bits carry into that, times 255. */
const orCombineBytes = result((e, d) => {
  const { b } = e;
  const value = e.x(d.rs1);
  const carried = b.binary("add", b.binary("and", value, b.const(lowBits)), b.const(lowBits));
  const highest = b.binary("shr", b.binary("or", carried, value), e.constant(7));
  return b.binary("mul", b.binary("and", highest, b.const(ones)), e.constant(255));
});

// One bit set: the one that the low six bits of rs2, or of the immediate, number. And all the others.
const maskInRegister: Operand = (e, d) => e.b.binary("shl", e.constant(1), e.x(d.rs2));
const maskImmediate: Operand = (e, d) => e.b.const(1n << BigInt(d.imm));
const othersInRegister: Operand = (e, d) => not(e, maskInRegister(e, d));
const othersImmediate: Operand = (e, d) => e.b.const(~(1n << BigInt(d.imm)));

function withMask(op: "and" | "or" | "xor", mask: Operand): Emit {
  return result((e, d) => e.b.binary(op, e.x(d.rs1), mask(e, d)));
}

function extractBit(number: Operand): Emit {
  return result((e, d) => e.b.binary("and", e.b.binary("shr", e.x(d.rs1), number(e, d)), e.constant(1)));
}

/** rd = rs1, or zero when rs2 is zero (or is not). */
function conditionalZero(when: "zero" | "not zero"): Emit {
  return result((e, d) => {
    const [value, zero] = [e.x(d.rs1), e.constant(0)];
    return when === "zero" ? e.b.select(e.x(d.rs2), value, zero) : e.b.select(e.x(d.rs2), zero, value);
  });
}

export const bitInstructions: EmitTable = {
  sh1add: shiftedAdd(1),
  sh2add: shiftedAdd(2),
  sh3add: shiftedAdd(3),
  "add.uw": shiftedAddWord(0),
  "sh1add.uw": shiftedAddWord(1),
  "sh2add.uw": shiftedAddWord(2),
  "sh3add.uw": shiftedAddWord(3),
  "slli.uw": result((e, d) => shifted(e, e.b.unary("zext32", e.x(d.rs1)), d.imm)),
  andn: withInverted("and"),
  orn: withInverted("or"),
  xnor: withInverted("xor"),
  clz: unary("clz"),
  ctz: unary("ctz"),
  cpop: unary("popcnt"),
  clzw: leadingZerosOfWord,
  ctzw: trailingZerosOfWord,
  cpopw: result((e, d) => e.b.unary("popcnt", e.b.unary("zext32", e.x(d.rs1)))),
  max: extremum("lts", "larger"),
  maxu: extremum("ltu", "larger"),
  min: extremum("lts", "smaller"),
  minu: extremum("ltu", "smaller"),
  "sext.b": unary("sext8"),
  "sext.h": unary("sext16"),
  "zext.h": unary("zext16"),
  rol: rotate("rotr", negated),
  ror: rotate("rotr", inRegister),
  rori: rotate("rotr", immediate),
  rolw: rotate("rotr32", negated),
  rorw: rotate("rotr32", inRegister),
  roriw: rotate("rotr32", immediate),
  "orc.b": orCombineBytes,
  rev8: unary("bswap"),
  clmul: registers("clmul"),
  clmulr: registers("clmulr"),
  clmulh: result((e, d) => e.b.binary("shr", e.b.binary("clmulr", e.x(d.rs1), e.x(d.rs2)), e.constant(1))),
  bclr: withMask("and", othersInRegister),
  bclri: withMask("and", othersImmediate),
  bext: extractBit(inRegister),
  bexti: extractBit(immediate),
  binv: withMask("xor", maskInRegister),
  binvi: withMask("xor", maskImmediate),
  bset: withMask("or", maskInRegister),
  bseti: withMask("or", maskImmediate),
  "czero.eqz": conditionalZero("zero"),
  "czero.nez": conditionalZero("not zero"),
};
