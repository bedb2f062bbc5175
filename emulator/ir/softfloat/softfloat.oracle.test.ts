// Software floating point against qemu-riscv64: every operation, in all rounding modes, value and flags.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { referenceOptions } from "../../../test-fixtures/record.mjs";
import { CONVERT_NAMES, convertCode, FLOAT_FORMATS, FLOAT_NAMES, floatCode } from "../ops.ts";
import { FLOAT_CORNERS, INTEGER_CORNERS } from "../testing/float-corners.ts";
import { randomFrom } from "../testing/random-block.ts";
import type { ConvertName, FloatFormat, FloatName } from "../types.ts";
import { FORMATS } from "./format.ts";
import { floatState, slowFloat } from "./softfloat.ts";

const COMPILER = "riscv64-linux-gnu-gcc";
const EMULATOR = "qemu-riscv64";
/** Of each format: the letter of instructions on it, and the one of moves of its bits. */
const letters = { f16: ["h", "h"], f32: ["s", "w"], f64: ["d", "d"] } as const;

/** RISC-V assembly of an operation: operands in fa0, fa1, fa2 (integers in %1), result in fa3 (integers in %0). */
function assembly(name: FloatName, format: FloatFormat): string {
  const [suffix] = letters[format];
  if (name === "fma") return `fmadd.${suffix} fa3, fa0, fa1, fa2`;
  if (name === "fsqrt") return `fsqrt.${suffix} fa3, fa0`;
  const compares = name === "feq" || name === "flt" || name === "fle";
  return `${name}.${suffix} ${compares ? "%0" : "fa3"}, fa0, fa1`;
}

function convertAssembly(name: ConvertName): string {
  const suffixes: Record<string, string> = { f16: "h", f32: "s", f64: "d", i32: "w", u32: "wu", i64: "l", u64: "lu" };
  const [from, , to] = name.split(".");
  return `fcvt.${suffixes[to]}.${suffixes[from]} ${to.startsWith("f") ? "fa3" : "%0"}, ${from.startsWith("f") ? "fa0" : "%1"}`;
}

interface Operation {
  code: number;
  name: string;
  from: FloatFormat | "integer";
  to: FloatFormat | "integer";
  operands: number;
  assembly: string;
}

const operations: Operation[] = [
  ...FLOAT_NAMES.flatMap((name) =>
    FLOAT_FORMATS.map(
      (format): Operation => ({
        code: floatCode(name, format),
        name: `${name}.${format}`,
        from: format,
        to: name === "feq" || name === "flt" || name === "fle" ? "integer" : format,
        operands: name === "fma" ? 3 : name === "fsqrt" ? 1 : 2,
        assembly: assembly(name, format),
      }),
    ),
  ),
  ...CONVERT_NAMES.map((name): Operation => {
    const [from, , to] = name.split(".").map((part) => (part.startsWith("f") ? (part as FloatFormat) : "integer"));
    return {
      code: convertCode(name),
      name,
      from,
      to: to as Operation["to"],
      operands: 1,
      assembly: convertAssembly(name),
    } as Operation;
  }),
];

/** A program that reads records (operation, mode, a, b, c) and writes (value, flags), all 64-bit. */
function program(): string {
  const cases = operations.map(({ code, from, to, assembly }) => {
    const moves =
      from === "integer"
        ? ""
        : ["a", "b", "c"].map((_, i) => `fmv.${letters[from][1]}.x fa${i}, %${i + 1}\\n`).join("");
    const result = to === "integer" ? "" : `\\nfmv.x.${letters[to][1]} %0, fa3`;
    return `    case ${code}: asm volatile("${moves}fsflags zero\\n${assembly}${result}\\nfrflags %4"
      : "=&r"(value), "+r"(r[2]), "+r"(r[3]), "+r"(r[4]), "=&r"(flags) :: "fa0", "fa1", "fa2", "fa3"); break;`;
  });
  return `#include <stdio.h>
typedef unsigned long u64;
int main(void) {
  u64 r[5];
  while (fread(r, sizeof r, 1, stdin) == 1) {
    u64 value = 0, flags = 0;
    asm volatile("fsrm %0" :: "r"(r[1]));
    switch (r[0]) {
${cases.join("\n")}
    }
    asm volatile("fsrm zero");
    u64 out[2] = { value, flags };
    fwrite(out, sizeof out, 1, stdout);
  }
}
`;
}

function operandTuples({ from, operands }: Operation): bigint[][] {
  const random = randomFrom(operands);
  const corners = from === "integer" ? INTEGER_CORNERS : FLOAT_CORNERS[from];
  const bits = from === "integer" ? 64 : FORMATS[from].bits;
  const any = () =>
    BigInt.asUintN(bits, BigInt(Math.floor(random() * 2 ** 32)) | (BigInt(Math.floor(random() * 2 ** 32)) << 32n));
  const corner = () => corners[Math.floor(random() * corners.length)];
  const near = () =>
    random() < 0.4
      ? BigInt.asUintN(bits, corner() + BigInt(Math.floor(random() * 5) - 2))
      : random() < 0.7
        ? corner()
        : any();
  if (operands === 1) return [...corners, ...Array.from({ length: 500 }, near)].map((a) => [a, 0n, 0n]);
  const tuples = operands === 2 ? corners.flatMap((a) => corners.map((b) => [a, b, 0n])) : [];
  for (let i = 0; i < 2500; i++) tuples.push([near(), near(), near()]);
  return tuples;
}

const missing = [COMPILER, EMULATOR].filter((tool) => spawnSync(tool, ["--version"]).error);
const skip = missing.length > 0 && process.env.CI_REFERENCES !== "1" ? `not installed: ${missing.join(", ")}` : false;

test("software floating point is what the reference computes", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "softfloat-"));
  try {
    writeFileSync(join(folder, "float.c"), program());
    const options = ["-march=rv64gc_zfh", "-O1", "-static", "-o", join(folder, "float"), join(folder, "float.c")];
    const compiled = spawnSync(COMPILER, options);
    assert.equal(compiled.status, 0, String(compiled.stderr));
    for (const operation of operations) {
      const records = operandTuples(operation).flatMap((tuple) => [0, 1, 2, 3, 4].map((mode) => ({ mode, tuple })));
      const input = BigUint64Array.from(
        records.flatMap(({ mode, tuple }) => [
          BigInt(operation.code),
          BigInt(mode),
          ...tuple.map((v) => BigInt.asUintN(64, v)),
        ]),
      );
      const run = spawnSync(EMULATOR, [...referenceOptions, join(folder, "float")], {
        input: new Uint8Array(input.buffer),
        maxBuffer: 1 << 28,
      });
      assert.equal(run.stdout.length, 16 * records.length, String(run.stderr));
      records.forEach(({ mode, tuple }, i) => {
        const bits = operation.to === "integer" ? 64 : FORMATS[operation.to].bits;
        const value = BigInt.asUintN(bits, slowFloat(operation.code, mode, tuple[0], tuple[1], tuple[2]));
        const wanted = BigInt.asUintN(bits, run.stdout.readBigUInt64LE(16 * i));
        const [flags, wantedFlags] = [floatState.flags, Number(run.stdout.readBigUInt64LE(16 * i + 8))];
        if (value !== wanted || flags !== wantedFlags)
          assert.fail(
            `${operation.name} mode ${mode} of ${tuple.map((v) => `0x${BigInt.asUintN(64, v).toString(16)}`).join(", ")}: ` +
              `0x${value.toString(16)} flags ${flags}, reference 0x${wanted.toString(16)} flags ${wantedFlags}`,
          );
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
