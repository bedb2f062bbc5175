// The interpreter: the contract of interpreter.ts case by case, then random blocks against the direct reading of
// types.ts (testing/naive.ts), as they are and optimised.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Exit } from "./exits.ts";
import { execute } from "./interpreter.ts";
import { parseBlock } from "./parser.ts";
import { optimize, PASS_NAMES } from "./passes/index.ts";
import { prepare } from "./prepare.ts";
import { printBlock } from "./printer.ts";
import { runNaively } from "./testing/naive.ts";
import { randomBlock, randomFrom } from "./testing/random-block.ts";
import { file, outcome, randomBlockOptions, Sandbox } from "./testing/sandbox.ts";
import type { Block } from "./types.ts";
import { assertValid } from "./verifier.ts";

/** Guards are for compiled code. */
const passes = PASS_NAMES.filter((name) => name !== "guards");

interface Case {
  what: string;
  /** After `block 0x1000` and its first `insn 0x1000 +4`. */
  text: string;
  /** Registers before, by number. */
  before?: Record<number, bigint>;
  pass?: boolean;
  exit: number;
  pc: bigint;
  icount: bigint;
  /** Registers after, by number. */
  after?: Record<number, bigint>;
  /** The fields that go with the exit (testing/sandbox.ts). */
  detail?: string;
  calls?: string[];
}

const two = "insn 0x1004 +4\n";

const cases: Case[] = [
  { what: "goto", text: "goto 0x2000", exit: -1, pc: 0x2000n, icount: 1n, detail: "source 0" },
  {
    what: "an indirect jump tells where from",
    text: "%0 = get r1\njump %0",
    before: { 1: 0xfffffffffffffff0n },
    exit: -1,
    pc: -16n,
    icount: 1n,
    detail: "source 4096",
  },
  {
    what: "a branch on a comparison",
    text: "%0 = get r1\n%1 = get r2\n%2 = ltu %0, %1\nbranch %2, 0x3000, 0x1004",
    before: { 1: 1n, 2: -1n },
    exit: -1,
    pc: 0x3000n,
    icount: 1n,
  },
  {
    what: "a system call has begun, and goes on after it",
    text: `${two}trap syscall, 0x1008`,
    exit: Exit.Syscall,
    pc: 0x1004n,
    icount: 2n,
    detail: `next ${0x1008} exit ${Exit.Syscall}`,
  },
  {
    what: "a fault is precise: what came before is done, the instruction has begun, its result is not written",
    text: `%0 = const 7\nput r1, %0\n${two}%1 = const 0x99999\n%2 = load.u8 [%1]\nput r1, %2\ninsn 0x1008 +4\ngoto 0x100c`,
    exit: Exit.Fault,
    pc: 0x1004n,
    icount: 2n,
    after: { 1: 7n },
    detail: `fault 0 0 ${0x99999}`,
  },
  {
    what: "a store to a read-only page, at the byte that may not be written",
    text: "%0 = const 0x5ffc\n%1 = const -1\nstore.u64 [%0], %1\ngoto 0x1004",
    exit: Exit.Fault,
    pc: 0x1000n,
    icount: 1n,
    detail: `fault 1 1 ${0x6000}`,
  },
  {
    what: "an address beyond 4 GiB does not wrap",
    text: "%0 = const 0x100002000\n%1 = load.u32 [%0]\nput r1, %1\ngoto 0x1004",
    exit: Exit.Fault,
    pc: 0x1000n,
    icount: 1n,
    detail: `fault 0 0 ${0x100002000}`,
  },
  {
    what: "base plus offset carries into the upper half",
    text: "%0 = get r1\n%1 = const 0x2010\n%2 = add %0, %1\n%3 = load.u8 [%2]\nput r2, %3\ngoto 0x1004",
    before: { 1: -16n },
    exit: -1,
    pc: 0x1004n,
    icount: 1n,
    after: { 2: 0n },
  },
  {
    what: "an access across pages",
    text: "%0 = const 0x2ffe\n%1 = const 0x12345678\nstore.u32 [%0], %1\n%2 = load.u32 [%0]\nput r1, %2\ngoto 0x1004",
    exit: -1,
    pc: 0x1004n,
    icount: 1n,
    after: { 1: 0x12345678n },
  },
  {
    what: "a conditional trap that is taken",
    text: `${two}%0 = const 1\ntrapif.misaligned %0\nput r1, %0\ngoto 0x1008`,
    exit: Exit.Misaligned,
    pc: 0x1004n,
    icount: 2n,
    after: { 1: 0n },
    detail: `next ${0x1004} exit ${Exit.Misaligned}`,
  },
  {
    what: "a breakpoint comes before its instruction counts",
    text: `breakpoint 0x1004\n${two}goto 0x1008`,
    exit: Exit.Breakpoint,
    pc: 0x1004n,
    icount: 1n,
  },
  {
    what: "only a breakpoint at the first instruction is passed",
    text: `breakpoint 0x1004\n${two}goto 0x1008`,
    pass: true,
    exit: Exit.Breakpoint,
    pc: 0x1004n,
    icount: 1n,
  },
  {
    what: "a call sees registers, pc and count, and what it writes is read after",
    text: `%0 = const 5\nput r2, %0\n${two}%1 = get r1\ncall 1 (%0, %1) reads r2 writes r1\n%2 = get r1\n%3 = add %1, %2\nput r3, %3\n%4 = icount\nput r4, %4\ngoto 0x1008`,
    before: { 1: 10n },
    exit: -1,
    pc: 0x1008n,
    icount: 2n,
    after: { 1: 31n, 3: 41n, 4: 2n },
    calls: ["(5 10) r2=5 pc=4100 icount=2"],
  },
  {
    what: "a register read before it is written keeps its value",
    text: "%0 = get r1\n%1 = get r2\nput r1, %1\nput r2, %0\ngoto 0x1004",
    before: { 1: 1n, 2: 2n },
    exit: -1,
    pc: 0x1004n,
    icount: 1n,
    after: { 1: 2n, 2: 1n },
  },
  {
    what: "a register written under a condition that does not hold",
    text: "%0 = get r1\n%1 = get r2\nif %0\nput r2, %0\nend\n%2 = add %1, %1\nput r3, %2\ngoto 0x1004",
    before: { 1: 0n, 2: 21n },
    exit: -1,
    pc: 0x1004n,
    icount: 1n,
    after: { 2: 21n, 3: 42n },
  },
];

