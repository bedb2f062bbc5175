// Floating-point state that changes behind generated code's back, and registers that hold values of several formats.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Exit } from "../ir/exits.ts";
import type { EngineKind } from "./api.ts";
import { BlockMachine, file, parseBlocks } from "./testing/block-machine.ts";

const engines: readonly EngineKind[] = ["interpreter", "jit"];
const F0 = 16;
const ONE = 0x3ff0_0000_0000_0000n;
const THIRD = 0x3fd5_5555_5555_5555n;

const sum = `
block 0x10000 +4
  insn 0x10000 +4
  %0 = get f0
  %1 = get f1
  %2 = fadd.f64.dynamic %0, %1
  put f2, %2
  trap syscall, 0x10004
`;

for (const engine of engines) {
  test(`${engine}: flags and mode as they are when control comes in`, () => {
    const machine = new BlockMachine(engine);
    machine.load(parseBlocks(sum));
    machine.setRegister(F0, ONE);
    machine.setRegister(F0 + 1, THIRD);
    const run = (flags: bigint, mode: bigint) => {
      machine.setRegister(file.pc, 0x10000n);
      machine.setRegister(file.floatFlags, flags);
      machine.setRegister(file.floatRounding, mode);
      assert.equal(machine.executor.run(10), Exit.Syscall);
      return [machine.register(F0 + 2), machine.register(file.floatFlags)];
    };
    const below = 0x3ff5_5555_5555_5555n;
    assert.deepEqual(run(1n, 0n), [below, 1n]);
    assert.deepEqual(run(0n, 0n), [below, 1n]);
    assert.deepEqual(run(1n, 3n), [below + 1n, 1n]);
    assert.deepEqual(run(0n, 3n), [below + 1n, 1n]);
    assert.deepEqual(run(1n, 0n), [below, 1n]);
  });

  test(`${engine}: a register that holds boxed and other values by turns`, () => {
    const machine = new BlockMachine(engine);
    // f1 is mostly a binary32; where r1 is odd it is given a binary64, which no binary32 operation sees.
    machine.load(
      parseBlocks(`
block 0x10000 +8
  insn 0x10000 +4
  %0 = get f1
  %1 = unbox32 %0
  %2 = get f2
  %3 = unbox32 %2
  %4 = fadd.f32.near %1, %3
  %5 = box32 %4
  put f1, %5
  %6 = get r1
  %7 = const -1
  %8 = add %6, %7
  put r1, %8
  insn 0x10004 +4
  %9 = const 1
  %10 = and %8, %9
  branch %10, 0x10008, 0x1000c

block 0x10008 +4
  insn 0x10008 +4
  %0 = get f3
  put f4, %0
  put f1, %0
  goto 0x1000c

block 0x1000c +4
  insn 0x1000c +4
  %0 = get f1
  put f5, %0
  %1 = get r1
  branch %1, 0x10000, 0x10010

block 0x10010 +4
  insn 0x10010 +4
  trap syscall, 0x10014
`),
    );
    const box = (value: bigint) => BigInt.asIntN(64, 0xffff_ffff_0000_0000n | value);
    const run = (count: bigint, f1: bigint) => {
      machine.setRegister(file.pc, 0x10000n);
      machine.setRegister(1, count);
      machine.setRegister(F0 + 1, f1);
      machine.setRegister(F0 + 2, box(0x3f80_0000n));
      machine.setRegister(F0 + 3, ONE);
      assert.equal(machine.executor.run(1000), Exit.Syscall);
      return [machine.register(F0 + 1), machine.register(F0 + 5)];
    };
    const nan = box(0x7fc0_0000n);
    const two = box(0x4000_0000n);
    assert.deepEqual(run(1n, box(0x3f80_0000n)), [two, two]);
    assert.deepEqual(run(1n, 0x3f80_0000n), [nan, nan]);
    // The last round but one leaves the binary64, which is in no box; the last finds a NaN.
    assert.deepEqual(run(2n, box(0x3f80_0000n)), [nan, nan]);
    assert.deepEqual(run(1n, two), [box(0x4040_0000n), box(0x4040_0000n)]);
  });
}
