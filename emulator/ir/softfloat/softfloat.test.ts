// Software floating point: against the host where the host can tell, by properties, and by cases from the standards.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FLOAT_FORMATS } from "../ops.ts";
import { FLOAT_CORNERS, INTEGER_CORNERS } from "../testing/float-corners.ts";
import type { ConvertName, FloatFormat, FloatName } from "../types.ts";
import { FORMATS } from "./format.ts";
import { convert, float, softwareArithmetic } from "./softfloat.ts";

const cell = new DataView(new ArrayBuffer(8));

/** The value of a binary16 pattern, from the definition. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
}

/** Values of the patterns from 0 on, in order; the one after the largest stands for infinity. */
const halves = Array.from({ length: 0x7c00 }, (_, bits) => halfValue(bits)).concat(2 ** 16);

/** The nearest pattern, the even one of two as near: by search. */
function nearestHalf(value: number): number {
  const sign = Object.is(value, -0) || value < 0 ? 0x8000 : 0;
  const magnitude = Math.min(Math.abs(value), 2 ** 16);
  let low = 0;
  for (let high = halves.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if (halves[middle] <= magnitude) low = middle;
    else high = middle - 1;
  }
  // Distances between doubles of like size are exact.
  const [below, above] = [magnitude - halves[low], (halves[low + 1] ?? Infinity) - magnitude];
  return sign | (above < below || (above === below && low & 1) ? low + 1 : low);
}

function toNumber(format: FloatFormat, bits: bigint): number {
  if (format === "f16") return halfValue(Number(bits));
  cell.setBigUint64(0, format === "f32" ? bits << 32n : bits);
  return format === "f32" ? cell.getFloat32(0) : cell.getFloat64(0);
}

function toBits(format: FloatFormat, value: number): bigint {
  if (Number.isNaN(value)) return FORMATS[format].nan;
  if (format === "f16") return BigInt(nearestHalf(value));
  if (format === "f32") {
    cell.setFloat32(0, value);
    return BigInt(cell.getUint32(0));
  }
  cell.setFloat64(0, value);
  return cell.getBigUint64(0);
}

/** Bit patterns: corners, any at all, and those of like size, whose sums cancel. */
function pattern(format: FloatFormat): fc.Arbitrary<bigint> {
  const { bits, precision, bias } = FORMATS[format];
  const all = (1n << BigInt(bits)) - 1n;
  return fc.oneof(
    fc.constantFrom(...FLOAT_CORNERS[format]),
    fc.bigInt(0n, all),
    fc.tuple(fc.bigInt(0n, all), fc.integer({ min: bias - 3, max: bias + 3 })).map(([raw, exponent]) => {
      const mask = BigInt(2 * bias + 1) << BigInt(precision - 1);
      return (raw & ~mask) | (BigInt(exponent) << BigInt(precision - 1));
    }),
  );
}

/** Small integers and their halves: results that are exact. */
function small(format: FloatFormat): fc.Arbitrary<bigint> {
  return fc.integer({ min: -300, max: 300 }).map((value) => toBits(format, value / 2));
}

const hex = (value: bigint) => `0x${value.toString(16)}`;
const dyadic: Partial<Record<FloatName, (a: number, b: number) => number>> = {
  fadd: (a, b) => a + b,
  fsub: (a, b) => a - b,
  fmul: (a, b) => a * b,
  fdiv: (a, b) => a / b,
  fsqrt: (a) => Math.sqrt(a),
};

for (const format of FLOAT_FORMATS)
  for (const [name, compute] of Object.entries(dyadic) as [FloatName, (a: number, b: number) => number][]) {
    const check = (a: bigint, b: bigint) => {
      const wanted = toBits(format, compute(toNumber(format, a), toNumber(format, b)));
      assert.equal(hex(float(name, format, a, b, 0n, 0).value), hex(wanted), `${name}.${format} ${hex(a)} ${hex(b)}`);
    };
    test(`${name}.${format}, nearest even, gives what the host gives`, () => {
      for (const a of FLOAT_CORNERS[format]) for (const b of FLOAT_CORNERS[format]) check(a, b);
      fc.assert(fc.property(pattern(format), pattern(format), check), { numRuns: 2000 });
    });
    test(`${name}.${format}: the directed results enclose the value, and differ exactly when it is inexact`, () => {
      fc.assert(
        fc.property(pattern(format), pattern(format), (a, b) => {
          const [near, zero, down, up, away] = [0, 1, 2, 3, 4].map((mode) => float(name, format, a, b, 0n, mode));
          const [low, high] = [toNumber(format, down.value), toNumber(format, up.value)];
          const flags = new Set([near, zero, down, up, away].map((result) => result.flags & ~6));
          assert.equal(flags.size, 1, "inexact, invalid and divide by zero do not depend on the mode");
          if (Number.isNaN(low)) return;
          assert.ok(low <= high);
          assert.equal(low !== high, (down.flags & 1) === 1);
          assert.equal(toNumber(format, zero.value), high <= 0 ? high : low);
          for (const { value } of [near, away]) assert.ok(value === down.value || value === up.value);
        }),
        { numRuns: 500 },
      );
    });
  }

