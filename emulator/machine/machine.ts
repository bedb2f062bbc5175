// One process on one vCPU: loads the program, runs it by the executor, and answers its system calls and faults.
import { parseElf } from "../elf/elf.ts";
import { type Guest, type GuestHardware, registerWithRole } from "../guest/guest.ts";
import { Access, Exit, FaultCause } from "../ir/exits.ts";
import type {
  DiscontinuityKind,
  Executor as ExecutorInterface,
  MachineHooks,
  MachineLike,
  MachineOptions,
  MachineStop,
} from "./api.ts";
import { type SteerableDoor, steerable } from "./door/steered-clock.ts";
import { Executor } from "./executor.ts";
import { Control, VCPU_BASE, Vcpu } from "./layout.ts";
import { AddressSpace } from "./linux/address-space.ts";
import { syscallHandlers } from "./linux/calls/index.ts";
import { DescriptorTable } from "./linux/descriptors.ts";
import { FileSystem, normalise } from "./linux/file-system.ts";
import { buildInitialStack } from "./linux/initial-stack.ts";
import { loadProgram } from "./linux/loader.ts";
import { MadeUpFiles } from "./linux/made-up-files.ts";
import { StandardInput, StandardOutput } from "./linux/open-file.ts";
import { carryOut, type LinuxProcess, NO_RETURN, type Wait } from "./linux/process.ts";
import { deliverSignals, type FatalSignal } from "./linux/signal-delivery.ts";
import { Signal, type SignalInfo, SignalState, signalCode, signalName } from "./linux/signals.ts";
import { syscallName } from "./linux/syscall-table.ts";
import { UserMemory } from "./linux/user-memory.ts";
import { UserRegisters } from "./linux/user-registers.ts";
import { GuestMemory } from "./memory.ts";

/** After so many redirections without an instruction carried out, whoever drives the machine gets a word in. */
const MOST_REDIRECTIONS = 1000;
/** How soon a guest that sleeps by a steered clock is asked again, in nanoseconds: that clock keeps no known pace. */
const LOOK_AGAIN = 10_000_000n;

/** A system call; one that waits is tried again before the guest runs on. */
interface SystemCall {
  pc: bigint;
  next: bigint;
  number: number;
  args: readonly bigint[];
}

export class Machine implements MachineLike, LinuxProcess {
  readonly guest: Guest;
  readonly memory = new GuestMemory();
  readonly executor: ExecutorInterface;
  readonly hooks: MachineHooks[] = [];
  readonly loadBias: bigint;
  readonly code: { start: bigint; end: bigint; entry: bigint };
  exited: { status: number; signal?: string } | undefined;

  // What the system calls work on (LinuxProcess).
  readonly door: SteerableDoor;
  readonly user = new UserMemory(this.memory);
  readonly registers: UserRegisters;
  readonly space = new AddressSpace(this.memory);
  readonly files: FileSystem;
  readonly descriptors = new DescriptorTable();
  readonly signals = new SignalState();
  readonly name: string;
  deadline: bigint | undefined;
  suspendedMask: bigint | undefined;

  private readonly stopOnSignals: boolean;
  private readonly control = new Int32Array(this.memory.wasm.buffer, 0, 16);
  private readonly numberRegister: number;
  private readonly resultRegister: number;
  private readonly argumentRegisters: readonly number[];
  private readonly unknownCalls = new Set<string>();
  private waiting: SystemCall | undefined;
  /** A fatal signal that was reported and not yet acted upon. */
  private dying: (FatalSignal & { pc: bigint }) | undefined;

