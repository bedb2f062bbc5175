// Floating-point instructions on every pair of special values, in every rounding mode, against qemu-riscv64.
//   TERRARIUM_FUZZ_SEED     first seed (default: from the clock; printed)
//   TERRARIUM_FUZZ_FLOATS   further rounds with random operands (default 1), each some 700,000 executions
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { referenceOptions } from "../../test-fixtures/record.mjs";
import { compileWith } from "../jit/testing/host-compiler.ts";
import type { EngineKind } from "../machine/api.ts";
import { MemoryDoor } from "../machine/door/memory-door.ts";
import { testMachine } from "../machine/testing/test-machine.ts";
import {
  allVariants,
  corners,
  difference,
  FLOAT_INSTRUCTIONS,
  type FloatInstruction,
  type Kind,
  type Operands,
  operandList,
  operandProgram,
  randomOperand,
  usualVariants,
  type Variant,
} from "./float-operands.ts";
import { Random } from "./random.ts";

const seed = Number(process.env.TERRARIUM_FUZZ_SEED ?? Date.now() % 1_000_000_000);
const rounds = Number(process.env.TERRARIUM_FUZZ_FLOATS ?? 1);
/** More than a block is interpreted before it is compiled. */
const HOT_EXECUTIONS = 40_000;

const hasQemu = spawnSync("qemu-riscv64", ["--version"]).status === 0;
const skip = hasQemu || process.env.CI_REFERENCES ? false : "qemu-riscv64 is not installed";

const folder = mkdtempSync(path.join(tmpdir(), "terrarium-floats-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function reference(elf: Uint8Array): Uint8Array {
  const file = path.join(folder, "floats.elf");
  writeFileSync(file, elf, { mode: 0o755 });
  const { status, signal, stdout } = spawnSync("qemu-riscv64", [...referenceOptions, file], { maxBuffer: 1 << 28 });
  assert.equal(status, 0, `qemu-riscv64 ended with ${status ?? signal}`);
  return stdout;
}

type Engine = EngineKind | "jit without fused multiply-add";

function ours(elf: Uint8Array, engine: Engine): Uint8Array {
  const door = new MemoryDoor();
  const machine =
    engine === "jit without fused multiply-add"
      ? testMachine(elf, { engine: "jit", door, compileModule: compileWith(false) })
      : testMachine(elf, { engine, door });
  for (;;) {
    const stop = machine.run(1_000_000);
    if (stop.kind === "exited") return door.outputBytes("stdout");
  }
}

let executions = 0;

function compare(
  instruction: FloatInstruction,
  list: readonly Operands[],
  variants: readonly Variant[],
  engines: readonly Engine[],
  repeat = 1,
): void {
  const elf = operandProgram(instruction, list, variants, repeat);
  const expected = reference(elf);
  executions += list.length * variants.length * engines.length;
  for (const engine of engines)
    assert.equal(difference(instruction, list, variants, expected, ours(elf, engine)), undefined, `engine ${engine}`);
}

for (const instruction of FLOAT_INSTRUCTIONS)
  test(`${instruction.name}: special values`, { skip }, () => {
    const list = operandList(instruction, corners, new Random(1), 1000);
    compare(instruction, list, allVariants(instruction), ["interpreter", "jit", "jit without fused multiply-add"]);
    // Until the loop is compiled, and once more.
    const usual = usualVariants(instruction);
    compare(instruction, list, usual, ["auto"], Math.ceil(HOT_EXECUTIONS / list.length));
  });

for (let round = 0; round < rounds; round++)
  test(`random operands, seed ${seed + round}`, { skip }, (t) => {
    executions = 0;
    for (const instruction of FLOAT_INSTRUCTIONS) {
      const random = new Random(seed + round);
      const perOperand = instruction.operands.length === 1 ? 600 : 25;
      const values = (kind: Kind) => Array.from({ length: perOperand }, () => randomOperand(kind, random));
      const tables = { h: values("h"), s: values("s"), d: values("d"), x: values("x") };
      const list = operandList(instruction, (kind) => tables[kind], random, 600);
      compare(instruction, list, allVariants(instruction), ["interpreter", "jit", "jit without fused multiply-add"]);
    }
    t.diagnostic(`${executions} executions, none differs`);
  });
