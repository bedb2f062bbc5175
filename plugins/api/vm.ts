// The guest and its machine, as a plugin sees them.

import type {
  BufferOptions,
  CellArray,
  Counter,
  Counters,
  Edges,
  Fields,
  Histogram,
  HistogramOptions,
  Scoreboard,
  TraceBuffer,
  Values,
} from "./inline.ts";
import type { EventDeclarations, EventSources } from "./linking.ts";
import type { GuestMemory } from "./memory.ts";
import type { RegisterInfo, RegisterReference } from "./registers.ts";
import type { SyscallName } from "./syscalls.ts";
import type { SourceLocation, TranslationBlock } from "./translation.ts";
import type { Views } from "./views.ts";

/**
 * What is known of the guest before it runs.
 *
 *     const { target, programPath, code } = vm.info;
 *     vm.log(`${programPath} for ${target}: ${code.end - code.start} bytes of code`);
 */
export interface VmInfo {
  /** Name of the guest's instruction set: `riscv64`. */
  readonly target: string;
  /** `e_machine` of its ELF files: 243 for RISC-V. */
  readonly elfMachine: number;
  /** One program under Linux (`user`), or a machine (`system`). */
  readonly mode: "user" | "system";
  /** Version of this API: `1.0.0`. */
  readonly apiVersion: string;
  /** The oldest version of this API whose plugins still work. */
  readonly minimumApiVersion: string;
  /** vCPUs when the plugin was installed. */
  readonly vcpus: number;
  /** vCPUs at most. */
  readonly maxVcpus: number;
  /** The program, as the user named it. */
  readonly programPath: string;
  /** Its arguments, without its name. */
  readonly programArguments: readonly string[];
  /** Lowest and highest address of the program's code (`end` is exclusive), and where it starts. */
  readonly code: { readonly start: bigint; readonly end: bigint; readonly entry: bigint };
  /** What was added to the addresses in the program's file when it was loaded; 0 for a program that is not PIE. */
  readonly loadBias: bigint;
  /** Bytes of a page of guest memory. */
  readonly pageSize: number;
}

/**
 * A virtual CPU. Valid from its init to its exit event.
 *
 *     vm.onSyscall(({ vcpu }) => vm.log(`${vcpu.instructionCount} instructions, sp ${vcpu.register("sp")}`));
 */
export interface Vcpu {
  /** From 0. */
  readonly index: number;
  /** Instructions begun so far, the current one included. Exact in callbacks. */
  readonly instructionCount: bigint;
  /**
   * The value of a register, unsigned. Exact in every callback. Cost: some tens of nanoseconds; a register that the
   * subscription names comes cheaper. A float register gives its bits.
   * @throws an unknown name, with those it resembles; and while records are delivered.
   */
  register(name: RegisterReference): bigint;
  /**
   * Changes a register, from a callback of the machine's: a system call, a discontinuity, a vCPU. Callbacks of guest code
   * (`onExecute`, `onMemory`...) return new values instead. @throws an unknown name, one that cannot be written, and
   * where it is not allowed.
   */
  setRegister(name: RegisterReference, value: bigint): void;
}

/** An argument of a system call, as the kernel reads it. */
export interface SyscallArgument {
  /** As Linux' manual names it: `fd`, `buf`. */
  readonly name: string;
  /** What its 64 bits are: `path` is the address of a text, `dirfd` a folder or -100 (the current one). */
  readonly type: "fd" | "dirfd" | "int" | "uint" | "size" | "offset" | "pointer" | "path" | "flags" | "mode" | "signal";
}

/**
 * A system call that is about to be carried out.
 *
 *     vm.onSyscall(({ name, number, signature, args }) => {
 *       const texts = signature.map((argument, i) => `${argument.name}=${args[i]}`);
 *       vm.log(`${name ?? number}(${texts.join(", ")})`);
 *     });
 */