  /** Throws ElfError when the program cannot be run, HostError when the root is not there. */
  constructor(options: MachineOptions) {
    const { guest, programName } = options;
    const door = steerable(options.door);
    this.guest = guest;
    this.door = door;
    this.stopOnSignals = options.stopOnSignals;
    const role = (name: Parameters<typeof registerWithRole>[1]): number => {
      const index = registerWithRole(guest, name);
      if (index === undefined) throw new Error(`guest ${guest.name} has no register for "${name}"`);
      return index;
    };
    this.numberRegister = role("syscall number");
    this.resultRegister = role("return value");
    this.argumentRegisters = Array.from({ length: 6 }, (_, i) => role(`argument ${i}`));
    this.registers = new UserRegisters(guest, {
      read: (index) => this.readRegister(index),
      write: (index, value) => this.writeRegister(index, value),
    });

    const elf = parseElf(options.program, programName);
    const program = loadProgram(elf, guest, this.memory, this.space.programLimit);
    this.loadBias = BigInt(program.bias);
    this.code = { start: BigInt(program.code.start), end: BigInt(program.code.end), entry: program.entry };
    this.space.initialise(program.end);

    const argv = [programName, ...options.args];
    const environment = options.env.map(([name, value]) => `${name}=${value}`);
    const executable = normalise(programName.startsWith("/") ? programName : `${options.cwd}/${programName}`);
    this.name = executable.split("/").at(-1) ?? programName;
    const madeUp = new MadeUpFiles({
      door,
      descriptors: this.descriptors,
      executable,
      program: options.program,
      arguments: argv,
      environment,
      mappings: () => this.memory.mappings(),
      cwd: () => this.files.cwd,
      hardware: guest.hardware,
    });
    this.files = new FileSystem(door.files, options.root, options.writable, options.cwd, madeUp);
    const terminal = options.terminal ?? false;
    this.descriptors.add(new StandardInput(door, terminal));
    this.descriptors.add(new StandardOutput(door, "stdout", terminal));
    this.descriptors.add(new StandardOutput(door, "stderr", terminal));

    this.registers.sp = buildInitialStack(this.user, this.space.stackTop, elf, program, {
      arguments: argv,
      environment,
      executable: programName,
      isa: guest.hardware.isa,
      random: door.random(16),
    });
    this.registers.pc = program.entry;
    const { engine, compileModule, now, limits, profile, tuning } = options;
    this.executor = new Executor(guest, this.memory, { engine, compileModule, now, limits, profile, tuning });
  }

  get hardware(): GuestHardware {
    return this.guest.hardware;
  }

  instructionCount(): bigint {
    return this.memory.view.getBigUint64(VCPU_BASE + Vcpu.icount, true);
  }

  readRegister(index: number): bigint {
    return this.memory.view.getBigUint64(VCPU_BASE + 8 * index, true);
  }

  /** Writes to registers that cannot be written (a constant zero) are dropped, as the guest's own are. */
  writeRegister(index: number, value: bigint): void {
    if (this.guest.registers[index].readOnly) return;
    this.memory.view.setBigUint64(VCPU_BASE + 8 * index, BigInt.asUintN(64, value), true);
  }

  run(budget: number, passBreakpoint = false): MachineStop {
    let pass = passBreakpoint;
    return this.drive(budget, (left) => {
      const exit = this.executor.run(left, pass);
      pass = false;
      return exit;
    });
  }

  step(count = 1): MachineStop {
    return this.drive(count, (left) => this.executor.step(left));
  }

  exit(status: number): void {
    if (!this.exited) this.end({ status });
  }

  steerClock(nanoseconds: (() => bigint) | undefined): void {
    this.door.steerClock(nanoseconds);
  }

  /** Goes on for `budget` instructions by `engine`, answering what it comes back with. */
  private drive(budget: number, engine: (left: number) => Exit): MachineStop {
    const end = this.instructionCount() + BigInt(budget);
    let redirections = 0;
    let stop = this.resume();
    while (!stop) {
      const begun = this.instructionCount();
      if (begun >= end) return { kind: "budget" };
      const exit = engine(Number(end - begun));
      for (const hook of this.hooks) hook.cameBack?.();
      // A guest that does nothing but system calls must hear of a stop request, too.
      const stopped = Atomics.load(this.control, Control.stop / 4) !== 0;
      if (exit === Exit.Budget && (stopped || this.instructionCount() === begun)) return { kind: "budget" };
      stop = this.answer(exit);
      redirections = exit === Exit.Redirect && this.instructionCount() === begun ? redirections + 1 : 0;
      if (stopped || redirections === MOST_REDIRECTIONS) stop ??= { kind: "budget" };
    }
    return stop;
  }

