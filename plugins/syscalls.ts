// What does the program ask of the system? A library: every system call with its arguments decoded, as a typed event
// before it and one after it.
//
//     syscalls.on("return", (call) => {
//       if (call.name === "openat" && call.error === undefined) vm.log(`${call.arguments.path} is ${call.result}`);
//     });
//
// Price: nothing while nobody listens and no log is kept; then some microseconds for each system call. The guest's own
// code is left as it is.
import {
  definePlugin,
  event,
  type GuestMemory,
  type SyscallArguments,
  type SyscallEvent,
  type SyscallName,
  type SyscallReturnEvent,
  type Vcpu,
} from "@terrarium/api";
import { callText, type DecodedValue, decodeArguments, errorName, resultText } from "./support/syscall-text.ts";

interface CallBase {
  readonly number: number;
  /** Address of the instruction that calls. */
  readonly pc: bigint;
  /** Instructions that had begun, that one included. */
  readonly instructions: bigint;
  /** As strace writes it: `openat(AT_FDCWD, "notes.txt", 0x8000, 000)`. Made when it is asked for. */
  readonly text: string;
  readonly vcpu: Vcpu;
}

type Named = {
  [Name in SyscallName]: { readonly name: Name; readonly arguments: SyscallArguments<Name> };
}[SyscallName];
type Unknown = { readonly name: undefined; readonly arguments: Record<never, never> };

/** A call that is about to be carried out. `name` says which arguments there are. */
export type SyscallEnter = CallBase & (Named | Unknown);

interface Outcome {
  /** Signed; an error is a negative errno. */
  readonly result: bigint;
  /** The error's name: `ENOENT`. */
  readonly error: string | undefined;
  /** Instructions that had begun when it returned: more than when it began only where others ran meanwhile. */
  readonly returned: bigint;
}

/** A call that has returned, with the arguments that it was given. */
export type SyscallReturn = CallBase & Outcome & (Named | Unknown);

interface Logged {
  readonly pc: bigint;
  readonly start: bigint;
  readonly text: string;
  readonly name: string;
  end?: bigint;
  result?: string;
}

/** Without the tie between its name and its arguments, which only types know. */
class DecodedCall implements CallBase {
  readonly name: SyscallName | undefined;
  readonly number: number;
  readonly arguments: Readonly<Record<string, DecodedValue>>;
  readonly pc: bigint;
  readonly vcpu: Vcpu;
  readonly instructions: bigint;
  readonly #made: () => string;

  constructor(from: SyscallEvent, memory: GuestMemory) {
    this.name = from.name;
    this.number = from.number;
    this.pc = from.pc;
    this.vcpu = from.vcpu;
    this.instructions = from.vcpu.instructionCount;
    this.arguments = decodeArguments(from, memory);
    this.#made = () => callText(from, this.arguments, memory);
  }

  get text(): string {
    return this.#made();
  }
}

class ReturnedCall implements CallBase, Outcome {
  readonly name: SyscallName | undefined;
  readonly number: number;
  readonly arguments: Readonly<Record<string, DecodedValue>>;
  readonly pc: bigint;
  readonly vcpu: Vcpu;
  readonly instructions: bigint;
  readonly returned: bigint;
  readonly error: string | undefined;
  readonly #call: DecodedCall;

  constructor(
    call: DecodedCall,
    readonly result: bigint,
  ) {
    this.name = call.name;
    this.number = call.number;
    this.arguments = call.arguments;
    this.pc = call.pc;
    this.vcpu = call.vcpu;
    this.instructions = call.instructions;
    this.returned = call.vcpu.instructionCount;
    this.error = errorName(result);
    this.#call = call;
  }

  get text(): string {
    return this.#call.text;
  }
}

export default definePlugin({
  name: "syscalls",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Library: system calls with decoded arguments, as typed events; a log of them",
  options: {
    log: {
      type: "integer",
      default: 0,
      minimum: 0,
      maximum: 100_000,
      description: "Show a log of system calls, the last so many; 0: none",
    },
  },
  events: {
    enter: event<SyscallEnter>("A system call is about to be carried out"),
    return: event<SyscallReturn>("A system call has returned"),
  },
  install(vm, { log }) {
    const { memory, events } = vm;
    /** By vCPU: the call that is carried out. */
    const pending = new Map<number, { readonly call: DecodedCall; readonly logged: Logged | undefined }>();
    const lines: Logged[] = [];

    const enter = (from: SyscallEvent) => {
      const call = new DecodedCall(from, memory);
      const { pc, instructions: start } = call;
      const name = call.name ?? `syscall ${call.number}`;
      const logged: Logged | undefined = log > 0 ? { name, pc, start, text: call.text } : undefined;
      if (logged) lines.push(logged);
      if (lines.length > 2 * log) lines.splice(0, lines.length - log);
      pending.set(from.vcpu.index, { call, logged });
      events.enter.emit(call as SyscallEnter);
    };
    const leave = ({ vcpu, result }: SyscallReturnEvent) => {
      const begun = pending.get(vcpu.index);
      pending.delete(vcpu.index);
      // Somebody began to listen meanwhile.
      if (!begun) return;
      const { call, logged } = begun;
      if (logged) Object.assign(logged, { end: vcpu.instructionCount, result: resultText(call.name, result) });
      events.return.emit(new ReturnedCall(call, result) as SyscallReturn);
    };

    let subscriptions: { cancel(): void }[] = [];
    const update = () => {
      const wanted = log > 0 || events.enter.listeners + events.return.listeners > 0;
      if (wanted && subscriptions.length === 0) subscriptions = [vm.onSyscall(enter), vm.onSyscallReturn(leave)];
      if (wanted) return;
      for (const each of subscriptions.splice(0)) each.cancel();
      pending.clear();
    };
    events.enter.onListeners(update);
    events.return.onListeners(update);
    update();

    if (log > 0) {
      const shown = () => lines.slice(-log);
      vm.views.table(
        "Log of decoded system calls",
        () => shown().map(({ pc, start, text, result }) => ({ at: start, pc, call: text, result: result ?? "?" })),
        {
          columns: { at: "integer", pc: "address", call: "text", result: "text" },
        },
      );
      vm.views.timeline("System calls over time", () =>
        shown().map(({ name, start, end, text, pc }) => ({ lane: name, start, end, label: text, address: pc })),
      );
    }

    return {
      /** The arguments of a call by name, for one's own `onSyscall`. */
      decode: (call: SyscallEvent): Readonly<Record<string, DecodedValue>> => decodeArguments(call, memory),
      /** As strace writes it. */
      format: (call: SyscallEvent): string => callText(call, decodeArguments(call, memory), memory),
      /** The name of the error that a result is: `ENOENT`; `undefined` when it is none. */
      error: (result: bigint): string | undefined => errorName(result),
    };
  },
});
