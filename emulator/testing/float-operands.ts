// Programs that execute one floating-point instruction on every operand there is a reason to try: all pairs of special
// values for two operands, chosen and random triples for three, in every rounding mode, with clear flags and with the
// inexact flag raised before (where an engine may be quicker). What the instruction gave and the flags and rounding
// mode after it are the program's output.
import { convert } from "../ir/softfloat/softfloat.ts";
import { FLOAT_CORNERS, INTEGER_CORNERS } from "../ir/testing/float-corners.ts";
import { writeElf } from "./elf-writer.ts";
import * as encode from "./encode.ts";
import type { Random } from "./random.ts";

type Format = "h" | "s" | "d";
/** What a register holds: a number of a format, or (x) an integer. */
export type Kind = Format | "x";

/** An instruction to try. Its registers are f10, f11, f13 (x10 for an integer) and for the result f12 (x12). */
export interface FloatInstruction {
  readonly name: string;
  /** Of the operands, and of the result. */
  readonly operands: readonly Kind[];
  readonly result: Kind;
  /** Without a rounding mode, when `rounds`. */
  readonly word: number;
  readonly rounds: boolean;
}

/** By the letter of the format: its number in instructions, the letter of moves of its bits, and its shape. */
const formats = {
  h: { number: 2, move: "h", bits: 16, fraction: 10, bias: 15, corners: FLOAT_CORNERS.f16 },
  s: { number: 0, move: "w", bits: 32, fraction: 23, bias: 127, corners: FLOAT_CORNERS.f32 },
  d: { number: 1, move: "d", bits: 64, fraction: 52, bias: 1023, corners: FLOAT_CORNERS.f64 },
} as const;
const RESULT = 12;

/** An instruction of opcode OP-FP; the second register is a part of the operation where there is one operand. */
function operation(
  name: string,
  funct5: number,
  format: Format,
  operands: readonly Kind[],
  result: Kind,
  { rm, second = 11 }: { rm?: number; second?: number } = {},
): FloatInstruction {
  const { number } = formats[format];
  const word = (funct5 << 27) | (number << 25) | (second << 20) | (10 << 15) | ((rm ?? 0) << 12) | (RESULT << 7) | 0x53;
  return { name, operands, result, word: word >>> 0, rounds: rm === undefined };
}

const integers = ["w", "wu", "l", "lu"] as const;

function instructionsOf(t: Format): FloatInstruction[] {
  const two: Kind[] = [t, t];
  const { number, move } = formats[t];
  const fused = (name: string, opcode: number): FloatInstruction => ({
    name: `${name}.${t}`,
    operands: [t, t, t],
    result: t,
    word: ((13 << 27) | (number << 25) | (11 << 20) | (10 << 15) | (RESULT << 7) | opcode) >>> 0,
    rounds: true,
  });
  return [
    operation(`fadd.${t}`, 0, t, two, t),
    operation(`fsub.${t}`, 1, t, two, t),
    operation(`fmul.${t}`, 2, t, two, t),
    operation(`fdiv.${t}`, 3, t, two, t),
    operation(`fsqrt.${t}`, 11, t, [t], t, { second: 0 }),
    operation(`fsgnj.${t}`, 4, t, two, t, { rm: 0 }),
    operation(`fsgnjn.${t}`, 4, t, two, t, { rm: 1 }),
    operation(`fsgnjx.${t}`, 4, t, two, t, { rm: 2 }),
    operation(`fmin.${t}`, 5, t, two, t, { rm: 0 }),
    operation(`fmax.${t}`, 5, t, two, t, { rm: 1 }),
    operation(`fle.${t}`, 20, t, two, "x", { rm: 0 }),
    operation(`flt.${t}`, 20, t, two, "x", { rm: 1 }),
    operation(`feq.${t}`, 20, t, two, "x", { rm: 2 }),
    operation(`fclass.${t}`, 28, t, [t], "x", { rm: 1, second: 0 }),
    operation(`fmv.x.${move}`, 28, t, [t], "x", { rm: 0, second: 0 }),
    operation(`fmv.${move}.x`, 30, t, ["x"], t, { rm: 0, second: 0 }),
    ...integers.map((i, second) => operation(`fcvt.${i}.${t}`, 24, t, [t], "x", { second })),
    ...integers.map((i, second) => operation(`fcvt.${t}.${i}`, 26, t, ["x"], t, { second })),
    fused("fmadd", 0x43),
    fused("fmsub", 0x47),
    fused("fnmsub", 0x4b),
    fused("fnmadd", 0x4f),
  ];
}

export const FLOAT_INSTRUCTIONS: readonly FloatInstruction[] = [
  ...instructionsOf("h"),
  ...instructionsOf("s"),
  ...instructionsOf("d"),
  operation("fcvt.h.s", 8, "h", ["s"], "h", { second: 0 }),
  operation("fcvt.s.h", 8, "s", ["h"], "s", { second: 2 }),
  operation("fcvt.h.d", 8, "h", ["d"], "h", { second: 1 }),
  operation("fcvt.d.h", 8, "d", ["h"], "d", { second: 2 }),
  operation("fcvt.s.d", 8, "s", ["d"], "s", { second: 1 }),
  operation("fcvt.d.s", 8, "d", ["s"], "d", { second: 0 }),
];