  /** What was left open when the machine last stopped. */
  private resume(): MachineStop | undefined {
    if (this.exited) return { kind: "exited", ...this.exited };
    const { dying, waiting } = this;
    this.dying = undefined;
    // Somebody who moved the pc has dealt with the signal, and called off the call.
    if (dying && this.registers.pc === dying.pc) return this.kill(dying);
    if (waiting && this.registers.pc === waiting.pc) return this.attempt(waiting);
    this.goOn();
    return undefined;
  }

  private answer(exit: Exit): MachineStop | undefined {
    const pc = this.registers.pc;
    switch (exit) {
      case Exit.Budget:
        return undefined;
      case Exit.Breakpoint:
        return { kind: "breakpoint" };
      case Exit.Syscall:
        return this.systemCall(pc);
      case Exit.FenceI:
        // Writes over translated code are seen as they happen: nothing to do.
        this.registers.pc = this.nextAddress();
        return undefined;
      case Exit.Fault:
        return this.fault(this.memoryFault());
      case Exit.Ebreak:
        return this.fault({ signal: Signal.TRAP, code: signalCode.breakpoint, address: pc, text: "ebreak" });
      case Exit.Illegal:
        return this.fault({
          signal: Signal.ILL,
          code: signalCode.illegalOpcode,
          address: pc,
          text: `illegal instruction ${this.instructionText(pc)}`,
        });
      case Exit.Misaligned:
        return this.fault({
          signal: Signal.BUS,
          code: signalCode.misaligned,
          address: pc,
          text: "misaligned atomic access",
        });
      case Exit.Redirect:
        this.redirect();
        return undefined;
      case Exit.Untranslated:
        throw new Error(`the executor gave up at 0x${pc.toString(16)} without a reason`);
    }
  }

  /** An instrument has the guest go on elsewhere: the instruction at hand has not begun. */
  private redirect(): void {
    const { view } = this.memory;
    view.setBigUint64(VCPU_BASE + Vcpu.redirected, 0n, true);
    view.setBigUint64(VCPU_BASE + Vcpu.icount, this.instructionCount() - 1n, true);
    this.registers.pc = view.getBigUint64(VCPU_BASE + Vcpu.redirect, true);
  }

  private nextAddress(): bigint {
    return this.memory.view.getBigUint64(VCPU_BASE + Vcpu.next, true);
  }

  private instructionText(pc: bigint): string {
    const bytes = this.memory.read(pc, 4);
    const length = bytes.length >= 4 && (bytes[0] & 3) === 3 ? 4 : 2;
    const digits = [...bytes.subarray(0, length)].reverse().map((byte) => byte.toString(16).padStart(2, "0"));
    return `0x${digits.join("")}`;
  }

  private memoryFault(): SignalInfo {
    const { view } = this.memory;
    const access: Access = view.getInt32(VCPU_BASE + Vcpu.faultAccess, true);
    const cause: FaultCause = view.getInt32(VCPU_BASE + Vcpu.faultCause, true);
    const address = view.getBigUint64(VCPU_BASE + Vcpu.faultAddress, true);
    const what = { [Access.Load]: "load from", [Access.Store]: "store to", [Access.Fetch]: "jump to" }[access];
    const right = { [Access.Load]: "readable", [Access.Store]: "writable", [Access.Fetch]: "executable" }[access];
    const why = cause === FaultCause.Unmapped ? "mapped" : right;
    return {
      signal: Signal.SEGV,
      code: cause === FaultCause.Unmapped ? signalCode.unmapped : signalCode.protected,
      address,
      text: `${what} 0x${address.toString(16)}, which is not ${why}${this.space.isBelowStack(address) ? " (the stack has run out)" : ""}`,
    };
  }

  private fault(info: SignalInfo): MachineStop | undefined {
    this.signals.force(info);
    return this.deliver();
  }

