// Code that changes under a running program, by each engine: written over, made not executable, unmapped, moved; what
// is translated again, and where the program stands when it can go no further.
import assert from "node:assert/strict";
import { test } from "node:test";
import { writeElf } from "../testing/elf-writer.ts";
import * as encode from "../testing/encode.ts";
import { Assembler, Label } from "../testing/structured/assembler.ts";
import { anonymous, Call, Protect } from "../testing/structured/places.ts";
import type { MachineOptions } from "./api.ts";
import type { Machine } from "./machine.ts";
import { testMachine } from "./testing/test-machine.ts";

const TEXT = 0x11000;
const ROOM = 0x20000000;
const PAGE = 0x1000;
const everything = Protect.read | Protect.write | Protect.execute;
const [ZERO, RA, A0, A7, S2, S3, S4] = [0, 1, 10, 17, 18, 19, 20];

const bounds = { blocks: 8, instructions: 200, targets: 4, heat: 1 };
const engines: Record<string, Partial<MachineOptions>> = {
  interpreter: { engine: "interpreter" },
  auto: { engine: "auto", tuning: { hot: 5, bounds, misses: 5 } },
  jit: { engine: "jit" },
};

class Program extends Assembler {
  constructor() {
    super(TEXT);
  }

  systemCall(number: number, ...args: readonly (number | Label)[]): void {
    args.forEach((argument, n) => {
      if (argument instanceof Label) this.address(A0 + n, argument);
      else this.constant(A0 + n, argument);
    });
    this.constant(A7, number);
    this.emit(encode.ecall);
  }

  /** Calls the code at an address so many times; s2 and s3 are used up. */
  callMany(address: number, times: number): void {
    this.constant(S2, times);
    const top = this.label();
    this.constant(S3, address);
    this.emit(encode.jalr(RA, S3, 0), encode.addi(S2, S2, -1));
    this.branch("ne", S2, ZERO, top);
  }

  /** Stores instructions at an address. */
  write(address: number, ...words: readonly number[]): void {
    this.constant(S2, address);
    words.forEach((word, n) => {
      this.constant(S3, word);
      this.emit(encode.sw(S3, 4 * n, S2));
    });
    this.emit(encode.fenceI);
  }

  /** exit(s4). */
  exit(): void {
    this.emit(encode.addi(A0, S4, 0), encode.addi(A7, ZERO, Call.exit), encode.ecall);
  }

  elf(): Uint8Array {
    return writeElf(TEXT, [{ address: TEXT, bytes: this.finish(), flags: 7 }]);
  }
}

function program(write: (asm: Program) => void): Uint8Array {
  const asm = new Program();
  write(asm);
  asm.exit();
  return asm.elf();
}

/** Adds to s4 and returns. */
const adding = (n: number) => [encode.addi(S4, S4, n), encode.jalr(ZERO, RA, 0)];

function mapCode(asm: Program, pages = 1): void {
  asm.systemCall(Call.mmap, ROOM, pages * PAGE, everything, anonymous, -1, 0);
}

interface End {
  machine: Machine;
  /** The exit status, or the pc and the fault that ended the run. */
  end: number | string;
}

function run(elf: Uint8Array, options: Partial<MachineOptions>): End {
  const machine = testMachine(elf, { ...options, stopOnSignals: true });
  for (;;) {
    const stop = machine.run(1_000_000);
    if (stop.kind === "exited") return { machine, end: stop.status };
    if (stop.kind === "signal") return { machine, end: `${machine.registers.pc.toString(16)}: ${stop.text}` };
  }
}

