// Exact counts by page, of accesses anywhere in 64 bits, without a call per access. A page has a slot in a table, by the
// low bits of its number; a slot knows whose it is. Guest code compares and adds. Only where a slot is another page's
// does it call: what the slot has counted is put away, and it goes over to the page that is accessed now.
import type { CellArray, Expression, Instruction, MemoryFilter, Operand, Vm } from "@terrarium/api";

/** Pages that have slots at a time. */
const SLOTS = 1 << 14;
/** No page has this number. */
const NOBODY = (1n << 64n) - 1n;

export class PageCounts {
  readonly #shift: number;
  readonly #kinds: number;
  /** Whose each slot is: for guest code, and for this side. */
  readonly #owners: CellArray;
  readonly #pages = new Map<number, bigint>();
  readonly #counts: CellArray;
  /** Counts of pages that have lost their slots. */
  readonly #putAway = new Map<bigint, bigint[]>();
  /** What the slots had at the last `takeRecent`, and what pages have had since that have lost their slots. */
  #then: Uint32Array;
  readonly #lately = new Map<bigint, bigint>();
  readonly #page: Expression;

  /** `pageSize` is a power of two. Each page has `kinds` counts, also a power of two. */
  constructor(
    vm: Pick<Vm, "array" | "values">,
    name: string,
    { pageSize, kinds }: { pageSize: number; kinds: number },
  ) {
    this.#shift = Math.log2(pageSize);
    this.#kinds = kinds;
    this.#owners = vm.array(`${name}: owners`, SLOTS);
    this.#owners.fill(NOBODY);
    this.#counts = vm.array(name, SLOTS * kinds);
    this.#then = this.#words();
    this.#page = vm.values.address.shr(this.#shift);
  }

  /** Counts the accesses of an instruction that pass the filter, as of a kind, from 0. */
  watch(insn: Instruction, kind: Operand, filter?: MemoryFilter): void {
    const page = this.#page;
    insn.onMemory(({ vaddr }) => this.#claim(vaddr >> BigInt(this.#shift)), {
      filter,
      when: this.#owners.at(page).ne(page),
    });
    const place = page.shl(Math.log2(this.#kinds)).or(kind);
    insn.memoryInline.add(this.#counts.at(place), 1n, { filter });
  }

  /** Every page that was accessed, by the address of its first byte, with its counts by kind. In no particular order. */
  entries(): [address: bigint, counts: bigint[]][] {
    const sums = new Map(this.#putAway);
    for (const [slot, page] of this.#pages) sums.set(page, this.#sum(slot, page));
    return Array.from(sums, ([page, counts]) => [page << BigInt(this.#shift), counts]);
  }

  /** Accesses of each page since the last `takeRecent`, by its address. */
  recent(): Map<bigint, bigint> {
    return this.#recent(this.#words());
  }

  /** The same; from now on, `recent` counts from zero. Takes some tens of microseconds, and some nanoseconds a page. */
  takeRecent(): Map<bigint, bigint> {
    const now = this.#words();
    const recent = this.#recent(now);
    this.#then = now;
    this.#lately.clear();
    return recent;
  }

  #recent(now: Uint32Array): Map<bigint, bigint> {
    const recent = new Map(this.#lately);
    for (const [slot, page] of this.#pages)
      for (let cell = slot * this.#kinds; cell < (slot + 1) * this.#kinds; cell++)
        if (now[2 * cell] !== this.#then[2 * cell] || now[2 * cell + 1] !== this.#then[2 * cell + 1])
          addTo(recent, page << BigInt(this.#shift), wordAt(now, cell) - wordAt(this.#then, cell));
    return recent;
  }

  #claim(page: bigint): void {
    const slot = Number(page & BigInt(SLOTS - 1));
    const before = this.#pages.get(slot);
    if (before !== undefined) {
      this.#putAway.set(before, this.#sum(slot, before));
      for (let cell = slot * this.#kinds; cell < (slot + 1) * this.#kinds; cell++) {
        const count = this.#counts.get(cell);
        addTo(this.#lately, before << BigInt(this.#shift), count - wordAt(this.#then, cell));
        this.#counts.set(cell, 0n);
        this.#then.fill(0, 2 * cell, 2 * cell + 2);
      }
    }
    this.#pages.set(slot, page);
    this.#owners.set(slot, page);
  }

  /** The halves of all counts: to compare small numbers is quick. */
  #words(): Uint32Array {
    return new Uint32Array(this.#counts.values().buffer);
  }

  #sum(slot: number, page: bigint): bigint[] {
    const before = this.#putAway.get(page);
    return Array.from(
      { length: this.#kinds },
      (_, kind) => this.#counts.get(slot * this.#kinds + kind) + (before?.[kind] ?? 0n),
    );
  }
}

const wordAt = (halves: Uint32Array, cell: number) => BigInt(halves[2 * cell]) + (BigInt(halves[2 * cell + 1]) << 32n);

function addTo(counts: Map<bigint, bigint>, page: bigint, amount: bigint): void {
  if (amount > 0n) counts.set(page, (counts.get(page) ?? 0n) + amount);
}
