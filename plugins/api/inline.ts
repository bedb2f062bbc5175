// What runs with the guest's code, without a call: values, places to keep them, and operations on those.
import type { MemoryFilter } from "./memory.ts";
import type { RegisterReference } from "./registers.ts";

/**
 * A value that guest code computes when it gets there: 64 bits, modulo 2^64, unsigned unless a method says otherwise.
 * Made from `vm.values`, and from other expressions; immutable; may be used any number of times, in any block, until
 * the plugin is uninstalled. Cost: about one machine operation for each method, each time it is computed; what is
 * constant is computed once.
 *
 *     const { address } = vm.values;
 *     const line = address.shr(6); // which cache line an access is in
 */
export interface Expression {
  add(other: Operand): Expression;
  sub(other: Operand): Expression;
  mul(other: Operand): Expression;
  and(other: Operand): Expression;
  or(other: Operand): Expression;
  xor(other: Operand): Expression;
  /** Shifts: the amount is taken modulo 64. `shr` fills with zeros, `sar` with the sign. */
  shl(amount: Operand): Expression;
  shr(amount: Operand): Expression;
  sar(amount: Operand): Expression;
  /** The smaller and the larger one, unsigned. */
  min(other: Operand): Expression;
  max(other: Operand): Expression;
  /** Comparisons give 1 or 0. */
  eq(other: Operand): Expression;
  ne(other: Operand): Expression;
  lt(other: Operand): Expression;
  le(other: Operand): Expression;
  gt(other: Operand): Expression;
  ge(other: Operand): Expression;
  /** Signed comparison. */
  slt(other: Operand): Expression;
  /** The position of the highest bit that is set, from 1; 0 for zero. */
  bitLength(): Expression;
  /** Mixes in another value, for digests: `(this ^ other) * 0x9e3779b97f4a7c15`, rotated right by 32 bits. */
  hash(other: Operand): Expression;
  /** `this != 0 ? yes : no`; both are computed. */
  select(yes: Operand, no: Operand): Expression;
}

/** What an inline operation computes with. A `number` must be an integer. */
export type Operand = Expression | bigint | number;

/**
 * A place for 64 bits that operations read and write, and that is itself an expression: its value at that moment. Each
 * vCPU has its own.
 */
export interface Cell64 extends Expression {
  readonly name: string;
}

/** The values that guest code has at hand. */
export interface Values {
  /**
   * A register, at the moment of the operation: for `inline` before the instruction, for `inlineAfter` after it.
   * @throws an unknown name, with those it resembles.
   */
  register(name: RegisterReference): Expression;
  /** First byte of the access. Only in `memoryInline` and `onMemory`. */
  readonly address: Expression;
  /** The bits that were loaded or stored, the upper ones zero. Only in `memoryInline` and `onMemory`. */
  readonly value: Expression;
  /** Bytes of the access. Only in `memoryInline` and `onMemory`. */
  readonly size: Expression;
  /** 1 for a store, 0 for a load. Only in `memoryInline` and `onMemory`. */
  readonly isStore: Expression;
  /** Instructions that the vCPU has begun, the current one included. */
  readonly instructions: Expression;
  /** Where the guest goes on: the address of the instruction that comes next. Only in `inlineAfter` and `onExecuted`. */
  readonly next: Expression;
  /** A constant, to begin an expression with. */
  constant(value: bigint | number): Expression;
}

/**
 * A 64-bit counter that inline operations change, one per vCPU. Reading and setting it costs a few nanoseconds. It
 * lives until the plugin is uninstalled; see `PluginDefinition.reload` for what becomes of it when the file is saved.
 */
export interface Counter extends Cell64 {
  /** Unsigned, the sum over all vCPUs modulo 2^64. Setting it sets the first vCPU's and clears the others'. */
  value: bigint;
  /** What one vCPU has. */
  of(vcpu: number): bigint;
  setOf(vcpu: number, value: bigint): void;
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
  /** Sets all to zero. */
  clear(): void;
}

/** Counters that belong together, by name: QEMU's scoreboard. Each vCPU has its own of each. */
export type Scoreboard<Field extends string> = { readonly [Name in Field]: Counter };

/**
 * A fixed number of 64-bit cells, addressed when guest code runs. Cost of an access to one: about three machine
 * operations.
 *
 *     const pages = vm.array("pages", 1 << 16);
 *     insn.memoryInline.add(pages.at(vm.values.address.shr(12)), 1n);
 */
export interface CellArray {
  readonly name: string;
  /** A power of two. */
  readonly length: number;
  /** The cell of an index, which is taken modulo the length: an expression, and a place for operations. */
  at(index: Operand): Cell64;
  /** The value of a cell: the sum over all vCPUs. @throws RangeError */
  get(index: number): bigint;
  set(index: number, value: bigint): void;
  /** A copy of all. */
  values(): BigUint64Array;
  /** Sets all, or those from `start` to `end` (exclusive), to `value`; 0 when that is left out. @throws RangeError */
  fill(value?: bigint, start?: number, end?: number): void;
}

export interface HistogramOptions {
  /** How many buckets; the last takes all that is larger. 1 to 65,536. */
  buckets: number;
  /** How wide a bucket is, a power of two; `"log2"`: bucket n takes values of n bits (`bitLength`). Default: 1. */
  width?: number | "log2";
  /** Where the first bucket begins; what is smaller counts in the first. Default: 0. Not with `"log2"`. */
  from?: bigint | number;
}

