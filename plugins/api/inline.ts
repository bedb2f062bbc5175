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
  /** this + other */
  add(other: Operand): Expression;
  /** this - other */
  sub(other: Operand): Expression;
  /** this * other, the low 64 bits */
  mul(other: Operand): Expression;
  /** this & other */
  and(other: Operand): Expression;
  /** this | other */
  or(other: Operand): Expression;
  /** this ^ other */
  xor(other: Operand): Expression;
  /** this << amount; the amount is taken modulo 64. */
  shl(amount: Operand): Expression;
  /** this >> amount, filled with zeros; the amount is taken modulo 64. */
  shr(amount: Operand): Expression;
  /** this >> amount, filled with the sign; the amount is taken modulo 64. */
  sar(amount: Operand): Expression;
  /** The smaller one, unsigned. Cost: two operations. */
  min(other: Operand): Expression;
  /** The larger one, unsigned. Cost: two operations. */
  max(other: Operand): Expression;
  /** 1 if this == other, else 0. */
  eq(other: Operand): Expression;
  /** 1 if this != other, else 0. */
  ne(other: Operand): Expression;
  /** 1 if this < other, unsigned, else 0. */
  lt(other: Operand): Expression;
  /** 1 if this <= other, unsigned, else 0. */
  le(other: Operand): Expression;
  /** 1 if this > other, unsigned, else 0. */
  gt(other: Operand): Expression;
  /** 1 if this >= other, unsigned, else 0. */
  ge(other: Operand): Expression;
  /** 1 if this < other, both signed, else 0. */
  slt(other: Operand): Expression;
  /** The position of the highest bit that is set, from 1; 0 for zero. */
  bitLength(): Expression;
  /** Mixes in another value, for digests: `(this ^ other) * 0x9e3779b97f4a7c15`, rotated right by 32 bits. */
  hash(other: Operand): Expression;
  /** `this != 0 ? yes : no`; both are computed. */
  select(yes: Operand, no: Operand): Expression;
}

/**
 * What an inline operation computes with. A `number` must be an integer within ±(2^53 - 1), a `bigint` is taken modulo
 * 2^64; negative ones are those of two's complement.
 * @throws TypeError, where it is used, when it is something else.
 */
export type Operand = Expression | bigint | number;

/**
 * A place for 64 bits that operations read and write, and that is itself an expression: its value at that moment. Each
 * vCPU has its own.
 */
export interface Cell64 extends Expression {
  /** For messages and debugging. */
  readonly name: string;
}

/**
 * The values that guest code has at hand. Those of an access are an error elsewhere, told when the block is translated.
 *
 *     const { register, address, instructions } = vm.values;
 *     const aboveStack = address.ge(register("sp"));
 *     const thousands = instructions.shr(10);
 */
