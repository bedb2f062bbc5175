// A library: which functions are active, and how did the program come here?
//
// A stack of calls beside the guest's own, kept by its call and return instructions and the stack pointer: neither frame
// pointers nor symbols are needed. It holds through recursion, signals, and jumps out of functions (longjmp, C++
// exceptions). A tail call by a direct jump shows as the function that goes on, where the jump leads to a known
// function; one through a register is not seen, and its caller stands for it. Coroutines that switch stacks appear to be
// called by whoever resumed them.
//
// Price: nothing while nobody listens or asks. Then a record of seven numbers at each call and return, taken in batches:
// some 10 ns. While somebody listens to `call` or `return`, a callback at each, and some 500 ns.
import { definePlugin, event, type TranslationBlock } from "@terrarium/api";
import { fromAddress, fromHalves, ShadowStack, toAddress } from "./support/shadow-stack.ts";

/**
 * A call, before the first instruction of the function that is called. A signal is two: the kernel's code calls the
 * handler, as if what was interrupted had called that. Of calls and returns at one moment the events come when all have
 * taken place.
 */
export interface Call {
  /** Address of the function. */
  readonly function: bigint;
  /** Address of the function that calls. */
  readonly caller: bigint;
  /** The instruction that calls; where a signal struck, the one that was interrupted. */
  readonly site: bigint;
  /** Calls that have not returned, this one included. */
  readonly depth: number;
  /** Instructions that have begun, the call included. */
  readonly instructions: bigint;
}

/** The end of a call, before the caller goes on. */
export interface Return {
  readonly function: bigint;
  readonly caller: bigint;
  readonly site: bigint;
  /** Calls that have not returned, without this one. */
  readonly depth: number;
  readonly instructions: bigint;
  /** Instructions that had begun when it was called. */
  readonly calledAt: bigint;
  /** It was left by a jump out of it. */
  readonly unwound: boolean;
}

/** How the stack changed, step by step. Valid during the event. */
export interface Changes {
  readonly length: number;
  /** After each step: calls that have not returned, and the function on top, as an index of `functions`. */
  readonly depth: Uint32Array;
  readonly top: Uint32Array;
  /** Instructions that had begun then. */
  readonly instructions: Float64Array;
  /** Every function that is known, with or without a call: it grows. */
  readonly functions: readonly bigint[];
}

export interface Frame {
  readonly function: bigint;
  /** Where it was called; of the outermost frame, its beginning. */
  readonly site: bigint;
  /** `start`: the program began with it; `signal`: what the kernel put between a handler and what it interrupted. */
  readonly kind: "start" | "call" | "signal";
}

interface Site {
  readonly bits: number;
  readonly number: number;
}

