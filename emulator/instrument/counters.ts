// Counters, and families of them by key or by name.
import type { Counter, Counters, Scoreboard } from "../../plugins/api/index.ts";
import { CellExpression } from "./expressions.ts";
import type { PluginMemory } from "./instrument-memory.ts";

/** One 64-bit counter. There is one vCPU, so it has one home. */
export class SharedCounter extends CellExpression implements Counter {
  readonly #at: number;
  readonly #words: BigUint64Array;

  /** `key` tells it from others when the plugin is loaded again. */
  constructor(memory: PluginMemory, name: string, key = `counter ${name}`) {
    const offset = memory.allocateNamed(key, 8);
    super(name, offset);
    this.#at = offset >> 3;
    this.#words = memory.memory.words;
  }

  get value(): bigint {
    return this.#words[this.#at];
  }

  set value(value: bigint) {
    this.#words[this.#at] = value;
  }

  of(vcpu: number): bigint {
    return vcpu === 0 ? this.value : 0n;
  }

  setOf(vcpu: number, value: bigint): void {
    if (vcpu !== 0) throw new RangeError(`there is no vCPU ${vcpu}`);
    this.value = value;
  }
}

export class KeyedCounters<Key extends bigint | number | string> implements Counters<Key> {
  readonly name: string;
  readonly #memory: PluginMemory;
  readonly #byKey = new Map<Key, SharedCounter>();

  constructor(memory: PluginMemory, name: string) {
    this.#memory = memory;
    this.name = name;
  }

  get size(): number {
    return this.#byKey.size;
  }

  at(key: Key): Counter {
    let counter = this.#byKey.get(key);
    if (!counter) {
      const text = `${this.name}[${String(key)}]`;
      counter = new SharedCounter(this.#memory, text, `${typeof key} counter ${text}`);
      this.#byKey.set(key, counter);
    }
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

  clear(): void {
    for (const counter of this.#byKey.values()) counter.value = 0n;
  }
}

export function makeScoreboard<Field extends string>(
  memory: PluginMemory,
  name: string,
  fields: readonly Field[],
): Scoreboard<Field> {
  const board = {} as { [Name in Field]: Counter };
  for (const field of fields) {
    const text = `${name}.${field}`;
    board[field] = new SharedCounter(memory, text, `scoreboard ${text}`);
  }
  return Object.freeze(board);
}
