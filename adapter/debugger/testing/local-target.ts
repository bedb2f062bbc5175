// The debugger's target over a machine in the same thread, for tests: what adapter/host does with a worker.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EngineKind, MachineStop } from "../../../emulator/machine/api.ts";
import { MemoryDoor } from "../../../emulator/machine/door/memory-door.ts";
import type { Machine } from "../../../emulator/machine/machine.ts";
import { testMachine } from "../../../emulator/machine/testing/test-machine.ts";
import type { Instruction, StopReason, Target, TargetEvents, ViewData } from "../target.ts";

const SLICE = 1_000_000;

/** Standard input that waits until it is given. */
class WaitingDoor extends MemoryDoor {
  private readonly given: number[] = [];
  private closed = false;
  onOutput: (stream: "stdout" | "stderr", data: Uint8Array) => void = () => {};

  give(data: Uint8Array | undefined): void {
    if (data) this.given.push(...data);
    else this.closed = true;
  }

  override readInput(max: number): Uint8Array | undefined {
    return this.given.length === 0 && !this.closed ? undefined : Uint8Array.from(this.given.splice(0, max));
  }

  override writeOutput(stream: "stdout" | "stderr", data: Uint8Array): void {
    this.onOutput(stream, data.slice());
  }
}

export interface LocalTargetOptions {
  args?: readonly string[];
  engine?: EngineKind;
  events: TargetEvents;
  views?: () => readonly ViewData[];
}

export class LocalTarget implements Target {
  readonly machine: Machine;
  readonly guestName: string;
  readonly registers;
  readonly pointerBytes;
  readonly loadBias: bigint;
  /** How many times the guest was set going: what stepping should keep small. */
  movements = 0;
  private readonly door = new WaitingDoor();
  private readonly options: LocalTargetOptions;
  private breakpoints: readonly bigint[] = [];
  private pauseRequested = false;
  private running = false;
  private ended = false;

  /** `program`: a fixture's name, or an ELF file. */
  constructor(program: string | Uint8Array, options: LocalTargetOptions) {
    this.options = options;
    this.door.onOutput = (stream, data) => options.events.output(stream, data);
    this.machine = testMachine(program, {
      door: this.door,
      args: options.args ?? [],
      engine: options.engine ?? "interpreter",
      stopOnSignals: true,
    });
    this.guestName = this.machine.guest.name;
    this.registers = this.machine.guest.registers;
    this.pointerBytes = this.machine.guest.pointerBytes;
    this.loadBias = this.machine.loadBias;
  }

  readRegisters(): bigint[] {
    return this.registers.map((_, index) => this.machine.readRegister(index));
  }

  async writeRegister(index: number, value: bigint): Promise<void> {
    this.machine.writeRegister(index, value);
  }

  readMemory(address: bigint, length: number): Uint8Array {
    return this.machine.memory.read(address, length);
  }

  async writeMemory(address: bigint, data: Uint8Array): Promise<number> {
    return this.machine.memory.write(address, data);
  }

  async setBreakpoints(addresses: readonly bigint[]): Promise<void> {
    this.breakpoints = addresses;
    this.machine.executor.setBreakpoints(new Set(addresses));
  }

  async resume(): Promise<void> {
    void this.run(undefined);
  }

  async runTo(addresses: readonly bigint[], minimumSp?: bigint): Promise<void> {
    void this.run({ addresses: new Set(addresses), minimumSp });
  }

  async stepInstruction(): Promise<void> {
    this.movements++;
    const stop = this.machine.step(1);
    await nextTurn();
    this.options.events.stopped(reasonOf(stop) ?? { kind: "step" });
  }

  async pause(): Promise<void> {
    if (this.running) this.pauseRequested = true;
  }

  input(data: Uint8Array | undefined): void {
    this.door.give(data);
  }

  async views(): Promise<readonly ViewData[]> {
    return this.options.views?.() ?? [];
  }

  disassemble(address: bigint, count: number): Instruction[] {
    const found: Instruction[] = [];
    const fetch = (at: bigint) => {
      const half = this.readMemory(at, 2);
      return half.length === 2 ? half[0] | (half[1] << 8) : undefined;
    };
    for (let at = address; found.length < count && fetch(at) !== undefined; at += BigInt(found.at(-1)!.bytes.length)) {
      const { mnemonic, operands, length, kind, target } = this.machine.guest.decode(fetch, at);
      found.push({
        address: at,
        bytes: this.readMemory(at, length),
        text: `${mnemonic} ${operands}`.trim(),
        kind,
        target,
      });
    }
    return found;
  }

  instructionCount(): bigint {
    return this.machine.instructionCount();
  }

  async dispose(): Promise<void> {
    this.ended = true;
  }

  private async run(until: { addresses: ReadonlySet<bigint>; minimumSp?: bigint } | undefined): Promise<void> {
    this.movements++;
    this.running = true;
    this.pauseRequested = false;
    this.machine.executor.setBreakpoints(new Set([...this.breakpoints, ...(until?.addresses ?? [])]));
    let passBreakpoint = true;
    let reason: StopReason | undefined;
    while (!reason) {
      const stop = this.machine.run(SLICE, passBreakpoint);
      passBreakpoint = false;
      await nextTurn();
      if (this.ended) return;
      reason = stop.kind === "breakpoint" ? this.atBreakpoint(until) : reasonOf(stop);
      if (stop.kind === "breakpoint" && !reason) passBreakpoint = true;
      if (stop.kind === "sleep") this.door.advance(stop.nanoseconds);
      if (!reason && this.pauseRequested) reason = { kind: "pause" };
    }
    this.running = false;
    this.machine.executor.setBreakpoints(new Set(this.breakpoints));
    if (this.options.views) this.options.events.views(this.options.views());
    this.options.events.stopped(reason);
  }

  private atBreakpoint(
    until: { addresses: ReadonlySet<bigint>; minimumSp?: bigint } | undefined,
  ): StopReason | undefined {
    const [pc, sp] = (["pc", "sp"] as const).map((role) =>
      this.machine.readRegister(this.registers.findIndex((register) => register.roles.includes(role))),
    );
    if (until?.addresses.has(pc) && (until.minimumSp === undefined || sp >= until.minimumSp)) return { kind: "step" };
    return this.breakpoints.includes(pc) ? { kind: "breakpoint" } : undefined;
  }
}

function reasonOf(stop: MachineStop): StopReason | undefined {
  switch (stop.kind) {
    case "signal":
      return { kind: "signal", signal: stop.name, text: stop.text };
    case "exited":
      return { kind: "exited", status: stop.status, signal: stop.signal };
    default:
      return undefined;
  }
}
