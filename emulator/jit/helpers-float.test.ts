// Fused multiply-add by error-free transformations against the exact one: where it gives a number, it is the right one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fma } from "../ir/softfloat/arithmetic.ts";
import { FORMATS } from "../ir/softfloat/format.ts";
import { FLOAT_CORNERS } from "../ir/testing/float-corners.ts";
import { randomFrom } from "../ir/testing/random-block.ts";
import { imports } from "./engine-state.ts";
import { fma32Body, fma64Body } from "./helpers-float.ts";
import { ModuleBuilder } from "./wasm-encoder.ts";

type Fma = (a: number, b: number, c: number) => number;

const module = new ModuleBuilder();
module.addFunction(imports.fma32, fma32Body(), "f32");
module.addFunction(imports.fma64, fma64Body(), "f64");
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()));

const view = new DataView(new ArrayBuffer(8));
const formats = {
  f32: {
    run: exports.f32 as Fma,
    toNumber: (bits: bigint) => {
      view.setUint32(0, Number(bits));
      return view.getFloat32(0);
    },
    toBits: (value: number) => {
      view.setFloat32(0, value);
      return BigInt(view.getUint32(0));
    },
  },
  f64: {
    run: exports.f64 as Fma,
    toNumber: (bits: bigint) => {
      view.setBigUint64(0, bits);
      return view.getFloat64(0);
    },
    toBits: (value: number) => {
      view.setFloat64(0, value);
      return view.getBigUint64(0);
    },
  },
};

for (const name of ["f32", "f64"] as const) {
  const { run, toNumber, toBits } = formats[name];
  const operands = (random: () => number): number[] => {
    const corners = FLOAT_CORNERS[name];
    const number = () =>
      random() < 0.2
        ? toNumber(corners[Math.floor(random() * corners.length)])
        : toNumber(toBits((random() - 0.5) * 2 ** (Math.floor(random() * 60) - 30)));
    const [a, b] = [number(), number()];
    // Cancellation, nearly or wholly, is where a rounding too many shows.
    const kind = random();
    const c = kind < 0.3 ? -a * b : kind < 0.5 ? -a * b * (1 + (random() - 0.5) * 2 ** -20) : number();
    return [a, b, toNumber(toBits(c))];
  };

  test(`${name}: random operands`, () => {
    const random = randomFrom(1);
    let told = 0;
    for (let i = 0; i < 20_000; i++) {
      const [a, b, c] = operands(random);
      const result = run(a, b, c);
      if (Number.isNaN(result)) continue;
      told++;
      const expected = fma(FORMATS[name], toBits(a), toBits(b), toBits(c), 0).value;
      assert.equal(toBits(result), expected, `${a} * ${b} + ${c}`);
    }
    assert.ok(told > 12_000, `${told} told`);
  });
}