/** How often values fell into ranges. Counting one costs some six machine operations. */
export interface Histogram {
  readonly name: string;
  readonly length: number;
  /** How many fell into a bucket. */
  get(bucket: number): bigint;
  total(): bigint;
  /** The buckets in order: their smallest value, and how many fell into each. */
  entries(): [from: bigint, count: bigint][];
  clear(): void;
}

/**
 * How often control went from one block to another. `from` is the address of the instruction that ended the last
 * block, `to` that of the block it went to. Cost: some eight machine operations for each block executed, and a call
 * for each of its predecessors beyond the last four.
 */
export interface Edges {
  readonly name: string;
  /** Every edge that was taken, in no particular order. */
  entries(): { readonly from: bigint; readonly to: bigint; readonly count: bigint }[];
  clear(): void;
}

/** How wide a field of a record is: unsigned bits, of which what is stored keeps the low ones. */
export type FieldType = "u8" | "u16" | "u32" | "u64";

export type Fields = Readonly<Record<string, FieldType>>;

interface ColumnOf {
  u8: Uint8Array;
  u16: Uint16Array;
  u32: Uint32Array;
  u64: BigUint64Array;
}

/** Records in the order in which they were made: a typed array for each field. */
export type Columns<Of extends Fields> = { readonly [Name in keyof Of]: ColumnOf[Of[Name]] };

/** Some records. Valid during the call it is given to, which may keep copies (`slice`). */
export interface Batch<Of extends Fields = Fields> {
  /** How many. */
  readonly length: number;
  /** The number of the first one: records are counted from 0, and none is left out. */
  readonly first: number;
  /** `length` long. */
  readonly columns: Columns<Of>;
}

export interface BufferOptions<Of extends Fields> {
  /** The fields of a record. At most 16. */
  fields: Of;
  /** Records that it holds before they are delivered: 1,024 to 1,048,576. Default: 65,536. */
  capacity?: number;
  /**
   * Gets the records when the buffer is full, when a view is shown, at every stop, and at the end, however that comes
   * about (exit, a signal, a stopped or lost session, uninstall, reset). Runs on the guest's thread, which waits.
   */
  deliver?(batch: Batch<Of>): void;
  /**
   * Instead of `deliver`: the name of one of the definition's `analyses`, which gets them on a thread of its own. The
   * guest waits for it only when `deliver` there is behind by more than four batches, so that nothing is lost.
   */
  analysis?: string;
}

/**
 * Records that guest code writes, delivered many at once. Cost: one machine operation or two for each field, and some
 * four for each block that appends.
 */
export interface TraceBuffer<Of extends Fields> {
  readonly name: string;
  /** As they were declared. */
  readonly fields: Of;
  /** Records appended so far, those delivered included. */
  readonly appended: number;
  /**
   * Appends a record from a callback; fields that are not named are zero. Cost: some hundred nanoseconds. Not from
   * `deliver`.
   */
  append(record: { readonly [Name in keyof Of]?: bigint | number }): void;
  /** Delivers what has not been delivered yet. Not from `deliver`. */
  flush(): void;
  /**
   * What the analysis says after all records appended so far: waits for it. `undefined` without an analysis.
   * @throws what the analysis threw, or that it did not answer in time.
   */
  result<Result = unknown>(): Result | undefined;
}

export interface InlineOptions {
  /** The operation takes place when this is not zero. Cost: that of the expression, and a branch. */
  when?: Operand;
}

export interface MemoryInlineOptions extends InlineOptions {
  /** Only loads, or only stores: decided when the block is translated, so that the other kind costs nothing. */
  filter?: MemoryFilter;
  /** Only accesses whose first byte is in [start, end). Cost: a subtraction and a comparison. */
  range?: { readonly start: bigint; readonly end: bigint };
}

/**
 * Operations at one point of guest code. They take place in the order in which they are asked for, among the callbacks
 * asked for at the same point. Adding a constant to a counter costs one addition in memory, and additions to one
 * counter that nothing can tell apart are made in one.
 */
export interface Inline<Options extends InlineOptions = InlineOptions> {
  /** cell += operand */
  add(cell: Cell64, operand: Operand, options?: Options): void;
  sub(cell: Cell64, operand: Operand, options?: Options): void;
  /** cell = the smaller (larger) of the two, unsigned. */
  min(cell: Cell64, operand: Operand, options?: Options): void;
  max(cell: Cell64, operand: Operand, options?: Options): void;
  and(cell: Cell64, operand: Operand, options?: Options): void;
  or(cell: Cell64, operand: Operand, options?: Options): void;
  xor(cell: Cell64, operand: Operand, options?: Options): void;
  shl(cell: Cell64, amount: Operand, options?: Options): void;
  shr(cell: Cell64, amount: Operand, options?: Options): void;
  /** cell = operand */
  set(cell: Cell64, operand: Operand, options?: Options): void;
  /** cell = cell.hash(operand): a digest of all operands in their order. */
  hash(cell: Cell64, operand: Operand, options?: Options): void;
  /** Counts the operand in its bucket. */
  count(histogram: Histogram, operand: Operand, options?: Options): void;
  /** Appends a record; fields that are not named are zero. */
  append<Of extends Fields>(
    buffer: TraceBuffer<Of>,
    record: { readonly [Name in keyof Of]?: Operand },
    options?: Options,
  ): void;
}

/** Operations when a block is entered. */
export interface BlockInline extends Inline {
  /** Counts the edge from the block before, and has the next block count its own: ask for it in every block. */
  edge(edges: Edges): void;
}

/** Operations after each access of an instruction that succeeds. */
export type MemoryInline = Inline<MemoryInlineOptions>;
