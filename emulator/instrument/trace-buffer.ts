// Records that guest code writes and a plugin gets many at once. Each field is a column of its own in instruments'
// memory; a cell says how many records there are. That there is room is made sure of once per block, not per record.
import type {
  Batch,
  BufferOptions,
  Columns,
  Fields,
  FieldType,
  Operand,
  TraceBuffer,
} from "../../plugins/api/index.ts";
import { type HostCall, hostCall } from "../ir/host-call.ts";
import { type Computation, type Emission, nodeOf } from "./expressions.ts";
import type { PluginMemory } from "./instrument-memory.ts";

const DEFAULT_CAPACITY = 65_536;
const MIN_CAPACITY = 1024;
const MAX_CAPACITY = 1 << 20;
const MAX_FIELDS = 16;

const sizes: Readonly<Record<FieldType, 1 | 2 | 4 | 8>> = { u8: 1, u16: 2, u32: 4, u64: 8 };
const arrays = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, u64: BigUint64Array } as const;
type AnyColumn = InstanceType<(typeof arrays)[FieldType]>;

interface Column {
  readonly name: string;
  readonly size: 1 | 2 | 4 | 8;
  /** Byte offset in the shared memory. */
  readonly offset: number;
  readonly array: AnyColumn;
}

/** Takes batches on a thread of its own. */
export interface AnalysisThread {
  /** Copies the batch; waits while too many have not been taken yet. @throws Error when the thread has failed. */
  deliver(batch: Batch): void;
  /** Waits until all batches are taken, and gives the analysis's result. @throws Error when the thread has failed. */
  result(): unknown;
  close(): void;
}

/** What batches are like. */
export interface BatchShape {
  readonly fields: Fields;
  /** Records in one, at most. */
  readonly capacity: number;
}

export interface BufferServices {
  readonly memory: PluginMemory;
  /** Runs code of the plugin that gets records; what it throws removes the plugin. */
  guarded(where: string, work: () => void): void;
  /** @throws Error when the plugin has no analysis of this name. */
  analysis(name: string, shape: BatchShape): AnalysisThread;
}

export class SharedBuffer implements TraceBuffer<Fields> {
  readonly name: string;
  readonly fields: Fields;
  readonly #capacity: number;
  /** Byte offset of the cell that says how many records there are. */
  readonly #position: number;
  readonly #words: BigUint64Array;
  readonly #columns: readonly Column[];
  readonly #services: BufferServices;
  readonly #deliver: ((batch: Batch) => void) | undefined;
  readonly #analysis: AnalysisThread | undefined;
  /** What guest code calls when there is no room for what it is about to append. */
  readonly #full: HostCall;
  #delivered = 0;
  #result: { appended: number; value: unknown } | undefined;
  #delivering = false;

