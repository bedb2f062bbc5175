// `ips`: what a program reads from its clock is the count of its instructions over the rate.
import assert from "node:assert/strict";
import { test } from "node:test";
import { writeElf } from "../emulator/testing/elf-writer.ts";
import { addi, ecall, jal, ld, lui, opImmediate } from "../emulator/testing/encode.ts";
import { definePlugin } from "./api/index.ts";
import ips from "./ips.ts";
import { engines, pluginRun } from "./testing/plugin-run.ts";

const DATA = 0x20000;
const [zero, sp, t0, t1, s0, s1, a0, a1, a7] = [0, 2, 5, 6, 8, 9, 10, 11, 17];
const call = (number: number) => [opImmediate(0, a7, zero, number), ecall];
/** clock_gettime(CLOCK_MONOTONIC) at data + offset. */
const look = (offset: number) => [addi(a0, zero, 1), addi(a1, s0, offset), ...call(113)];

function elf(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Uint32Array.from(words).buffer);
  const data = new Uint8Array(64);
  // A timespec at 32: 2 s and 500 ns.
  new BigUint64Array(data.buffer).set([2n, 500n], 4);
  return writeElf(0x10000, [
    { address: 0x10000, bytes, flags: 5 },
    { address: DATA, bytes: data, flags: 6 },
  ]);
}

/** 2 + 3 * 1000 instructions between the two looks at the clock, then 2.0000005 s of sleep and a third look. */
const program = elf([
  lui(s0, DATA >> 12),
  ...look(0),
  addi(t0, zero, 1000),
  addi(t1, zero, 1),
  // 1000 passes of 3 instructions: the last jumps out.
  0x40628_2b3, // sub t0, t0, t1
  0x00028463, // beqz t0, +8
  jal(zero, -8),
  ...look(16),
  addi(a0, s0, 32),
  addi(a1, zero, 0),
  ...call(101),
  ...look(48),
  ld(s1, 0, s0),
  addi(a0, zero, 0),
  ...call(93),
  addi(sp, sp, 0),
]);

for (const engine of engines)
  test(`the clock shows instructions over the rate, and what was waited for (${engine})`, () => {
    const run = pluginRun(program, [[ips, { ips: 1_000_000 }]], { engine });
    const looks: { at: bigint }[] = [];
    const looking = definePlugin({
      name: "looks",
      version: "1.0.0",
      install(vm) {
        vm.onSyscall(({ name, vcpu }) => {
          if (name === "clock_gettime") looks.push({ at: vcpu.instructionCount });
        });
      },
    });
    run.host.install({ definition: looking }, {}, "looks");
    run.run();
    assert.deepEqual(run.log, []);
    const words = new BigUint64Array(run.machine.memory.read(BigInt(DATA), 64).slice().buffer);
    const time = (at: number) => words[at / 8] * 1_000_000_000n + words[at / 8 + 1];
    const [first, second, third] = [time(0), time(16), time(48)];
    assert.equal(looks.length, 3);
    // A microsecond for each instruction.
    assert.equal(second - first, 1000n * (looks[1].at - looks[0].at));
    assert.ok(looks[1].at - looks[0].at > 2900n);
    assert.equal(third - second, 1000n * (looks[2].at - looks[1].at) + 2_000_000_500n);
    const [[instructions, seconds, waiting]] = run.rows("Instructions per second");
    assert.equal(BigInt(instructions), run.machine.instructionCount());
    assert.ok(Math.abs(Number(seconds) - Number(waiting) - Number(instructions) / 1e6) < 1e-9);
    assert.equal(waiting, 2.0000005);
    assert.equal(run.view("Guest time").kind, "series");
  });
