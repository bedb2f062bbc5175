// Interpreter and JIT on random blocks: the same registers, memory, counters, calls and exits.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exit } from "../ir/exits.ts";
import { BINARY_NAMES, CONVERT_NAMES, FLOAT_FORMATS, FLOAT_NAMES, UNARY_NAMES } from "../ir/ops.ts";
import { printBlock } from "../ir/printer.ts";
import { FLOAT_CORNERS, INTEGER_CORNERS } from "../ir/testing/float-corners.ts";
import { type RandomBlockOptions, randomBlock, randomFrom, randomValue } from "../ir/testing/random-block.ts";
import type { Block, Op } from "../ir/types.ts";
import { COUNTERS_BASE } from "./layout.ts";
import { BlockMachine, CODE, DATA, DATA_WRITABLE, file } from "./testing/block-machine.ts";

const options: RandomBlockOptions = {
  registers: Array.from({ length: file.pc }, (_, i) => i),
  floatFlags: file.floatFlags,
  floatRounding: file.floatRounding,
  memory: { base: BigInt(DATA), size: DATA_WRITABLE },
  counters: [COUNTERS_BASE, COUNTERS_BASE + 8],
  calls: [
    { id: 0, writes: [] },
    { id: 1, writes: [1] },
  ],
  breakpoints: 0.05,
};

const interpreter = new BlockMachine("interpreter");
const jit = new BlockMachine("jit");

function start(machine: BlockMachine, blocks: readonly Block[], seed: number): void {
  const random = randomFrom(seed);
  machine.load(blocks);
  for (let i = 0; i < file.pc; i++) machine.setRegister(i, randomValue(random));
  machine.setRegister(file.floatFlags, random() < 0.5 ? 1n : 0n);
  machine.setRegister(file.floatRounding, random() < 0.7 ? 0n : BigInt(Math.floor(random() * 5)));
  const data = Uint8Array.from({ length: DATA_WRITABLE }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24);
  machine.memory.write(BigInt(DATA), data);
}

/** Runs a program by both engines for about `budget` instructions. */
function compare(blocks: readonly Block[], seed: number, budget: number): void {
  start(jit, blocks, seed);
  start(interpreter, blocks, seed);
  const actual = jit.state(jit.executor.run(budget));
  let exit: Exit = interpreter.executor.run(0);
  if (jit.icount === 0n || actual.exit !== "Budget") exit = interpreter.executor.run(budget + 1000);
  else if (interpreter.icount < jit.icount) exit = interpreter.executor.step(Number(jit.icount - interpreter.icount));
  const expected = interpreter.state(exit);
  assert.deepEqual(actual, expected, `seed ${seed}\n${blocks.map((block) => printBlock(block, file)).join("\n")}`);
}

test("random blocks", () => {
  const first = Number(process.env.TERRARIUM_SEED ?? 1);
  for (let seed = first; seed < first + 600; seed++) {
    // Only blocks that can be gone on with in their middle get guards.
    const block = randomBlock(randomFrom(seed), { ...options, separable: seed % 3 > 0 });
    // Where it goes to there is no code.
    compare([{ ...block, terminator: outwards(block) }], seed, 1000);
  }
});

function outwards(block: Block): Block["terminator"] {
  const { terminator } = block;
  return terminator.op === "branch" && terminator.taken === block.pc ? { ...terminator, taken: 0x4000n } : terminator;
}

/** Blocks at equal distances that go to each other by gotos, branches and indirect jumps. */
function randomProgram(seed: number): Block[] {
  const random = randomFrom(seed);
  const count = 2 + Math.floor(random() * 12);
  const distance = 0x100;
  const pick = () => BigInt(CODE + distance * Math.floor(random() * count));
  return Array.from({ length: count }, (_, i): Block => {
    const made = randomBlock(random, {
      ...options,
      breakpoints: 0,
      traps: 0.001,
      instructions: 4,
      floats: false,
      separable: random() < 0.7,
    });
    const shift = BigInt(CODE + i * distance) - made.pc;
    const ops: Op[] = made.ops.map((op) => (op.op === "insn" ? { ...op, pc: op.pc + shift } : op));
    const moved = {
      ...made,
      pc: made.pc + shift,
      instructions: made.instructions.map((instruction) => ({ ...instruction, pc: instruction.pc + shift })),
    };
    // A temp of the block's own making decides.
    const seedRegister = Math.floor(random() * 16);
    const base = made.temps;
    const get: Op = { op: "get", dst: base, reg: seedRegister };
    const kind = random();
    if (kind < 0.2) return { ...moved, ops, terminator: { op: "goto", target: pick(), kind: "jump" } };
    if (kind < 0.7) {
      const bit: Op = { op: "and", dst: base + 2, a: base, b: base + 1 };
      const one: Op = { op: "const", dst: base + 1, value: BigInt(1 + Math.floor(random() * 7)) };
      const terminator = { op: "branch", cond: base + 2, taken: pick(), fallthrough: pick() } as const;
      return { ...moved, ops: [...ops, get, one, bit], temps: base + 3, terminator };
    }
    // CODE + (register mod count) * distance
    const more: Op[] = [
      get,
      { op: "const", dst: base + 1, value: BigInt(count) },
      { op: "remu", dst: base + 2, a: base, b: base + 1 },
      { op: "const", dst: base + 3, value: BigInt(distance) },
      { op: "mul", dst: base + 4, a: base + 2, b: base + 3 },
      { op: "const", dst: base + 5, value: BigInt(CODE) },
      { op: "add", dst: base + 6, a: base + 4, b: base + 5 },
    ];
    return {
      ...moved,
      ops: [...ops, ...more],
      temps: base + 7,
      terminator: { op: "jump", addr: base + 6, kind: "jump" },
    };
  });
}

