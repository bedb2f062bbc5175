// What a machine tells its observers, by each engine: where control goes without a jump, which calls are made, when
// the guest waits. And the calls that observers answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as encode from "../testing/encode.ts";
import { Label } from "../testing/structured/assembler.ts";
import type { MachineHooks, MachineOptions, MachineStop } from "./api.ts";
import { MemoryDoor } from "./door/memory-door.ts";
import { identity } from "./linux/abi.ts";
import { syscallName } from "./linux/syscall-table.ts";
import type { Machine } from "./machine.ts";
import { SyscallProgram } from "./testing/syscall-program.ts";
import { testMachine } from "./testing/test-machine.ts";

const NOWHERE = 0x30000000;
const [ZERO, RA, SP, T0, A0, A2] = [0, 1, 2, 5, 10, 12];
const signals = { ILL: 4, TRAP: 5, BUS: 7, USR1: 10, SEGV: 11, USR2: 12, TERM: 15, CHLD: 17 };

const engines: Record<string, Partial<MachineOptions>> = {
  interpreter: { engine: "interpreter" },
  auto: { engine: "auto", tuning: { hot: 1 } },
  jit: { engine: "jit" },
};

type Place = Label | number | "rt_sigreturn";
type Event = [kind: string, from: Place, to: Place | undefined, cause: string];

class Program extends SyscallProgram {
  /** Makes a call; gives the event of its completion. */
  calls(name: string, ...args: readonly (number | Label)[]): Event {
    const { at, next } = this.systemCall(name, ...args);
    return ["hostcall", at, next, name];
  }

  exit(status: number): Event {
    return ["hostcall", this.systemCall("exit", status).at, undefined, "exit"];
  }

  handle(signal: number, handler: Label): Event {
    return this.calls("rt_sigaction", signal, this.words(handler, 0, 0), 0, 8);
  }

  /** A handler that returns to where the signal came or, if it skips, behind the instruction there. */
  handler(skips: boolean): Label {
    const [handler, after] = [new Label(), new Label()];
    this.jump(after);
    this.place(handler);
    const pc = 176; // in ucontext
    if (skips) this.emit(encode.ld(T0, pc, A2), encode.addi(T0, T0, 4), encode.sd(T0, pc, A2));
    this.emit(encode.jalr(ZERO, RA, 0));
    this.place(after);
    return handler;
  }

  /** An instruction that goes wrong. */
  fault(word: number): Label {
    const at = this.label();
    this.emit(word);
    return at;
  }
}

const sigreturn = (to: Label): Event => ["hostcall", "rt_sigreturn", to, "rt_sigreturn"];

const faults: Record<string, (asm: Program) => Label> = {
  SIGSEGV: (asm) => asm.fault(encode.ld(A0, 8, ZERO)),
  SIGILL: (asm) => asm.fault(0x0000000b),
  SIGTRAP: (asm) => asm.fault(0x00100073),
  SIGBUS: (asm) => {
    asm.constant(T0, 0x11001);
    return asm.fault(encode.amo(0, true, A0, T0, ZERO));
  },
};
const signalNumber = (name: string) => signals[name.slice(3) as keyof typeof signals];