for (const format of FLOAT_FORMATS)
  for (const name of ["fadd", "fsub", "fmul", "fdiv", "fsqrt", "fma"] as const)
    test(`${name}.${format}: what the host tells is what software computes, value and flags`, () => {
      const software = softwareArithmetic(name, FORMATS[format]);
      const operand = fc.oneof(pattern(format), small(format));
      fc.assert(
        fc.property(operand, operand, operand, (a, b, c) => {
          const { value, flags } = float(name, format, a, b, c, 0);
          const wanted = software(a, b, c, 0);
          const operands = [a, b, c].map(hex).join(" ");
          assert.deepEqual([hex(value), flags], [hex(wanted.value), wanted.flags], operands);
        }),
        { numRuns: 5000 },
      );
    });

test("fused multiply-add with one is addition, with zero multiplication", () => {
  for (const format of FLOAT_FORMATS) {
    const one = toBits(format, 1);
    fc.assert(
      fc.property(pattern(format), pattern(format), fc.integer({ min: 0, max: 4 }), (a, b, mode) => {
        assert.deepEqual(float("fma", format, a, one, b, mode), float("fadd", format, a, b, 0n, mode));
        const product = float("fmul", format, a, b, 0n, mode);
        if (toNumber(format, product.value) !== 0) assert.deepEqual(float("fma", format, a, b, 0n, mode), product);
      }),
    );
  }
});

test("comparisons, minimum and maximum", () => {
  for (const format of FLOAT_FORMATS)
    for (const a of FLOAT_CORNERS[format])
      for (const b of FLOAT_CORNERS[format]) {
        const [x, y] = [toNumber(format, a), toNumber(format, b)];
        const give = (name: FloatName) => float(name, format, a, b, 0n, 0).value;
        assert.equal(give("feq"), x === y ? 1n : 0n);
        assert.equal(give("flt"), x < y ? 1n : 0n);
        assert.equal(give("fle"), x <= y ? 1n : 0n);
        const pick = (both: number) => toBits(format, Number.isNaN(x) ? y : Number.isNaN(y) ? x : both);
        assert.equal(hex(give("fmin")), hex(pick(Math.min(x, y))));
        assert.equal(hex(give("fmax")), hex(pick(Math.max(x, y))));
      }
});

test("conversions give what the host gives", () => {
  for (const a of FLOAT_CORNERS.f64)
    assert.equal(hex(convert("f64.to.f32", a, 0).value), hex(toBits("f32", Math.fround(toNumber("f64", a)))), hex(a));
  for (const a of FLOAT_CORNERS.f32)
    assert.equal(hex(convert("f32.to.f64", a, 0).value), hex(toBits("f64", toNumber("f32", a))));
  for (const wide of ["f32", "f64"] as const) {
    for (const a of FLOAT_CORNERS[wide])
      assert.equal(hex(convert(`${wide}.to.f16`, a, 0).value), hex(toBits("f16", toNumber(wide, a))), hex(a));
    for (let a = 0n; a < 0x10000n; a++)
      assert.equal(hex(convert(`f16.to.${wide}`, a, 0).value), hex(toBits(wide, toNumber("f16", a))));
  }
  for (const a of INTEGER_CORNERS) {
    assert.equal(convert("i64.to.f64", a, 0).value, toBits("f64", Number(a)));
    assert.equal(convert("u64.to.f64", a, 0).value, toBits("f64", Number(BigInt.asUintN(64, a))));
    assert.equal(convert("i32.to.f32", a, 0).value, toBits("f32", Number(BigInt.asIntN(32, a))));
    assert.equal(convert("u32.to.f32", a, 0).value, toBits("f32", Number(BigInt.asUintN(32, a))));
    assert.equal(convert("i32.to.f16", a, 0).value, toBits("f16", Number(BigInt.asIntN(32, a))));
    assert.equal(convert("u32.to.f16", a, 0).value, toBits("f16", Number(BigInt.asUintN(32, a))));
  }
});