export interface Values {
  /**
   * A register, at the moment of the operation: for `inline` before the instruction, for `inlineAfter` after it;
   * for `memoryInline` what a load reads is not in its register yet.
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
 * A 64-bit counter that inline operations change, one per vCPU. Reading and setting it costs some tens of nanoseconds.
 * It lives until the plugin is uninstalled; see `PluginDefinition.reload` for what becomes of it when the file is saved.
 *
 *     const loads = vm.counter("loads");
 *     insn.memoryInline.add(loads, 1n, { filter: "loads" });
 *     vm.onExit(() => vm.log(`${loads.value} loads`));
 */
export interface Counter extends Cell64 {
  /** Unsigned, the sum over all vCPUs modulo 2^64. Setting it sets the first vCPU's and clears the others'. */
  value: bigint;
  /** What one vCPU has, unsigned; 0 for one that is not there. */
  of(vcpu: number): bigint;
  /** Sets that of one vCPU. @throws RangeError when there is no such vCPU. */
  setOf(vcpu: number, value: bigint): void;
}

/**
 * Counters by key: one for each block, instruction, page... Keys are compared like those of a `Map`.
 *
 *     const executed = vm.counters<bigint>("executed");
 *     tb.inline.add(executed.at(tb.vaddr), 1n);
 *     vm.views.table("Hottest", () => executed.top(10).map(([pc, times]) => ({ pc, times })));
 */
export interface Counters<Key extends bigint | number | string> {
  /** As `vm.counters` was told. */
  readonly name: string;
  /** The number of keys. */
  readonly size: number;
  /**
   * The counter of a key, made when it is first asked for.
   * @throws RangeError when the room for counters and buffers is used up: 56 MiB, some seven million counters.
   */
  at(key: Key): Counter;
  /** The value of a key, 0 when there is none. */
  get(key: Key): bigint;
  /** Sum of all, modulo 2^64. */
  total(): bigint;
  /** Keys and values, in the order in which the keys came. */
  entries(): [key: Key, value: bigint][];
  /** The `limit` largest, largest first; equal ones in the order in which their keys came. */
  top(limit: number): [key: Key, value: bigint][];
  /** Sets all to zero; the keys stay. */
  clear(): void;
}

/**
 * Counters that belong together, by name, as a scoreboard of QEMU's plugin API does. Each vCPU has its own of each.
 *
 *     const cache = vm.scoreboard("cache", ["hits", "misses"]);
 *     insn.memoryInline.add(cache.hits, 1n);
 */
export type Scoreboard<Field extends string> = { readonly [Name in Field]: Counter };

/**
 * A fixed number of 64-bit cells, addressed when guest code runs. Cost of an access to one: about three machine
 * operations.
 *
 *     const pages = vm.array("pages", 1 << 16);
 *     insn.memoryInline.add(pages.at(vm.values.address.shr(12)), 1n);
 */
export interface CellArray {
  /** As `vm.array` was told. */
  readonly name: string;
  /** A power of two. */
  readonly length: number;
  /** The cell of an index, which is taken modulo the length: an expression, and a place for operations. */
  at(index: Operand): Cell64;
  /** The value of a cell, unsigned: the sum over all vCPUs. @throws RangeError for an index that it does not have. */
  get(index: number): bigint;
  /** Sets a cell: the first vCPU's, and clears the others'. @throws RangeError for an index that it does not have. */
  set(index: number, value: bigint): void;
  /** A copy of all, in order. */
  values(): BigUint64Array;
  /** Sets all, or those from `start` to `end` (exclusive), to `value`; 0 when that is left out. @throws RangeError */
  fill(value?: bigint, start?: number, end?: number): void;
}

/** What the buckets of a histogram are. */
export interface HistogramOptions {
  /** How many buckets; the last takes all that is larger. 1 to 65,536. */
  buckets: number;
  /** How wide a bucket is, a power of two; `"log2"`: bucket n takes values of n bits (`bitLength`). Default: 1. */
  width?: number | "log2";
  /** Where the first bucket begins; what is smaller counts in the first. Default: 0. Not with `"log2"`. */
  from?: bigint | number;
}

/**
 * How often values fell into ranges. Counting one costs some six machine operations.
 *
 *     const sizes = vm.histogram("sizes", { buckets: 5, width: "log2" });
 *     insn.memoryInline.count(sizes, vm.values.size);
 *     vm.views.table("Sizes", () => sizes.entries().map(([from, accesses]) => ({ from, accesses })));
 */
export interface Histogram {
  /** As `vm.histogram` was told. */
  readonly name: string;
  /** How many buckets it has. */
  readonly length: number;
  /** How many fell into a bucket, from 0. @throws RangeError for a bucket that it does not have. */
  get(bucket: number): bigint;
  /** How many there were in all. */
  total(): bigint;
  /** The buckets in order: their smallest value, and how many fell into each. */
  entries(): [from: bigint, count: bigint][];
  /** Sets all to zero. */
  clear(): void;
}

/**
 * How often control went from one block to another. `from` is the address of the instruction that ended the last
 * block, `to` that of the block it went to. Cost: some eight machine operations for each block executed, and a call
 * when it comes from another than its first four predecessors. A signal, a fault and the beginning are no edges.
 *
 *     const flow = vm.edges("flow");
 *     vm.onTranslate((tb) => tb.inline.edge(flow));
 *     vm.views.graph("Flow", () => ({ edges: flow.entries() }));
 */
export interface Edges {
  /** As `vm.edges` was told. */
  readonly name: string;
  /** Every edge that was taken, in no particular order: unsigned addresses, and how often. */
  entries(): { readonly from: bigint; readonly to: bigint; readonly count: bigint }[];
  /** Sets all to zero. */
  clear(): void;
}

/** How wide a field of a record is: unsigned bits, of which what is stored keeps the low ones. */
export type FieldType = "u8" | "u16" | "u32" | "u64";

/** The fields of a record: `{ pc: "u64", size: "u8" }`. */
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
  /** The number of the first one: a buffer's records are counted from 0, and none is left out. */
  readonly first: number;
  /** A typed array for each field, `length` long. */
  readonly columns: Columns<Of>;
}

