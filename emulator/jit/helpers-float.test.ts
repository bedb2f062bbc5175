// The helpers for floating point against software, on special and random operands in every mode: values and flags.
import assert from "node:assert/strict";
import { test } from "node:test";
import { convertCode, floatCode } from "../ir/ops.ts";
import { floatState, slowFloat } from "../ir/softfloat/softfloat.ts";
import { FLOAT_CORNERS, INTEGER_CORNERS } from "../ir/testing/float-corners.ts";
import { randomFrom } from "../ir/testing/random-block.ts";
import { file } from "../ir/testing/sandbox.ts";
import type { FloatFormat } from "../ir/types.ts";
import { VCPU_BASE } from "../machine/layout.ts";
import { EngineState } from "./engine-state.ts";
import { DYNAMIC_ROUNDING, type FloatImportName, floatImports, IntegerKind } from "./float-imports.ts";
import { boundsAreStale, type FloatModule, hasFusedMultiplyAdd, instantiateFloat } from "./float-module.ts";
import { compileWith } from "./testing/host-compiler.ts";
import { FunctionBody, I, ModuleBuilder, Type } from "./wasm-encoder.ts";

type Run = (a: bigint, b: bigint, c: bigint, mode: number) => bigint;

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const words = new Int32Array(memory.buffer);
const flags = (VCPU_BASE + 8 * file.floatFlags) / 4;
const rounding = (VCPU_BASE + 8 * file.floatRounding) / 4;

let softwareCalls = 0;

function software(code: number, mode: number, a: bigint, b: bigint, c: bigint): bigint {
  softwareCalls++;
  const result = slowFloat(code, mode, a, b, c);
  words[EngineState.floatFlags / 4] = floatState.flags;
  return result;
}

const compile = compileWith(true);

/** What is handed to a helper: an operand, the mode, or a number. */
type Argument = "a" | "b" | "c" | "mode" | number;

/** A helper as a function of patterns: JavaScript's numbers do not keep signalling NaNs. */
function onPatterns({ functions }: FloatModule, name: FloatImportName, given: readonly Argument[]): Run {
  const module = new ModuleBuilder();
  const { params, results } = floatImports[name];
  const helper = module.importFunction("env", "helper", { params, results });
  const f = new FunctionBody(4);
  given.forEach((argument, i) => {
    if (typeof argument === "number") f.i32(argument);
    else f.get(["a", "b", "c", "mode"].indexOf(argument));
    if (params[i] === Type.F64) f.op(I.f64_reinterpret_i64);
    if (params[i] === Type.F32) f.op(I.i32_wrap_i64).op(I.f32_reinterpret_i32);
  });
  f.call(helper);
  const result = (results as readonly Type[]).at(0);
  if (result === undefined) f.i64(0n);
  if (result === Type.F64) f.op(I.i64_reinterpret_f64);
  if (result === Type.F32) f.op(I.i32_reinterpret_f32).op(I.i64_extend_i32_u);
  module.addFunction({ params: [Type.I64, Type.I64, Type.I64, Type.I32], results: [Type.I64] }, f, "run");
  const { exports } = new WebAssembly.Instance(compile(module.finish()), { env: { helper: functions[name] } });
  return exports.run as Run;
}

const modes = [0, 1, 2, 3, 4];
const hex = (value: bigint) => `0x${BigInt.asUintN(64, value).toString(16)}`;

/** Both, with the mode given and in the register, with clear flags and with inexact raised. */
function compare(what: string, run: Run, code: number, tuples: readonly bigint[][], inModes = modes): void {
  for (const [a, b = 0n, c = 0n] of tuples)
    for (const mode of inModes) {
      const expected = slowFloat(code, mode, a, b, c);
      const raised = floatState.flags;
      for (const asked of [mode, DYNAMIC_ROUNDING])
        for (const before of [0, 1]) {
          words[rounding] = asked === mode ? (mode + 1) % 5 : mode;
          words[flags] = before;
          const result = run(a, b, c, asked);
          const context = () => `${what} mode ${asked} (${words[rounding]}) of ${[a, b, c].map(hex)}, flags ${before}`;
          assert.equal(hex(result), hex(expected), context());
          assert.equal(words[flags], before | raised, `flags of ${context()}`);
        }
    }
}

