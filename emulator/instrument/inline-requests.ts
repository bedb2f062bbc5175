// The operations that plugins ask for at a point of guest code, checked and made into insertions.
import type {
  Cell64,
  Edges,
  Histogram,
  Inline,
  InlineOptions,
  MemoryFilter,
  MemoryInlineOptions,
  Operand,
  Values,
} from "../../plugins/api/index.ts";
import type { InlineOperation } from "./block-plan.ts";
import { SharedEdges } from "./edges.ts";
import { type Computation, constantOf, type Emission, fixedOffsetOf, nodeOf, touchesCells } from "./expressions.ts";
import { SharedHistogram } from "./histogram.ts";
import { type AppendEmission, SharedBuffer } from "./trace-buffer.ts";

type Request = { kind: "add"; counter: number; value: bigint } | InlineOperation;

/** Takes an operation in at some point; `options` have been checked. */
export type Take = (request: Request, options: MemoryInlineOptions) => void;

/** From the cell's value and the operand, its new value. */
type Combine = (emission: Emission, before: number, operand: number) => number;

const binary =
  (op: "add" | "sub" | "and" | "or" | "xor" | "shl" | "shr"): Combine =>
  (emission, before, operand) =>
    emission.binary(op, before, operand);

const smaller: Combine = (emission, before, operand) =>
  emission.select(emission.binary("ltu", operand, before), operand, before);
const larger: Combine = (emission, before, operand) =>
  emission.select(emission.binary("ltu", before, operand), operand, before);
/** Operations that are given to `take` as they are asked for. */
export class InlineRequests implements Inline<MemoryInlineOptions> {
  readonly #take: Take;
  readonly #values: Values;

  constructor(take: Take, values: Values) {
    this.#take = take;
    this.#values = values;
  }

  add(cell: Cell64, operand: Operand, options: MemoryInlineOptions = {}): void {
    const counter = fixedOffsetOf(cell);
    const value = constantOf(operand);
    if (counter !== undefined && value !== undefined && options.when === undefined && options.range === undefined)
      this.#take({ kind: "add", counter, value }, options);
    else this.#change(cell, operand, options, binary("add"));
  }

  sub(cell: Cell64, operand: Operand, options: MemoryInlineOptions = {}): void {
    this.#change(cell, operand, options, binary("sub"));
  }

  min(cell: Cell64, operand: Operand, options: MemoryInlineOptions = {}): void {
    this.#change(cell, operand, options, smaller);
  }

  max(cell: Cell64, operand: Operand, options: MemoryInlineOptions = {}): void {
    this.#change(cell, operand, options, larger);
  }

  and(cell: Cell64, operand: Operand, options: MemoryInlineOptions = {}): void {
    this.#change(cell, operand, options, binary("and"));
  }

  or(cell: Cell64, operand: Operand, options: MemoryInlineOptions = {}): void {
    this.#change(cell, operand, options, binary("or"));
  }

  xor(cell: Cell64, operand: Operand, options: MemoryInlineOptions = {}): void {
    this.#change(cell, operand, options, binary("xor"));
  }

  shl(cell: Cell64, amount: Operand, options: MemoryInlineOptions = {}): void {
    this.#change(cell, amount, options, binary("shl"));
  }

  shr(cell: Cell64, amount: Operand, options: MemoryInlineOptions = {}): void {
    this.#change(cell, amount, options, binary("shr"));
  }

  hash(cell: Cell64, operand: Operand, options: MemoryInlineOptions = {}): void {
    fixedOffsetOf(cell);
    this.set(cell, cell.hash(operand), options);
  }

  set(cell: Cell64, operand: Operand, options: MemoryInlineOptions = {}): void {
    fixedOffsetOf(cell);
    nodeOf(operand);
    this.#operation(options, (emission, computation) => {
      const value = computation.temp(operand);
      const { addr, offset } = computation.place(cell);
      emission.poke(addr, offset, value, 8);
    });
  }

  count(histogram: Histogram, operand: Operand, options: MemoryInlineOptions = {}): void {
    const counted = SharedHistogram.from(histogram);
    nodeOf(operand);
    this.#operation(options, (emission, computation) => counted.emit(emission, computation, operand));
  }

  append(
    buffer: unknown,
    record: Readonly<Record<string, Operand | undefined>>,
    options: MemoryInlineOptions = {},
  ): void {
    const appended = SharedBuffer.from(buffer);
    const operands = appended.operands(record);
    this.#operation(
      options,
      (emission, computation) => appended.emit(emission, computation, operands),
      appended,
      !operands.some(touchesCells),
    );
  }

  #change(cell: Cell64, operand: Operand, options: MemoryInlineOptions, combine: Combine): void {
    fixedOffsetOf(cell);
    nodeOf(operand);
    this.#operation(options, (emission, computation) => {
      const value = computation.temp(operand);
      const { addr, offset } = computation.place(cell);
      const before = emission.peek(addr, offset, 8);
      emission.poke(addr, offset, combine(emission, before, value), 8);
    });
  }

  #operation(
    options: MemoryInlineOptions,
    emit: (emission: Emission & AppendEmission, computation: Computation) => void,
    buffer?: SharedBuffer,
    isApart = false,
  ): void {
    this.#take({ kind: "inline", when: conditionOf(options, this.#values), isApart, buffer, emit }, options);
  }

  /** For blocks: an edge needs its end as well. */
  static edge(edges: Edges, to: bigint, lastPc: bigint): { entry: InlineOperation; end: InlineOperation } {
    const counted = SharedEdges.from(edges);
    const apart = { kind: "inline", when: undefined, buffer: undefined } as const;
    return {
      entry: { ...apart, isApart: true, emit: (emission) => counted.emitEntry(emission, to) },
      end: { ...apart, isApart: true, emit: (emission) => counted.emitEnd(emission, lastPc) },
    };
  }
}

/** The condition that `when` and `range` come to together. */
export function conditionOf({ when, range }: MemoryInlineOptions, values: Values): Operand | undefined {
  if (when !== undefined) nodeOf(when);
  if (range === undefined) return when;
  const { start, end } = range;
  if (typeof start !== "bigint" || typeof end !== "bigint" || end < start)
    throw new TypeError("`range` must be { start, end }, two bigints, the end not before the start");
  const isInside = values.address.sub(start).lt(end - start);
  return when === undefined ? isInside : values.constant(0).lt(when).and(isInside);
}

export function checkedFilter({ filter }: { filter?: MemoryFilter }): MemoryFilter | undefined {
  if (filter === undefined || filter === "loads" || filter === "stores") return filter;
  throw new TypeError(`the filter must be "loads" or "stores", not ${JSON.stringify(filter)}`);
}

export type { InlineOptions };
