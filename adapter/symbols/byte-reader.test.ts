import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteReader, DwarfError } from "./byte-reader.ts";

const reader = (...bytes: number[]) => new ByteReader(Uint8Array.from(bytes), ".debug_test");

const unsigned: [number[], number][] = [
  [[0x02], 2],
  [[0x7f], 127],
  [[0x80, 0x01], 128],
  [[0xb9, 0x64], 12857],
  [[0x80, 0x80, 0x00], 0],
  [[0xff, 0xff, 0xff, 0xff, 0x0f], 0xffffffff],
];

const signed: [number[], number][] = [
  [[0x02], 2],
  [[0x7e], -2],
  [[0xff, 0x00], 127],
  [[0x81, 0x7f], -127],
  [[0x80, 0x01], 128],
  [[0x80, 0x7f], -128],
  [[0xff, 0xff, 0x7f], -1],
];

test("LEB128", () => {
  for (const [bytes, value] of unsigned) {
    assert.equal(reader(...bytes).uleb(), value);
    assert.equal(reader(...bytes).uleb64(), BigInt(value));
  }
  for (const [bytes, value] of signed) assert.equal(reader(...bytes).sleb(), value);
  assert.equal(reader(...Array(9).fill(0xff), 0x01).uleb64(), 0xffff_ffff_ffff_ffffn);
  assert.equal(reader(...Array(9).fill(0x80), 0x7f).sleb64(), -(1n << 63n));
});

test("reads stay inside, and errors name section and offset", () => {
  const cases: [() => unknown, RegExp][] = [
    [() => reader(1, 2).u32(), /^\.debug_test at 0x0: 4 bytes are needed, 2 are left$/],
    [() => reader(0x80, 0x80).uleb(), /at 0x2: 1 bytes are needed/],
    [() => reader(...Array(10).fill(0xff), 1).uleb(), /at 0x0: the LEB128 number is too large/],
    [() => reader(...Array(40).fill(0x80)).uleb64(), /at 0x0: the LEB128 number is too long/],
    [() => reader(0x61, 0x62).string(), /at 0x0: the string has no end/],
    [() => reader(0xf5, 0xff, 0xff, 0xff).initialLength(), /length 0xfffffff5 is reserved/],
    [() => reader(...Array(8).fill(0xff)).word(8), /offset 0xffffffffffffffff is absurd/],
    [() => reader(1).at(2), /at 0x2: offset is outside the section/],
    [() => reader(1).take8(-1), /-1 bytes are needed|outside/],
  ];
  for (const [action, message] of cases)
    assert.throws(action, (error) => error instanceof DwarfError && message.test(error.message));
});

test("64-bit DWARF announces itself", () => {
  assert.deepEqual(reader(0x10, 0, 0, 0).initialLength(), { length: 16, offsetSize: 4 });
  assert.deepEqual(reader(255, 255, 255, 255, 9, 0, 0, 0, 0, 0, 0, 0).initialLength(), { length: 9, offsetSize: 8 });
});