test("random programs of several blocks", () => {
  const first = Number(process.env.TERRARIUM_SEED ?? 1);
  for (let seed = first; seed < first + 150; seed++) compare(randomProgram(seed), seed, 500);
});

/** One block that applies an operation to many operands, each result in memory. */
function tableBlock(rows: readonly Row[]): Block {
  const ops: Op[] = [{ op: "insn", index: 0, pc: BigInt(CODE), length: 4 }];
  let temps = 0;
  rows.forEach((row, i) => {
    const result = temps + 3 * row.values.length;
    ops.push(...operands(temps, row.values), row.op(result, temps));
    temps = result + 1;
    ops.push({ op: "const", dst: temps, value: BigInt(DATA + 8 * i) });
    ops.push({ op: "store", addr: temps, src: result, size: 8 });
    temps++;
  });
  return {
    pc: BigInt(CODE),
    size: 4,
    instructions: [{ pc: BigInt(CODE), length: 4, bits: 0 }],
    ops,
    terminator: { op: "trap", trap: "syscall", next: BigInt(CODE + 4) },
    temps,
  };
}

/** The register that holds zero in the tables. */
const ZERO = 15;

/** Assigns the values to base, base + 1, ... in a way that no pass can fold; the temps behind them serve to do that. */
function operands(base: number, values: readonly bigint[]): Op[] {
  const helpers = base + values.length;
  return values.flatMap((value, i): Op[] => [
    { op: "get", dst: helpers + 2 * i, reg: ZERO },
    { op: "const", dst: helpers + 2 * i + 1, value: BigInt.asIntN(64, value) },
    { op: "xor", dst: base + i, a: helpers + 2 * i, b: helpers + 2 * i + 1 },
  ]);
}

/** One row: an operation on operands. */
type Row = { values: readonly bigint[]; op: (dst: number, base: number) => Op };

function compareTable(rows: readonly Row[], flags: bigint, mode: bigint): void {
  for (let from = 0; from < rows.length; from += 200) {
    const block = tableBlock(rows.slice(from, from + 200));
    for (const machine of [jit, interpreter]) {
      machine.load([block]);
      machine.setRegister(file.floatFlags, flags);
      machine.setRegister(file.floatRounding, mode);
    }
    const actual = jit.state(jit.executor.run(10));
    assert.deepEqual(actual, interpreter.state(interpreter.executor.run(10)));
  }
}

for (const name of UNARY_NAMES)
  test(`${name} on corner values`, () => {
    const rows = INTEGER_CORNERS.map((a): Row => ({ values: [a], op: (dst, base) => ({ op: name, dst, a: base }) }));
    compareTable(rows, 0n, 0n);
  });

for (const name of BINARY_NAMES)
  test(`${name} on corner values`, () => {
    const rows = INTEGER_CORNERS.flatMap((a) =>
      INTEGER_CORNERS.map(
        (b): Row => ({
          values: [a, b],
          op: (dst, base) => ({ op: name, dst, a: base, b: base + 1 }),
        }),
      ),
    );
    compareTable(rows, 0n, 0n);
  });

const states: readonly (readonly [flags: bigint, mode: bigint])[] = [
  [0n, 0n],
  [1n, 0n],
  [1n, 3n],
];

for (const name of FLOAT_NAMES)
  test(`${name} on corner values`, () => {
    for (const format of FLOAT_FORMATS)
      for (const [flags, mode] of states) {
        const corners = FLOAT_CORNERS[format].filter((_, i) => i % 3 === Number(flags + mode) % 3 || i < 16);
        const rows = corners.flatMap((a) =>
          corners.map(
            (b): Row => ({
              values: [a, b, corners[7]],
              op: (dst, a) => ({ op: name, dst, format, rounding: "dynamic", a, b: a + 1, c: a + 2 }),
            }),
          ),
        );
        compareTable(rows, flags, mode);
      }
  });

for (const convert of CONVERT_NAMES)
  test(`${convert} on corner values`, () => {
    const from = FLOAT_FORMATS.find((format) => convert.startsWith(format));
    const corners = from ? FLOAT_CORNERS[from] : INTEGER_CORNERS;
    for (const [flags, mode] of states)
      for (const rounding of [1, "dynamic"] as const) {
        const rows = corners.map(
          (value): Row => ({
            values: [value],
            op: (dst, a) => ({ op: "fconvert", dst, convert, rounding, a }),
          }),
        );
        compareTable(rows, flags, mode);
      }
  });
