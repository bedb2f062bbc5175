// The debugger: one stopped or running guest, its breakpoints, steps, frames and expressions. No protocol.

import type { Symbols } from "../symbols/index.ts";
import { abiOf } from "./abi.ts";
import {
  type Breakpoint,
  Breakpoints,
  type FunctionBreakpointRequest,
  type InstructionBreakpointRequest,
  parseHitCondition,
  type SourceBreakpointRequest,
} from "./breakpoints.ts";
import { Disassembler } from "./disassembly.ts";
import { type EvaluationParts, Evaluator } from "./evaluate/evaluator.ts";
import { Formatter } from "./format.ts";
import { enteredCalls } from "./inlined-calls.ts";
import { Registers } from "./registers.ts";
import { Stepper } from "./stepping.ts";
import type { StopReason, Target } from "./target.ts";
import { type Frame, scopesOf, Unwinder } from "./unwind.ts";
import { ValueAccess } from "./value.ts";

/** Why and where the guest stopped. */
export interface Stop {
  reason: StopReason;
  /** The user's breakpoints that made it stop. */
  breakpoints: readonly Breakpoint[];
}

export interface DebuggerOptions {
  /** Text of a log point, or what went wrong with a condition. */
  log(text: string, kind: "log point" | "error"): void;
  /** Breakpoints of an earlier run of the program, to be kept. `installBreakpoints` puts them into the new guest. */
  breakpoints?: Breakpoints;
  /** A stop that no movement was waiting for: the guest was lost. */
  unexpectedStop(stop: Stop): void;
}

export type StepKind = "over" | "in" | "out";

export class Debugger {
  readonly target: Target;
  readonly symbols: Symbols;
  readonly registers: Registers;
  readonly breakpoints: Breakpoints;
  readonly access: ValueAccess;
  readonly format: Formatter;
  readonly disassembler: Disassembler;

  private readonly options: DebuggerOptions;
  private readonly unwinder: Unwinder;
  private readonly stepper: Stepper<Stop>;
  private readonly parts: EvaluationParts;
  private current: "stopped" | "running" | "exited" = "stopped";
  private waiting: ((reason: StopReason) => void) | undefined;
  private pauseRequested = false;
  private writeCount = 0;
  private frameSource: Iterator<Frame, void> | undefined;
  private knownFrames: Frame[] = [];

  constructor(target: Target, symbols: Symbols, options: DebuggerOptions) {
    this.target = target;
    this.symbols = symbols;
    this.options = options;
    const abi = abiOf(target.guestName);
    this.registers = new Registers(target);
    this.breakpoints = options.breakpoints ?? new Breakpoints();
    this.breakpoints.bind({
      symbols,
      loadBias: target.loadBias,
      isMapped: (address) => target.readMemory(address, 2).length === 2,
    });
    this.access = new ValueAccess(target, this.registers, this);
    this.format = new Formatter(target, symbols, this.access);
    this.disassembler = new Disassembler(target, symbols);
    this.unwinder = new Unwinder(target, symbols, abi);
    this.parts = { target, symbols, registers: this.registers, access: this.access, format: this.format, writer: this };
    this.stepper = new Stepper(
      { target, symbols, registers: this.registers, abi, unwinder: this.unwinder },
      {
        stepInstruction: () => this.move(() => target.stepInstruction()),
        runTo: (addresses, minimumSp) => this.move(() => target.runTo(addresses, minimumSp)),
        resume: () => this.resume(),
      },
    );
  }

  get state(): "stopped" | "running" | "exited" {
    return this.current;
  }

  /** To be called for every `TargetEvents.stopped`. */
  notify(reason: StopReason): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    if (waiting) waiting(reason);
    else if (this.current !== "exited") {
      this.current = reason.kind === "exited" ? "exited" : "stopped";
      this.options.unexpectedStop({ reason, breakpoints: [] });
    }
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Breakpoints

  async setSourceBreakpoints(
    path: string,
    requests: readonly SourceBreakpointRequest[],
  ): Promise<readonly Breakpoint[]> {
    return this.installed(this.breakpoints.setSource(path, requests));
  }

  async setFunctionBreakpoints(requests: readonly FunctionBreakpointRequest[]): Promise<readonly Breakpoint[]> {
    return this.installed(this.breakpoints.setFunctions(requests));
  }

  async setInstructionBreakpoints(requests: readonly InstructionBreakpointRequest[]): Promise<readonly Breakpoint[]> {
    return this.installed(this.breakpoints.setInstructions(requests));
  }

  /** Puts all breakpoints into the guest. */
  async installBreakpoints(): Promise<void> {
    if (this.current !== "exited") await this.target.setBreakpoints(this.breakpoints.addresses());
  }