for (const { what, text, before = {}, pass = false, exit, pc, icount, after = {}, detail, calls = [] } of cases)
  test(what, () => {
    const instructions = text.split("insn ").length;
    const block = parseBlock(`block 0x1000 +${4 * instructions}\ninsn 0x1000 +4\n${text}`, file);
    assertValid(block, file);
    for (const candidate of [block, optimize(block, file, passes)]) {
      const sandbox = new Sandbox();
      for (const [reg, value] of Object.entries(before)) sandbox.setRegister(Number(reg), value);
      sandbox.env.passBreakpoint = pass;
      const state = sandbox.state(execute(prepare(candidate, sandbox.env), sandbox.env));
      assert.deepEqual([state.exit, sandbox.register(file.pc), state.icount], [exit, pc, icount]);
      for (const [reg, value] of Object.entries(after)) assert.equal(sandbox.register(Number(reg)), value, `r${reg}`);
      if (detail !== undefined) assert.equal(state.detail, detail);
      assert.deepEqual(state.calls, calls);
    }
  });

test("a breakpoint at the first instruction is passed when asked", () => {
  const block = parseBlock("block 0x1000 +4\nbreakpoint 0x1000\ninsn 0x1000 +4\ngoto 0x1004", file);
  const { env } = new Sandbox();
  const prepared = prepare(block, env);
  assert.equal(execute(prepared, env), Exit.Breakpoint);
  env.passBreakpoint = true;
  assert.equal(execute(prepared, env), -1);
});

test("a call of a host function that is not there says so", () => {
  const { env } = new Sandbox();
  const block = parseBlock("block 0x1000 +4\ninsn 0x1000 +4\ncall 9 ()\ngoto 0x1004", file);
  assert.throws(
    () => execute(prepare(block, env), env),
    /block at 0x1000 calls host function 9, which is not registered/,
  );
});

test("random blocks", () => {
  const interpret = (block: Block, { env }: Sandbox) => execute(prepare(block, env), env);
  const first = Number(process.env.TERRARIUM_SEED ?? 1);
  for (let seed = first; seed < first + 1500; seed++) {
    const block = randomBlock(randomFrom(seed), { ...randomBlockOptions, breakpoints: 0.05 });
    assertValid(block, file);
    const wanted = outcome(block, seed, (b, { env }) => runNaively(b, env));
    const text = () => `seed ${seed}\n${printBlock(block, file)}`;
    assert.deepEqual(outcome(block, seed, interpret), wanted, text());
    assert.deepEqual(outcome(optimize(block, file, passes), seed, interpret), wanted, text());
  }
});