/** Corners, their neighbours, numbers about one and the ends of the range, anything. */
function operand(format: FloatFormat, random: () => number): bigint {
  const bits = format === "f32" ? 32 : 64;
  const any = BigInt.asUintN(bits, BigInt(Math.floor(random() * 2 ** 32)) * 0x1_0000_0001n ** 2n);
  const kind = random();
  if (kind < 0.3) {
    const corners = FLOAT_CORNERS[format];
    const corner = corners[Math.floor(random() * corners.length)];
    return BigInt.asUintN(bits, corner + BigInt(Math.floor(random() * 3) - 1));
  }
  if (kind < 0.5) return any;
  const fraction = bits === 32 ? 23n : 52n;
  const bias = bits === 32 ? 127 : 1023;
  const middle = kind < 0.8 ? bias - 30 : kind < 0.9 ? 1 : kind < 0.95 ? 2 * bias - 60 : bias >> 1;
  const exponent = BigInt(middle + Math.floor(random() * 60));
  const zeros = BigInt(Math.floor(random() * Number(fraction)));
  const sign = random() < 0.5 ? 0n : 1n << BigInt(bits - 1);
  return sign | (exponent << fraction) | ((BigInt.asUintN(Number(fraction), any) >> zeros) << zeros);
}

const view = new DataView(new ArrayBuffer(8));

function toNumber(format: FloatFormat, bits: bigint): number {
  view.setBigUint64(0, BigInt.asUintN(64, bits));
  return format === "f32" ? view.getFloat32(4) : view.getFloat64(0);
}

function toBits(format: FloatFormat, value: number): bigint {
  if (format === "f64") {
    view.setFloat64(0, value);
    return view.getBigUint64(0);
  }
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
}

/** Three operands with cancellation, nearly or wholly, where a rounding too many shows. */
function fusedOperands(format: FloatFormat, random: () => number): bigint[] {
  const [a, b] = [operand(format, random), operand(format, random)];
  const product = toNumber(format, a) * toNumber(format, b);
  const kind = random();
  const c = kind < 0.3 ? -product : kind < 0.5 ? -product * (1 + (random() - 0.5) * 2 ** -20) : undefined;
  return [a, b, c === undefined || Number.isNaN(c) ? operand(format, random) : toBits(format, c)];
}

const hasFused = hasFusedMultiplyAdd(compile);
const suffixes = { f32: "32", f64: "64" } as const;

for (const fused of hasFused ? [true, false] : [false]) {
  const helpers = instantiateFloat(memory, compile, file, software, fused);
  for (const format of ["f32", "f64"] as const) {
    const bits = suffixes[format];
    const corners = FLOAT_CORNERS[format];
    const pairs = corners.flatMap((a) => corners.map((b) => [a, b]));
    const random = randomFrom(fused ? 1 : 2);
    const some = <T>(count: number, make: () => T) => Array.from({ length: count }, make);
    const how = `${format}${fused ? ", with the host's fused multiply-add" : ""}`;
    const operands = [...corners, ...some(1500, () => operand(format, random))].map((a) => [a]);

    for (const name of ["add", "mul", "div"] as const)
      test(`${name}, ${how}`, () => {
        const tuples = [...pairs, ...some(1500, () => [operand(format, random), operand(format, random)])];
        compare(name, onPatterns(helpers, `${name}${bits}`, ["a", "b", "mode"]), floatCode(`f${name}`, format), tuples);
      });
    test(`sqrt, ${how}`, () => {
      compare("sqrt", onPatterns(helpers, `sqrt${bits}`, ["a", "mode"]), floatCode("fsqrt", format), operands);
    });
    test(`fma, ${how}`, () => {
      const triples = [
        ...pairs.map(([a, b]) => [a, b, corners[Math.floor(random() * corners.length)]]),
        ...some(4000, () => fusedOperands(format, random)),
      ];
      compare("fma", onPatterns(helpers, `fma${bits}`, ["a", "b", "c", "mode"]), floatCode("fma", format), triples);
    });
  }
}

const helpers = instantiateFloat(memory, compile, file, software);