/** Writes a program; gives what is told of it. */
const programs: Record<string, { write(asm: Program): Event[]; status: number }> = {
  "a jump to where there is no code": {
    write(asm) {
      asm.constant(T0, NOWHERE);
      asm.emit(encode.jalr(ZERO, T0, 0));
      return [["exception", NOWHERE, undefined, "SIGSEGV"]];
    },
    status: 139,
  },
  "a jump to where there is no code, with a handler": {
    write(asm) {
      const [handler, after] = [new Label(), new Label()];
      const handled = asm.handle(signals.SEGV, handler);
      asm.constant(T0, NOWHERE);
      asm.emit(encode.jalr(ZERO, T0, 0));
      asm.place(handler);
      const end = asm.exit(3);
      asm.place(after);
      return [handled, ["exception", NOWHERE, handler, "SIGSEGV"], end];
    },
    status: 3,
  },
  "a signal sent, handled and returned from": {
    write(asm) {
      const handler = asm.handler(false);
      const handled = asm.handle(signals.USR1, handler);
      const sent = asm.calls("kill", 0, signals.USR1);
      const next = asm.label();
      return [handled, sent, ["interrupt", next, handler, "SIGUSR1"], sigreturn(next), asm.exit(0)];
    },
    status: 0,
  },
  "a signal sent that kills": {
    write(asm) {
      const sent = asm.calls("kill", identity.pid, signals.TERM);
      return [sent, ["interrupt", asm.label(), undefined, "SIGTERM"]];
    },
    status: 128 + signals.TERM,
  },
  "a fault's signal, but sent": {
    write(asm) {
      const sent = asm.calls("kill", 0, signals.SEGV);
      return [sent, ["interrupt", asm.label(), undefined, "SIGSEGV"]];
    },
    status: 139,
  },
  "a signal that is ignored": {
    write: (asm) => [asm.calls("kill", 0, signals.CHLD), asm.exit(0)],
    status: 0,
  },
  "a fault in a handler": {
    write(asm) {
      const [handler, after] = [new Label(), new Label()];
      const skipping = asm.handler(true);
      asm.jump(after);
      asm.place(handler);
      const wrong = asm.fault(0x00100073);
      const rest = asm.label();
      asm.emit(encode.jalr(ZERO, RA, 0));
      asm.place(after);
      // The outer handler's way back is in ra, which the inner signal puts back.
      const handled = [asm.handle(signals.USR1, handler), asm.handle(signals.TRAP, skipping)];
      const sent = asm.calls("kill", 0, signals.USR1);
      const next = asm.label();
      return [
        ...handled,
        sent,
        ["interrupt", next, handler, "SIGUSR1"],
        ["exception", wrong, skipping, "SIGTRAP"],
        sigreturn(rest),
        sigreturn(next),
        asm.exit(0),
      ];
    },
    status: 0,
  },
  "two signals at once": {
    write(asm) {
      const [first, second] = [asm.handler(false), asm.handler(false)];
      const both = asm.words((1 << (signals.USR1 - 1)) | (1 << (signals.USR2 - 1)));
      const [block, unblock] = [0, 1];
      const calls = [
        asm.handle(signals.USR1, first),
        asm.handle(signals.USR2, second),
        asm.calls("rt_sigprocmask", block, both, 0, 8),
        asm.calls("kill", 0, signals.USR2),
        asm.calls("kill", 0, signals.USR1),
        asm.calls("rt_sigprocmask", unblock, both, 0, 8),
      ];
      const next = asm.label();
      return [
        ...calls,
        ["interrupt", next, first, "SIGUSR1"],
        ["interrupt", first, second, "SIGUSR2"],
        sigreturn(first),
        sigreturn(next),
        asm.exit(0),
      ];
    },
    status: 0,
  },
  "a handler for whose frame there is no room": {
    write(asm) {
      const handler = asm.handler(false);
      const handled = asm.handle(signals.USR1, handler);
      asm.emit(encode.addi(SP, ZERO, 0));
      const sent = asm.calls("kill", 0, signals.USR1);
      const next = asm.label();
      return [handled, sent, ["interrupt", next, handler, "SIGUSR1"], ["exception", handler, undefined, "SIGSEGV"]];
    },
    status: 139,
  },
  "calls that fail": {
    write: (asm) => [asm.calls("close", 77), asm.calls("socket"), asm.exit(0)],
    status: 0,
  },
};

for (const [name, write] of Object.entries(faults)) {
  programs[`${name} kills`] = {
    write: (asm) => [["exception", write(asm), undefined, name]],
    status: 128 + signalNumber(name),
  };
  programs[`${name} is handled and returned from`] = {
    write(asm) {
      const handler = asm.handler(true);
      const handled = asm.handle(signalNumber(name), handler);
      const at = write(asm);
      const next = asm.label();
      return [handled, ["exception", at, handler, name], sigreturn(next), asm.exit(0)];
    },
    status: 0,
  };
}

