// What a plugin sees when guest code is translated, and what it may ask for.
import type { BlockInline, Inline, InlineOptions, MemoryInline, MemoryInlineOptions } from "./inline.ts";
import type { HardwareAddress, MemoryAccess } from "./memory.ts";
import type { RegisterInfo, RegisterReference, RegisterValues } from "./registers.ts";
import type { Vcpu } from "./vm.ts";

/**
 * What an instruction does. Multiplications, bit manipulation and hints are `alu`; an atomic access is `atomic`, a
 * floating-point load `load`; CSR accesses, traps and cache operations are `system`. By RISC-V's calling convention: a jump that keeps its return address in `ra` or `t0` is
 * a `call`, an indirect one to such a register a `return`. `unknown`: it cannot be decoded.
 */
export type InstructionKind =
  | "alu"
  | "load"
  | "store"
  | "branch"
  | "jump"
  | "call"
  | "return"
  | "atomic"
  | "float"
  | "system"
  | "fence"
  | "unknown";

/** Where an address comes from, by the program's debug information. */
export interface SourceLocation {
  /** The function or object that covers the address, demangled, with the distance from its beginning: `main+0x12`. */
  symbol?: string;
  /** Path of the source file, as the compiler wrote it. */
  file?: string;
  /** From 1. */
  line?: number;
}

/** New values for registers, by the names under which `writes` lists them, and for the pc if `setPc` asks for that. */
export type RegisterUpdates<Writes extends RegisterReference, SetsPc extends boolean> = {
  readonly [Name in Writes]?: bigint;
} & (SetsPc extends true ? { readonly pc?: bigint } : unknown);

/**
 * Called when the block or the instruction is about to be executed, or has been (`onExecuted`). `registers` are the
 * values of the registers that the subscription names, in its order. A callback whose subscription declares `writes`
 * may return new values for those, by name; before an instruction they take effect before it. Cost: some six
 * nanoseconds, and about one for each register.
 *
 *     insn.onExecute((vcpu, [sp]) => vm.log(`sp is 0x${sp.toString(16)}`), { registers: ["sp"] });
 */
export type ExecuteCallback<
  Reads extends readonly RegisterReference[] = readonly RegisterReference[],
  Writes extends RegisterReference = RegisterReference,
  SetsPc extends boolean = boolean,
> = (vcpu: Vcpu, registers: RegisterValues<Reads>) => RegisterUpdates<Writes, SetsPc> | void;

/**
 * What an execution callback wants, and when.
 *
 *     const many = vm.counter("many");
 *     insn.inline.add(many, 1n);
 *     insn.onExecute(() => vm.log("a thousand times"), { when: many.eq(1000) });
 */
export interface ExecuteOptions<
  Reads extends readonly RegisterReference[] = readonly RegisterReference[],
  Writes extends RegisterReference = RegisterReference,
  SetsPc extends boolean = boolean,
> extends InlineOptions {
  /** The registers whose values the callback gets, by name (`"a0"`), alias (`"x10"`) or role (`"argument 0"`). */
  registers?: Reads;
  /** The registers for which it may return new values. @throws one that cannot be written, and the pc (see `setPc`). */
  writes?: readonly Writes[];
  /**
   * May it return `pc`? Then the guest goes on there, the instruction (and the rest of the block) is not executed and
   * does not count as begun; returning the address of the instruction itself has it executed later, after the callback
   * has been called again. Not in `onExecuted`.
   */
  setPc?: SetsPc;
}

/**
 * Called after each successful access of an instruction. An atomic read-modify-write reports its load, then its store.
 * Cost: some six nanoseconds, and about one for each register and each property of the access that is asked for.
 */
export type MemoryCallback<Reads extends readonly RegisterReference[] = readonly RegisterReference[]> = (
  access: MemoryAccess,
  vcpu: Vcpu,
  registers: RegisterValues<Reads>,
) => void;

/**
 * Which accesses a memory callback wants, and what besides.
 *
 *     const stack = { start: 0x7fff_0000n, end: 0x8000_0000n };
 *     insn.onMemory((access) => console.log(access.vaddr), { filter: "stores", range: stack });
 */
export interface MemoryOptions<Reads extends readonly RegisterReference[] = readonly RegisterReference[]>
  extends MemoryInlineOptions {
  /** The registers whose values the callback gets. What a load reads is not in its register yet. */
  registers?: Reads;
}

/**
 * One guest instruction of a block. Valid during the `onTranslate` callback it came with: copy what later callbacks
 * need (`const pc = insn.vaddr`). What is known of it is computed when it is asked for: the address costs nothing,
 * decoding it about a microsecond, its source line some microseconds.
 *
 *     const slow = vm.counters<string>("divisions");
 *     if (insn.mnemonic.startsWith("div")) insn.inline.add(slow.at(insn.source.symbol ?? "?"), 1n);
 */