/** How an instruction is executed: fcsr before it, and its rm field (7: the mode in fcsr). */
export interface Variant {
  readonly fcsr: number;
  readonly rm: number;
}

const DYNAMIC = 7;
const modes = [0, 1, 2, 3, 4];

/** Every way: each static mode (while fcsr says another), each dynamic one; flags clear, and inexact raised. */
export function allVariants({ rounds }: FloatInstruction): Variant[] {
  const ways = rounds
    ? [
        ...modes.map((rm) => ({ rm, fcsr: 0 })),
        ...modes.map((rm) => ({ rm, fcsr: ((rm + 1) % 5) << 5 })),
        ...modes.map((mode) => ({ rm: DYNAMIC, fcsr: mode << 5 })),
      ]
    : [{ rm: -1, fcsr: 0 }];
  return ways.flatMap(({ rm, fcsr }) => [
    { rm, fcsr },
    { rm, fcsr: fcsr | 1 },
  ]);
}

/** The way of compiled code: rounding as fcsr says, which is to nearest. */
export function usualVariants({ rounds }: FloatInstruction): Variant[] {
  const rm = rounds ? DYNAMIC : -1;
  return [
    { rm, fcsr: 0 },
    { rm, fcsr: 1 },
  ];
}

const unsigned = (value: bigint) => BigInt.asUintN(64, value);

/** The low bits of a value as a register holds a number of the format. */
function box(format: Format, value: bigint): bigint {
  const { bits } = formats[format];
  return unsigned((-1n << BigInt(bits)) | BigInt.asUintN(bits, value));
}

/** Register contents that are no boxed number: upper bits zero, nearly all ones, a wider number. */
const unboxed: Readonly<Record<Format, readonly bigint[]>> = {
  h: [0x3c00n, 0n, 0xffff_ffff_0000_3c00n, 0xffff_ffff_fffe_3c00n, 0x7fff_ffff_ffff_7c00n, 0x3ff0_0000_0000_0000n],
  s: [0x3f800000n, 0n, 0xffff_fffe_3f80_0000n, 0x7fff_ffff_7f80_0000n, 0x3ff0_0000_0000_0000n, 1n << 63n],
  d: [],
};

/** Register contents of a kind. */
export function corners(kind: Kind): readonly bigint[] {
  if (kind === "x") return INTEGER_CORNERS.map(unsigned);
  return [...formats[kind].corners.map((value) => box(kind, value)), ...unboxed[kind]];
}

/** Near a corner, of any exponent with few or many bits, or anything. */
export function randomOperand(kind: Kind, random: Random): bigint {
  const any = unsigned((BigInt(random.bits() >>> 0) << 32n) | BigInt(random.bits() >>> 0));
  if (kind === "x")
    return unsigned(
      random.chance(0.5)
        ? random.pick(corners(kind)) + BigInt(random.below(5) - 2)
        : BigInt.asIntN(64, any) >> BigInt(random.below(64)),
    );
  const { bits, fraction, bias } = formats[kind];
  if (random.chance(0.5)) {
    const corner = random.pick(corners(kind));
    return corner === box(kind, corner) ? box(kind, corner + BigInt(random.below(5) - 2)) : corner;
  }
  if (random.chance(0.3)) return box(kind, any);
  // About one, or an end of the range, with some number of trailing zeros.
  const spread = Math.min(20, bias - 1);
  const middle = random.pick([bias, bias, bias, spread, 2 * bias - spread, bias >> 1]);
  const exponent = BigInt(middle + random.below(2 * spread) - spread);
  const zeros = BigInt(random.below(fraction));
  const sign = BigInt(random.below(2)) << BigInt(bits - 1);
  return box(kind, sign | (exponent << BigInt(fraction)) | ((BigInt.asUintN(fraction, any) >> zeros) << zeros));
}

/** Operands in each register. */
export type Operands = readonly bigint[];

/** All that there are of up to two operands; of three, `count` with cancellation among them. */
export function operandList(
  { operands }: FloatInstruction,
  values: (kind: Kind) => readonly bigint[],
  random: Random,
  count: number,
): Operands[] {
  const [first, second] = operands;
  if (operands.length === 1) return values(first).map((a) => [a]);
  if (operands.length === 2) return values(first).flatMap((a) => values(second).map((b) => [a, b]));
  return Array.from({ length: count }, () => {
    const any = () => (random.chance(0.5) ? random.pick(values(first)) : randomOperand(first, random));
    const [a, b] = [any(), any()];
    return [a, b, first === "x" || random.chance(0.5) ? any() : nearProduct(first, a, b, random)];
  });
}

const cell = new DataView(new ArrayBuffer(8));

