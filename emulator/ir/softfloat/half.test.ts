// Binary16 on the host against software: value and flags in every mode. All patterns where there is one operand, special
// and random ones where there are more.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CONVERT_NAMES, FLOAT_NAMES } from "../ops.ts";
import { FLOAT_CORNERS, INTEGER_CORNERS } from "../testing/float-corners.ts";
import { randomFrom } from "../testing/random-block.ts";
import { FORMATS } from "./format.ts";
import { halfConversions, halfOperations, halfState } from "./half.ts";
import { softwareArithmetic, softwareConversion } from "./softfloat.ts";

const modes = [0, 1, 2, 3, 4];
const corners = FLOAT_CORNERS.f16.map(Number);
const hex = (value: number | bigint) => `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;

/** Operands: all patterns once, or corners with each other and random ones, the last near minus the product's size. */
function* operands(count: number): Generator<[number, number, number]> {
  if (count === 1) for (let a = 0; a < 0x10000; a++) yield [a, 0, 0];
  for (const a of corners) for (const b of corners) yield [a, b, corners[(a * 7 + b) % corners.length]];
  const random = randomFrom(count);
  const any = () => Math.floor(random() * 0x10000);
  for (let i = 0; i < 6000; i++) {
    const [a, b] = [any(), any()];
    const product = halfOperations.fmul(a, b, 0, 0);
    yield [a, b, random() < 0.5 || product < 0 ? any() : (product ^ 0x8000) + Math.floor(random() * 3) - 1];
  }
}

for (const name of FLOAT_NAMES)
  test(name, () => {
    const software = softwareArithmetic(name, FORMATS.f16);
    const onHost = halfOperations[name];
    let [told, all] = [0, 0];
    for (const [a, b, c] of operands(name === "fsqrt" ? 1 : name === "fma" ? 3 : 2))
      for (const mode of modes) {
        all++;
        const result = onHost(a, b, c & 0xffff, mode);
        if (result < 0) continue;
        told++;
        const expected = software(BigInt(a), BigInt(b), BigInt(c & 0xffff), mode);
        if (BigInt(result) !== expected.value || halfState.flags !== expected.flags)
          assert.fail(
            `mode ${mode} of ${[a, b, c].map(hex).join(", ")}: ${hex(result)} flags ${halfState.flags}, ` +
              `expected ${hex(expected.value)} flags ${expected.flags}`,
          );
      }
    // Half of all numbers have no root.
    assert.ok(told > 0.4 * all, `${told} of ${all} told`);
  });

function* conversionOperands(from: string): Generator<bigint> {
  if (from === "f16") for (let a = 0n; a < 0x10000n; a++) yield a;
  const random = randomFrom(1);
  const any = () => (BigInt(Math.floor(random() * 2 ** 32)) << 32n) | BigInt(Math.floor(random() * 2 ** 32));
  const known = from === "f32" ? FLOAT_CORNERS.f32 : from === "f64" ? FLOAT_CORNERS.f64 : INTEGER_CORNERS;
  for (const corner of known) for (let near = -2n; near <= 2n; near++) yield corner + near;
  for (let i = 0; i < 3000; i++) {
    yield any();
    yield BigInt.asIntN(64, any()) >> BigInt(Math.floor(random() * 64));
    // Of the size of halves: every place where the format's numbers and their neighbours may round.
    const size = Math.floor(random() * 44) - 27;
    if (from === "f32") yield (BigInt(127 + size) << 23n) | (any() & 0x807f_ffffn);
    if (from === "f64") yield (BigInt(1023 + size) << 52n) | (any() & 0x800f_ffff_0000_0000n);
  }
}

for (const name of CONVERT_NAMES.filter((name) => name.includes("f16")))
  test(name, () => {
    const onHost = halfConversions[name];
    assert.ok(onHost, "on the host");
    const software = softwareConversion(name);
    let told = 0;
    for (const a of conversionOperands(name.split(".")[0]))
      for (const mode of modes) {
        const value = onHost(a, mode);
        if (value === undefined) continue;
        told++;
        const expected = software(a, 0n, 0n, mode);
        if (value !== BigInt.asUintN(64, expected.value) || halfState.flags !== expected.flags)
          assert.fail(
            `mode ${mode} of ${hex(a)}: ${hex(value)} flags ${halfState.flags}, ` +
              `expected ${hex(expected.value)} flags ${expected.flags}`,
          );
      }
    assert.ok(told > 10_000, `${told} told`);
  });
