// Exact counts by page, of accesses anywhere in 64 bits, without a call per access. A page has a slot in a table, by the
// low bits of its number; a slot knows whose it is. Guest code compares and adds. Only where a slot is another page's
// does it call: what the slot has counted is put away, and it goes over to the page that is accessed now.
import type { CellArray, Expression, Instruction, MemoryFilter, Operand, Vm } from "@terrarium/api";

/** Pages that have slots at a time. */
const SLOTS = 1 << 15;
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
  readonly #page: Expression;

  /** `pageSize` is a power of two. Each page has `kinds` counts, also a power of two. */
  constructor(vm: Pick<Vm, "array" | "values">, name: string, { pageSize, kinds }: { pageSize: number; kinds: number }) {
    this.#shift = Math.log2(pageSize);
    this.#kinds = kinds;
    this.#owners = vm.array(`${name}: owners`, SLOTS);
    this.#owners.fill(NOBODY);
    this.#counts = vm.array(name, SLOTS * kinds);
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

  #claim(page: bigint): void {
    const slot = Number(page & BigInt(SLOTS - 1));
    const before = this.#pages.get(slot);
    if (before !== undefined) {
      this.#putAway.set(before, this.#sum(slot, before));
      for (let kind = 0; kind < this.#kinds; kind++) this.#counts.set(slot * this.#kinds + kind, 0n);
    }
    this.#pages.set(slot, page);
    this.#owners.set(slot, page);
  }

  #sum(slot: number, page: bigint): bigint[] {
    const before = this.#putAway.get(page);
    return Array.from(
      { length: this.#kinds },
      (_, kind) => this.#counts.get(slot * this.#kinds + kind) + (before?.[kind] ?? 0n),
    );
  }
}
