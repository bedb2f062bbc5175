// The executor on small hand-made programs, by each engine: loops, calls, faults, budgets, breakpoints, code that changes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Exit } from "../ir/exits.ts";
import type { EngineKind } from "./api.ts";
import { Control, GUEST_BASE } from "./layout.ts";
import { BlockMachine, CODE, DATA, DATA_END, DATA_WRITABLE, file, parseBlocks } from "./testing/block-machine.ts";

const machines: Record<EngineKind, BlockMachine> = {
  interpreter: new BlockMachine("interpreter"),
  jit: new BlockMachine("jit"),
  auto: new BlockMachine("auto", { hot: 3, misses: 3 }),
};
const engines = Object.keys(machines) as EngineKind[];

/** A loop that adds r1 to r2 and counts r1 down, then a system call. */
const countdown = `
block 0x10000 +8
  insn 0x10000 +4
  %0 = get r1
  %1 = get r2
  %2 = add %1, %0
  put r2, %2
  insn 0x10004 +4
  %3 = get r1
  %4 = const -1
  %5 = add %3, %4
  put r1, %5
  branch %5, 0x10000, 0x10008

block 0x10008 +4
  insn 0x10008 +4
  trap syscall, 0x1000c
`;

interface Case {
  name: string;
  program: string;
  /** By register number. */
  registers?: Record<number, bigint>;
  budget?: number;
  expect: {
    exit: Exit;
    pc: bigint;
    icount: bigint;
    registers?: Record<number, bigint>;
    fault?: string;
    calls?: string[];
  };
}

