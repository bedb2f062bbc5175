// Random instruction streams over all that the reference knows, in lockstep with qemu-riscv64: after every chunk all registers, the
// floating-point flags and at the end the data area must be the same, in the interpreter and in the JIT.
//   TERRARIUM_FUZZ_SEED       first seed (default: from the clock; printed)
//   TERRARIUM_FUZZ_PROGRAMS   programs of 17,280 random instructions each (default 60, which is over a million)
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { referenceOptions } from "../../test-fixtures/record.mjs";
import { riscv64 } from "../guest/riscv/index.ts";
import type { EngineKind } from "../machine/api.ts";
import { MemoryDoor } from "../machine/door/memory-door.ts";
import { testMachine } from "../machine/testing/test-machine.ts";
import { Random } from "./random.ts";
import { instructionSource } from "./random-instructions.ts";
import { DUMP_BYTES, type RandomProgram, randomProgram } from "./random-program.ts";

const firstSeed = Number(process.env.TERRARIUM_FUZZ_SEED ?? Date.now() % 1_000_000_000);
const programs = Number(process.env.TERRARIUM_FUZZ_PROGRAMS ?? 60);
const shape = { chunks: 30, chunkLength: 24, rounds: 24 };
const engines: readonly EngineKind[] = ["interpreter", "auto", "jit"];

const hasQemu = spawnSync("qemu-riscv64", ["--version"]).status === 0;
const skip = hasQemu || process.env.CI_REFERENCES ? false : "qemu-riscv64 is not installed";

function runOurs(elf: Uint8Array, engine: EngineKind): { status: number; output: Uint8Array } {
  const door = new MemoryDoor();
  const machine = testMachine(elf, { engine, door });
  for (;;) {
    const stop = machine.run(1_000_000);
    if (stop.kind === "exited") return { status: stop.status, output: door.outputBytes("stdout") };
  }
}

/** The first difference, told so that it can be worked on. */
function describe(program: RandomProgram, theirs: Uint8Array, ours: Uint8Array): string | undefined {
  if (Buffer.compare(theirs, ours) === 0) return undefined;
  const length = Math.min(theirs.length, ours.length);
  let at = 0;
  while (at < length && theirs[at] === ours[at]) at++;
  if (at === length) return `output of ${ours.length} bytes, expected ${theirs.length}`;
  const dump = Math.floor(at / DUMP_BYTES);
  const slot = (at % DUMP_BYTES) >> 3;
  const value = (bytes: Uint8Array) =>
    `0x${new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at & ~7, true).toString(16)}`;
  if (dump >= program.dumps)
    return `memory at data + ${at - program.dumps * DUMP_BYTES}: ${value(ours)}, expected ${value(theirs)}`;
  const chunk = program.chunks[dump % program.chunks.length];
  const text = chunk.map(({ address, word, length: size }) => {
    const fetch = (pc: bigint) => (word >>> (8 * (Number(pc) - address))) & 0xffff;
    const { mnemonic, operands } = riscv64.decode(fetch, BigInt(address));
    return `  ${address.toString(16)}: ${word.toString(16).padStart(2 * size, "0")} ${mnemonic} ${operands}`;
  });
  const name = slot === 0 ? "fcsr" : riscv64.registers[slot].name;
  const before =
    dump === 0
      ? ""
      : ` (before: 0x${new DataView(theirs.buffer, theirs.byteOffset).getBigUint64((at & ~7) - DUMP_BYTES, true).toString(16)})`;
  return `${name} after chunk ${dump % program.chunks.length}, round ${Math.floor(dump / program.chunks.length)}: ${value(ours)}, expected ${value(theirs)}${before}\n${text.join("\n")}`;
}

test(`random streams, ${programs} programs from seed ${firstSeed}`, { skip }, (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "terrarium-fuzz-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "random.elf");
  let instructions = 0;
  for (let n = 0; n < programs; n++) {
    const seed = firstSeed + n;
    const draw = instructionSource(new Random(seed ^ 0x5bd1e995));
    const program = randomProgram({ seed, ...shape, instruction: draw });
    writeFileSync(file, program.elf, { mode: 0o755 });
    const qemu = spawnSync("qemu-riscv64", [...referenceOptions, file], { maxBuffer: 1 << 28 });
    assert.equal(qemu.status, 0, `seed ${seed}: qemu-riscv64 ended with ${qemu.status ?? qemu.signal}`);
    for (const engine of engines) {
      const { status, output } = runOurs(program.elf, engine);
      assert.equal(describe(program, qemu.stdout, output), undefined, `seed ${seed}, engine ${engine}`);
      assert.equal(status, 0, `seed ${seed}, engine ${engine}`);
    }
    instructions += shape.chunks * shape.chunkLength * shape.rounds;
  }
  t.diagnostic(
    `${instructions} random instructions from seed ${firstSeed}, each in ${engines.join(", ")}: none differs`,
  );
});
