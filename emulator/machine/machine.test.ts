// The machine's stops: signals, waiting, breakpoints, steps; hooks; and a world recorded and given back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFixture } from "../../test-fixtures/fixtures.ts";
import { parseElf } from "../elf/elf.ts";
import type { Block } from "../ir/types.ts";
import type { EngineKind, MachineStop } from "./api.ts";
import { MemoryDoor } from "./door/memory-door.ts";
import { MemoryFiles } from "./door/memory-files.ts";
import { RecordingDoor } from "./door/recording.ts";
import { ReplayError, ReplayingDoor } from "./door/replaying.ts";
import { VCPU_BASE, Vcpu } from "./layout.ts";
import { syscallName } from "./linux/syscall-table.ts";
import type { Machine } from "./machine.ts";
import { SyscallProgram } from "./testing/syscall-program.ts";
import { testMachine } from "./testing/test-machine.ts";

function symbol(program: string, name: string): { address: bigint; end: bigint } {
  const found = parseElf(readFixture(program), program).symbols.find((one) => one.name === name);
  assert.ok(found, name);
  return { address: found.address, end: found.address + BigInt(found.size) };
}

/** Runs to the next stop that is not merely the budget's or a sleep's. */
function runOn(machine: Machine, door?: MemoryDoor): MachineStop {
  for (;;) {
    const stop = machine.run(1_000_000);
    if (stop.kind === "sleep") door?.advance(stop.nanoseconds);
    else if (stop.kind !== "budget") return stop;
  }
}

test("a wild load stops at the culprit, then kills", () => {
  const machine = testMachine("crash/crash.elf", { stopOnSignals: true });
  const stop = runOn(machine);
  assert.ok(stop.kind === "signal");
  assert.equal(stop.name, "SIGSEGV");
  assert.match(stop.text, /^SIGSEGV at 0x[0-9a-f]+: load from 0xdead0000beef0008, which is not mapped$/);
  const settle = symbol("crash/crash.elf", "settle");
  const pc = machine.registers.pc;
  assert.ok(pc >= settle.address && pc < settle.end, "pc is in settle()");
  assert.equal(machine.exited, undefined);
  assert.deepEqual(runOn(machine), { kind: "exited", status: 139, signal: "SIGSEGV" });
  assert.deepEqual(runOn(machine), { kind: "exited", status: 139, signal: "SIGSEGV" });
});

test("a signal whose culprit was stepped over does not kill", () => {
  const door = new MemoryDoor();
  const machine = testMachine("crash/crash.elf", { stopOnSignals: true, door });
  const exits: number[] = [];
  machine.hooks.push({ exit: (status) => exits.push(status) });
  assert.equal(runOn(machine).kind, "signal");
  const { length } = machine.guest.decode((at) => machine.memory.fetchHalf(at), machine.registers.pc);
  machine.registers.pc += BigInt(length);
  assert.deepEqual(runOn(machine), { kind: "exited", status: 0 });
  assert.match(door.output("stdout"), /^before\nsum = -?\d+\n$/);
  assert.deepEqual(exits, [0]);
});

test("signals that have handlers do not stop; abort does", () => {
  const door = new MemoryDoor();
  const machine = testMachine("signals/signals.elf", { stopOnSignals: true, door });
  const stop = runOn(machine);
  assert.ok(stop.kind === "signal");
  assert.match(stop.text, /^SIGABRT at 0x[0-9a-f]+: the program sent itself SIGABRT \(tgkill\)$/);
  assert.match(door.output("stdout"), /signal 11 code 1 address wild/);
  assert.deepEqual(runOn(machine), { kind: "exited", status: 134, signal: "SIGABRT" });
});

test("input that is not there yet is waited for, without an instruction counted twice", () => {
  const waiting = new MemoryDoor();
  waiting.type("", false);
  const machine = testMachine("echo/echo.elf", { door: waiting });
  const calls: string[] = [];
  machine.hooks.push({ syscall: (number) => calls.push(syscallName(number)) });
  assert.deepEqual(runOn(machine, waiting), { kind: "input" });
  const count = machine.instructionCount();
  assert.deepEqual(machine.run(1000), { kind: "input" });
  assert.equal(machine.instructionCount(), count);
  assert.equal(calls.filter((name) => name === "read").length, 1);
  waiting.type("one\n", false);
  assert.deepEqual(runOn(machine, waiting), { kind: "input" });
  assert.match(waiting.output("stdout"), /line 1: 'one'\n$/);
  waiting.type("two", true);
  assert.deepEqual(runOn(machine, waiting), { kind: "exited", status: 2 });
  assert.equal(waiting.output("stderr"), "2 lines\n");

  const door = new MemoryDoor({ input: "one\ntwo" });
  const whole = testMachine("echo/echo.elf", { door });
  assert.deepEqual(runOn(whole, door), { kind: "exited", status: 2 });
});

test("hooks see each call with its result", () => {
  const machine = testMachine("structs/structs-O0.elf");
  const seen: string[] = [];
  machine.hooks.push({
    syscall: (number, args) => seen.push(`${syscallName(number)} ${args[0]}`),
    syscallReturn: (_number, _args, result) => seen.push(`-> ${result}`),
  });
  runOn(machine);
  assert.deepEqual(seen.slice(0, 4), ["write 1", "-> 3", "write 1", "-> 3"]);
  assert.deepEqual(seen.slice(-1), ["exit_group 8"]);
});