  private systemCall(pc: bigint): MachineStop | undefined {
    const call: SystemCall = {
      pc,
      next: this.nextAddress(),
      number: Number(BigInt.asUintN(32, this.readRegister(this.numberRegister))),
      args: this.argumentRegisters.map((index) => this.readRegister(index)),
    };
    for (const hook of this.hooks) hook.syscall?.(call.number, call.args, pc);
    const decided = this.filter(call);
    return decided === undefined ? this.attempt(call) : this.complete(call, decided);
  }

  /** The result that a hook gives instead of the call. */
  private filter({ number, args, pc }: SystemCall): bigint | undefined {
    for (const hook of this.hooks) {
      const result = hook.filterSyscall?.(number, args, pc);
      if (result !== undefined) return result;
    }
    return undefined;
  }

  private attempt(call: SystemCall): MachineStop | undefined {
    const result = carryOut(this, syscallHandlers, call.number, call.args, (name) => this.reportUnknown(name));
    if (typeof result === "object" && "wait" in result) return this.wait(call, result);
    this.goOn();
    if (typeof result !== "object") return this.complete(call, result);
    this.discontinuity("hostcall", call.pc, undefined, syscallName(call.number));
    return this.end({ status: result.exit });
  }

  private complete({ number, args, pc, next }: SystemCall, result: number | bigint | typeof NO_RETURN) {
    if (result !== NO_RETURN) {
      this.registers.pc = next;
      this.writeRegister(this.resultRegister, BigInt(result));
      for (const hook of this.hooks) hook.syscallReturn?.(number, args, BigInt.asIntN(64, BigInt(result)), pc);
    }
    this.discontinuity("hostcall", pc, this.registers.pc, syscallName(number));
    return this.deliver();
  }

  /** A call that has waited already is no news. */
  private wait(call: SystemCall, wait: Wait): MachineStop {
    if (!this.waiting) {
      this.waiting = call;
      const { deadline } = this;
      const left = wait.wait === "sleep" && deadline !== undefined ? wait.nanoseconds : undefined;
      for (const hook of this.hooks) hook.idle?.(left);
    }
    if (wait.wait === "input") return { kind: "input" };
    const soon = this.door.clockIsSteered && wait.nanoseconds > LOOK_AGAIN;
    return { kind: "sleep", nanoseconds: Number(soon ? LOOK_AGAIN : wait.nanoseconds) };
  }

  /** No call waits any more. */
  private goOn(): void {
    this.deadline = undefined;
    if (!this.waiting) return;
    this.waiting = undefined;
    for (const hook of this.hooks) hook.resume?.();
  }

  private discontinuity(kind: DiscontinuityKind, from: bigint, to: bigint | undefined, cause: string): void {
    for (const hook of this.hooks) hook.discontinuity?.(kind, from, to, cause);
  }

  /** A signal takes effect; those of faults have an address. */
  private struck({ signal, address }: SignalInfo, from: bigint, handler: bigint | undefined): void {
    this.discontinuity(address === undefined ? "interrupt" : "exception", from, handler, signalName(signal));
  }

  private reportUnknown(name: string): void {
    if (this.unknownCalls.has(name)) return;
    this.unknownCalls.add(name);
    this.door.log("warning", `system call ${name} is not supported (ENOSYS); further uses are not reported`);
  }

  private deliver(): MachineStop | undefined {
    if (!this.signals.hasDeliverable()) return undefined;
    const fatal = deliverSignals(this, (info, from, handler) => this.struck(info, from, handler));
    if (!fatal) return undefined;
    if (!this.stopOnSignals) return this.kill(fatal);
    const pc = this.registers.pc;
    this.dying = { ...fatal, pc };
    const { signal, text } = fatal.info;
    const name = signalName(signal);
    return { kind: "signal", signal, name, text: `${name} at 0x${pc.toString(16)}: ${text}` };
  }

  private kill({ info, from }: FatalSignal): MachineStop {
    this.struck(info, from, undefined);
    return this.end({ status: 128 + info.signal, signal: signalName(info.signal) });
  }

  private end(exited: { status: number; signal?: string }): MachineStop {
    this.descriptors.closeAll();
    this.exited = exited;
    for (const hook of this.hooks) hook.exit?.(exited.status);
    return { kind: "exited", ...exited };
  }
}
