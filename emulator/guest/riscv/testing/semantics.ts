// Tables of instructions with what they do, run in the IR interpreter: words, their text, registers before, registers
// after.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Environment, type SlowMemory } from "../../../ir/environment.ts";
import { Access, Exit, FaultCause } from "../../../ir/exits.ts";
import { execute } from "../../../ir/interpreter.ts";
import { prepare } from "../../../ir/prepare.ts";
import { layout } from "../../../ir/testing/sandbox.ts";
import { findRegister } from "../../guest.ts";
import { riscv64 } from "../index.ts";
import { codeAt } from "./code.ts";

const PC = 0x10000n;
/** One page of guest memory that can be read and written. */
const DATA = 0x2000;

const buffer = new SharedArrayBuffer(layout.guestBase + 0x10000);
const bytes = new Uint8Array(buffer);
bytes.fill(1, layout.readFlags, layout.readFlags + 0x200000);
bytes[layout.readFlags + (DATA >> 12)] = 0;
bytes[layout.writeFlags + (DATA >> 12)] = 0;
const registers = new BigInt64Array(buffer, layout.vcpu, riscv64.registers.length);
const memory = new BigInt64Array(buffer, layout.guestBase + DATA, 32);
const faultAddress = new BigInt64Array(buffer, layout.faultAddress, 1);

/** There is nothing but the page. */
const nowhere: SlowMemory = {
  fault: undefined,
  load(address) {
    this.fault = { address, access: Access.Load, cause: FaultCause.Unmapped };
    return 0n;
  },
  store(address) {
    this.fault = { address, access: Access.Store, cause: FaultCause.Unmapped };
  },
  isHarmless: () => false,
};
const environment = new Environment({ buffer, layout, file: riscv64.file, memory: nowhere, callbacks: [] });

function indexOf(name: string): number {
  const index = findRegister(riscv64, name);
  assert.ok(index !== undefined, name);
  return index;
}

/** `a1=-1 m0=0x10`: registers, m0 to m31 the doublewords at 0x2000, `fault` the address of a fault. */
function assignments(text: string): [cell: { get(): bigint; set(value: bigint): void }, value: bigint, name: string][] {
  return text
    .split(" ")
    .filter(Boolean)
    .map((assignment) => {
      const [name, number] = assignment.split("=");
      const value = number.startsWith("-") ? -BigInt(number.slice(1)) : BigInt.asIntN(64, BigInt(number));
      const [array, index] = cellOf(name);
      return [{ get: () => array[index], set: (v) => (array[index] = v) }, value, name];
    });
}

function cellOf(name: string): [BigInt64Array, number] {
  if (name === "fault") return [faultAddress, 0];
  return /^m\d+$/.test(name) ? [memory, Number(name.slice(1))] : [registers, indexOf(name)];
}

function textOf(words: string): string {
  const fetch = codeAt(PC, words);
  const texts: string[] = [];
  for (let pc = PC; fetch(pc) !== undefined; ) {
    const { mnemonic, operands, length } = riscv64.decode(fetch, pc);
    texts.push(`${mnemonic} ${operands}`.trim());
    pc += BigInt(length);
  }
  return texts.join("; ");
}

/** Runs the words from the registers given; all others are zero. Gives what `execute` gives. */
export function run(words: string, before: string): number {
  registers.fill(0n);
  memory.fill(0n);
  for (const [cell, value] of assignments(before)) cell.set(value);
  const block = riscv64.translate(codeAt(PC, words), PC, { maxInstructions: words.split(" ").length });
  return execute(prepare(block, environment), environment);
}

/** The signed value of a register, by name. */
export function registerAfter(name: string): bigint {
  return registers[indexOf(name)];
}

/** A test for each line `words | text | before | after`; `exit=Illegal` among what is after names the exit. */
export function check(title: string, table: string): void {
  describe(title, () => {
    for (const line of table.trim().split("\n")) {
      const [words, text, before, after] = line.split("|").map((cell) => cell.trim());
      test(line, () => {
        assert.equal(textOf(words), text);
        const exit = run(words, before);
        const expectedExit = /exit=(\w+)/.exec(after)?.[1];
        assert.equal(exit < 0 ? undefined : Exit[exit], expectedExit);
        for (const [cell, value, name] of assignments(after.replace(/exit=\w+/, "")))
          assert.equal(cell.get(), value, `${name}: 0x${BigInt.asUintN(64, cell.get()).toString(16)}`);
      });
    }
  });
}
