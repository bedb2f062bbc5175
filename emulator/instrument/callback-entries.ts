// What generated code calls for the callbacks of a plugin: it says whose code runs (so that a hang has a name), catches
// what it throws, and makes no value that was not asked for.
//
// A call between two realms is never inlined and costs as much again as the way into JavaScript, so a plugin with a
// realm of its own gets entries that live in it: `makeEntries` is handed over as text. It may therefore use nothing but
// its parameter and the language. Each entry is one function, made once, that is given the callback: V8 takes all that
// surrounds such a function for constant.
import type { HardwareAddress, MemoryAccess, Vcpu } from "../../plugins/api/index.ts";
import type { RegisterIndex } from "../ir/types.ts";
import type { AccessShape } from "./block-plan.ts";

export interface EntryContext {
  readonly pluginName: string;
  readonly vcpu: Vcpu;
  /** The word of the shared memory that says whose code runs, and what it says for this plugin. */
  readonly control: Int32Array;
  readonly markAt: number;
  readonly mark: number;
  readonly registers: BigUint64Array;
  /** Address and value of an access. */
  readonly args: BigUint64Array;
  /** What the callbacks have cost. */
  readonly tally: CallbackTally;
  /** Milliseconds from some moment. */
  now(): number;
  failed(error: unknown, where: string): void;
}

export interface CallbackTally {
  calls: number;
  /** Estimated from one call in 4096. */
  milliseconds: number;
}

/** Called with what the API says; what it gives is looked at by `written`. */
export type AnyCallback = (...values: unknown[]) => unknown;

export interface Entries {
  execute(callback: AnyCallback): void;
  /** With the values of registers, and with what is told of the callback's result. */
  executeWith(callback: AnyCallback, reads: readonly RegisterIndex[], written?: (result: unknown) => void): void;
  memory(callback: AnyCallback, shape: AccessShape): void;
  memoryWith(callback: AnyCallback, shape: AccessShape, reads: readonly RegisterIndex[]): void;
  /** From now on nothing is called any more, not even by code that is still running. */
  close(): void;
}

/** Gives the value of an expression in the plugin's realm: `makeEntries`, from its text. */
export type EvaluateInRealm = (expression: string) => unknown;

