// What is known of each byte of heap memory, where guest code itself can look: may it be accessed, was it written?
//
// Two bits a byte, in two arrays of cells, a cell for 64 bytes. A table has a slot of both for each page that holds
// blocks; all other pages share slot 0, where everything is allowed. So any access can be looked up, without a branch.
import type { Cell64, Expression, Vm } from "@terrarium/api";
import type { Block } from "./heap-blocks.ts";

const PAGE_SHIFT = 12;
const PAGE = 1 << PAGE_SHIFT;
/** Bytes of a cell, and cells of a page. */
const CELL_SHIFT = 6;
const CELLS = PAGE >> CELL_SHIFT;
const ALL = (1n << 64n) - 1n;
/** Pages of 4 GiB: a 32-bit address space, in which user programs are run. */
const PAGES = 1 << 20;
const MAX_SLOTS = 1 << 14;
/** What an allocator keeps before a block may be beside memory that is none of its. */
const HEADER = 16;

export class HeapShadow {
  private readonly slots;
  private readonly allowedBits;
  private readonly writtenBits;
  /** The pages that have slots, and the slots that are free. */
  private readonly pages = new Map<number, number>();
  private readonly unused: number[] = [];
  private made = 1;
  /** Bytes of blocks that there was no room for. */
  unwatched = 0;

  constructor(vm: Pick<Vm, "array">, slots: number) {
    const length = Math.min(slots, MAX_SLOTS) * CELLS;
    this.slots = vm.array("slots of pages", PAGES);
    this.allowedBits = vm.array("bytes allowed", length);
    this.writtenBits = vm.array("bytes written", length);
    this.allowedBits.fill(ALL, 0, CELLS);
    this.writtenBits.fill(ALL, 0, CELLS);
  }

  /** The cells of an address, when guest code gets there. */
  cells(address: Expression): { allowed: Cell64; written: Cell64; bit: Expression } {
    const slot = this.slots.at(address.shr(PAGE_SHIFT));
    const index = slot.add(address.shr(CELL_SHIFT).and(CELLS - 1));
    return { allowed: this.allowedBits.at(index), written: this.writtenBits.at(index), bit: address };
  }

  /** A block comes into being. */
  add({ address, size }: Block, isWritten: boolean): void {
    const start = Number(address);
    const end = start + size;
    if (end > PAGES * PAGE || !this.makeRoom(start, end)) {
      this.unwatched += size;
      return;
    }
    this.mark(this.allowedBits, start, end, true);
    this.mark(this.writtenBits, start, end, isWritten);
  }

  /** A block is gone. */
  remove({ address, size }: Block): void {
    const start = Number(address);
    this.mark(this.allowedBits, start, start + size, false);
    this.mark(this.writtenBits, start, start + size, false);
  }

  /** Bytes get values from outside the guest's code, or from where nobody looked. */
  write(address: bigint, size: number): void {
    const start = Number(address);
    this.mark(this.writtenBits, start, start + size, true, this.allowedBits);
  }

  /** A block goes on as another, with what was written. */
  move(from: Block, to: Block): void {
    const written = this.writtenRuns(Number(from.address), Math.min(from.size, to.size));
    this.remove(from);
    this.add(to, false);
    for (const [offset, length] of written) this.write(to.address + BigInt(offset), length);
  }

  isAllowed(address: number): boolean {
    return this.bit(this.allowedBits, address);
  }

  isWritten(address: number): boolean {
    return this.bit(this.writtenBits, address);
  }

  /** Memory that is no heap any more, or not the same. */
  forget(address: bigint, size: bigint): void {
    const first = Number(address >> BigInt(PAGE_SHIFT));
    const last = Number((address + size - 1n) >> BigInt(PAGE_SHIFT));
    for (const [page, slot] of [...this.pages]) {
      if (page < first || page > last) continue;
      this.pages.delete(page);
      this.slots.set(page, 0n);
      this.unused.push(slot);
    }
  }