/** `end`: the exit status, or what ends the run. */
const cases: { name: string; write(asm: Program): void; end: number | RegExp }[] = [
  {
    name: "code written over between calls",
    write(asm) {
      mapCode(asm);
      for (const n of [1, 2, 4]) {
        asm.write(ROOM, ...adding(n));
        asm.callMany(ROOM, 20);
      }
    },
    end: 140,
  },
  {
    name: "the flush system call is enough where the code was never run from",
    write(asm) {
      mapCode(asm);
      asm.write(ROOM, ...adding(1));
      asm.callMany(ROOM, 20);
      asm.constant(S2, ROOM);
      asm.constant(S3, adding(3)[0]);
      asm.emit(encode.sw(S3, 0, S2));
      asm.systemCall(Call.flushInstructionCache, ROOM, ROOM + 4, 0);
      asm.callMany(ROOM, 20);
    },
    end: 80,
  },
  {
    name: "a page that may no longer be executed",
    write(asm) {
      mapCode(asm);
      asm.write(ROOM + 0x100, ...adding(1));
      asm.callMany(ROOM + 0x100, 20);
      asm.systemCall(Call.mprotect, ROOM, PAGE, Protect.read | Protect.write);
      asm.callMany(ROOM + 0x100, 1);
    },
    end: /^20000100: .*0x20000100.*not executable/,
  },
  {
    name: "a page that may be executed again",
    write(asm) {
      mapCode(asm);
      asm.write(ROOM, ...adding(1));
      asm.callMany(ROOM, 20);
      for (const protection of [Protect.read | Protect.write, Protect.read | Protect.execute, everything]) {
        asm.systemCall(Call.mprotect, ROOM, PAGE, protection);
        if (protection & Protect.execute) asm.callMany(ROOM, 20);
      }
    },
    end: 60,
  },
  {
    name: "a block into a second page that may no longer be executed",
    write(asm) {
      mapCode(asm, 2);
      asm.write(ROOM + PAGE - 6, encode.addi(S4, S4, 1), ...adding(1));
      asm.callMany(ROOM + PAGE - 6, 20);
      asm.systemCall(Call.mprotect, ROOM + PAGE, PAGE, Protect.read);
      asm.callMany(ROOM + PAGE - 6, 1);
    },
    end: /^20000ffe: .*0x20001000.*not executable/,
  },
  {
    name: "code that is unmapped",
    write(asm) {
      mapCode(asm);
      asm.write(ROOM + 0x10, ...adding(1));
      asm.callMany(ROOM + 0x10, 20);
      asm.systemCall(Call.munmap, ROOM, PAGE);
      asm.callMany(ROOM + 0x10, 1);
    },
    end: /^20000010: .*0x20000010.*not mapped/,
  },
  {
    name: "code that is mapped over",
    write(asm) {
      mapCode(asm);
      asm.write(ROOM, ...adding(1));
      asm.callMany(ROOM, 20);
      mapCode(asm);
      asm.callMany(ROOM, 1);
    },
    end: /^20000000: .*illegal instruction/,
  },
  {
    name: "code that is moved, and runs where it is now",
    write(asm) {
      mapCode(asm);
      asm.write(ROOM, ...adding(1));
      asm.callMany(ROOM, 20);
      asm.systemCall(Call.mremap, ROOM, PAGE, PAGE, 3, ROOM + 8 * PAGE);
      asm.callMany(ROOM + 8 * PAGE, 20);
    },
    end: 40,
  },
  {
    name: "code that is moved is no longer where it was",
    write(asm) {
      mapCode(asm);
      asm.write(ROOM, ...adding(1));
      asm.callMany(ROOM, 20);
      asm.systemCall(Call.mremap, ROOM, PAGE, PAGE, 3, ROOM + 8 * PAGE);
      asm.callMany(ROOM, 1);
    },
    end: /^20000000: .*not mapped/,
  },
  {
    name: "code moved over other code",
    write(asm) {
      mapCode(asm, 2);
      asm.write(ROOM, ...adding(1));
      asm.write(ROOM + PAGE, ...adding(3));
      asm.callMany(ROOM, 20);
      asm.callMany(ROOM + PAGE, 20);
      asm.systemCall(Call.mremap, ROOM, PAGE, PAGE, 3, ROOM + PAGE);
      asm.callMany(ROOM + PAGE, 20);
    },
    end: 100,
  },
  {
    name: "an instruction written over just behind the store",
    write(asm) {
      const slot = new Label();
      asm.constant(S3, encode.addi(S4, S4, 100));
      asm.address(S2, slot);
      asm.emit(encode.sw(S3, 0, S2));
      asm.place(slot);
      asm.emit(encode.addi(S4, S4, 1));
    },
    end: 100,
  },
  {
    name: "an instruction of a loop written over from within",
    write(asm) {
      const slot = new Label();
      asm.address(S2, slot);
      const top = asm.label();
      asm.place(slot);
      asm.emit(encode.addi(S4, S4, 1), encode.lw(S3, 0, S2));
      // The constant of the addition goes up by one each time: 1 + 2 + ... + 15.
      asm.constant(A0, 1 << 20);
      asm.emit(encode.add(S3, S3, A0), encode.sw(S3, 0, S2), encode.srli(A0, S3, 20));
      asm.emit(encode.addi(A0, A0, -16));
      asm.branch("ne", A0, ZERO, top);
    },
    end: 120,
  },
];

for (const [engine, options] of Object.entries(engines))
  for (const { name, write, end } of cases)
    test(`${name} (${engine})`, () => {
      const { end: actual } = run(program(write), options);
      if (typeof end === "number") assert.equal(actual, end);
      else assert.match(String(actual), end);
    });

// A function of many blocks of which one is written over and over: the others stay.
const large = program((asm) => {
  const [slot, start, over] = [new Label(), new Label(), new Label()];
  asm.jump(over);
  asm.align(0x1000);
  asm.place(start);
  for (let n = 0; n < 400; n++) {
    if (n === 200) asm.place(slot);
    asm.emit(encode.addi(A0, A0, 1));
    const next = new Label();
    asm.branch("eq", A0, ZERO, next);
    asm.place(next);
  }
  asm.emit(encode.jalr(ZERO, RA, 0));
  asm.place(over);
  asm.constant(S4, 50);
  const top = asm.label();
  asm.call(RA, start);
  asm.call(RA, start);
  asm.address(S2, slot);
  asm.emit(encode.lw(S3, 0, S2), encode.sw(S3, 0, S2), encode.fenceI, encode.addi(S4, S4, -1));
  asm.branch("ne", S4, ZERO, top);
});

for (const [engine, options] of Object.entries(engines))
  test(`only what was written over is translated again (${engine})`, () => {
    const { machine, end } = run(large, options);
    assert.equal(end, 0);
    const { blocks } = machine.executor.stats;
    assert.ok(blocks > 400 && blocks < 400 + 50 * 20, `${blocks} blocks translated`);
  });

for (const [engine, options] of Object.entries(engines))
  test(`data on the page of the code that writes it costs no translation (${engine})`, () => {
    const elf = program((asm) => {
      const [data, over] = [new Label(), new Label()];
      asm.jump(over);
      asm.align(64);
      asm.place(data);
      asm.data(0, 0, 0, 0);
      asm.align(64);
      asm.place(over);
      asm.address(S2, data);
      asm.constant(S4, 1000);
      const top = asm.label();
      asm.emit(encode.ld(S3, 0, S2), encode.addi(S3, S3, 1), encode.sd(S3, 0, S2), encode.addi(S4, S4, -1));
      asm.branch("ne", S4, ZERO, top);
      asm.emit(encode.addi(S4, S3, -1000));
    });
    const { machine, end } = run(elf, options);
    assert.equal(end, 0);
    assert.ok(machine.executor.stats.blocks < 10);
  });