  private async installed(breakpoints: readonly Breakpoint[]): Promise<readonly Breakpoint[]> {
    await this.installBreakpoints();
    return breakpoints;
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Movement. Each resolves when the guest has stopped again; throws when it is not stopped now.

  /** As `continue`, from the program's first instruction: a breakpoint on it stops at once. */
  continueFromStart(): Promise<Stop> {
    return this.moving(async () => {
      const hit = await this.countingBreakpoints();
      return hit.length > 0 ? { reason: { kind: "breakpoint" }, breakpoints: hit } : this.resume();
    });
  }

  continue(): Promise<Stop> {
    return this.moving(() => this.resume());
  }

  step(kind: StepKind, granularity: "line" | "instruction"): Promise<Stop> {
    return this.moving(async () => {
      const stop = await this.stepBy(kind, granularity);
      return stop ?? { reason: { kind: "step" }, breakpoints: [] };
    });
  }

  /** Asks the running guest to stop; what started it resolves with reason pause. */
  async pause(): Promise<void> {
    if (this.current !== "running") return;
    this.pauseRequested = true;
    await this.target.pause();
  }

  private stepBy(kind: StepKind, granularity: "line" | "instruction"): Promise<Stop | undefined> {
    if (kind !== "out") return granularity === "line" ? this.stepper.line(kind) : this.stepper.instruction(kind);
    const [frame] = this.frames(0, 1);
    const inlined = frame?.isInlined ? enteredCalls(this.symbols, frame.physical.lookup)[0] : undefined;
    return this.stepper.out(inlined?.scope.ranges);
  }

  private async moving(movement: () => Promise<Stop>): Promise<Stop> {
    if (this.current === "exited") throw new Error("the guest has ended");
    if (this.current === "running") throw new Error("the guest is running already");
    this.current = "running";
    this.pauseRequested = false;
    try {
      const stop = await movement();
      this.current = stop.reason.kind === "exited" ? "exited" : "stopped";
      return stop;
    } catch (error) {
      this.current = "stopped";
      throw error;
    } finally {
      this.forgetFrames();
    }
  }

  /** Runs until something stops the guest that the user wants to see. */
  private async resume(): Promise<Stop> {
    for (;;) {
      const stop = await this.move(() => this.target.resume());
      if (stop) return stop;
    }
  }

  /**
   * One movement of the target. Undefined when it ended as planned (a step, or a place to run to); a breakpoint that
   * does not count makes it go on.
   */
  private async move(command: () => Promise<void>): Promise<Stop | undefined> {
    for (;;) {
      const reason = await this.commanded(command);
      this.forgetFrames();
      if (reason.kind === "breakpoint" || reason.kind === "step") {
        const hit = await this.countingBreakpoints();
        if (hit.length > 0) return { reason: { kind: "breakpoint" }, breakpoints: hit };
        if (this.pauseRequested) return { reason: { kind: "pause" }, breakpoints: [] };
        if (reason.kind === "step") return undefined;
        continue;
      }
      return { reason, breakpoints: [] };
    }
  }

  private async commanded(command: () => Promise<void>): Promise<StopReason> {
    const stopped = new Promise<StopReason>((resolve) => {
      this.waiting = resolve;
    });
    try {
      await command();
    } catch (error) {
      this.waiting = undefined;
      throw error;
    }
    return stopped;
  }

  /** The breakpoints at pc whose conditions hold; log points are written here. */
  private async countingBreakpoints(): Promise<Breakpoint[]> {
    const pc = this.target.readRegisters()[this.registers.pc];
    const counting: Breakpoint[] = [];
    for (const breakpoint of this.breakpoints.at(pc)) if (await this.counts(breakpoint)) counting.push(breakpoint);
    return counting;
  }

  private async counts(breakpoint: Breakpoint): Promise<boolean> {
    const [frame] = this.frames(0, 1);
    if (breakpoint.condition !== undefined) {
      try {
        if (!(await this.evaluator(frame).isTrue(breakpoint.condition))) return false;
      } catch (error) {
        this.options.log(`condition "${breakpoint.condition}": ${(error as Error).message}`, "error");
        return true; // stopping shows the user what is wrong
      }
    }
    breakpoint.hits++;
    const wanted = breakpoint.hitCondition === undefined ? undefined : parseHitCondition(breakpoint.hitCondition);
    if (wanted && !wanted(breakpoint.hits)) return false;
    if (breakpoint.logMessage === undefined) return true;
    this.options.log(await this.interpolate(breakpoint.logMessage, frame), "log point");
    return false;
  }

  private async interpolate(message: string, frame: Frame | undefined): Promise<string> {
    let text = "";
    for (const [, plain, expression] of message.matchAll(/([^{]+|\{$)|\{([^}]*)\}?/g)) {
      if (plain !== undefined) text += plain;
      else
        try {
          const { value, hex } = await this.evaluator(frame).evaluate(expression);
          text += this.format.format(value, { hex });
        } catch (error) {
          text += `<${(error as Error).message}>`;
        }
    }
    return text;
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Looking

  /** Frames `start` to `start + count` of the stopped guest, innermost first; fewer at the end of the stack. */
  frames(start: number, count: number): readonly Frame[] {
    this.frameSource ??= this.unwinder.frames();
    while (this.knownFrames.length < start + count) {
      const next = this.frameSource.next();
      if (next.done) break;
      this.knownFrames.push(next.value);
    }
    return this.knownFrames.slice(start, start + count);
  }

  /** How many frames are known, and whether these are all. */
  get frameCount(): { known: number; isAll: boolean } {
    const known = this.knownFrames.length;
    return { known, isAll: this.frames(known, 1).length === 0 };
  }

  scopes(frame: Frame): ReturnType<typeof scopesOf> {
    return scopesOf(this.symbols, frame);
  }

  evaluator(frame: Frame | undefined, mayWrite = true): Evaluator {
    return new Evaluator(this.parts, frame, mayWrite);
  }

  /** How often registers or memory have been written by the debugger. */
  get writes(): number {
    return this.writeCount;
  }

  /** Writes a register of the innermost frame. */
  async writeRegister(index: number, value: bigint): Promise<void> {
    await this.target.writeRegister(index, value);
    this.written();
  }

  /** Writes as many bytes as are mapped, and gives their number. */
  async writeMemory(address: bigint, data: Uint8Array): Promise<number> {
    const written = await this.target.writeMemory(address, data);
    this.written();
    return written;
  }

  private written(): void {
    this.writeCount++;
    this.forgetFrames();
  }

  /** The guest has moved or was changed: frames are computed anew. */
  private forgetFrames(): void {
    this.frameSource = undefined;
    this.knownFrames = [];
  }
}