/** `method` is what the callback was given to: `onExecute`. */
export function makeEntries(context: EntryContext, method: string): Entries {
  const { pluginName, vcpu, control, markAt, mark, registers, args, tally } = context;
  const none: readonly bigint[] = Object.freeze([]);
  const where = `${method} callback`;
  // In objects, whose fields V8 knows the kind of, and that one of them never changes until it does.
  const plugin = { isGone: false };
  // Goes on when a memory callback ends: a handle is alive while it stands where it was made. Small for every V8.
  const clock = { moment: 0 };

  class AccessHandle implements MemoryAccess {
    readonly #moment: number;
    readonly #shape: AccessShape;

    constructor(now: number, shape: AccessShape) {
      this.#moment = now;
      this.#shape = shape;
    }

    get vaddr(): bigint {
      this.#check();
      return args[0];
    }

    get size(): number {
      this.#check();
      return this.#shape.size;
    }

    get sizeShift(): number {
      this.#check();
      return 31 - Math.clz32(this.#shape.size);
    }

    get isStore(): boolean {
      this.#check();
      return this.#shape.isStore;
    }

    get isSigned(): boolean {
      this.#check();
      return this.#shape.isSigned;
    }

    get isBigEndian(): boolean {
      this.#check();
      return false;
    }

    get hardware(): HardwareAddress {
      this.#check();
      return { ok: false, reason: "not in user mode", address: args[0] };
    }

    get value(): bigint {
      this.#check();
      return BigInt.asUintN(8 * this.#shape.size, args[1]);
    }

    get signedValue(): bigint {
      this.#check();
      return BigInt.asIntN(8 * this.#shape.size, args[1]);
    }

    #check(): void {
      if (this.#moment !== clock.moment)
        throw new Error(
          `the memory access of plugin "${pluginName}" was used after its callback had returned: copy what is needed later (const address = access.vaddr)`,
        );
    }
  }

  // One call in 4096 is timed, which tells what all of them cost.
  const begin = () => ((tally.calls = tally.calls + 1) & 4095) === 0 && context.now();
  const end = (started: number) => {
    tally.milliseconds += (context.now() - started) * 4096;
  };

  return {
    execute(callback) {
      if (plugin.isGone) return;
      control[markAt] = mark;
      const started = begin();
      try {
        callback(vcpu, none);
      } catch (error) {
        context.failed(error, where);
      }
      if (started !== false) end(started);
      control[markAt] = 0;
    },

    executeWith(callback, reads, written) {
      if (plugin.isGone) return;
      control[markAt] = mark;
      const started = begin();
      try {
        const result = callback(
          vcpu,
          reads.map((index) => registers[index]),
        );
        if (written) written(result);
      } catch (error) {
        context.failed(error, where);
      }
      if (started !== false) end(started);
      control[markAt] = 0;
    },

    memory(callback, shape) {
      if (plugin.isGone) return;
      control[markAt] = mark;
      const started = begin();
      try {
        callback(new AccessHandle(clock.moment, shape), vcpu, none);
      } catch (error) {
        context.failed(error, where);
      }
      if (started !== false) end(started);
      clock.moment = (clock.moment + 1) & 0x3fffffff;
      control[markAt] = 0;
    },

    memoryWith(callback, shape, reads) {
      if (plugin.isGone) return;
      control[markAt] = mark;
      const started = begin();
      try {
        callback(
          new AccessHandle(clock.moment, shape),
          vcpu,
          reads.map((index) => registers[index]),
        );
      } catch (error) {
        context.failed(error, where);
      }
      if (started !== false) end(started);
      clock.moment = (clock.moment + 1) & 0x3fffffff;
      control[markAt] = 0;
    },

    close() {
      plugin.isGone = true;
    },
  };
}

/** So many functions of a plugin get entries of their own. */
const MAX_OWN = 32;

/**
 * Entries by the text of the callback and the method that it was given to. What is called from one place is inlined there
 * only while it is always the same function, or closures of the same one: so functions do not share the place.
 */
export class EntryPool {
  private readonly byText = new Map<string, Entries>();
  private readonly make: (number: number, method: string) => Entries;
  private last: { callback: AnyCallback; method: string; entries: Entries } | undefined;
  private closed = false;

  constructor(context: EntryContext, evaluate: EvaluateInRealm | undefined) {
    // Tools that keep the names of functions in transpiled code call `__name`.
    // What is in the realm's global object takes long to find there, so it is put into a scope of its own.
    const expression = `((__name, BigInt, Math, Error) => ${makeEntries})((f) => f, BigInt, Math, Error)`;
    this.make = (number, method) => {
      // The same text again would give the same functions, with what has been learnt about their calls.
      const maker = evaluate ? (evaluate(`/* ${number} */${expression}`) as typeof makeEntries) : makeEntries;
      return maker(context, method);
    };
  }

  for(callback: AnyCallback, method: string): Entries {
    if (this.last?.callback === callback && this.last.method === method) return this.last.entries;
    const text = `${method} ${Function.prototype.toString.call(callback)}`;
    let entries = this.byText.get(text);
    if (!entries) {
      const { size } = this.byText;
      entries = size < MAX_OWN ? this.make(size, method) : ([...this.byText.values()].at(-1) as Entries);
      if (size < MAX_OWN) this.byText.set(text, entries);
      if (this.closed) entries.close();
    }
    this.last = { callback, method, entries };
    return entries;
  }

  /** The plugin is removed: no callback of it is called any more. */
  close(): void {
    this.closed = true;
    for (const entries of this.byText.values()) entries.close();
  }
}