/** Runs to the end; calls back where it stops before. */
function runOut(machine: Machine, stopped: (stop: MachineStop) => void = () => {}): MachineStop {
  for (let runs = 0; runs < 10; runs++) {
    const stop = machine.run(1000);
    if (stop.kind === "exited") return stop;
    stopped(stop);
  }
  return assert.fail("the program does not end");
}

const hex = (address: bigint | undefined) => address?.toString(16) ?? "the end";

function watch(machine: Machine): string[] {
  const told: string[] = [];
  machine.hooks.push({
    discontinuity(kind, from, to, cause) {
      // Where it stands when it is told; a handler without room is never reached.
      if (to !== undefined && machine.registers.sp !== 0n) assert.equal(machine.registers.pc, to);
      told.push(`${kind} ${cause} ${hex(from)} -> ${hex(to)}`);
    },
    exit: () => told.push("exit"),
  });
  return told;
}

function expected(events: readonly Event[], machine: Machine): string[] {
  const where = (place: Place | undefined) => {
    if (place === undefined) return undefined;
    if (place === "rt_sigreturn") return BigInt(machine.space.trampoline + 4);
    return BigInt(place instanceof Label ? place.address : place);
  };
  return events.map(([kind, from, to, cause]) => `${kind} ${cause} ${hex(where(from))} -> ${hex(where(to))}`);
}

for (const [engine, options] of Object.entries(engines))
  for (const [name, { write, status }] of Object.entries(programs))
    test(`${name}: where control goes (${engine})`, () => {
      const asm = new Program();
      const events = write(asm);
      const elf = asm.elf();
      for (const stopOnSignals of [false, true]) {
        const machine = testMachine(elf, { ...options, stopOnSignals });
        const told = watch(machine);
        const all = [...expected(events, machine), "exit"];
        const stop = runOut(machine, ({ kind }) => {
          assert.equal(kind, "signal");
          assert.deepEqual(told, all.slice(0, -2), "the fatal one is told when it kills");
        });
        assert.ok(stop.kind === "exited");
        assert.equal(stop.status, status);
        assert.deepEqual(told, all);
      }
    });

test("a fatal signal that somebody deals with is not told", () => {
  const asm = new Program();
  faults.SIGSEGV(asm);
  const events = [asm.exit(0)];
  const machine = testMachine(asm.elf(), { stopOnSignals: true });
  const told = watch(machine);
  runOut(machine, () => {
    machine.registers.pc += 4n;
  });
  assert.deepEqual(told, [...expected(events, machine), "exit"]);
});

test("a program that is ended from outside has no discontinuity", () => {
  const machine = testMachine("structs/structs-O0.elf");
  const told = watch(machine);
  machine.exit(9);
  machine.exit(10);
  assert.deepEqual(machine.run(100), { kind: "exited", status: 9 });
  assert.deepEqual(told, ["exit"]);
});

/** Everything that hooks are told, in order. */
function tellAll(told: string[]): MachineHooks {
  return {
    syscall: (number, args, pc) => told.push(`${syscallName(number)}(${args[0]}) at ${hex(pc)}`),
    syscallReturn: (number, _args, result, pc) => told.push(`${syscallName(number)} = ${result} at ${hex(pc)}`),
    discontinuity: (kind, _from, _to, cause) => told.push(`${kind} ${cause}`),
    idle: () => told.push("idle"),
    resume: () => told.push("resume"),
    exit: (status) => told.push(`exit ${status}`),
  };
}