test("ordinary operands need no software in any mode but ties away", () => {
  const random = randomFrom(4);
  for (const format of ["f32", "f64"] as const) {
    const ordinary = () => toBits(format, (random() - 0.5) * 2 ** (random() * 60 - 30));
    const tuples = Array.from({ length: 300 }, () => [ordinary(), ordinary(), ordinary()]);
    const bits = suffixes[format];
    softwareCalls = 0;
    for (const name of ["add", "mul", "div"] as const)
      compare(name, onPatterns(helpers, `${name}${bits}`, ["a", "b", "mode"]), floatCode(`f${name}`, format), tuples);
    compare("sqrt", onPatterns(helpers, `sqrt${bits}`, ["a", "mode"]), floatCode("fsqrt", format), tuples);
    const fma = onPatterns(helpers, `fma${bits}`, ["a", "b", "c", "mode"]);
    compare("fma", fma, floatCode("fma", format), tuples, [0, 1, 2, 3]);
    assert.equal(softwareCalls, 0);
  }
});

const isNaNPattern = (format: FloatFormat) => (pattern: bigint) => Number.isNaN(toNumber(format, pattern));

for (const format of ["f32", "f64"] as const)
  test(`comparisons and extrema of NaNs, ${format}`, () => {
    const bits = suffixes[format];
    const corners = FLOAT_CORNERS[format];
    const pairs = corners.flatMap((a) => corners.map((b) => [a, b]));
    const unordered = pairs.filter((pair) => pair.some(isNaNPattern(format)));
    for (const op of ["fmin", "fmax"] as const)
      compare(op, onPatterns(helpers, `extremum${bits}`, ["a", "b"]), floatCode(op, format), unordered, [0]);
    for (const op of ["feq", "flt", "fle"] as const) {
      const run = onPatterns(helpers, `unordered${bits}`, ["a", "b", op === "feq" ? 1 : 0]);
      compare(op, run, floatCode(op, format), unordered, [0]);
      words[flags] = 0;
      for (const [a, b] of pairs) if (!isNaNPattern(format)(a) && !isNaNPattern(format)(b)) run(a, b, 0n, 0);
      assert.equal(words[flags], 0, "of numbers");
    }
  });

const random = randomFrom(3);
const doubles = [...FLOAT_CORNERS.f64, ...Array.from({ length: 3000 }, () => operand("f64", random))];

for (const name of ["i32", "u32", "i64", "u64"] as const)
  test(`to ${name}`, () => {
    const run = onPatterns(helpers, "toInteger", ["a", IntegerKind[name], "mode"]);
    // Numbers with halves, of every size.
    const halves = doubles.map((a) => toBits("f64", Math.trunc(toNumber("f64", a) * 4) / 4));
    compare(
      name,
      run,
      convertCode(`f64.to.${name}`),
      [...doubles, ...halves].map((a) => [a]),
    );
  });

for (const format of ["f32", "f64"] as const)
  test(`from integers to ${format}`, () => {
    const any = () => BigInt.asIntN(64, operand("f64", random)) >> BigInt(Math.floor(random() * 64));
    const integers = [...INTEGER_CORNERS, ...Array.from({ length: 3000 }, any)].map((a) => [a]);
    for (const [unsigned, name] of ["i64", "u64"].entries()) {
      const run = onPatterns(helpers, `integerTo${suffixes[format]}`, ["a", unsigned, "mode"]);
      compare(name, run, convertCode(`${name as "i64" | "u64"}.to.${format}`), integers);
    }
  });

test("from one format to the other", () => {
  const run = onPatterns(helpers, "narrow", ["a", "mode"]);
  const near = doubles.map((a) => toBits("f64", toNumber("f64", a) * 2 ** -140));
  compare(
    "narrow",
    run,
    convertCode("f64.to.f32"),
    [...doubles, ...near].map((a) => [a]),
  );
  const nans = FLOAT_CORNERS.f32.filter(isNaNPattern("f32")).map((a) => [a]);
  compare("widen", onPatterns(helpers, "widen", ["a"]), convertCode("f32.to.f64"), nans, [0]);
});

test("the bounds follow flags and mode", () => {
  for (const flag of [0, 1, 0x1e, 0x1f])
    for (const mode of [0, 1, 4, 7]) {
      words[flags] = flag;
      words[rounding] = mode;
      helpers.functions.refreshFloat();
      const usual = (flag & 1) === 1 && mode === 0;
      assert.equal(new Float64Array(memory.buffer)[EngineState.hostBelow64 / 8], usual ? Infinity : 0);
      assert.equal(boundsAreStale(words, file), false);
      words[flags] ^= 1;
      assert.equal(boundsAreStale(words, file), mode === 0);
    }
});
