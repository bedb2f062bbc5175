import assert from "node:assert/strict";
import { test } from "node:test";
import { Disassembler } from "./disassembly.ts";
import { debugFixture } from "./testing/debug-fixture.ts";
import { FakeTarget, fakeSymbols } from "./testing/fake-target.ts";

test("any window around any instruction of main shows the same instructions", () => {
  const { dbg } = debugFixture("structs/structs-O0.elf", "structs/structs.c");
  const [main] = dbg.symbols.functionsNamed("main");
  const whole = dbg.disassembler.lines(main.entry, 0, 60).map((line) => line.address);
  for (const [i, address] of whole.entries()) {
    for (const offset of [-40, -7, -1, 0, 3]) {
      const window = dbg.disassembler.lines(address, offset, 10);
      assert.equal(window.length, 10);
      for (const [j, line] of window.entries()) {
        const expected = whole[i + offset + j];
        if (expected !== undefined) assert.equal(line.address, expected, `${address} ${offset} ${j}`);
      }
    }
  }
});

test("without symbols, the way back still arrives at the address", () => {
  const { dbg } = debugFixture("structs/structs-stripped.elf", "structs/structs.c");
  const pc = dbg.target.readRegisters()[dbg.registers.pc];
  const lines = dbg.disassembler.lines(pc + 8n, -3, 4);
  assert.equal(lines[3].address, pc + 8n);
});

// c.ebreak, addi, c.ebreak at the very end of a mapping.
const code = [0x02, 0x90, 0x13, 0x05, 0x15, 0x00, 0x02, 0x90];
const target = new FakeTarget().map(0x1000n, code);
const lines = (address: bigint, offset: number, count: number) =>
  new Disassembler(target, fakeSymbols())
    .lines(address, offset, count)
    .map((line) => `${line.address.toString(16)} ${line.text}`);

const cases: readonly [string, bigint, number, number, readonly string[]][] = [
  ["after the end", 0x1006n, 0, 3, ["1006 c.ebreak", "1008 (not mapped)", "100a (not mapped)"]],
  ["before the start", 0x1002n, -3, 4, ["ffc (not mapped)", "ffe (not mapped)", "1000 c.ebreak", "1002 addi a0,a0,1"]],
  ["only before", 0x1006n, -2, 2, ["1000 c.ebreak", "1002 addi a0,a0,1"]],
  ["only after", 0x1000n, 2, 2, ["1006 c.ebreak", "1008 (not mapped)"]],
  ["at the bottom of memory", 0x2n, -3, 3, ["0 (not mapped)", "0 (not mapped)", "0 (not mapped)"]],
];

for (const [name, address, offset, count, expected] of cases)
  test(name, () => assert.deepEqual(lines(address, offset, count), expected));