  constructor(name: string, options: BufferOptions<Fields>, services: BufferServices) {
    const { capacity = DEFAULT_CAPACITY, deliver, analysis } = options;
    const fail = (text: string): never => {
      throw new TypeError(`buffer "${name}": ${text}`);
    };
    if (typeof options.fields !== "object" || options.fields === null) fail('`fields` is missing: { pc: "u64" }');
    const fields = Object.entries(options.fields);
    if (fields.length === 0 || fields.length > MAX_FIELDS)
      fail(`needs 1 to ${MAX_FIELDS} fields, not ${fields.length}`);
    for (const [field, type] of fields)
      if (!Object.hasOwn(sizes, type)) fail(`field "${field}" must be u8, u16, u32 or u64, not ${String(type)}`);
    if (!Number.isInteger(capacity) || capacity < MIN_CAPACITY || capacity > MAX_CAPACITY)
      fail(`\`capacity\` must be from ${MIN_CAPACITY} to ${MAX_CAPACITY} records, not ${capacity}`);
    if ((deliver === undefined) === (analysis === undefined)) fail("needs either `deliver` or `analysis`");
    if (deliver !== undefined && typeof deliver !== "function") fail("`deliver` must be a function");
    this.name = name;
    this.fields = Object.freeze({ ...options.fields });
    this.#capacity = capacity;
    this.#services = services;
    this.#deliver = deliver?.bind(options);
    this.#analysis =
      analysis === undefined ? undefined : services.analysis(analysis, { fields: this.fields, capacity });
    const { memory } = services;
    this.#words = memory.memory.words;
    this.#position = memory.allocate(8);
    this.#columns = fields.map(([field, type]) => {
      const offset = memory.allocate(sizes[type] * capacity);
      return {
        name: field,
        size: sizes[type],
        offset,
        array: new arrays[type](memory.memory.buffer as ArrayBuffer, offset, capacity),
      };
    });
    this.#full = hostCall((buffer: SharedBuffer) => buffer.flush(), this as SharedBuffer);
  }

  get appended(): number {
    return this.#delivered + this.#length;
  }

  get #length(): number {
    return Number(this.#words[this.#position >> 3]);
  }

  append(record: Readonly<Record<string, bigint | number | undefined>>): void {
    this.operands(record);
    if (this.#length >= this.#capacity) this.flush();
    const index = this.#length;
    for (const { name, array, size } of this.#columns) {
      const value = BigInt.asUintN(8 * size, BigInt(record[name] ?? 0));
      if (array instanceof BigUint64Array) array[index] = value;
      else array[index] = Number(value);
    }
    this.#words[this.#position >> 3] = BigInt(index + 1);
  }

  flush(): void {
    const length = this.#length;
    if (this.#delivering) throw new Error(`buffer "${this.name}" cannot be flushed while its records are delivered`);
    if (length === 0) return;
    const columns = Object.fromEntries(
      this.#columns.map(({ name, array }) => [name, array.subarray(0, length)]),
    ) as Columns<Fields>;
    const batch: Batch = { length, first: this.#delivered, columns };
    this.#delivering = true;
    try {
      this.#services.guarded(`deliver of buffer "${this.name}"`, () => {
        if (this.#analysis) this.#analysis.deliver(batch);
        else this.#deliver?.(batch);
      });
    } finally {
      this.#delivering = false;
      this.#delivered += length;
      this.#words[this.#position >> 3] = 0n;
    }
  }

  /** For its owner, who cannot know whether it is called from `deliver`. */
  flushUnlessDelivering(): void {
    if (!this.#delivering) this.flush();
  }

  /** Forgets the records that code has appended which its plugin has given up. */
  discard(): void {
    this.#words[this.#position >> 3] = 0n;
  }

  result<Result>(): Result | undefined {
    if (!this.#analysis) return undefined;
    this.flush();
    // The same until there is more.
    if (this.#result?.appended !== this.#delivered)
      this.#result = { appended: this.#delivered, value: this.#analysis.result() };
    return this.#result.value as Result;
  }

  close(): void {
    this.#analysis?.close();
  }

  /** @throws TypeError when it is no buffer. */
  static from(value: unknown): SharedBuffer {
    if (typeof value !== "object" || value === null || !(#columns in value))
      throw new TypeError("expected a buffer made by vm.buffer()");
    return value;
  }

  /** The fields of a record, checked. */
  operands(record: Readonly<Record<string, Operand | undefined>>): RecordOperands {
    const names = this.#columns.map(({ name }) => name);
    for (const [name, operand] of Object.entries(record)) {
      if (!names.includes(name))
        throw new TypeError(`buffer "${this.name}" has no field "${name}": it has ${names.join(", ")}`);
      if (operand !== undefined) nodeOf(operand);
    }
    return this.#columns.map(({ name }) => record[name] ?? 0n);
  }

  /** Appends a record; there is room for it. */
  emit(emission: Emission & AppendEmission, computation: Computation, operands: RecordOperands): void {
    const values = operands.map((operand) => computation.temp(operand));
    const index = emission.reserve(this.#position);
    const scaled = new Map<number, number>([[1, index]]);
    this.#columns.forEach(({ size, offset }, i) => {
      let addr = scaled.get(size);
      if (addr === undefined) {
        addr = emission.binary("shl", index, emission.const(BigInt(Math.log2(size))));
        scaled.set(size, addr);
      }
      emission.poke(addr, offset, values[i], size);
    });
  }

  /** Has the records delivered when there is no room for so many more. @throws RangeError when there never is. */
  emitRoom(emission: Emission & AppendEmission, records: number): void {
    if (records > this.#capacity)
      throw new RangeError(
        `buffer "${this.name}" holds ${this.#capacity} records, and one instruction appends ${records}`,
      );
    const position = emission.peek(emission.const(0n), this.#position, 8);
    const most = emission.const(BigInt(this.#capacity - records + 1));
    emission.when(emission.binary("geu", position, most), () => emission.notify(this.#full, []));
  }

  get capacity(): number {
    return this.#capacity;
  }
}

export type RecordOperands = readonly Operand[];

/** What appending needs besides values. */
export interface AppendEmission {
  /** The index of the next record, by the cell that counts them, which counts this one from now on. */
  reserve(counter: number): number;
  when(cond: number, body: () => void): void;
  notify(callback: HostCall, args: readonly number[]): void;
}