export interface Instruction {
  /** Its address. */
  readonly vaddr: bigint;
  /** Its place in the block, from 0. */
  readonly index: number;
  /** Bytes. */
  readonly size: number;
  /** Its bytes as a little-endian number. */
  readonly bits: number;
  /** A copy of its bytes. */
  readonly data: Uint8Array;
  /** What is behind its address. In user mode: `{ ok: false, reason: "not in user mode" }`. */
  readonly hardware: HardwareAddress;
  /** As the manual writes it: `c.addi`, `fadd.d`. */
  readonly mnemonic: string;
  /** As the assembler writes them: `a0,a0,1`; empty when there are none. */
  readonly operands: string;
  /** Mnemonic and operands, with a space between. */
  readonly disassembly: string;
  /** What it does. */
  readonly kind: InstructionKind;
  /** Where a branch, a direct jump or a direct call goes; `undefined` for all others. */
  readonly target: bigint | undefined;
  /** The registers that it reads; constant zero and pc are not among them. */
  readonly reads: readonly RegisterInfo[];
  /** The registers that it writes; constant zero and pc are not among them. */
  readonly writes: readonly RegisterInfo[];
  /** The function it belongs to, when the program says. */
  readonly symbol: string | undefined;
  /** Symbol, source file and line, as far as the program says. */
  readonly source: SourceLocation;
  /**
   * Executed just before the instruction. One that faults counts.
   *
   *     const executed = vm.counter("executed");
   *     insn.inline.add(executed, 1n);
   */
  readonly inline: Inline;
  /**
   * Executed after each of its accesses that succeeds; at no cost for an instruction that accesses nothing.
   *
   *     const bytes = vm.counter("bytes stored");
   *     insn.memoryInline.add(bytes, vm.values.size, { filter: "stores" });
   */
  readonly memoryInline: MemoryInline;
  /**
   * Executed after the instruction: one that faults does not count, nor a system call that does not return. After a
   * branch or a jump, before the instruction that it leads to. Not for system calls, whose registers are known only when
   * they have returned: use `onExecuted`. @throws Error when it is asked for of a system call.
   */
  readonly inlineAfter: Inline;
  /**
   * Calls back just before the instruction is executed; a faulting one included.
   *
   *     insn.onExecute((vcpu, [n]) => ({ a0: n * 2n }), { registers: ["a0"], writes: ["a0"] });
   */
  onExecute<
    const Reads extends readonly RegisterReference[] = readonly [],
    const Writes extends RegisterReference = never,
    const SetsPc extends boolean = false,
  >(callback: ExecuteCallback<Reads, Writes, SetsPc>, options?: ExecuteOptions<Reads, Writes, SetsPc>): void;
  /**
   * Calls back after the instruction; as `inlineAfter`, and for system calls when they have returned. That of a system
   * call takes no `when`.
   */
  onExecuted<
    const Reads extends readonly RegisterReference[] = readonly [],
    const Writes extends RegisterReference = never,
  >(callback: ExecuteCallback<Reads, Writes, false>, options?: ExecuteOptions<Reads, Writes, false>): void;
  /** Calls back after each of the instruction's accesses; one that faults is not reported. */
  onMemory<const Reads extends readonly RegisterReference[] = readonly []>(
    callback: MemoryCallback<Reads>,
    options?: MemoryOptions<Reads>,
  ): void;
}

/**
 * A translation block: instructions that are executed one after the other, entered at the first only. The same
 * address may be announced again, and an announced block need not run. Valid during the `onTranslate` callback: a later
 * use throws. It ends where control may go elsewhere, at the end of a page, or when it is long.
 *
 *     vm.onTranslate((tb) => {
 *       for (const insn of tb.instructions) vm.log(`${tb.vaddr}: ${insn.disassembly}`);
 *     });
 */
export interface TranslationBlock {
  /** Address of its first instruction. */
  readonly vaddr: bigint;
  /** Bytes of guest code. */
  readonly size: number;
  /** In their order; at least one. */
  readonly instructions: readonly Instruction[];
  /** Executed whenever the block is entered, before its first instruction's own operations and callbacks. */
  readonly inline: BlockInline;
  /**
   * Calls back whenever the block is entered.
   *
   *     tb.onExecute((vcpu, [sp]) => vm.log(`sp is ${sp}`), { registers: ["sp"] });
   *     tb.onExecute((vcpu, [n]) => ({ "argument 0": n + 1n }), { registers: ["argument 0"], writes: ["argument 0"] });
   */
  onExecute<
    const Reads extends readonly RegisterReference[] = readonly [],
    const Writes extends RegisterReference = never,
    const SetsPc extends boolean = false,
  >(callback: ExecuteCallback<Reads, Writes, SetsPc>, options?: ExecuteOptions<Reads, Writes, SetsPc>): void;
}
