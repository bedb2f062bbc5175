import assert from "node:assert/strict";
import { test } from "node:test";
import { fixturePath } from "../../test-fixtures/fixtures.ts";
import { terrarium } from "./testing/terrarium.ts";

const program = fixturePath("reference/faults.elf");

test("disassemble PROGRAM SYMBOL prints one function", () => {
  const { status, stdout } = terrarium(["disassemble", program, "_start"]);
  assert.equal(status, 0);
  assert.match(stdout, /Disassembly of _start:\n\n0000000000010120 <_start>:\n {3}10120:\t4781 {16}\tc\.li\ta5,0\n/);
  assert.match(stdout, /\tbne\ta5,a2,1012c <_start\+0xc>\n/);
});

test("a program without symbols is disassembled all the same", () => {
  const { status, stdout } = terrarium(["disassemble", fixturePath("structs/structs-stripped.elf")]);
  assert.equal(status, 0);
  assert.match(stdout, /1017c:\t00001197 {10}\tauipc\tgp,0x1\n/);
});

test("a symbol that is not there", () => {
  const { status, stderr } = terrarium(["disassemble", program, "nothing"]);
  assert.deepEqual({ status, stderr }, { status: 1, stderr: `terrarium: ${program}: no symbol "nothing"\n` });
});
