// The calls of a C library's allocation functions, from outside it: what they call of each other is their own affair.
import type { TranslationBlock, Vm } from "@terrarium/api";

export const allocatorFunctions = [
  "malloc",
  "calloc",
  "realloc",
  "reallocarray",
  "memalign",
  "aligned_alloc",
  "posix_memalign",
  "free",
] as const;

export type AllocatorFunction = (typeof allocatorFunctions)[number];

export interface AllocatorCall {
  readonly name: AllocatorFunction;
  /** The first three, whether it has so many or not. */
  readonly args: readonly bigint[];
}

/** No instruction has this address. */
const NOWHERE = 1n;

export interface AllocatorListener {
  /** Before its first instruction. */
  entered(call: AllocatorCall): void;
  /** Before the caller goes on. */
  left(call: AllocatorCall, result: bigint): void;
}

/**
 * Price: a callback at the beginning of each of the functions; at every return of the program, two comparisons, by which
 * a callback finds the one that leads back to the caller.
 */
export class AllocatorCalls {
  private readonly functions: ReadonlyMap<bigint, AllocatorFunction>;
  private readonly listener: AllocatorListener;
  private active: { readonly call: AllocatorCall; readonly sp: bigint } | undefined;
  /** Where the active call returns to, and with which stack pointer. */
  private readonly returnAddress;
  private readonly returnPointer;
  private readonly returns;

  constructor(
    vm: Pick<Vm, "counter" | "values" | "onTranslate">,
    functions: ReadonlyMap<bigint, AllocatorFunction>,
    listener: AllocatorListener,
  ) {
    this.functions = functions;
    this.listener = listener;
    this.returnAddress = vm.counter("return address");
    this.returnPointer = vm.counter("return stack pointer");
    this.returnAddress.value = NOWHERE;
    const { next } = vm.values;
    this.returns = next.eq(this.returnAddress).and(vm.values.register("sp").eq(this.returnPointer));
    vm.onTranslate((tb) => this.watch(tb));
  }

  private watch({ instructions }: TranslationBlock): void {
    for (const insn of instructions) {
      const name = this.functions.get(insn.vaddr);
      if (name === undefined) continue;
      const registers = ["argument 0", "argument 1", "argument 2", "sp", "ra"] as const;
      insn.onExecute((_vcpu, [a, b, c, sp, ra]) => this.enter({ name, args: [a, b, c] }, sp, ra), { registers });
    }
    const last = instructions[instructions.length - 1];
    if (last.kind !== "return") return;
    last.onExecuted((_vcpu, [result]) => this.leave(result), { registers: ["return value"], when: this.returns });
  }

  private enter(call: AllocatorCall, sp: bigint, returnAddress: bigint): void {
    // One that was left by a jump out of it is not active any more: its stack is in use by others.
    if (this.active && (sp < this.active.sp || this.isTailCall(sp, returnAddress))) return;
    this.active = { call, sp };
    this.returnAddress.value = returnAddress;
    this.returnPointer.value = sp;
    this.listener.entered(call);
  }

  private isTailCall(sp: bigint, returnAddress: bigint): boolean {
    return sp === this.active?.sp && returnAddress === this.returnAddress.value;
  }

  private leave(result: bigint): void {
    const { active } = this;
    this.active = undefined;
    this.returnAddress.value = NOWHERE;
    if (active) this.listener.left(active.call, result);
  }
}
