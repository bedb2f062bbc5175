// The guest and its machine, as a plugin sees them.
import type { RegisterInfo, RegisterReference } from "./registers.ts";
import type { TranslationBlock } from "./translation.ts";
import type { Views } from "./views.ts";

export interface VmInfo {
  /** Name of the guest's instruction set: `riscv64`. */
  readonly target: string;
  /** `e_machine` of its ELF files. */
  readonly elfMachine: number;
  readonly mode: "user" | "system";
  /** Version of this API, and the oldest version whose plugins still work. */
  readonly apiVersion: string;
  readonly minimumApiVersion: string;
  /** vCPUs now, and at most. */
  readonly vcpus: number;
  readonly maxVcpus: number;
  /** The program, as the user named it. */
  readonly programPath: string;
  /** Lowest and highest address of the program's code (`end` is exclusive), and where it starts. */
  readonly code: { readonly start: bigint; readonly end: bigint; readonly entry: bigint };
}

/** A virtual CPU. Valid from its init to its exit event. */
export interface Vcpu {
  /** From 0. */
  readonly index: number;
  /** Instructions begun so far, the current one included. Exact in callbacks. */
  readonly instructionCount: bigint;
  /** The value of a register, unsigned. @throws an unknown name, with those it resembles. */
  register(name: RegisterReference): bigint;
  /** A copy of guest memory, shorter than `length` bytes where pages are not mapped. */
  readMemory(vaddr: bigint, length: number): Uint8Array;
}

/** A 64-bit counter that inline operations change. Reading and setting it costs a few nanoseconds. */
export interface Counter {
  readonly name: string;
  /** Unsigned, the sum over all vCPUs. Setting it sets the first vCPU's and clears the others'. */
  value: bigint;
  /** What one vCPU has counted. */
  of(vcpu: number): bigint;
}

/** Counters by key: one for each block, instruction, page... Keys are compared like those of a `Map`. */
export interface Counters<Key extends bigint | number | string> {
  readonly name: string;
  /** The number of keys. */
  readonly size: number;
  /** The counter of a key, made when it is first asked for. @throws when the room for counters is used up (some 7 million). */
  at(key: Key): Counter;
  /** The value of a key, 0 when there is none. */
  get(key: Key): bigint;
  /** Sum of all. */
  total(): bigint;
  /** Keys and values, in the order in which the keys came. */
  entries(): [key: Key, value: bigint][];
  /** The `limit` largest, largest first; equal ones in the order in which their keys came. */
  top(limit: number): [key: Key, value: bigint][];
}

export interface SyscallEvent {
  readonly vcpu: Vcpu;
  readonly number: number;
  /** Six, unsigned 64-bit, whether the call uses them or not. */
  readonly args: readonly bigint[];
}

export interface SyscallReturnEvent extends SyscallEvent {
  /** Signed; an error is a negative errno. */
  readonly result: bigint;
}

export interface ExitEvent {
  /** Exit status as a shell shows it; undefined when the session ends before the guest does. */
  readonly status: number | undefined;
  /** The signal that killed it: `SIGSEGV`. */
  readonly signal: string | undefined;
}

export interface Subscription {
  /** Ends it at once. Ending it twice is allowed. */
  cancel(): void;
}

export type LogLevel = "info" | "warning" | "error";

/** What `install` gets. Everything here may be used until the plugin is uninstalled; later uses throw. */
export interface Vm {
  readonly info: VmInfo;
  /** The guest's registers, as the debugger lists them. */
  readonly registers: readonly RegisterInfo[];
  /** The vCPUs that exist. */
  readonly vcpus: readonly Vcpu[];
  readonly views: Views;

  /** The register of a name, an alias or a role. @throws an unknown name, with those it resembles. */
  register(name: RegisterReference): RegisterInfo;

  /**
   * Shows every block before its code runs, so that the plugin can subscribe to what happens in it. A subscription
   * made while the guest runs takes effect at once: what is translated already is translated again.
   */
  onTranslate(callback: (tb: TranslationBlock) => void): Subscription;
  /** Before a system call is carried out. */
  onSyscall(callback: (event: SyscallEvent) => void): Subscription;
  /** After it; not called for those that do not return. */
  onSyscallReturn(callback: (event: SyscallReturnEvent) => void): Subscription;
  /** A vCPU begins: in user mode a thread of the guest. The first one is announced when `install` has returned. */
  onVcpuInit(callback: (vcpu: Vcpu) => void): Subscription;
  /** A vCPU ends, that of the main thread included. */
  onVcpuExit(callback: (vcpu: Vcpu) => void): Subscription;
  /** The guest has ended, in whatever way. Called once; what was counted is complete. */
  onExit(callback: (event: ExitEvent) => void): Subscription;

  /** A counter for inline operations, 0 at first. */
  counter(name: string): Counter;
  /** A family of counters by key. */
  counters<Key extends bigint | number | string>(name: string): Counters<Key>;

  /** A line in the session's log. */
  log(text: string, level?: LogLevel): void;

  /**
   * Removes the plugin: no callback of it is called from now on, its views go, and code is translated again without
   * it. `done` is called, and the promise fulfilled, when no vCPU is in instrumented code any more. Not allowed in
   * `install`.
   */
  uninstall(done?: () => void): Promise<void>;
  /**
   * Drops all subscriptions and views but keeps the plugin and its counters; `then` is called when no vCPU is in
   * instrumented code any more, and may subscribe anew. Not allowed in `install`.
   */
  reset(then?: () => void): Promise<void>;
}
