// Stepping, by source line and by instruction, as sequences of "run to one of these addresses" and single
// instructions. A line is left in few runs: everything up to a call, a return or an address outside it goes at once.

import type { AddressRange, Symbols } from "../symbols/index.ts";
import type { Abi } from "./abi.ts";
import { enteredCalls } from "./inlined-calls.ts";
import type { Registers } from "./registers.ts";
import type { Instruction, Target } from "./target.ts";
import type { PhysicalFrame, Unwinder } from "./unwind.ts";

/** The guest's movements while a step is on its way. A result other than undefined ends the step: a breakpoint, a pause... */
export interface Mover<Stop> {
  stepInstruction(): Promise<Stop | undefined>;
  runTo(addresses: readonly bigint[], minimumSp?: bigint): Promise<Stop | undefined>;
  resume(): Promise<Stop>;
}

/** Lines with more code than this (bytes) are stepped one instruction at a time. */
const MAX_LINE_CODE = 0x10000n;

/** Where the guest is, with what tells one activation of a function from another. */
interface Position {
  /** Run-time, and as the symbols know it. */
  pc: bigint;
  elf: bigint;
  sp: bigint;
  frame: PhysicalFrame;
}

type Relation = "same frame" | "callee" | "caller" | "tail call";

export class Stepper<Stop> {
  private readonly target: Target;
  private readonly symbols: Symbols;
  private readonly registers: Registers;
  private readonly abi: Abi;
  private readonly unwinder: Unwinder;
  private readonly mover: Mover<Stop>;

  constructor(
    parts: { target: Target; symbols: Symbols; registers: Registers; abi: Abi; unwinder: Unwinder },
    mover: Mover<Stop>,
  ) {
    this.target = parts.target;
    this.symbols = parts.symbols;
    this.registers = parts.registers;
    this.abi = parts.abi;
    this.unwinder = parts.unwinder;
    this.mover = mover;
  }

  /** One instruction; "over": a call with everything it does counts as one. */
  async instruction(mode: "over" | "in"): Promise<Stop | undefined> {
    const before = this.position();
    const at = this.instructionAt(before.pc);
    const stop = await this.mover.stepInstruction();
    if (stop !== undefined || mode === "in" || !at) return stop;
    return this.hasCalled(at, this.position()) ? this.mover.runTo([next(at)], before.sp) : undefined;
  }

  /** To the start of another line; without line information here, one instruction. */
  async line(mode: "over" | "in"): Promise<Stop | undefined> {
    let start = this.position();
    if (!this.hasLine(start.elf)) return this.instruction(mode);
    let inlineDepth = enteredCalls(this.symbols, start.elf).length;
    let ranges = this.symbols.lineRanges(start.elf);
    for (;;) {
      const before = this.position();
      const exits = this.exitsOf(ranges, before.pc);
      const at = this.instructionAt(before.pc);
      const stop = exits ? await this.mover.runTo(exits) : await this.mover.stepInstruction();
      if (stop !== undefined) return stop;
      let now = this.position();
      if (!exits && at && this.hasCalled(at, now)) {
        const body = mode === "in" ? this.bodyOf(now.elf) : undefined;
        if (body !== undefined) return body === now.pc ? undefined : this.mover.runTo([body]);
        const stopped = await this.mover.runTo([next(at)], before.sp);
        if (stopped !== undefined) return stopped;
        now = this.position();
      }
      switch (this.relation(start, now)) {
        case "caller": {
          // In the middle of the caller's line: that line is gone through, too.
          const stopped = this.hasLine(now.elf) ? undefined : await this.toCallerWithLine();
          if (stopped !== undefined) return stopped;
          now = this.position();
          start = now;
          inlineDepth = enteredCalls(this.symbols, now.elf).length;
          if (this.startsStatement(now.elf)) return undefined;
          ranges = this.symbols.lineRanges(now.elf);
          break;
        }
        case "tail call": {
          const body = mode === "in" ? this.bodyOf(now.elf) : undefined;
          if (body !== undefined) return body === now.pc ? undefined : this.mover.runTo([body]);
          return this.out();
        }
        case "callee": {
          const stopped = await this.out();
          if (stopped !== undefined) return stopped;
          now = this.position();
        }
      }
      const further = this.stillStepping(now.elf, ranges, mode === "over" ? inlineDepth : undefined);
      if (!further) return undefined;
      ranges = further;
    }
  }

  /** To the return address of the frame. Inlined frames are left by running to their end. */
  async out(inlined?: readonly AddressRange[]): Promise<Stop | undefined> {
    if (inlined) return this.leave(inlined);
    const frames = this.unwinder.physicalFrames();
    const frame = frames.next().value;
    const caller = frames.next().value;
    if (!frame || !caller) return this.mover.resume();
    return this.mover.runTo([caller.pc], caller.registers.get(this.abi.stackPointer));
  }

