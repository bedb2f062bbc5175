// How often control went from one block to another. Each block has room for its first four predecessors in instruments'
// memory, the first of them checked first; what comes from elsewhere is counted by a call.
import type { Edges } from "../../plugins/api/index.ts";
import { type HostCall, hostCall } from "../ir/host-call.ts";
import { VCPU_BASE, Vcpu } from "../machine/layout.ts";
import type { Emission } from "./expressions.ts";
import type { PluginMemory } from "./instrument-memory.ts";
import type { AppendEmission } from "./trace-buffer.ts";

const SLOTS = 4;
/** A slot: where control came from, and how often. Behind the slots is one that counts what is in none of them. */
const SLOT_BYTES = 16;
const BLOCK_BYTES = SLOT_BYTES * (SLOTS + 1);

export class SharedEdges implements Edges {
  readonly name: string;
  readonly #memory: PluginMemory;
  readonly #words: BigUint64Array;
  /** Byte offset of the cell with the address of the last instruction of the block before; 0 when there is none. */
  readonly #last: number;
  /** By the address of a block: byte offset of its slots. */
  readonly #blocks = new Map<bigint, number>();
  /** What found no slot: by target, then by source. */
  readonly #others = new Map<bigint, Map<bigint, bigint>>();
  readonly #missed: (edges: SharedEdges, to: bigint) => void;

  constructor(memory: PluginMemory, name: string) {
    this.name = name;
    this.#memory = memory;
    this.#words = memory.memory.words;
    this.#last = memory.allocate(8);
    this.#missed = (edges, to) => edges.#count(to);
  }

  entries(): { from: bigint; to: bigint; count: bigint }[] {
    const found = [...this.#blocks].flatMap(([to, offset]) =>
      Array.from({ length: SLOTS }, (_, slot) => {
        const at = (offset + slot * SLOT_BYTES) >> 3;
        return { from: this.#words[at], to, count: this.#words[at + 1] };
      }).filter(({ from, count }) => from !== 0n && count !== 0n),
    );
    for (const [to, sources] of this.#others) for (const [from, count] of sources) found.push({ from, to, count });
    return found;
  }

  clear(): void {
    for (const offset of this.#blocks.values()) this.#words.fill(0n, offset >> 3, (offset + BLOCK_BYTES) >> 3);
    this.#others.clear();
  }

  /** Control went elsewhere than any instruction sent it: the next block has no predecessor. */
  interrupt(): void {
    this.#words[this.#last >> 3] = 0n;
  }

  /** @throws TypeError when it is none. */
  static from(value: unknown): SharedEdges {
    if (typeof value !== "object" || value === null || !(#blocks in value))
      throw new TypeError("expected edges made by vm.edges()");
    return value;
  }

  /** When a block is entered. */
  emitEntry(emission: Emission & AppendEmission, to: bigint): void {
    let offset = this.#blocks.get(to);
    if (offset === undefined) {
      offset = this.#memory.allocate(BLOCK_BYTES);
      this.#blocks.set(to, offset);
    }
    const base = offset;
    const none = emission.const(0n);
    const from = emission.peek(none, this.#last, 8);
    const isFrom = (slot: number) => emission.binary("eq", from, emission.peek(none, base + slot * SLOT_BYTES, 8));
    const add = (addr: number, amount: number) => {
      const before = emission.peek(addr, base + 8, 8);
      emission.poke(addr, base + 8, emission.binary("add", before, amount), 8);
    };
    const isFirst = isFrom(0);
    add(none, isFirst);
    emission.when(emission.binary("eq", isFirst, none), () => {
      let place = emission.const(BigInt(SLOTS * SLOT_BYTES));
      const nowhere = place;
      for (let slot = SLOTS - 1; slot > 0; slot--)
        place = emission.select(isFrom(slot), emission.const(BigInt(slot * SLOT_BYTES)), place);
      add(place, emission.const(1n));
      emission.when(emission.binary("eq", place, nowhere), () => emission.notify(this.#missedAt(to), [from]));
    });
  }

  /** Before the last instruction of a block. */
  emitEnd(emission: Emission, pc: bigint): void {
    emission.poke(emission.const(0n), this.#last, emission.const(BigInt.asIntN(64, pc)), 8);
  }

  #missedAt(to: bigint): HostCall {
    return hostCall(this.#missed, this as SharedEdges, to);
  }

  #count(to: bigint): void {
    const from = this.#words[(VCPU_BASE + Vcpu.args) >> 3];
    const offset = this.#blocks.get(to);
    if (from === 0n || offset === undefined) return;
    for (let slot = 0; slot < SLOTS; slot++) {
      const at = (offset + slot * SLOT_BYTES) >> 3;
      if (this.#words[at] !== 0n) continue;
      this.#words[at] = from;
      this.#words[at + 1] = 1n;
      return;
    }
    let sources = this.#others.get(to);
    if (!sources) this.#others.set(to, (sources = new Map()));
    sources.set(from, (sources.get(from) ?? 0n) + 1n);
  }
}