  /** Stretches that were written, by offset and length. */
  private writtenRuns(start: number, size: number): [offset: number, length: number][] {
    const runs: [offset: number, length: number][] = [];
    const add = (offset: number, length: number) => {
      const last = runs[runs.length - 1];
      if (last && last[0] + last[1] === offset) last[1] += length;
      else runs.push([offset, length]);
    };
    for (let offset = 0; offset < size; ) {
      const at = start + offset;
      const length = Math.min(64 - (at % 64), size - offset);
      const bits = this.bitsAt(this.writtenBits, at) >> BigInt(at % 64);
      const all = (1n << BigInt(length)) - 1n;
      if ((bits & all) === all) add(offset, length);
      else for (let i = 0; i < length; i++) if ((bits >> BigInt(i)) & 1n) add(offset + i, 1);
      offset += length;
    }
    return runs;
  }

  /** Gives every page of a stretch a slot. False when there are not enough: then none gets one. */
  private makeRoom(start: number, end: number): boolean {
    const missing: number[] = [];
    for (let page = Math.floor(start / PAGE); page * PAGE < end; page++) if (!this.pages.has(page)) missing.push(page);
    const capacity = this.allowedBits.length / CELLS;
    if (missing.length > this.unused.length + capacity - this.made) return false;
    for (const page of missing) {
      const slot = this.unused.pop() ?? this.made++ * CELLS;
      this.pages.set(page, slot);
      this.slots.set(page, BigInt(slot));
      this.allowedBits.fill(0n, slot, slot + CELLS);
      this.writtenBits.fill(0n, slot, slot + CELLS);
    }
    // What is before the first block of a stretch of pages may be anything.
    const [first] = missing;
    const before = first === undefined ? 0 : first * PAGE;
    if (first !== undefined && before < start - HEADER && !this.pages.has(first - 1)) {
      this.mark(this.allowedBits, before, start - HEADER, true);
      this.mark(this.writtenBits, before, start - HEADER, true);
    }
    return true;
  }

  /** Sets bits, where `within` has bits too if it is given. */
  private mark(bits: typeof this.allowedBits, start: number, end: number, value: boolean, within?: typeof bits): void {
    let at = start;
    while (at < end) {
      const slot = this.pages.get(Math.floor(at / PAGE));
      const pageEnd = (Math.floor(at / PAGE) + 1) * PAGE;
      const stop = Math.min(end, pageEnd);
      if (slot !== undefined) this.markInPage(bits, slot, at, stop, value, within);
      at = stop;
    }
  }

  private markInPage(
    bits: typeof this.allowedBits,
    slot: number,
    start: number,
    end: number,
    value: boolean,
    within: typeof bits | undefined,
  ): void {
    const cellOf = (address: number) => slot + ((address & (PAGE - 1)) >> CELL_SHIFT);
    let at = start;
    while (at < end) {
      const index = cellOf(at);
      const offset = at & 63;
      const isWhole = offset === 0 && end - at >= 64 && !within;
      if (isWhole) {
        const cells = (end - at) >> CELL_SHIFT;
        bits.fill(value ? ALL : 0n, index, index + cells);
        at += cells << CELL_SHIFT;
        continue;
      }
      const length = Math.min(64 - offset, end - at);
      let mask = ((1n << BigInt(length)) - 1n) << BigInt(offset);
      if (within) mask &= within.get(index);
      bits.set(index, value ? bits.get(index) | mask : bits.get(index) & ~mask);
      at += length;
    }
  }

  private bit(bits: typeof this.allowedBits, address: number): boolean {
    return ((this.bitsAt(bits, address) >> BigInt(address % 64)) & 1n) === 1n;
  }

  /** The cell that an address is in; of memory that is no heap, all is allowed and written. */
  private bitsAt(bits: typeof this.allowedBits, address: number): bigint {
    const slot = this.pages.get(Math.floor(address / PAGE));
    return slot === undefined ? ALL : bits.get(slot + ((address & (PAGE - 1)) >> CELL_SHIFT));
  }
}