const cases: Case[] = [
  {
    name: "a loop",
    program: countdown,
    registers: { 1: 1000n },
    expect: { exit: Exit.Syscall, pc: 0x10008n, icount: 2001n, registers: { 1: 0n, 2: 500500n } },
  },
  {
    name: "nested loops",
    registers: { 1: 30n, 4: 20n },
    program: `
block 0x10000 +4
  insn 0x10000 +4
  %0 = get r4
  put r2, %0
  goto 0x10004

block 0x10004 +4
  insn 0x10004 +4
  %0 = get r3
  %1 = const 1
  %2 = add %0, %1
  put r3, %2
  %3 = get r2
  %4 = sub %3, %1
  put r2, %4
  branch %4, 0x10004, 0x10008

block 0x10008 +4
  insn 0x10008 +4
  %0 = get r1
  %1 = const 1
  %2 = sub %0, %1
  put r1, %2
  branch %2, 0x10000, 0x1000c

block 0x1000c +4
  insn 0x1000c +4
  trap ebreak, 0x10010`,
    expect: { exit: Exit.Ebreak, pc: 0x1000cn, icount: 30n + 600n + 30n + 1n, registers: { 3: 600n } },
  },
  {
    name: "a loop entered in two places",
    registers: { 1: 1n, 2: 100n },
    program: `
block 0x10000 +4
  insn 0x10000 +4
  %0 = get r1
  branch %0, 0x10008, 0x10004

block 0x10004 +4
  insn 0x10004 +4
  %0 = get r3
  %1 = const 1
  %2 = add %0, %1
  put r3, %2
  goto 0x10008

block 0x10008 +4
  insn 0x10008 +4
  %0 = get r2
  %1 = const 1
  %2 = sub %0, %1
  put r2, %2
  branch %2, 0x10004, 0x1000c

block 0x1000c +4
  insn 0x1000c +4
  trap syscall, 0x10010`,
    expect: { exit: Exit.Syscall, pc: 0x1000cn, icount: 201n, registers: { 2: 0n, 3: 99n } },
  },
  {
    name: "recursion with returns through memory",
    // f(n) = n == 0 ? 0 : n + f(n - 1); r1 = n, r2 = result, r3 = return address, r4 = stack pointer.
    registers: { 1: 50n, 3: 0x10100n, 4: BigInt(DATA + DATA_WRITABLE) },
    program: `
block 0x10000 +4
  insn 0x10000 +4
  %0 = get r1
  branch %0, 0x10004, 0x10010

block 0x10004 +8
  insn 0x10004 +4
  %0 = get r4
  %1 = const -16
  %2 = add %0, %1
  put r4, %2
  %3 = get r3
  store.u64 [%2], %3
  %4 = const 8
  %5 = add %2, %4
  %6 = get r1
  store.u64 [%5], %6
  insn 0x10008 +4
  %7 = const -1
  %8 = add %6, %7
  put r1, %8
  %9 = const 0x1000c
  put r3, %9
  goto.call 0x10000 returns 0x1000c

block 0x1000c +4
  insn 0x1000c +4
  %0 = get r4
  %1 = load.u64 [%0]
  put r3, %1
  %2 = const 8
  %3 = add %0, %2
  %4 = load.u64 [%3]
  %5 = get r2
  %6 = add %5, %4
  put r2, %6
  %7 = add %3, %2
  put r4, %7
  goto 0x10014

block 0x10010 +4
  insn 0x10010 +4
  %0 = const 0
  put r2, %0
  goto 0x10014

block 0x10014 +4
  insn 0x10014 +4
  %0 = get r3
  jump.return %0

block 0x10100 +4
  insn 0x10100 +4
  trap syscall, 0x10104`,
    expect: {
      exit: Exit.Syscall,
      pc: 0x10100n,
      icount: 51n + 100n + 50n + 1n + 51n + 1n,
      registers: { 2: 1275n, 4: BigInt(DATA + DATA_WRITABLE) },
    },
  },
  {
    name: "a fault in the middle of a block, in a loop",
    registers: { 1: BigInt(DATA_END - 32) },
    program: `
block 0x10000 +12
  insn 0x10000 +4
  %0 = get r2
  %1 = const 1
  %2 = add %0, %1
  put r2, %2
  insn 0x10004 +4
  %3 = get r1
  %4 = load.u64 [%3]
  put r4, %3
  insn 0x10008 +4
  %5 = const 8
  %6 = add %3, %5
  put r1, %6
  goto 0x10000`,
    expect: {
      exit: Exit.Fault,
      pc: 0x10004n,
      icount: 14n,
      registers: { 1: BigInt(DATA_END), 2: 5n, 4: BigInt(DATA_END - 8) },
      fault: `access 0 cause 0 at ${DATA_END.toString(16)}`,
    },
  },
  {
    name: "a store to a page that is read-only",
    registers: { 1: BigInt(DATA + DATA_WRITABLE - 4) },
    program: `
block 0x10000 +4
  insn 0x10000 +4
  %0 = get r1
  store.u64 [%0], %0
  trap syscall, 0x10004`,
    expect: {
      exit: Exit.Fault,
      pc: 0x10000n,
      icount: 1n,
      fault: `access 1 cause 1 at ${(DATA + DATA_WRITABLE).toString(16)}`,
    },
  },
  {
    name: "an address above 4 GiB is not cut",
    registers: { 1: 0x100000000n + BigInt(DATA) },
    program: `
block 0x10000 +4
  insn 0x10000 +4
  %0 = get r1
  %1 = load.u8 [%0]
  put r2, %1
  trap syscall, 0x10004`,
    expect: {
      exit: Exit.Fault,
      pc: 0x10000n,
      icount: 1n,
      fault: `access 0 cause 0 at ${(0x100000000 + DATA).toString(16)}`,
    },
  },
  {
    name: "a misaligned access across two pages",
    registers: { 1: BigInt(DATA + 0xffd), 2: 0x1122334455667788n },
    program: `
block 0x10000 +4
  insn 0x10000 +4
  %0 = get r1
  %1 = get r2
  store.u64 [%0], %1
  %2 = load.s32 [%0]
  put r3, %2
  trap syscall, 0x10004`,
    expect: { exit: Exit.Syscall, pc: 0x10000n, icount: 1n, registers: { 3: 0x55667788n } },
  },
  {
    name: "a jump to where there is no code",
    registers: { 1: 0x7fff0000n },
    program: `
block 0x10000 +4
  insn 0x10000 +4
  %0 = get r1
  jump %0`,
    expect: { exit: Exit.Fault, pc: 0x7fff0000n, icount: 1n, fault: "access 2 cause 0 at 7fff0000" },
  },
  {
    name: "a jump above 4 GiB",
    registers: { 1: 0x100010000n },
    program: `
block 0x10000 +4
  insn 0x10000 +4
  %0 = get r1
  jump %0`,
    expect: { exit: Exit.Fault, pc: 0x100010000n, icount: 1n, fault: "access 2 cause 0 at 100010000" },
  },
  {
    name: "a conditional trap, and the instruction count as a value",
    registers: { 1: 5n },
    program: `
block 0x10000 +8
  insn 0x10000 +4
  %0 = icount
  put r2, %0
  insn 0x10004 +4
  %1 = icount
  put r3, %1
  %2 = get r1
  trapif.misaligned %2
  goto 0x10000`,
    expect: { exit: Exit.Misaligned, pc: 0x10004n, icount: 2n, registers: { 2: 1n, 3: 2n } },
  },
  {
    name: "a host function sees and changes registers",
    registers: { 1: 3n, 2: 2n },
    program: `
block 0x10000 +8
  insn 0x10000 +4
  %0 = get r2
  %1 = const -1
  %2 = add %0, %1
  put r2, %2
  call 1 (%0, %2) reads r2 writes r1
  insn 0x10004 +4
  %3 = get r1
  put r3, %3
  branch %2, 0x10000, 0x10008

block 0x10008 +4
  insn 0x10008 +4
  trap syscall, 0x1000c`,
    expect: {
      exit: Exit.Syscall,
      pc: 0x10008n,
      icount: 5n,
      registers: { 1: 31n, 3: 31n },
      calls: ["(2 1) r2=1 pc=65536 icount=1", "(1 0) r2=0 pc=65536 icount=3"],
    },
  },
];

