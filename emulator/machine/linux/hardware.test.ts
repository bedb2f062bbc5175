// What programs are told of the hardware: riscv_hwprobe(2), the auxiliary vector and /proc/cpuinfo, which must agree.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Machine } from "../machine.ts";
import { testMachine } from "../testing/test-machine.ts";
import { syscallHandlers } from "./calls/index.ts";
import { Errno } from "./errno.ts";
import { carryOut } from "./process.ts";
import { syscallDescriptions } from "./syscall-table.ts";
import { Structure } from "./user-memory.ts";

const HWPROBE = [...syscallDescriptions.values()].find(({ name }) => name === "riscv_hwprobe")!.number;
const WHICH_CPUS = 1;

type Pair = readonly [key: number, value: bigint];

const machine = testMachine("structs/structs-O0.elf");
const scratch = machine.registers.sp - 0x10000n;

function hwprobe(pairs: readonly Pair[], cpuBytes: number, cpus: bigint, flags: number): string | number {
  const table = new Structure(16 * pairs.length);
  for (const [i, [key, value]] of pairs.entries()) table.u64(16 * i, key).u64(16 * i + 8, value);
  machine.user.write(scratch, table);
  const args = [scratch, BigInt(pairs.length), BigInt(cpuBytes), cpus, BigInt(flags), 0n];
  const result = Number(carryOut(machine, syscallHandlers, HWPROBE, args, () => assert.fail()));
  return result < 0 ? Errno[-result] : result;
}

function pairsAfter(count: number): Pair[] {
  const table = machine.user.structure(scratch, 16 * count);
  return Array.from({ length: count }, (_, i) => [Number(table.getI64(16 * i)), table.getU64(16 * i + 8)]);
}

test("riscv_hwprobe answers each key, and marks those it does not know", () => {
  const keys = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, -1, 1000];
  assert.equal(
    hwprobe(
      keys.map((key) => [key, 99n]),
      0,
      0n,
      0,
    ),
    0,
  );
  // Bits of the extensions, as the kernel's header has them: F and D, C, Zba, Zbb, Zbs, Zicboz, Zbc; Zfh,
  // Zfhmin; Zicond, Zihintpause; Zca, Zcd; Zawrs; Zicntr; Zicbom, Zaamo, Zalrsc.
  const bits = [0, 1, 3, 4, 5, 6, 7, 27, 28, 35, 36, 43, 45, 48, 50, 55, 56, 57];
  const extensions = bits.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);
  const highest = BigInt(machine.memory.limit - 1);
  const values = [0n, 0n, 0n, 1n, extensions, 3n, 64n, highest, 10_000_000n, 3n, 4n, 0n, 64n, 0n];
  assert.deepEqual(
    pairsAfter(keys.length),
    keys.map((key) => (key in values ? [key, values[key]] : [-1, 0n])),
  );
});

const cpuSet = scratch + 0x1000n;
const questions: { what: string; cpus: number; bytes: number; flags: number; result: string | number }[] = [
  { what: "of the processor there is", cpus: 1, bytes: 8, flags: 0, result: 0 },
  { what: "of one that is not there", cpus: 2, bytes: 8, flags: 0, result: "EINVAL" },
  { what: "of a set without a size", cpus: 1, bytes: 0, flags: 0, result: "EINVAL" },
  { what: "with an unknown flag", cpus: 1, bytes: 8, flags: 2, result: "EINVAL" },
  { what: "for processors, without a set", cpus: 1, bytes: 0, flags: WHICH_CPUS, result: "EINVAL" },
];
for (const { what, cpus, bytes, flags, result } of questions)
  test(`riscv_hwprobe ${what}`, () => {
    machine.user.write(cpuSet, new Structure(8).u64(0, cpus));
    assert.equal(hwprobe([[3, 0n]], bytes, cpuSet, flags), result);
  });

test("riscv_hwprobe of a set that cannot be read", () => assert.equal(hwprobe([[3, 0n]], 8, 8n, 0), "EFAULT"));

const searches: { what: string; pairs: readonly Pair[]; cpus: number; found: bigint }[] = [
  { what: "some of its extensions", pairs: [[4, 0b11000n]], cpus: 1, found: 1n },
  { what: "one that it has not", pairs: [[4, 0b11100n]], cpus: 1, found: 0n },
  { what: "its block size", pairs: [[6, 64n]], cpus: 1, found: 1n },
  { what: "another block size", pairs: [[6, 0n]], cpus: 1, found: 0n },
  { what: "a key that is not known", pairs: [[99, 0n]], cpus: 1, found: 0n },
  {
    what: "two values, one of them wrong",
    pairs: [
      [3, 1n],
      [6, 32n],
    ],
    cpus: 1,
    found: 0n,
  },
  { what: "anything, among none: all are meant", pairs: [[3, 1n]], cpus: 0, found: 1n },
  { what: "anything, among others", pairs: [[3, 1n]], cpus: 2, found: 0n },
];
for (const { what, pairs, cpus, found } of searches)
  test(`which processors have ${what}`, () => {
    machine.user.write(cpuSet, new Structure(8).u64(0, cpus));
    assert.equal(hwprobe(pairs, 8, cpuSet, WHICH_CPUS), 0);
    assert.equal(machine.user.structure(cpuSet, 8).getU64(0), found);
  });

function auxiliary(started: Machine): Map<number, bigint> {
  let at = started.registers.sp + 8n;
  const next = () => {
    at += 8n;
    return started.user.structure(at - 8n, 8).getU64(0);
  };
  // Arguments, then environment, each ended by a zero.
  while (next() !== 0n);
  while (next() !== 0n);
  const entries = new Map<number, bigint>();
  for (let key = next(); key !== 0n; key = next()) entries.set(Number(key), next());
  return entries;
}

test("AT_HWCAP has the extensions of one letter, and there is no AT_HWCAP2", () => {
  const AT_HWCAP = 16;
  const AT_HWCAP2 = 26;
  const vector = auxiliary(testMachine("structs/structs-O0.elf"));
  const letters = [..."imafdc"].reduce((bits, letter) => bits | (1n << BigInt(letter.charCodeAt(0) - 97)), 0n);
  assert.equal(vector.get(AT_HWCAP), letters);
  assert.equal(vector.has(AT_HWCAP2), false);
});

test("/proc/cpuinfo names the same ISA", () => {
  const file = machine.files.open("/proc/cpuinfo", 0, 0);
  const bytes = file.read(4096);
  assert.ok(bytes instanceof Uint8Array);
  const text = new TextDecoder().decode(bytes);
  assert.match(text, /^processor\t: 0\nhart\t\t: 0\nisa\t\t: rv64imafdc_zicbom_\w+\nmmu\t\t: sv39\n/);
  assert.ok(text.includes(`isa\t\t: ${machine.guest.hardware.isa}\n`));
});
