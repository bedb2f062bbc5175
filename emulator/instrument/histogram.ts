// How often values fell into ranges.
import type { Histogram, HistogramOptions, Operand } from "../../plugins/api/index.ts";
import type { Computation, Emission } from "./expressions.ts";
import type { PluginMemory } from "./instrument-memory.ts";

const MAX_BUCKETS = 65_536;

export class SharedHistogram implements Histogram {
  readonly name: string;
  readonly length: number;
  readonly #width: number | "log2";
  readonly #from: bigint;
  readonly #offset: number;
  readonly #words: BigUint64Array;

  constructor(memory: PluginMemory, name: string, { buckets, width = 1, from = 0 }: HistogramOptions) {
    const fail = (text: string): never => {
      throw new RangeError(`histogram "${name}": ${text}`);
    };
    if (!Number.isInteger(buckets) || buckets < 1 || buckets > MAX_BUCKETS)
      fail(`\`buckets\` must be from 1 to ${MAX_BUCKETS}, not ${buckets}`);
    if (width !== "log2" && (!Number.isSafeInteger(width) || width < 1 || !Number.isInteger(Math.log2(width))))
      fail(`\`width\` must be a power of two or "log2", not ${width}`);
    if (width === "log2" && BigInt(from) !== 0n) fail("`from` goes with a width that is a number");
    this.name = name;
    this.length = buckets;
    this.#width = width;
    this.#from = BigInt.asUintN(64, BigInt(from));
    this.#offset = memory.allocateNamed(`histogram ${name}`, 8 * buckets);
    this.#words = memory.memory.words.subarray(this.#offset >> 3, (this.#offset >> 3) + buckets);
  }

  get(bucket: number): bigint {
    if (!Number.isInteger(bucket) || bucket < 0 || bucket >= this.length)
      throw new RangeError(`histogram "${this.name}" has buckets 0 to ${this.length - 1}, none ${bucket}`);
    return this.#words[bucket];
  }

  total(): bigint {
    return BigInt.asUintN(
      64,
      this.#words.reduce((sum, count) => sum + count, 0n),
    );
  }

  entries(): [from: bigint, count: bigint][] {
    return Array.from(this.#words, (count, bucket) => [this.#smallest(BigInt(bucket)), count]);
  }

  clear(): void {
    this.#words.fill(0n);
  }

  #smallest(bucket: bigint): bigint {
    if (this.#width === "log2") return bucket === 0n ? 0n : 1n << (bucket - 1n);
    return this.#from + bucket * BigInt(this.#width);
  }

  /** @throws TypeError when it is none. */
  static from(value: unknown): SharedHistogram {
    if (typeof value !== "object" || value === null || !(#offset in value))
      throw new TypeError("expected a histogram made by vm.histogram()");
    return value;
  }

  /** Counts an operand. */
  emit(emission: Emission, computation: Computation, operand: Operand): void {
    const bucket = this.#emitBucket(emission, computation.temp(operand));
    const last = emission.const(BigInt(this.length - 1));
    const kept = emission.select(emission.binary("ltu", bucket, last), bucket, last);
    const addr = emission.binary("shl", kept, emission.const(3n));
    const before = emission.peek(addr, this.#offset, 8);
    emission.poke(addr, this.#offset, emission.binary("add", before, emission.const(1n)), 8);
  }

  #emitBucket(emission: Emission, value: number): number {
    if (this.#width === "log2") return emission.binary("sub", emission.const(64n), emission.unary("clz", value));
    let distance = value;
    if (this.#from !== 0n) {
      const from = emission.const(BigInt.asIntN(64, this.#from));
      const isBelow = emission.binary("ltu", value, from);
      distance = emission.select(isBelow, emission.const(0n), emission.binary("sub", value, from));
    }
    return emission.binary("shr", distance, emission.const(BigInt(Math.log2(this.#width))));
  }
}