export default definePlugin({
  name: "callstack",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Library: the stack of calls, without frame pointers or symbols",
  options: {
    show: { type: "boolean", default: false, description: "Show the stack and the functions called" },
  },
  events: {
    call: event<Call>("A function is called"),
    return: event<Return>("A function has returned, or was left"),
    changes: event<Changes>("Calls and returns, thousands at once and later: the cheap way"),
  },
  install(vm, { show }) {
    const { events } = vm;
    const changes = new ChangeList();
    const functions = new FunctionTable();
    const recent: (() => void)[] = [];
    /** Somebody listens to single calls; to changes. */
    let live = false;
    let batching = false;
    let delivering = false;

    functions.called(functions.numberOf(fromAddress(vm.info.code.entry)));
    const stack: ShadowStack = new ShadowStack({
      called: (frame, at) => {
        const fn = stack.functionOf(frame);
        functions.called(fn);
        if (batching) changes.add(frame, fn, at);
        if (live) {
          const called = { ...describe(frame), depth: frame, instructions: BigInt(at) };
          recent.push(() => events.call.emit(called));
        }
      },
      left: (frame, at, unwound) => {
        if (batching) changes.add(frame - 1, stack.functionOf(frame - 1), at);
        if (live) {
          const moments = { instructions: BigInt(at), calledAt: BigInt(stack.calledAt(frame)) };
          const left = { ...describe(frame), depth: frame - 1, ...moments, unwound };
          recent.push(() => events.return.emit(left));
        }
      },
      replaced: (frame, at) => {
        const fn = stack.functionOf(frame);
        functions.called(fn);
        if (batching) changes.add(frame, fn, at);
      },
    });
    const describe = (frame: number) => ({
      function: functions.addresses[stack.functionOf(frame)],
      caller: functions.addresses[stack.functionOf(frame - 1)],
      site: toAddress(stack.siteOf(frame)),
    });

    const buffer = once(() =>
      vm.buffer("calls and returns", {
        fields: { site: "u32", to: "u32", toHigh: "u32", sp: "u32", spHigh: "u32", at: "u32", atHigh: "u32" },
        capacity: 8192,
        deliver: ({ length, columns }) => {
          const { site, to, toHigh, sp, spHigh, at, atHigh } = columns;
          delivering = true;
          for (let i = 0; i < length; i++) {
            const { kind, pc, end, target } = sites[site[i]];
            const moment = fromHalves(atHigh[i], at[i]);
            const pointer = fromHalves(spHigh[i], sp[i]);
            if (kind === "return") stack.return(fromHalves(toHigh[i], to[i]), pointer, moment);
            else {
              const fn = target ?? functions.numberOf(fromHalves(toHigh[i], to[i]));
              if (kind === "call") stack.call(fn, pc, end, pointer, moment);
              else stack.replace(fn, moment);
            }
          }
          announce();
          delivering = false;
        },
      }),
    );
    /** Tells of what has changed; the cheap event first, because it comes out of every delivery. */
    const announce = () => {
      changes.take((taken) => events.changes.emit(taken), functions.addresses);
    };
    const announceCalls = () => {
      for (const emit of recent.splice(0)) emit();
    };

    /** Where calls and returns are; `target`: the function, where the instruction says which. */
    const sites: { kind: "call" | "return" | "jump"; pc: number; end: number; target: number | undefined }[] = [];
    const siteNumbers = new Map<bigint, Site>();
    const { next, instructions } = vm.values;
    const pointer = vm.values.register("sp");
    const high = { at: instructions.shr(32), to: next.shr(32), sp: pointer.shr(32) };

    /** Does a direct jump lead from one function to the beginning of another? Without symbols: to one that was called. */
    const isTailCall = (from: bigint, target: bigint) => {
      const { symbol } = vm.locate(target);
      if (symbol === undefined) return functions.has(fromAddress(target));
      // What a compiler moves out of a function because it is seldom run is none of its own.
      if (/\+|\.cold/.test(symbol)) return false;
      return vm.locate(from).symbol?.split("+")[0] !== symbol;
    };

    const watch = (tb: TranslationBlock) => {
      // Nothing but a block's last instruction leads elsewhere.
      const insn = tb.instructions[tb.instructions.length - 1];
      const { kind, vaddr, size, bits, target } = insn;
      if (kind !== "call" && kind !== "return" && (kind !== "jump" || target === undefined)) return;
      const end = vaddr + BigInt(size);
      // Who calls the next instruction wants to know where it is.
      if (target === end || (kind === "jump" && !isTailCall(vaddr, target as bigint))) return;
      let site = siteNumbers.get(vaddr);
      if (site?.bits !== bits) {
        site = { bits, number: sites.length };
        siteNumbers.set(vaddr, site);
        const known = target === undefined ? undefined : functions.numberOf(fromAddress(target));
        sites.push({ kind, pc: fromAddress(vaddr), end: fromAddress(end), target: known });
      }
      const to = target === undefined ? { to: next, toHigh: high.to } : {};
      const moment = { at: instructions, atHigh: high.at };
      const record = { site: site.number, sp: pointer, spHigh: high.sp, ...to, ...moment };
      const records = buffer();
      insn.inlineAfter.append(records, record);
      if (!live) return;
      insn.onExecuted(() => {
        records.flush();
        announceCalls();
      });
    };

    /** Brings the stack up to now; what asks while changes are told gets it as they left it. */
    const settle = () => {
      keep();
      if (!delivering) buffer().flush();
    };

    const hasReturnAddress = vm.registers.some(({ roles }) => roles.includes("ra"));
    let watching: (() => void) | undefined;
    /** Watches the guest from now on. */
    const begin = () => {
      const translated = vm.onTranslate(watch);
      const struck = vm.onDiscontinuity(({ kind, from, to, cause, vcpu }) => {
        const isHandler = kind !== "hostcall" && to !== undefined;
        if (!isHandler && cause !== "rt_sigreturn" && cause !== "sigreturn") return;
        settle();
        const at = Number(vcpu.instructionCount);
        if (!isHandler) stack.leaveSignal(at);
        else {
          const trampoline = hasReturnAddress ? fromAddress(vcpu.register("ra")) : 0;
          stack.signal(functions.numberOf(fromAddress(to)), functions.numberOf(trampoline), {
            interrupted: fromAddress(from),
            returnAddress: trampoline,
            pointer: fromAddress(vcpu.register("sp")),
            at,
          });
        }
        announce();
        announceCalls();
      });
      return () => {
        translated.cancel();
        struck.cancel();
      };
    };
    let asked = show;
    const update = () => {
      const { call, return: left, changes: batches } = events;
      const wasLive = live;
      live = call.listeners + left.listeners > 0;
      batching = batches.listeners > 0;
      const wanted = live || batching || asked;
      if (watching && (!wanted || live !== wasLive)) {
        buffer().flush();
        watching();
        watching = undefined;
        if (!wanted) stack.forget();
      }
      if (wanted) watching ??= begin();
    };
    const keep = () => {
      if (watching) return;
      asked = true;
      update();
    };
    for (const each of [events.call, events.return, events.changes]) each.onListeners(update);
    if (show) update();

    const frame = (index: number): Frame => ({
      function: functions.addresses[stack.functionOf(index)],
      site: index === 0 ? vm.info.code.entry : toAddress(stack.siteOf(index)),
      kind: stack.kindOf(index),
    });
    /** Innermost first. */
    const frames = (limit = Number.POSITIVE_INFINITY) => {
      settle();
      const length = Math.min(limit, stack.depth + 1);
      return Array.from({ length }, (_, i) => frame(stack.depth - i));
    };

    if (show) {
      vm.views.table(
        "Call stack",
        () => frames(1000).map(({ site, ...rest }, i) => ({ depth: stack.depth - i, ...rest, "called at": site })),
        { columns: { depth: "integer", function: "address", kind: "text", "called at": "address" } },
      );
      vm.views.table("Functions called", () => functions.rows(), {
        columns: { function: "address", calls: "integer" },
      });
    }

    return {
      // Asking begins it: ask (or listen) in `install` for a stack that is known from the start.
      /** The calls that led here: addresses of the call instructions, innermost first, at most `limit`. */
      callers: (limit?: number): bigint[] =>
        frames(limit === undefined ? undefined : limit + 1)
          .filter(({ kind }) => kind !== "start")
          .slice(0, limit)
          .map(({ site }) => site),
      /** Addresses of the functions that are active, innermost first, at most `limit`. */
      functions: (limit?: number): bigint[] => frames(limit).map((each) => each.function),
      /** Calls that have not returned. */
      depth: (): number => {
        settle();
        return stack.depth;
      },
      /** The innermost frame. */
      current: (): Frame => frames(1)[0],
    };
  },
});

