// What a plugin sees when guest code is translated, and what it may ask for.
import type { RegisterReference, RegisterValues } from "./registers.ts";
import type { Counter, Vcpu } from "./vm.ts";

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
  /** The function or object that covers the address. */
  symbol?: string;
  /** Path of the source file, as the compiler wrote it. */
  file?: string;
  /** From 1. */
  line?: number;
}

/** Operations that run with the guest's code, without a call. */
export interface BlockInline {
  /**
   * Adds a constant to a counter, modulo 2^64, whenever this is executed. Cost: one addition in memory; additions to
   * one counter that nothing can tell apart are made in one.
   */
  add(counter: Counter, value: bigint | number): void;
}

/** The same for accesses to memory. */
export interface MemoryInline {
  /** Adds a constant to a counter after each of the instruction's accesses that succeeds. Cost as above. */
  add(counter: Counter, value: bigint | number, options?: { filter?: MemoryFilter }): void;
}

/**
 * Called when the block or the instruction is about to be executed. `registers` are the values of the registers that
 * the subscription names, in its order. A callback whose subscription declares `writes` may return new values for
 * those, by name; they take effect before the instruction.
 */
export type ExecuteCallback<
  Reads extends readonly RegisterReference[] = readonly RegisterReference[],
  Writes extends RegisterReference = RegisterReference,
> = (vcpu: Vcpu, registers: RegisterValues<Reads>) => { readonly [Name in Writes]?: bigint } | void;

export interface ExecuteOptions<
  Reads extends readonly RegisterReference[] = readonly RegisterReference[],
  Writes extends RegisterReference = RegisterReference,
> {
  /** The registers whose values the callback gets, by name (`"a0"`), alias (`"x10"`) or role (`"argument 0"`). */
  registers?: Reads;
  /** The registers for which it may return new values. */
  writes?: readonly Writes[];
}

/** `"loads"`, `"stores"`; left out: both. */
export type MemoryFilter = "loads" | "stores";

export interface MemoryOptions<Reads extends readonly RegisterReference[] = readonly RegisterReference[]> {
  filter?: MemoryFilter;
  /** The registers whose values the callback gets. */
  registers?: Reads;
}

/** Called after each successful access of an instruction. An atomic read-modify-write reports its load, then its store. */
export type MemoryCallback<Reads extends readonly RegisterReference[] = readonly RegisterReference[]> = (
  access: MemoryAccess,
  vcpu: Vcpu,
  registers: RegisterValues<Reads>,
) => void;

/** One access to memory. Valid during the callback it is given to; a use after that throws. Nothing is computed before it is asked for. */
export interface MemoryAccess {
  /** First byte accessed. */
  readonly vaddr: bigint;
  /** Bytes: 1, 2, 4 or 8. */
  readonly size: number;
  readonly isStore: boolean;
  /** Does the load extend the sign of what it reads? */
  readonly isSigned: boolean;
  /** The bits read or written, `size` bytes of them, unsigned. */
  readonly value: bigint;
  /** The same bits as a signed number. */
  readonly signedValue: bigint;
}

/**
 * One guest instruction of a block. Valid during the `onTranslate` callback it came with: copy what later callbacks
 * need (`const pc = insn.vaddr`).
 */
export interface Instruction {
  readonly vaddr: bigint;
  /** Bytes. */
  readonly size: number;
  /** Its bytes as a little-endian number. */
  readonly bits: number;
  /** As the manual writes it: `c.addi`, `fadd.d`. */
  readonly mnemonic: string;
  readonly operands: string;
  /** Mnemonic and operands. */
  readonly disassembly: string;
  readonly kind: InstructionKind;
  /** Where a branch, a direct jump or a direct call goes. */
  readonly target: bigint | undefined;
  /** The function it belongs to, when the program says. */
  readonly symbol: string | undefined;
  /** Symbol, source file and line, as far as the program says. */
  readonly source: SourceLocation;
  /** Executed just before the instruction. One that faults counts. */
  readonly inline: BlockInline;
  /** Executed after each of its accesses that succeeds. */
  readonly memoryInline: MemoryInline;
  /** Calls back just before the instruction is executed; a faulting one included. */
  onExecute<
    const Reads extends readonly RegisterReference[] = readonly [],
    const Writes extends RegisterReference = never,
  >(callback: ExecuteCallback<Reads, Writes>, options?: ExecuteOptions<Reads, Writes>): void;
  /** Calls back after each of the instruction's accesses; one that faults is not reported. */
  onMemory<const Reads extends readonly RegisterReference[] = readonly []>(
    callback: MemoryCallback<Reads>,
    options?: MemoryOptions<Reads>,
  ): void;
}

/**
 * A translation block: instructions that are executed one after the other, entered at the first only. The same
 * address may be announced again, and an announced block need not run. Valid during the `onTranslate` callback.
 */
export interface TranslationBlock {
  /** Address of its first instruction. */
  readonly vaddr: bigint;
  /** Bytes of guest code. */
  readonly size: number;
  readonly instructions: readonly Instruction[];
  /** Executed whenever the block is entered, before its first instruction's own operations and callbacks. */
  readonly inline: BlockInline;
  /**
   * Calls back whenever the block is entered.
   *
   *     tb.onExecute((vcpu, [sp]) => { deepest = sp < deepest ? sp : deepest; }, { registers: ["sp"] });
   */
  onExecute<
    const Reads extends readonly RegisterReference[] = readonly [],
    const Writes extends RegisterReference = never,
  >(callback: ExecuteCallback<Reads, Writes>, options?: ExecuteOptions<Reads, Writes>): void;
}