for (const { name, program, registers = {}, budget = 1_000_000, expect } of cases)
  for (const engine of engines)
    test(`${name} (${engine})`, () => {
      const machine = machines[engine];
      machine.load(parseBlocks(program));
      for (const [register, value] of Object.entries(registers)) machine.setRegister(Number(register), value);
      const exit = machine.executor.run(budget);
      const state = machine.state(exit);
      assert.deepEqual(
        {
          exit: state.exit,
          pc: machine.register(file.pc),
          icount: machine.icount,
          registers: Object.fromEntries(
            Object.keys(expect.registers ?? {}).map((register) => [register, machine.register(Number(register))]),
          ),
          fault: state.fault,
          calls: machine.calls,
        },
        {
          registers: {},
          fault: undefined,
          calls: [],
          ...expect,
          exit: Exit[expect.exit],
        },
      );
    });

for (const engine of engines) {
  const machine = machines[engine];
  const start = (program: string, registers: Record<number, bigint>) => {
    machine.load(parseBlocks(program));
    for (const [register, value] of Object.entries(registers)) machine.setRegister(Number(register), value);
  };

  test(`slices add up to the whole run (${engine})`, () => {
    start(countdown, { 1: 1000n });
    let slices = 0;
    for (; machine.executor.run(100) === Exit.Budget; slices++)
      assert.ok(machine.icount >= 100n * BigInt(slices + 1) && machine.icount <= 102n * BigInt(slices + 1));
    assert.equal(machine.icount, 2001n);
    assert.equal(machine.register(2), 500500n);
    assert.ok(slices >= 19, `${slices} slices`);
  });

  test(`a stop request ends an endless loop (${engine})`, () => {
    start(countdown, { 1: -1n });
    machine.memory.view.setInt32(Control.stop, 1, true);
    assert.equal(machine.executor.run(1e9), Exit.Budget);
    assert.ok(machine.icount < 3_000_000n);
    machine.memory.view.setInt32(Control.stop, 0, true);
  });

  test(`a stop requested by a host function takes effect at the next instruction (${engine})`, () => {
    start(
      `
block 0x10000 +8
  insn 0x10000 +4
  call 0 ()
  insn 0x10004 +4
  goto 0x10000`,
      {},
    );
    machine.executor.run(100);
    machine.instead = () => machine.memory.view.setInt32(Control.stop, 1, true);
    const before = machine.icount;
    assert.equal(machine.executor.run(1e9), Exit.Budget);
    assert.ok(machine.icount - before <= 2n, `${machine.icount - before}`);
    machine.instead = undefined;
    machine.memory.view.setInt32(Control.stop, 0, true);
  });

  test(`steps are exact (${engine})`, () => {
    start(countdown, { 1: 1000n });
    machine.executor.run(100);
    const before = machine.icount;
    assert.equal(machine.executor.step(1), Exit.Budget);
    assert.equal(machine.icount, before + 1n);
    assert.equal(machine.executor.step(7), Exit.Budget);
    assert.equal(machine.icount, before + 8n);
  });

  test(`breakpoints stop before their instruction and are passed on request (${engine})`, () => {
    start(countdown, { 1: 1000n });
    machine.executor.run(100);
    machine.executor.setBreakpoints(new Set([0x10004n]));
    for (const pass of [false, true, true]) {
      assert.equal(machine.executor.run(1e6, pass), Exit.Breakpoint);
      assert.equal(machine.register(file.pc), 0x10004n);
      assert.equal(machine.icount % 2n, 1n);
    }
    machine.executor.setBreakpoints(new Set());
    assert.equal(machine.executor.run(1e6, true), Exit.Syscall);
    assert.equal(machine.icount, 2001n);
    assert.equal(machine.register(2), 500500n);
  });

  test(`a store over the running code takes effect at the next instruction (${engine})`, () => {
    const program = (added: number) => `
block 0x10000 +16
  insn 0x10000 +4
  %0 = get r2
  %1 = const 1
  %2 = add %0, %1
  put r2, %2
  insn 0x10004 +4
  %3 = get r1
  store.u32 [%3], %3
  %4 = const 5
  put r4, %4
  insn 0x10008 +4
  %5 = get r3
  %6 = const ${added}
  %8 = add %5, %6
  put r3, %8
  insn 0x1000c +4
  goto 0x10000`;
    start(program(1), { 1: BigInt(DATA) });
    machine.executor.run(400);
    assert.deepEqual([machine.register(2), machine.register(3)], [100n, 100n]);
    machine.setRegister(4, 0n);
    machine.setRegister(1, BigInt(CODE + 8));
    machine.replace(parseBlocks(program(1000))[0]);
    // Up to the store, and what its instruction does after it; then on with the new code.
    machine.executor.run(2);
    assert.deepEqual([machine.register(file.pc), machine.icount, machine.register(4)], [0x10008n, 402n, 5n]);
    machine.executor.run(2);
    assert.deepEqual([machine.register(2), machine.register(3)], [101n, 1100n]);
  });

  test(`a store beside the running code leaves it as it is (${engine})`, () => {
    start(countdown, { 1: 10_000n });
    machine.executor.run(1e6);
    const { blocks } = machine.executor.stats;
    start(
      `
block 0x10000 +8
  insn 0x10000 +4
  %0 = get r3
  store.u64 [%0], %0
  insn 0x10004 +4
  %1 = get r1
  %2 = const -1
  %3 = add %1, %2
  put r1, %3
  branch %3, 0x10000, 0x10008

block 0x10008 +4
  insn 0x10008 +4
  trap syscall, 0x1000c`,
      { 1: 10_000n, 3: BigInt(CODE + 12) },
    );
    assert.equal(machine.executor.run(1e6), Exit.Syscall);
    assert.equal(machine.memory.view.getBigUint64(GUEST_BASE + CODE + 12, true), BigInt(CODE + 12));
    assert.ok(machine.executor.stats.blocks - blocks < 10, "nothing is translated again and again");
  });

  test(`an instrument is applied to every block, and taken off again (${engine})`, () => {
    start(countdown, { 1: 10n });
    machine.executor.instrument = (block) => ({
      ...block,
      ops: [...block.ops, { op: "call", id: 0, args: [], reads: [], writes: [] }],
    });
    assert.equal(machine.executor.run(1e6), Exit.Syscall);
    assert.equal(machine.calls.length, 11);
    machine.executor.instrument = undefined;
    start(countdown, { 1: 10n });
    assert.equal(machine.executor.run(1e6), Exit.Syscall);
    assert.equal(machine.calls.length, 0);
  });

  test(`translations invalidated from a host function are made anew (${engine})`, () => {
    start(
      `
block 0x10000 +8
  insn 0x10000 +4
  call 0 ()
  insn 0x10004 +4
  %0 = const 1
  put r3, %0
  goto 0x10000`,
      {},
    );
    machine.executor.run(100);
    machine.instead = () => {
      machine.instead = undefined;
      machine.replace(parseBlocks(countdown)[1]);
      machine.replace({ ...parseBlocks(countdown)[0], terminator: { op: "goto", target: 0x10008n, kind: "jump" } });
      machine.executor.invalidateAll();
    };
    assert.equal(machine.executor.run(1e6), Exit.Syscall);
    assert.equal(machine.register(file.pc), 0x10008n);
  });
}

test("the engines do what their names say", () => {
  const regions = engines.map((engine) => machines[engine].executor.stats.regions > 0);
  assert.deepEqual(Object.fromEntries(engines.map((engine, i) => [engine, regions[i]])), {
    interpreter: false,
    jit: true,
    auto: true,
  });
});

test("the beginning of a block, stepped through, is not taken for the block", () => {
  const machine = new BlockMachine("auto", { hot: 6, warm: 0.5 });
  machine.load(parseBlocks(countdown));
  machine.setRegister(1, 1000n);
  machine.executor.run(3); // two rounds
  machine.executor.step(1);
  machine.executor.step(1);
  assert.equal(machine.executor.run(1e6), Exit.Syscall);
  assert.equal(machine.register(2), 500500n);
  assert.equal(machine.icount, 2001n);
  assert.equal(machine.executor.stats.regions, 1);
});
