// Modules by the encoder, judged by the engine that runs them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteWriter, FunctionBody, I, type MemoryInstruction, ModuleBuilder, Type } from "./wasm-encoder.ts";

function compile(build: (f: FunctionBody) => void, params: readonly Type[], results: readonly Type[]) {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", 1);
  const f = new FunctionBody(params.length);
  build(f);
  module.addFunction({ params, results }, f, "run");
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { env: { memory } });
  return { run: instance.exports.run as (...args: unknown[]) => unknown, memory };
}

const leb: { value: bigint; bytes: string }[] = [
  { value: 0n, bytes: "00" },
  { value: 63n, bytes: "3f" },
  { value: 64n, bytes: "c0 00" },
  { value: -1n, bytes: "7f" },
  { value: -64n, bytes: "40" },
  { value: -65n, bytes: "bf 7f" },
  { value: 624485n, bytes: "e5 8e 26" },
  { value: -123456n, bytes: "c0 bb 78" },
  { value: 0x7fffffffffffffffn, bytes: "ff ff ff ff ff ff ff ff ff 00" },
  { value: -0x8000000000000000n, bytes: "80 80 80 80 80 80 80 80 80 7f" },
];

for (const { value, bytes } of leb)
  test(`signed LEB128 of ${value}`, () => {
    const writer = new ByteWriter(1);
    writer.signed64(value);
    assert.equal(Buffer.from(writer.finish()).toString("hex"), bytes.replaceAll(" ", ""));
  });

test("64-bit constants come back as they went in", () => {
  for (let bits = 0n; bits < 64n; bits++)
    for (const value of [1n << bits, (1n << bits) - 1n, -(1n << bits)]) {
      const { run } = compile((f) => f.i64(value), [], [Type.I64]);
      assert.equal(run(), BigInt.asIntN(64, value));
    }
});

test("32-bit and floating-point constants", () => {
  for (const value of [0, 63, 64, -64, -65, 0x7fffffff, -0x80000000])
    assert.equal(compile((f) => f.i32(value), [], [Type.I32]).run(), value);
  for (const value of [0.5, -0, Infinity, 2 ** -126]) {
    assert.equal(compile((f) => f.f32(value), [], [Type.F32]).run(), value);
    assert.equal(compile((f) => f.f64(value), [], [Type.F64]).run(), value);
  }
});

test("a loop with blocks, locals of several types and hints", () => {
  const { run } = compile(
    (f) => {
      const sum = f.local(Type.I64);
      const unused = f.local(Type.F64);
      const done = f.block();
      const again = f.loop();
      f.get(0).op(I.i64_eqz).brIf(done, false);
      f.get(sum).get(0).op(I.i64_add).set(sum);
      f.get(0).i64(1n).op(I.i64_sub).set(0);
      f.br(again);
      f.end().end();
      f.f64(1).set(unused).get(sum);
    },
    [Type.I64],
    [Type.I64],
  );
  assert.equal(run(100n), 5050n);
});

test("a function that is called with imported values", () => {
  const module = new ModuleBuilder();
  const params = [Type.ExternRef, Type.ExternRef];
  const called = module.importFunction("env", "called", { params, results: [] });
  const globals = ["first", "second"].map((name) => module.importGlobal("env", name, Type.ExternRef));
  const f = new FunctionBody(0);
  f.getGlobal(globals[1]).getGlobal(globals[0]).call(called);
  module.addFunction({ params: [], results: [] }, f, "run");
  const calls: unknown[][] = [];
  const env = { called: (...values: unknown[]) => calls.push(values), first: calls, second: undefined };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { env });
  (instance.exports.run as () => void)();
  assert.equal(calls.length, 1);
  assert.equal(calls[0][0], undefined);
  assert.equal(calls[0][1], calls);
});

test("a table of branches, the last for every larger index", () => {
  const { run } = compile(
    (f) => {
      const result = f.block(Type.I32);
      const second = f.block();
      const first = f.block();
      f.get(0).brTable([first, second]);
      f.end().i32(10).br(result);
      f.end().i32(20).br(result);
      f.end();
    },
    [Type.I32],
    [Type.I32],
  );
  assert.deepEqual([run(0), run(1), run(7)], [10, 20, 20]);
});

const stores: Record<string, { store: MemoryInstruction; load: MemoryInstruction; expected: bigint }> = {
  bytes: { store: "i64_store8", load: "i64_load8_s", expected: -1n },
  halves: { store: "i64_store16", load: "i64_load16_u", expected: 0xeeffn },
  words: { store: "i64_store32", load: "i64_load32_s", expected: -0x33221101n },
  doublewords: { store: "i64_store", load: "i64_load", expected: 0x11223344ccddeeffn },
};

for (const [name, { store, load, expected }] of Object.entries(stores))
  test(`accesses of ${name}, at large offsets`, () => {
    const { run } = compile(
      (f) => f.i32(3).get(0).memory(store, 0x8001, false).i32(4).memory(load, 0x8000, false),
      [Type.I64],
      [Type.I64],
    );
    assert.equal(run(0x11223344ccddeeffn), expected);
  });
