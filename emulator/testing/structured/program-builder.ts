// What shapes of made-up programs are written with: an assembler, random code that keeps to the registers and the
// memory it may have, registers held for loops and pointers, routines, system calls.
import { Csr } from "../../guest/riscv/csr.ts";
import { InstructionGenerator } from "../../guest/riscv/random.ts";
import type { InstructionClass } from "../../guest/riscv/table-parser.ts";
import * as encode from "../encode.ts";
import type { Random } from "../random.ts";
import { everything, isComparable, unknownToReference } from "../random-instructions.ts";
import { type Assembler, type Condition, conditions, Label } from "./assembler.ts";
import { type Cell, place } from "./places.ts";

export const RA = 1;
export const SP = 2;
/** Where the next record goes. */
export const GP = 3;
/** Scratch of the program's frame: never holds a value of the random code. */
export const TP = 4;
export const T0 = 5;
export const S0 = 8;
export const S1 = 9;
/** Registers that stay as they are over system calls and are not an argument: for counters and pointers. */
export const preserved: readonly number[] = Array.from({ length: 10 }, (_, n) => 18 + n);
/** Registers that compressed branches can name, without the data pointers. */
export const compressible: readonly number[] = [10, 11, 12, 13, 14, 15];

const neverWritten: readonly number[] = [0, SP, GP, TP, S0, S1];
const allRegisters: readonly number[] = Array.from({ length: 32 }, (_, n) => n);

/** What is held where nothing else is said: link registers are for calls. */
const holdable = allRegisters.filter((r) => r !== RA && r !== T0);

export interface BodyOptions {
  classes?: readonly InstructionClass[];
  /** Registers that loads and stores take as base; default: the data pointers. */
  bases?: readonly number[];
  /** Those that point to multiples of 16, which atomics may take; default: the bases that are data pointers. */
  aligned?: readonly number[];
  /** Offsets of loads and stores: from, up to and without. The access must end before. */
  reach?: readonly [from: number, end: number];
  /** Chance of a forward jump before an instruction; default 0.08. */
  jumps?: number;
}

/** Code that is called. */
export interface Routine {
  label: Label;
  link: number;
  /** Registers it may change. */
  changes: ReadonlySet<number>;
}

export type Argument = number | bigint | Label | { register: number } | { label: Label; plus: number };

export class ProgramBuilder {
  private writable = new Set(allRegisters.filter((r) => !neverWritten.includes(r)));
  private waiting: (() => void)[] = [];

  constructor(
    readonly asm: Assembler,
    readonly random: Random,
    /** End of the program's code, a page boundary. */
    readonly textEnd: Label,
    /** Is it said when code has been written? If not, what runs is what the engine makes of it. */
    readonly fenced: boolean,
  ) {}

  /** Random code. Falls through at its end. */
  body(count: number, options: BodyOptions = {}): void {
    const draw = this.instructions(options);
    const skips: { left: number; label: Label }[] = [];
    for (let n = 0; n < count; n++) {
      if (this.random.chance(options.jumps ?? 0.08)) {
        const label = new Label();
        this.conditionalJump(label);
        skips.push({ left: 1 + this.random.below(4), label });
      }
      this.asm.emitRandom(draw());
      for (const skip of skips) if (--skip.left === 0) this.asm.place(skip.label);
    }
    for (const { left, label } of skips) if (left > 0) this.asm.place(label);
  }

  /** A source of single random instructions that change only what may be changed now. */
  instructions(options: BodyOptions = {}): () => { word: number; length: 2 | 4 } {
    const bases = options.bases ?? [S0, S1];
    const aligned = options.aligned ?? bases.filter((base) => base === S0 || base === S1);
    const [from, end] = options.reach ?? [-2048, 2048];
    const classes = (options.classes ?? everything).filter((name) => name !== "atomic" || aligned.length > 0);
    const generator = new InstructionGenerator(this.random.source(), {
      classes,
      without: unknownToReference,
      compressed: true,
      writable: [...this.writable],
      bases,
      reach: Math.max(-from, end),
      atomicBases: aligned,
      jumps: { least: 4, most: 4 },
      csrs: [Csr.fflags, Csr.frm, Csr.fcsr],
    });
    return () => {
      for (;;) {
        const { bits, length, decoded } = generator.next();
        const { mnemonic, class: kind } = decoded.row;
        const access = kind === "load" || kind === "store";
        if (!isComparable(mnemonic) || (access && (decoded.imm < from || decoded.imm > end - 8))) continue;
        return { word: bits, length };
      }
    };
  }

  /** A branch that depends on whatever registers hold, 16 or 32 bits long. The label must be near. */
  conditionalJump(to: Label): void {
    const { random, asm } = this;
    if (random.chance(0.3)) asm.shortBranch(random.chance(0.5), random.pick(compressible), to);
    else asm.branch(this.condition(), random.below(32), random.below(32), to);
  }

  condition(): Condition {
    return this.random.pick(conditions);
  }

  /** Takes registers away from random code while `use` emits. */
  hold(count: number, use: (...registers: number[]) => void, from: readonly number[] = holdable): void {
    const taken: number[] = [];
    while (taken.length < count) {
      const left = from.filter((r) => this.writable.has(r));
      if (left.length === 0) throw new Error("no register is left to hold");
      const register = this.random.pick(left);
      this.writable.delete(register);
      taken.push(register);
    }
    use(...taken);
    for (const register of taken) this.writable.add(register);
  }