test("breakpoints stop before the instruction, and are passed when asked", () => {
  const machine = testMachine("recursion/recursion.elf");
  const { address } = symbol("recursion/recursion.elf", "hanoi");
  machine.executor.setBreakpoints(new Set([address]));
  for (let hit = 0; hit < 3; hit++) {
    assert.deepEqual(machine.run(1_000_000, hit > 0), { kind: "breakpoint" });
    assert.equal(machine.registers.pc, address);
  }
  machine.executor.setBreakpoints(new Set());
  assert.deepEqual(runOn(machine), { kind: "exited", status: 12 });
});

test("stepping counts exactly", () => {
  const machine = testMachine("recursion/recursion.elf");
  for (let i = 1n; i <= 300n; i++) {
    assert.deepEqual(machine.step(), { kind: "budget" });
    assert.equal(machine.instructionCount(), i);
  }
  machine.step(500);
  assert.equal(machine.instructionCount(), 800n);
});

/** The block, but it ends where an instrument redirects control at its first instruction. */
function redirecting(block: Block): Block {
  const end = block.ops.findIndex((op) => op.op === "insn") + 1;
  return {
    ...block,
    instructions: block.instructions.slice(0, 1),
    ops: block.ops.slice(0, end),
    terminator: { op: "trap", trap: "redirect", next: block.pc },
  };
}

for (const engine of ["interpreter", "jit"] satisfies EngineKind[])
  test(`redirections without an end let whoever drives the machine have a word (${engine})`, () => {
    const asm = new SyscallProgram();
    const { at } = asm.systemCall("getpid");
    const elsewhere = asm.label();
    asm.systemCall("exit", 5);
    const machine = testMachine(asm.elf(), { engine });
    const redirect = (to: number) => machine.memory.view.setBigUint64(VCPU_BASE + Vcpu.redirect, BigInt(to), true);
    const ecall = BigInt(at.address);
    let announced = 0;
    machine.executor.instrument = (block) => {
      if (block.pc !== ecall) return block;
      announced++;
      return redirecting(block);
    };
    machine.executor.setBreakpoints(new Set([ecall]));
    assert.deepEqual(machine.run(1000), { kind: "breakpoint" });
    machine.executor.setBreakpoints(new Set());
    const count = machine.instructionCount();
    redirect(at.address);
    for (const go of [() => machine.run(1000), () => machine.run(1000), () => machine.step()]) {
      assert.deepEqual(go(), { kind: "budget" });
      assert.equal(machine.registers.pc, ecall);
      assert.equal(machine.instructionCount(), count);
    }
    assert.ok(announced > 0);
    redirect(elsewhere.address);
    assert.deepEqual(machine.run(1000), { kind: "exited", status: 5 });
  });

test("an unknown call is ENOSYS and named once", () => {
  // li a7, 198 (socket); ecall; ecall; li a7, 93; ecall
  const door = new MemoryDoor();
  const machine = testMachine("structs/structs-O0.elf", { door });
  const code = new Uint8Array(new Uint32Array([0x0c600893, 0x00000073, 0x00000073, 0x05d00893, 0x00000073]).buffer);
  machine.memory.write(machine.registers.pc, code);
  const results: bigint[] = [];
  machine.hooks.push({ syscallReturn: (_number, _args, result) => results.push(result) });
  runOn(machine);
  assert.deepEqual(results, [-38n, -38n]);
  assert.equal(door.logged.length, 1);
  assert.match(door.logged[0].text, /^system call socket is not supported \(ENOSYS\)/);
});

test("a recorded world given back makes the same run; another run is found out", () => {
  const door = new MemoryDoor({
    input: "a\nb\n",
    files: new MemoryFiles({ "given.txt": "x\n", sub: { folder: { "inner.txt": "y" } } }),
  });
  for (const program of ["echo/echo.elf", "files/files.elf"]) {
    const recording = new RecordingDoor(door);
    const first = testMachine(program, { door: recording });
    const end = runOn(first, door);
    const replaying = new ReplayingDoor(recording.journal);
    const second = testMachine(program, { door: replaying });
    assert.deepEqual(runOn(second), end);
    assert.equal(second.instructionCount(), first.instructionCount());
    assert.equal(replaying.position, recording.journal.entries.length);
    for (const [index, register] of first.guest.registers.entries())
      assert.equal(second.readRegister(index), first.readRegister(index), register.name);
  }
  const recording = new RecordingDoor(new MemoryDoor());
  runOn(testMachine("structs/structs-O0.elf", { door: recording }));
  assert.throws(() => runOn(testMachine("echo/echo.elf", { door: new ReplayingDoor(recording.journal) })), ReplayError);
});

test("a root that is not there", () => {
  assert.throws(
    () => testMachine("structs/structs-O0.elf", { door: new MemoryDoor({ files: new MemoryFiles() }), root: "/none" }),
    { message: 'root: "/none" cannot be used as the guest\'s root: ENOENT' },
  );
});