  private async leave(ranges: readonly AddressRange[]): Promise<Stop | undefined> {
    const start = this.position();
    for (;;) {
      const before = this.position();
      const exits = this.exitsOf(ranges, before.pc);
      const at = this.instructionAt(before.pc);
      let stop = exits ? await this.mover.runTo(exits) : await this.mover.stepInstruction();
      if (stop === undefined && !exits && at && this.hasCalled(at, this.position()))
        stop = await this.mover.runTo([next(at)], before.sp);
      if (stop !== undefined) return stop;
      const now = this.position();
      if (this.relation(start, now) !== "same frame" || !contains(ranges, now.elf)) return undefined;
    }
  }

  /** The ranges to go on with, or undefined where a step may end. */
  private stillStepping(
    elf: bigint,
    ranges: readonly AddressRange[],
    inlineDepth: number | undefined,
  ): readonly AddressRange[] | undefined {
    if (contains(ranges, elf)) return ranges;
    if (inlineDepth !== undefined) {
      const inlined = enteredCalls(this.symbols, elf);
      if (inlined.length > inlineDepth) return inlined[inlined.length - inlineDepth - 1].scope.ranges;
    }
    // In the middle of a line, or where there is none: on, instruction by instruction, until one starts.
    return this.startsStatement(elf) ? undefined : [...ranges, { low: elf, high: elf + 1n }];
  }

  /** Does a line of the source start here, so that a person expects it to stop? */
  private startsStatement(elf: bigint): boolean {
    const line = this.symbols.lineForAddress(elf);
    if (!line?.isStatement || line.line === 0) return false;
    if (this.symbols.lineRangeContaining(elf)?.low === elf) return true;
    const before = this.symbols.lineForAddress(elf - 1n);
    return !before || before.line !== line.line || before.column !== line.column || !before.isStatement;
  }

  /** Out of code without lines: to the nearest caller that has some; without one, the guest goes on. */
  private async toCallerWithLine(): Promise<Stop | undefined> {
    const [, ...callers] = this.unwinder.physicalFrames();
    const caller = callers.find((frame) => this.hasLine(frame.lookup));
    if (!caller) return this.mover.resume();
    return this.mover.runTo([caller.pc], caller.registers.get(this.abi.stackPointer));
  }

  private position(): Position {
    const frame = this.unwinder.innermost();
    return { pc: frame.pc, elf: frame.lookup, sp: this.target.readRegisters()[this.registers.sp], frame };
  }

  private relation(start: Position, now: Position): Relation {
    const sameFunction = start.frame.function?.entry === now.frame.function?.entry;
    const before = start.frame.cfa;
    const after = now.frame.cfa;
    if (before === undefined || after === undefined) return sameFunction ? "same frame" : "caller";
    if (after > before) return "caller";
    if (after < before) return "callee";
    return sameFunction ? "same frame" : "tail call";
  }

  private hasLine(elf: bigint): boolean {
    return (this.symbols.lineForAddress(elf)?.line ?? 0) > 0;
  }

  /** Where stepping into a function stops, as a run-time address; undefined for functions that have no lines. */
  private bodyOf(elf: bigint): bigint | undefined {
    const fn = this.symbols.functionAt(elf);
    if (!fn || !this.hasLine(elf)) return undefined;
    return BigInt.asUintN(64, this.symbols.bodyStart(fn) + this.target.loadBias);
  }

  private instructionAt(pc: bigint): Instruction | undefined {
    return this.target.disassemble(pc, 1)[0];
  }

  /** After `at` was executed: did it call something that will come back behind it? */
  private hasCalled(at: Instruction, now: Position): boolean {
    if (now.pc === next(at)) return false;
    return now.frame.registers.get(this.abi.returnAddress) === next(at) && at.kind !== "return";
  }

  /**
   * Run-time addresses where straight running within the ranges has to end: outside them, or at an instruction whose
   * successor is not known. Undefined: only a single instruction can be run.
   */
  private exitsOf(ranges: readonly AddressRange[], pc: bigint): bigint[] | undefined {
    const size = ranges.reduce((sum, range) => sum + range.high - range.low, 0n);
    if (size > MAX_LINE_CODE) return undefined;
    const exits = new Set<bigint>();
    const bias = this.target.loadBias;
    for (const range of ranges) {
      const end = range.high + bias;
      let at = range.low + bias;
      for (const instruction of this.target.disassemble(at, Number(range.high - range.low + 1n) / 2)) {
        if (instruction.address >= end) break;
        at = next(instruction);
        switch (instruction.kind) {
          case undefined:
            return undefined;
          case "branch":
          case "jump":
            if (instruction.target === undefined) exits.add(instruction.address);
            else if (!contains(ranges, instruction.target - bias)) exits.add(instruction.target);
            break;
          case "call":
          case "return":
          case "system":
          case "unknown":
            exits.add(instruction.address);
        }
      }
      if (!contains(ranges, at - bias)) exits.add(at);
    }
    return exits.has(pc) ? undefined : [...exits];
  }
}

const next = (instruction: Instruction) => instruction.address + BigInt(instruction.bytes.length);

function contains(ranges: readonly AddressRange[], address: bigint): boolean {
  return ranges.some((range) => range.low <= address && address < range.high);
}