export interface SyscallEvent {
  /** The one that calls. */
  readonly vcpu: Vcpu;
  /** As the guest's Linux counts them. */
  readonly number: number;
  /** `write`; `undefined` for a number that is none. */
  readonly name: SyscallName | undefined;
  /** What its arguments are, as far as that is known: the first of `args`. */
  readonly signature: readonly SyscallArgument[];
  /** Eight, unsigned 64-bit, whether the call uses them or not (Linux uses at most six). */
  readonly args: readonly bigint[];
  /** Address of the instruction that calls. */
  readonly pc: bigint;
}

/**
 * A system call that has returned.
 *
 *     vm.onSyscallReturn(({ name, result }) => {
 *       if (result < 0n) vm.log(`${name} failed: errno ${-result}`);
 *     });
 */
export interface SyscallReturnEvent extends SyscallEvent {
  /** Signed; an error is a negative errno. */
  readonly result: bigint;
}

/**
 * Control goes where no instruction sent it. In user mode: `exception` is a fault that the guest's own instruction
 * caused (a bad access, an illegal instruction, a breakpoint instruction), which becomes a signal; `interrupt` is a
 * signal from elsewhere; `hostcall` is a system call. One that happens while another is carried out is an event of its
 * own.
 *
 *     vm.onDiscontinuity(({ kind, cause, from }) => vm.log(`${kind} ${cause} at 0x${from.toString(16)}`));
 */
export interface Discontinuity {
  /** See above. */
  readonly kind: "interrupt" | "exception" | "hostcall";
  /**
   * Interrupt: the instruction that would have run next. Exception and host call: the instruction that caused it; where
   * that was a jump to code that cannot be fetched, the target of the jump.
   */
  readonly from: bigint;
  /** Where control goes on; `undefined` when it does not: the process ends. */
  readonly to: bigint | undefined;
  /** The signal (`SIGSEGV`), or the system call (`write`). */
  readonly cause: string;
  /** The one that it happens to. */
  readonly vcpu: Vcpu;
}

/** How the guest ended. */
export interface ExitEvent {
  /** Exit status as a shell shows it, 0 to 255 (128 + signal when it was killed); undefined when the session ends before the guest does. */
  readonly status: number | undefined;
  /** The signal that killed it: `SIGSEGV`; `undefined` when none did. */
  readonly signal: string | undefined;
}

/**
 * What `vm.on...` gives. It ends with the plugin at the latest.
 *
 *     const subscription = vm.onSyscall(({ name }) => {
 *       if (name === "execve") subscription.cancel();
 *     });
 */
export interface Subscription {
  /** Ends it at once. Ending it twice is allowed. */
  cancel(): void;
}

/** How a line of the log is shown. */
export type LogLevel = "info" | "warning" | "error";

/**
 * The guest's clock in the hands of one plugin: given back when the plugin goes.
 *
 *     const clock = vm.takeClock();
 *     vm.onVcpuIdle((_vcpu, nanoseconds = 0n) => clock.advanceTo(clock.nanoseconds + nanoseconds));
 */
export interface ClockControl {
  /** Guest time is what this gives, in nanoseconds since the start, whenever the guest looks; it never goes back. */
  readonly nanoseconds: bigint;
  /** Sets it. @throws RangeError for an earlier time than now, Error when the clock has been given back. */
  advanceTo(nanoseconds: bigint): void;
  /** Gives the clock back. Doing so twice is allowed. */
  release(): void;
}

/**
 * A second run of the same program with the same input, that stands where the plugin has it stand. Cost: that of running
 * the program again.
 *
 *     const second = vm.companion({ engine: "interpreter" });
 *     vm.onExit(() => {
 *       second.runTo(1_000n);
 *       vm.log(`after ${second.instructionCount} instructions a0 was ${second.register("a0")}`);
 *     });
 */