/** Makes a value when it is first asked for. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Functions by number. */
class FunctionTable {
  readonly addresses: bigint[] = [];
  private readonly calls: number[] = [];
  private readonly numbers = new Map<number, number>();

  has(address: number): boolean {
    return this.numbers.has(address);
  }

  numberOf(address: number): number {
    const known = this.numbers.get(address);
    if (known !== undefined) return known;
    const number = this.addresses.length;
    this.numbers.set(address, number);
    this.addresses.push(toAddress(address));
    this.calls.push(0);
    return number;
  }

  called(number: number): void {
    this.calls[number]++;
  }

  /** Most called first. */
  rows(): { function: bigint; calls: number }[] {
    return this.addresses
      .map((each, i) => ({ function: each, calls: this.calls[i] }))
      .sort((a, b) => b.calls - a.calls);
  }
}

/** Changes not yet told. */
class ChangeList {
  private length = 0;
  private depth = new Uint32Array(16_384);
  private top = new Uint32Array(16_384);
  private instructions = new Float64Array(16_384);

  add(depth: number, top: number, at: number): void {
    const index = this.length++;
    if (index === this.depth.length) this.grow();
    this.depth[index] = depth;
    this.top[index] = top;
    this.instructions[index] = at;
  }

  take(tell: (changes: Changes) => void, functions: readonly bigint[]): void {
    const { length, depth, top, instructions } = this;
    this.length = 0;
    if (length > 0) tell({ length, depth, top, instructions, functions });
  }

  private grow(): void {
    const size = 2 * this.depth.length;
    const [depth, top, instructions] = [new Uint32Array(size), new Uint32Array(size), new Float64Array(size)];
    depth.set(this.depth);
    top.set(this.top);
    instructions.set(this.instructions);
    Object.assign(this, { depth, top, instructions });
  }
}