/** Value and flags as the RISC-V manual's table of conversions and IEEE 754 have them. Flags: NX 1, UF 2, OF 4, DZ 8, NV 16. */
// biome-ignore format: a table
const cases: [what: string, ConvertName | `${FloatName}.${FloatFormat}`, rounding: number, operands: bigint[], value: bigint, flags: number][] = [
  ["NaN is the largest",                 "f64.to.i32", 1, [0x7ff8000000000000n], 0x7fffffffn, 16],
  ["negative infinity is the smallest",  "f64.to.i64", 1, [0xfff0000000000000n], 0x8000000000000000n, 16],
  ["too large for i32",                  "f64.to.i32", 1, [0x41e0000000000000n], 0x7fffffffn, 16],
  ["largest u32, sign-extended",         "f64.to.u32", 1, [0x41efffffffe00000n], 0xffffffffffffffffn, 0],
  ["-0.5 toward zero is 0, inexact",     "f64.to.u32", 1, [0xbfe0000000000000n], 0n, 1],
  ["-0.5 down is -1, which u32 has not", "f64.to.u32", 2, [0xbfe0000000000000n], 0n, 16],
  ["2.5 to even",                        "f64.to.i32", 0, [0x4004000000000000n], 2n, 1],
  ["2.5 away",                           "f64.to.i32", 4, [0x4004000000000000n], 3n, 1],
  ["signalling NaN widens to quiet",     "f32.to.f64", 0, [0x7f800001n], 0x7ff8000000000000n, 16],
  ["1 / 0",                              "fdiv.f32", 0, [0x3f800000n, 0x80000000n], 0xff800000n, 8],
  ["0 / 0",                              "fdiv.f32", 0, [0n, 0n], 0x7fc00000n, 16],
  ["infinity - infinity",                "fsub.f64", 0, [0x7ff0000000000000n, 0x7ff0000000000000n], 0x7ff8000000000000n, 16],
  ["infinity * 0 + quiet NaN",           "fma.f32", 0, [0x7f800000n, 0n, 0x7fc00000n], 0x7fc00000n, 16],
  ["root of -1",                         "fsqrt.f64", 0, [0xbff0000000000000n], 0x7ff8000000000000n, 16],
  ["root of -0",                         "fsqrt.f64", 0, [0x8000000000000000n], 0x8000000000000000n, 0],
  ["1 - 1 down is -0",                   "fsub.f64", 2, [0x3ff0000000000000n, 0x3ff0000000000000n], 0x8000000000000000n, 0],
  ["overflow toward zero",               "fmul.f32", 1, [0x7f7fffffn, 0x40000000n], 0x7f7fffffn, 5],
  ["overflow up",                        "fmul.f32", 3, [0x7f7fffffn, 0x40000000n], 0x7f800000n, 5],
  ["half the smallest, to even",         "fmul.f32", 0, [0x00000001n, 0x3f000000n], 0n, 3],
  ["half the smallest, up",              "fmul.f32", 3, [0x00000001n, 0x3f000000n], 1n, 3],
  ["exact subnormal: no underflow",      "fmul.f32", 0, [0x00800000n, 0x3f000000n], 0x00400000n, 0],
  ["rounds up to the smallest normal, tiny all the same", "fmul.f32", 0, [0x00ffffffn, 0x3f000000n], 0x00800000n, 3],
  ["not tiny after rounding",            "fma.f32", 0, [0x00000001n, 0xb5800000n, 0x00800000n], 0x00800000n, 1],
  ["quiet comparison of quiet NaN",      "feq.f64", 0, [0x7ff8000000000000n, 0n], 0n, 0],
  ["quiet comparison of signalling NaN", "feq.f64", 0, [0x7ff0000000000001n, 0n], 0n, 16],
  ["less than a quiet NaN",              "flt.f64", 0, [0x7ff8000000000000n, 0n], 0n, 16],
  ["minimum with signalling NaN",        "fmin.f32", 0, [0x7f800001n, 0x3f800000n], 0x3f800000n, 16],
  ["a half rounds to infinity",          "f64.to.f16", 0, [0x40effe0000000000n], 0x7c00n, 5],
  ["a half does not round to infinity",  "f64.to.f16", 0, [0x40effdffffffffffn], 0x7bffn, 1],
  ["a half overflows toward zero",       "i64.to.f16", 1, [100000n], 0x7bffn, 5],
  ["half the smallest half, to even",    "f32.to.f16", 0, [0x33000000n], 0n, 3],
  ["half the smallest half, away",       "f32.to.f16", 4, [0x33000000n], 1n, 3],
  ["signalling NaN narrows to quiet",    "f32.to.f16", 0, [0x7f800001n], 0x7e00n, 16],
  ["a half is too large for nothing",    "f16.to.i32", 1, [0xfbffn], 0xffffffffffff0020n, 0],
  ["a negative half is no u64",          "f16.to.u64", 1, [0xbc00n], 0n, 16],
  ["minimum of halves, one signalling",  "fmin.f16", 0, [0x7c01n, 0x3c00n], 0x3c00n, 16],
  ["minimum of zeros",                   "fmin.f32", 0, [0n, 0x80000000n], 0x80000000n, 0],
];

for (const [what, operation, rounding, [a, b = 0n, c = 0n], value, flags] of cases)
  test(`${operation}: ${what}`, () => {
    const [name, format] = operation.split(".") as [FloatName, FloatFormat];
    const result = operation.includes(".to.")
      ? convert(operation as ConvertName, a, rounding)
      : float(name, format, a, b, c, rounding);
    assert.deepEqual([hex(result.value), result.flags], [hex(value), flags]);
  });