export interface CompanionRun {
  /** Instructions that it has begun. */
  readonly instructionCount: bigint;
  /** The program has ended in this run. */
  readonly ended: boolean;
  /**
   * Runs until `instructions` have begun in all, or to the end. It answers its system calls by what the first run was
   * answered, so it cannot go further than that one; what it writes is not shown.
   */
  runTo(instructions: bigint): void;
  /** The value of a register there. @throws an unknown name, with those it resembles. */
  register(name: RegisterReference): bigint;
  /** Bytes of memory there, as `GuestMemory.read` gives them. */
  read(vaddr: bigint, length: number): ReturnType<GuestMemory["read"]>;
}

/**
 * What `install` gets. Everything here may be used until the plugin is uninstalled; later uses throw an error that
 * names the plugin.
 */
export interface Vm<Events extends EventDeclarations = EventDeclarations> {
  /** What is known of the guest before it runs. */
  readonly info: VmInfo;
  /** The guest's registers, in the order in which the debugger lists them. */
  readonly registers: readonly RegisterInfo[];
  /** The vCPUs that exist. */
  readonly vcpus: readonly Vcpu[];
  /** The guest's memory. */
  readonly memory: GuestMemory;
  /** What the plugin shows. */
  readonly views: Views;
  /** Values for inline operations and conditions. */
  readonly values: Values;
  /** The events that the definition declares, to announce them. */
  readonly events: EventSources<Events>;

  /** The register of a name, an alias or a role. @throws an unknown name, with those it resembles. */
  register(name: RegisterReference): RegisterInfo;
  /** Where an address comes from, by symbols and debug information; `{}` when nothing is known. Cost: some microseconds. */
  locate(vaddr: bigint): SourceLocation;
  /** The address of a function or an object of the program; `undefined` when it has none of this name. */
  addressOf(symbol: string): bigint | undefined;

  /**
   * Shows every block before its code runs, so that the plugin can subscribe to what happens in it. A subscription
   * made while the guest runs takes effect at once: what is translated already is translated again. Cost: some
   * microseconds for each block, when it is translated; nothing when it runs.
   *
   *     vm.onTranslate((tb) => vm.log(`${tb.instructions.length} instructions at 0x${tb.vaddr.toString(16)}`));
   */
  onTranslate(callback: (tb: TranslationBlock) => void): Subscription;
  /** All translations have been thrown away: everything is announced again before it runs. */
  onFlush(callback: () => void): Subscription;
  /** Before a system call is carried out. Cost: some microseconds for each. */
  onSyscall(callback: (event: SyscallEvent) => void): Subscription;
  /** After it; not called for those that do not return. */
  onSyscallReturn(callback: (event: SyscallReturnEvent) => void): Subscription;
  /**
   * Asked before a system call is carried out: a result that is not `undefined` is what the guest gets (a negative
   * errno for an error), and the call is not carried out. The first plugin that gives one decides.
   *
   *     vm.filterSyscalls(({ name }) => (name === "unlinkat" ? -13n : undefined)); // EACCES: nothing is removed
   */
  filterSyscalls(filter: (event: SyscallEvent) => bigint | undefined): Subscription;
  /** Control goes where no instruction sent it: a fault, a signal, a system call. */
  onDiscontinuity(callback: (event: Discontinuity) => void): Subscription;
  /** A vCPU begins: in user mode a thread of the guest. The first one is announced when `install` has returned. */
  onVcpuInit(callback: (vcpu: Vcpu) => void): Subscription;
  /** A vCPU ends, that of the main thread included. */
  onVcpuExit(callback: (vcpu: Vcpu) => void): Subscription;
  /**
   * A vCPU begins to wait: for `nanoseconds` of guest time, or (`undefined`) for input. Who has the guest's clock says
   * when that time has passed.
   */
  onVcpuIdle(callback: (vcpu: Vcpu, nanoseconds: bigint | undefined) => void): Subscription;
  /** A vCPU that waited goes on. */
  onVcpuResume(callback: (vcpu: Vcpu) => void): Subscription;
  /**
   * The guest has ended, in whatever way, or the session has: exit, a signal, a stopped or lost session. Called once;
   * what was counted and recorded is complete.
   */
  onExit(callback: (event: ExitEvent) => void): Subscription;