  /** Takes these registers away while `use` emits. */
  holdThese(registers: readonly number[], use: () => void): void {
    this.hold(registers.length, use, registers);
  }

  /** The register, which is held, may be changed while `use` emits. */
  release(register: number, use: () => void): void {
    this.writable.add(register);
    use();
    this.writable.delete(register);
  }

  /** A register whose value matters to nobody. */
  scratch(): number {
    return this.random.pick([...this.writable].filter((r) => !neverWritten.includes(r)));
  }

  isWritable(register: number): boolean {
    return this.writable.has(register);
  }

  /** A held register that no routine defined before may be called with is a mistake in a shape. */
  call(routine: Routine, how: "direct" | "far" = "direct"): void {
    for (const register of routine.changes)
      if (!this.writable.has(register)) throw new Error(`a routine would change x${register}, which is held`);
    if (how === "direct") this.asm.call(routine.link, routine.label);
    else {
      const through = this.scratch();
      this.asm.address(through, routine.label, 0, this.random.chance(0.5));
      this.jumpTo(routine.link, through);
    }
  }

  /** jalr, or its 16-bit form. */
  jumpTo(link: number, register: number): void {
    const short = this.random.chance(0.5);
    if (short && link === 0) this.asm.emitShort(encode.compressed.jr(register));
    else if (short && link === RA) this.asm.emitShort(encode.compressed.jalr(register));
    else this.asm.emit(encode.jalr(link, register, 0));
  }

  /**
   * A routine, emitted where control does not come by itself. `emit` writes all of it, its return too, with its link
   * register held, and may change what is not held now.
   */
  routine(link: number, emit: () => void, label = new Label()): Routine {
    const changes = new Set([...this.writable, link]);
    this.outOfLine(() => {
      this.asm.place(label);
      if (this.writable.has(link)) this.holdThese([link], emit);
      else emit();
    });
    return { label, link, changes };
  }

  /** Emits later, where control does not come by itself, with the registers that are free now. */
  outOfLine(emit: () => void): void {
    const writable = new Set(this.writable);
    this.waiting.push(() => {
      const before = this.writable;
      this.writable = writable;
      emit();
      this.writable = before;
    });
  }

  /** Emits what was to be emitted out of line, and what that wants. */
  flush(): void {
    while (this.waiting.length > 0) {
      const emits = this.waiting;
      this.waiting = [];
      for (const emit of emits) emit();
    }
  }

  ret(link: number): void {
    this.jumpTo(0, link);
  }

  /** Saves registers in a new stack frame while `use` emits; `use` may access [0, room) from the stack pointer. */
  frame(registers: readonly number[], room: number, use: () => void): void {
    const { asm } = this;
    const size = Math.ceil((room + 8 * registers.length) / 16) * 16;
    asm.emit(encode.addi(SP, SP, -size));
    registers.forEach((register, n) => {
      asm.emit(encode.sd(register, room + 8 * n, SP));
    });
    use();
    registers.forEach((register, n) => {
      asm.emit(encode.ld(register, room + 8 * n, SP));
    });
    asm.emit(encode.addi(SP, SP, size));
  }

  /** Writes a cell of the program's frame. */
  setCell(cell: Cell, value: number | bigint | Label): void {
    this.hold(1, (register) => {
      if (value instanceof Label) this.asm.address(register, value);
      else this.asm.constant(register, value);
      this.asm.constant(TP, place.cells);
      this.asm.emit(encode.sd(register, cell, TP));
    });
  }

  /** Makes a system call; changes a7, the argument registers it needs, and a0. */
  systemCall(number: number, ...args: readonly Argument[]): void {
    const { asm } = this;
    const used = [10, 17, ...args.map((_, n) => 10 + n)];
    for (const register of used)
      if (!this.writable.has(register)) throw new Error(`a system call would change x${register}, which is held`);
    args.forEach((argument, n) => {
      if (argument instanceof Label) asm.address(10 + n, argument);
      else if (typeof argument === "object" && "label" in argument) asm.address(10 + n, argument.label, argument.plus);
      else if (typeof argument === "object") asm.emit(encode.addi(10 + n, argument.register, 0));
      else asm.constant(10 + n, argument);
    });
    asm.constant(17, number);
    asm.emit(encode.ecall);
  }

  /** Puts a random multiple of `step` from [0, count * step) into a register; `from` says what it depends on. */
  randomIndex(to: number, from: number, count: number, step: number): void {
    const { asm } = this;
    if ((count & (count - 1)) === 0) asm.emit(encode.andi(to, from, count - 1));
    else asm.emit(encode.addi(to, 0, count), encode.remu(to, from, to));
    if (step > 1) asm.emit(encode.slli(to, to, Math.log2(step)));
  }

  /** Runs `use` so many times; the counter is held. Trip counts below 2048. */
  times(trips: number, use: (counter: number) => void, from: readonly number[] = holdable): void {
    this.hold(
      1,
      (counter) => {
        this.asm.constant(counter, trips);
        const top = this.asm.label();
        use(counter);
        this.asm.emit(encode.addi(counter, counter, -1));
        const out = new Label();
        this.asm.branch("eq", counter, 0, out);
        this.asm.jump(top);
        this.asm.place(out);
      },
      from,
    );
  }

  /** A table of labels' addresses, out of line. */
  table(labels: readonly Label[]): Label {
    const table = new Label();
    this.outOfLine(() => {
      this.asm.align(8);
      this.asm.place(table);
      for (const label of labels) this.asm.addressData(label);
    });
    return table;
  }
}