for (const [engine, options] of Object.entries(engines)) {
  test(`calls that hooks answer are not carried out (${engine})`, () => {
    const asm = new Program();
    const text = asm.words(0x41);
    const written = asm.systemCall("write", 1, text, 1);
    asm.systemCall("write", 2, text, 1);
    asm.systemCall("nanosleep", asm.words(1000, 0));
    asm.systemCall("read", 0, text, 1);
    asm.systemCall("exit", 1);
    asm.systemCall("getpid");
    asm.systemCall("exit"); // with what getpid gave
    const door = new MemoryDoor();
    door.type("", false);
    const machine = testMachine(asm.elf(), { ...options, door });
    const told: string[] = [];
    const answers: Record<string, (...args: readonly bigint[]) => bigint | undefined> = {
      write: (fd) => (fd === 1n ? 0x1_0000_0000n : undefined),
      nanosleep: () => -4n,
      read: () => 0n,
      exit: (status) => (status === 1n ? 0n : undefined),
      getpid: () => 77n,
    };
    const asked: string[] = [];
    machine.hooks.push(
      { filterSyscall: () => undefined },
      { filterSyscall: (number, args) => answers[syscallName(number)]?.(...args) },
      tellAll(told),
      {
        filterSyscall(number, args, pc) {
          asked.push(`${syscallName(number)}(${args[0]}) at ${hex(pc)}`);
          return undefined;
        },
      },
    );
    assert.deepEqual(runOut(machine), { kind: "exited", status: 77 });
    assert.equal(door.output("stdout"), "");
    assert.equal(door.output("stderr"), "A");
    const at = hex(BigInt(written.at.address));
    assert.deepEqual(told.slice(0, 3), [`write(1) at ${at}`, `write = 4294967296 at ${at}`, "hostcall write"]);
    const results = told.filter((line) => line.includes(" = ")).map((line) => line.replace(/ at .*/, ""));
    assert.deepEqual(results, [
      "write = 4294967296",
      "write = 1",
      "nanosleep = -4",
      "read = 0",
      "exit = 0",
      "getpid = 77",
    ]);
    assert.ok(!told.includes("idle"));
    // Who comes after the hook that decides is not asked.
    assert.deepEqual(
      asked.map((line) => line.replace(/ at .*/, "")),
      ["write(2)", "exit(77)"],
    );
  });

  test(`a guest that waits is idle until it goes on (${engine})`, () => {
    const asm = new SyscallProgram();
    asm.systemCall("read", 0, asm.words(0), 8);
    asm.systemCall("nanosleep", asm.words(1, 0));
    asm.systemCall("exit", 0);
    const door = new MemoryDoor();
    door.type("", false);
    const machine = testMachine(asm.elf(), { ...options, door });
    const told: string[] = [];
    const asked: string[] = [];
    machine.hooks.push(tellAll(told), {
      filterSyscall(number) {
        asked.push(syscallName(number));
        return undefined;
      },
    });
    const since = () => told.splice(0).map((line) => line.replace(/ at .*/, "").replace(/\(\d\d+\)/, ""));
    assert.deepEqual(machine.run(1000), { kind: "input" });
    assert.deepEqual(since(), ["read(0)", "idle"]);
    assert.deepEqual(machine.run(1000), { kind: "input" });
    assert.deepEqual(machine.step(), { kind: "input" });
    assert.deepEqual(since(), []);
    door.type("line", true);
    assert.equal(machine.run(1000).kind, "sleep");
    assert.deepEqual(since(), ["resume", "read = 4", "hostcall read", "nanosleep", "idle"]);
    assert.equal(machine.run(1000).kind, "sleep");
    assert.deepEqual(since(), []);
    door.advance(1e9);
    assert.deepEqual(machine.run(1000), { kind: "exited", status: 0 });
    assert.deepEqual(since(), ["resume", "nanosleep = 0", "hostcall nanosleep", "exit(0)", "hostcall exit", "exit 0"]);
    assert.deepEqual(asked, ["read", "nanosleep", "exit"]);
  });
}

test("a guest that is moved away from the call it waits in goes on without it", () => {
  const asm = new SyscallProgram();
  const { next } = asm.systemCall("nanosleep", asm.words(1000, 0));
  asm.systemCall("exit", 4);
  const machine = testMachine(asm.elf());
  const told: string[] = [];
  machine.hooks.push(tellAll(told));
  assert.equal(machine.run(1000).kind, "sleep");
  told.length = 0;
  machine.registers.pc = BigInt(next.address);
  assert.deepEqual(machine.run(1000), { kind: "exited", status: 4 });
  assert.deepEqual(
    told.map((line) => line.replace(/ at .*/, "")),
    ["resume", "exit(4)", "hostcall exit", "exit 4"],
  );
});