/** What a buffer holds, and who gets it: either `deliver` or `analysis`. */
export interface BufferOptions<Of extends Fields> {
  /** The fields of a record: 1 to 16. */
  fields: Of;
  /** Records that it holds before they are delivered: 1,024 to 1,048,576. Default: 65,536. */
  capacity?: number;
  /**
   * Gets the records when the buffer is full, when a view is shown, at every stop, and at the end, however that comes
   * about (exit, a signal, a stopped or lost session, uninstall, reset). Runs on the guest's thread, which waits.
   * Registers, the instruction count and stores to guest memory are out of reach meanwhile: record what is needed.
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
 *
 *     const stored = new Set<number>();
 *     const stores = vm.buffer("stores", {
 *       fields: { page: "u32", size: "u8" },
 *       deliver: ({ length, columns }) => {
 *         for (let i = 0; i < length; i++) stored.add(columns.page[i]);
 *       },
 *     });
 *     const { address, size } = vm.values;
 *     insn.memoryInline.append(stores, { page: address.shr(12), size }, { filter: "stores" });
 */
export interface TraceBuffer<Of extends Fields> {
  /** As `vm.buffer` was told. */
  readonly name: string;
  /** As they were declared. */
  readonly fields: Of;
  /** Records appended so far, those delivered included. */
  readonly appended: number;
  /**
   * Appends a record from a callback; fields that are not named are zero, and a field keeps the low bits of its value.
   * Cost: some hundred nanoseconds. Not from `deliver`. @throws TypeError for a field that it does not have.
   */
  append(record: { readonly [Name in keyof Of]?: bigint | number }): void;
  /** Delivers what has not been delivered yet. @throws Error when it is called from `deliver`. */
  flush(): void;
  /**
   * What the analysis says after all records appended so far: waits for it. `undefined` without an analysis.
   * @throws what the analysis threw, or that it did not answer in time.
   */
  result<Result = unknown>(): Result | undefined;
}

/**
 * When an operation takes place.
 *
 *     const large = vm.counter("large stores");
 *     insn.memoryInline.add(large, 1n, { when: vm.values.size.ge(8), filter: "stores" });
 */
export interface InlineOptions {
  /** The operation takes place when this is not zero. Cost: that of the expression, and a branch. */
  when?: Operand;
}

/** After which accesses an operation takes place. */
export interface MemoryInlineOptions extends InlineOptions {
  /** Only loads, or only stores: decided when the block is translated, so that the other kind costs nothing. */
  filter?: MemoryFilter;
  /**
   * Only accesses whose first byte is in [start, end). Cost: a subtraction and a comparison.
   * @throws TypeError when they are no `bigint`s, or the end lies before the start.
   */
  range?: { readonly start: bigint; readonly end: bigint };
}

/**
 * Operations at one point of guest code. They take place in the order in which they are asked for, among the callbacks
 * asked for at the same point. Adding a constant to a counter costs one addition in memory, and additions to one
 * counter that nothing can tell apart are made in one. All arithmetic is modulo 2^64.
 *
 *     const digest = vm.counter("digest");
 *     const deepest = vm.counter("lowest stack pointer");
 *     deepest.value = (1n << 64n) - 1n;
 *     insn.inline.hash(digest, insn.vaddr);
 *     insn.inlineAfter.min(deepest, vm.values.register("sp"));
 *
 * @throws TypeError, where an operation is asked for, when its place, operand or options are not what they should be.
 */
export interface Inline<Options extends InlineOptions = InlineOptions> {
  /** cell += operand */
  add(cell: Cell64, operand: Operand, options?: Options): void;
  /** cell -= operand */
  sub(cell: Cell64, operand: Operand, options?: Options): void;
  /** cell = the smaller of the two, unsigned. */
  min(cell: Cell64, operand: Operand, options?: Options): void;
  /** cell = the larger of the two, unsigned. */
  max(cell: Cell64, operand: Operand, options?: Options): void;
  /** cell &= operand */
  and(cell: Cell64, operand: Operand, options?: Options): void;
  /** cell |= operand */
  or(cell: Cell64, operand: Operand, options?: Options): void;
  /** cell ^= operand */
  xor(cell: Cell64, operand: Operand, options?: Options): void;
  /** cell <<= amount, modulo 64. */
  shl(cell: Cell64, amount: Operand, options?: Options): void;
  /** cell >>= amount, modulo 64, filled with zeros. */
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
