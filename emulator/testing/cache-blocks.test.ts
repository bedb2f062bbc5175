// Zeroing of cache blocks on a whole machine, in every engine: memory, what a plugin sees, a fault at the address that the
// instruction was given, and code in the block. (The reference does not know the instruction.)
import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, type PluginDefinition } from "../../plugins/api/index.ts";
import { PluginHost } from "../instrument/plugin-host.ts";
import type { EngineKind } from "../machine/api.ts";
import { testMachine } from "../machine/testing/test-machine.ts";
import { writeElf } from "./elf-writer.ts";
import * as encode from "./encode.ts";

const TEXT = 0x10000;
const DATA = 0x400000;
const BLOCKS = 600;
const BLOCK = 64;
const A0 = 10;
const A1 = 11;
const cboZero = (rs1: number) => (4 << 20) | (rs1 << 15) | (2 << 12) | 0x0f;
const [BNE, BLTU] = [1, 6];

/** Zeroes every second block, each given by an address inside it; then one where nothing is mapped. */
const words = [
  ...encode.li32(A0, DATA + 5),
  ...encode.li32(A1, DATA + BLOCKS * BLOCK),
  cboZero(A0),
  encode.addi(A0, A0, 2 * BLOCK),
  encode.branch(BLTU, A0, A1, -8),
  ...encode.li32(A0, 0x600123),
  cboZero(A0),
];

const program = writeElf(TEXT, [
  { address: TEXT, bytes: new Uint8Array(Uint32Array.from(words).buffer), flags: 5 },
  { address: DATA, bytes: new Uint8Array(BLOCKS * BLOCK).fill(0xff), flags: 6 },
]);

const engines: readonly EngineKind[] = ["interpreter", "auto", "jit"];

for (const engine of engines)
  for (const watched of [false, true])
    test(`cbo.zero in ${engine}${watched ? ", watched by a plugin" : ""}`, () => {
      const machine = testMachine(program, { engine, stopOnSignals: true });
      const host = new PluginHost(machine, {
        programPath: "program",
        log: (_level, _source, text) => assert.fail(text),
      });
      const stores: string[] = [];
      const counter = definePlugin({
        name: "stores",
        version: "1.0.0",
        install: (vm) =>
          vm.onTranslate((tb) => {
            for (const insn of tb.instructions)
              insn.onMemory(({ vaddr, size, value, isStore }) => {
                assert.ok(isStore && value === 0n);
                stores.push(`${vaddr.toString(16)}+${size}`);
              });
          }),
      });
      if (watched) host.install({ definition: counter as PluginDefinition }, {}, "stores");

      let stop = machine.run(1000);
      while (stop.kind === "budget") stop = machine.run(1000);
      assert.ok(stop.kind === "signal");
      assert.match(stop.text, /^SIGSEGV at 0x10024: store to 0x600123, which is not mapped$/);
      assert.equal(machine.instructionCount(), BigInt(4 + 3 * (BLOCKS / 2) + 3));
      const memory = machine.memory.read(BigInt(DATA), BLOCKS * BLOCK);
      memory.forEach((byte, at) => {
        assert.equal(byte, (at / BLOCK) & 1 ? 0xff : 0);
      });
      if (!watched) return;
      assert.equal(stores.length, (BLOCKS / 2) * 9);
      const first = Array.from({ length: 8 }, (_, i) => `${(DATA + 8 * i).toString(16)}+8`);
      assert.deepEqual(stores.slice(0, 9), [`${(DATA + 5).toString(16)}+1`, ...first]);
    });

/** Calls a function of one instruction (c.jr ra) until that is compiled, zeroes it, and calls it once more. */
const overwriting = [
  ...encode.li32(A0, 3000),
  ...encode.li32(A1, DATA),
  encode.jalr(1, A1, 0),
  encode.addi(A0, A0, -1),
  encode.branch(BNE, A0, 0, -8),
  cboZero(A1),
  encode.fenceI,
  encode.jalr(1, A1, 0),
];

for (const engine of engines)
  test(`cbo.zero over code in ${engine}`, () => {
    const code = new Uint8Array(Uint32Array.from(overwriting).buffer);
    const machine = testMachine(
      writeElf(TEXT, [
        { address: TEXT, bytes: code, flags: 5 },
        { address: DATA, bytes: Uint8Array.of(0x82, 0x80), flags: 7 },
      ]),
      { engine, stopOnSignals: true },
    );
    let stop = machine.run(100_000);
    while (stop.kind === "budget") stop = machine.run(100_000);
    assert.ok(stop.kind === "signal" && stop.name === "SIGILL");
    assert.equal(machine.registers.pc, BigInt(DATA));
    assert.equal(machine.instructionCount(), BigInt(4 + 4 * 3000 + 3 + 1));
  });