/** About plus or minus a * b. */
function nearProduct(kind: Format, a: bigint, b: bigint, random: Random): bigint {
  const number = (value: bigint) => {
    const wide = kind === "d" ? value : convert(kind === "s" ? "f32.to.f64" : "f16.to.f64", value, 0).value;
    cell.setBigUint64(0, wide);
    return cell.getFloat64(0);
  };
  cell.setFloat64(0, number(a) * number(b) * random.pick([1, -1, -1, -1 - 2 ** -20, -0.5, 2 ** -30, -(2 ** 30)]));
  const product = cell.getBigUint64(0);
  return kind === "d" ? product : box(kind, convert(kind === "s" ? "f64.to.f32" : "f64.to.f16", product, 0).value);
}

const TEXT = 0x10000;
const TABLE = 0x100000;
const OUTPUT = 0x4000000;
const CSR_FCSR = 3;
const RESULT_BYTES = 16;
// Integer registers of the program.
const [T0, OUT, AT, END, A0, A1, A2, A7, LEFT] = [5, 7, 8, 9, 10, 11, 12, 17, 18];

/**
 * A program that goes over the operands `rounds` times and executes the instruction in every variant. Its output is, by
 * operands and variant, the result register and fcsr (64 bits each) of the last round.
 */
export function operandProgram(
  instruction: FloatInstruction,
  list: readonly Operands[],
  variants: readonly Variant[],
  rounds = 1,
): Uint8Array {
  const { operands, result, word } = instruction;
  const width = operands.length;
  const size = list.length * variants.length * RESULT_BYTES;
  const code: number[] = [...encode.li32(LEFT, rounds)];
  const again = code.length;
  code.push(...encode.li32(AT, TABLE), ...encode.li32(END, TABLE + 8 * width * list.length));
  code.push(...encode.li32(OUT, OUTPUT));
  const loop = code.length;
  operands.forEach((kind, i) => {
    code.push(kind === "x" ? encode.ld(A0, 8 * i, AT) : encode.fld([10, 11, 13][i], 8 * i, AT));
  });
  variants.forEach(({ fcsr, rm }, i) => {
    code.push(encode.addi(T0, 0, fcsr), encode.csrrw(0, CSR_FCSR, T0));
    code.push(word | (rm < 0 ? 0 : rm << 12), encode.csrrs(T0, CSR_FCSR, 0));
    code.push(result === "x" ? encode.sd(RESULT, 16 * i, OUT) : encode.fsd(RESULT, 16 * i, OUT));
    code.push(encode.sd(T0, 16 * i + 8, OUT));
  });
  code.push(encode.addi(OUT, OUT, RESULT_BYTES * variants.length), encode.addi(AT, AT, 8 * width));
  code.push(encode.branch(6, AT, END, 4 * (loop - code.length)));
  code.push(encode.addi(LEFT, LEFT, -1), encode.branch(1, LEFT, 0, 4 * (again - code.length - 1)));
  code.push(...encode.li32(A1, OUTPUT), ...encode.li32(A2, size), encode.addi(A0, 0, 1), encode.addi(A7, 0, 64));
  code.push(encode.ecall, encode.addi(A0, 0, 0), encode.addi(A7, 0, 93), encode.ecall);
  const table = new BigUint64Array(list.flat());
  return writeElf(TEXT, [
    { address: TEXT, bytes: new Uint8Array(Uint32Array.from(code).buffer), flags: 5 },
    { address: TABLE, bytes: new Uint8Array(table.buffer), flags: 6 },
    { address: OUTPUT, bytes: new Uint8Array(0), flags: 6, zeros: size },
  ]);
}

const modeNames = ["rne", "rtz", "rdn", "rup", "rmm"];

/** The first difference between two outputs, or undefined when there is none. */
export function difference(
  { name }: FloatInstruction,
  list: readonly Operands[],
  variants: readonly Variant[],
  expected: Uint8Array,
  actual: Uint8Array,
): string | undefined {
  const size = list.length * variants.length * RESULT_BYTES;
  if (expected.length !== size || actual.length !== size)
    return `outputs of ${expected.length} and ${actual.length} bytes, not ${size}`;
  const [theirs, ours] = [expected, actual].map((bytes) => new BigUint64Array(bytes.slice().buffer));
  const at = theirs.findIndex((value, i) => value !== ours[i]) & ~1;
  if (at < 0) return undefined;
  const { rm, fcsr } = variants[(at >> 1) % variants.length];
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  const mode = rm === DYNAMIC ? `dynamic (${modeNames[fcsr >> 5]})` : (modeNames[rm] ?? "without mode");
  const operands = list[Math.floor((at >> 1) / variants.length)].map(hex).join(", ");
  const told = (values: BigUint64Array) => `${hex(values[at])} fcsr ${hex(values[at + 1])}`;
  return `${name} ${mode}, fcsr before ${hex(BigInt(fcsr))}, of ${operands}: ${told(ours)}, expected ${told(theirs)}`;
}
