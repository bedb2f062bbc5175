// Counters in the shared memory, so that generated code can change them without a call.
import type { Counter, Counters } from "../../plugins/api/index.ts";
import { COUNTERS_BASE, COUNTERS_END } from "../machine/layout.ts";

/** One 64-bit counter. There is one vCPU, so it has one home. */
export class SharedCounter implements Counter {
  readonly name: string;
  readonly #offset: number;
  readonly #memory: CounterMemory;

  constructor(memory: CounterMemory, name: string) {
    this.#memory = memory;
    this.name = name;
    this.#offset = memory.allocate();
  }

  get value(): bigint {
    return this.#memory.words[this.#offset >> 3];
  }

  set value(value: bigint) {
    this.#memory.words[this.#offset >> 3] = value;
  }

  of(vcpu: number): bigint {
    return vcpu === 0 ? this.value : 0n;
  }

  /** Byte offset in the shared memory. @throws when it is no counter of this host. */
  static offsetOf(counter: unknown): number {
    if (typeof counter !== "object" || counter === null || !(#offset in counter))
      throw new TypeError("expected a counter made by vm.counter() or vm.counters()");
    return counter.#offset;
  }
}

/** Hands out counters. Memory is given back only with the session: code that is still running may count in it. */
export class CounterMemory {
  readonly words: BigUint64Array;
  private next = COUNTERS_BASE;

  constructor(buffer: ArrayBufferLike) {
    this.words = new BigUint64Array(buffer, 0, COUNTERS_END >> 3);
  }

  /** Offset of a zeroed counter. */
  allocate(): number {
    if (this.next >= COUNTERS_END)
      throw new RangeError(`the room for counters is used up: there are ${(COUNTERS_END - COUNTERS_BASE) / 8} of them`);
    const offset = this.next;
    this.next += 8;
    this.words[offset >> 3] = 0n;
    return offset;
  }
}

export class KeyedCounters<Key extends bigint | number | string> implements Counters<Key> {
  readonly name: string;
  readonly #memory: CounterMemory;
  readonly #byKey = new Map<Key, SharedCounter>();

  constructor(memory: CounterMemory, name: string) {
    this.#memory = memory;
    this.name = name;
  }

  get size(): number {
    return this.#byKey.size;
  }

  at(key: Key): Counter {
    let counter = this.#byKey.get(key);
    if (!counter) this.#byKey.set(key, (counter = new SharedCounter(this.#memory, `${this.name}[${String(key)}]`)));
    return counter;
  }

  get(key: Key): bigint {
    return this.#byKey.get(key)?.value ?? 0n;
  }

  total(): bigint {
    let sum = 0n;
    for (const counter of this.#byKey.values()) sum += counter.value;
    return BigInt.asUintN(64, sum);
  }

  entries(): [Key, bigint][] {
    return Array.from(this.#byKey, ([key, counter]) => [key, counter.value]);
  }

  top(limit: number): [Key, bigint][] {
    return this.entries()
      .sort(([, a], [, b]) => (a < b ? 1 : a > b ? -1 : 0))
      .slice(0, limit);
  }
}