  /** A counter, 0 at first. The same name gives the same counter. */
  counter(name: string): Counter;
  /** A family of counters by key. */
  counters<Key extends bigint | number | string>(name: string): Counters<Key>;
  /** Counters that belong together: `vm.scoreboard("cache", ["hits", "misses"])`. */
  scoreboard<const Field extends string>(name: string, fields: readonly Field[]): Scoreboard<Field>;
  /** Cells addressed at run time, 0 at first. @throws RangeError unless `length` is a power of two up to 1,048,576. */
  array(name: string, length: number): CellArray;
  /** Counts of values by range. @throws RangeError for buckets that cannot be. */
  histogram(name: string, options: HistogramOptions): Histogram;
  /** Counts of edges between blocks; `BlockInline.edge` counts. */
  edges(name: string): Edges;
  /**
   * A buffer for records.
   *
   *     let bytes = 0;
   *     const stores = vm.buffer("stores", {
   *       fields: { address: "u64", size: "u8" },
   *       deliver: ({ columns }) => columns.size.forEach((size) => (bytes += size)),
   *     });
   *
   * @throws TypeError for fields, a capacity or receivers that cannot be; RangeError when there is no room for it.
   */
  buffer<const Of extends Fields>(name: string, options: BufferOptions<Of>): TraceBuffer<Of>;

  /** A line in the session's log, with the plugin's name. Default level: `"info"`. */
  log(text: string, level?: LogLevel): void;
  /**
   * A file in the folder that the launch configuration grants for output (`"output": "traces"`, `--output traces`).
   * `name` is a plain file name. What is written is in the file when the session has ended, however it ends.
   * @throws Error when no folder is granted, the name has a slash, or a plugin writes the file already.
   */
  file(name: string): OutputFile;

  /**
   * Stops the guest before its next instruction, as a breakpoint does; `reason` is shown. A run without a debugger
   * ends there. Of several reasons at once the first is shown. From a callback before an instruction that is to be stopped at, return the instruction's own address
   * as `pc` (see `setPc`) as well.
   */
  stop(reason: string): void;
  /** Ends the guest before its next instruction, with an exit status. @throws RangeError unless that is 0 to 255. */
  exit(status: number): void;
  /** Takes the guest's clock. @throws when another plugin has it, which it names. */
  takeClock(): ClockControl;
  /**
   * A second run of the program, on another engine if that is named (default: `"auto"`).
   * @throws Error when the definition does not say `companion: true`.
   */
  companion(options?: { engine?: "interpreter" | "jit" | "auto" }): CompanionRun;

  /**
   * Removes the plugin: no callback of it is called from now on, its views go, and code is translated again without
   * it. `done` is called, and the promise fulfilled, when no vCPU is in instrumented code any more. Not allowed in
   * `install`. A plugin that others use is not removed: the error names them.
   */
  uninstall(done?: () => void): Promise<void>;
  /**
   * Drops all subscriptions and views but keeps the plugin and its counters; `then` is called when no vCPU is in
   * instrumented code any more, and may subscribe anew. Not allowed in `install`.
   *
   *     vm.onSyscall(({ name }) => {
   *       if (name === "exit_group") void vm.reset(() => vm.log("nothing is counted from here on"));
   *     });
   */
  reset(then?: () => void): Promise<void>;
}

/**
 * A file that a plugin writes; what was in it before is gone.
 *
 *     const file = vm.file("syscalls.txt");
 *     vm.onSyscall(({ name }) => file.write(`${name}\n`));
 */
export interface OutputFile {
  /**
   * Adds to the end: text as UTF-8, or bytes, which are copied. Cost: the copying; the file is written at times.
   * @throws Error when the session has ended.
   */
  write(data: string | Uint8Array): void;
  /** Bytes given so far. */
  readonly size: number;
}
