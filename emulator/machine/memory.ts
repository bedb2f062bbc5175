// Guest memory of a user-mode process: which pages exist, what may be done with them, and the slow path of every
// access. Generated code and the interpreter go straight to memory where a page's flag byte is zero (layout.ts);
// everything else comes here: unmapped and protected pages, accesses across pages, writes over translated code.
import { Access, FaultCause } from "../ir/exits.ts";
import { CodeLines } from "./code-lines.ts";
import { GUEST_BASE, PAGE_SHIFT, PAGE_SIZE, PageFlag, READ_FLAGS, WRITE_FLAGS } from "./layout.ts";
import { mappedRange } from "./shared-state.ts";

export enum Protection {
  None = 0,
  Read = 1,
  Write = 2,
  Execute = 4,
}

/** A failed access. */
export interface MemoryFault {
  address: bigint;
  access: Access;
  cause: FaultCause;
}

export interface Mapping {
  start: number;
  /** Exclusive. */
  end: number;
  protection: number;
  /** What it is: a file's path, `[stack]`, `[heap]`, or empty. */
  name: string;
}

/** Sizes of the shared memory that are tried, in 64 KiB pages: from 2 GiB, of which the host commits what is touched. */
const SIZES = [0x8000, 0x4000, 0x2000];

/** The largest memory that the host's limits allow. @throws Error that tells what to do when there is none. */
function allocate(): WebAssembly.Memory {
  for (const pages of SIZES) {
    try {
      return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // a smaller one may do
    }
  }
  throw new Error(
    "not enough address space for the guest's memory: 512 MiB are needed (is there a limit, `ulimit -v`?)",
  );
}

/** How far `plainAround` looks to each side: looking costs about a nanosecond per page. */
const MAX_PLAIN_PAGES = 0x2000;

export class GuestMemory {
  readonly wasm: WebAssembly.Memory;
  /** The whole shared memory. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** First guest address past the address space. */
  readonly limit: number;
  /** Where translated code is. */
  readonly codeLines: CodeLines;
  /** Called before a write near translated code takes effect, with what is written over. */
  onCodeWrite: (address: number, length: number) => void = () => {};
  /** Called when code has vanished (unmap, map over, no permission to execute). */
  onCodeChange: (address: number, length: number) => void = () => {};
  /** Called when pages that were plain for some access may be so no longer. */
  onNarrowed: (address: number, length: number) => void = () => {};
  /** The last failed access of `load`, `store` or `read`; undefined when it succeeded. */
  fault: MemoryFault | undefined;

  private readonly readFlags: Uint8Array;
  private readonly writeFlags: Uint8Array;
  private readonly protections: Uint8Array;
  private readonly touched: Uint8Array;
  private regions: Mapping[] = [];

  constructor(wasm = allocate()) {
    this.wasm = wasm;
    this.bytes = new Uint8Array(wasm.buffer);
    this.view = new DataView(wasm.buffer);
    this.limit = wasm.buffer.byteLength - GUEST_BASE;
    this.readFlags = this.bytes.subarray(READ_FLAGS, READ_FLAGS + 0x100000).fill(PageFlag.Unmapped);
    this.writeFlags = this.bytes.subarray(WRITE_FLAGS, WRITE_FLAGS + 0x100000).fill(PageFlag.Unmapped);
    this.codeLines = new CodeLines(wasm.buffer, this.limit, (address, length) => this.onNarrowed(address, length));
    this.protections = new Uint8Array(this.limit >>> PAGE_SHIFT);
    this.touched = new Uint8Array(this.limit >>> PAGE_SHIFT);
  }

  /** The mappings, sorted, neighbours of one kind merged. */
  mappings(): readonly Mapping[] {
    return this.regions;
  }

  /** True when every page of [address, address + length) is mapped, or none is when `mapped` is false. */
  isAll(mapped: boolean, address: number, length: number): boolean {
    for (let page = address >>> PAGE_SHIFT; page * PAGE_SIZE < address + length; page++) {
      if ((this.readFlags[page] & PageFlag.Unmapped) === (mapped ? PageFlag.Unmapped : 0)) return false;
    }
    return true;
  }

  /** Maps zeroed pages over whatever was there. Page-aligned; the range must lie below `limit`. */
  map(address: number, length: number, protection: number, name = ""): void {
    this.unmap(address, length);
    for (let page = address >>> PAGE_SHIFT; page < (address + length) >>> PAGE_SHIFT; page++) {
      if (this.touched[page]) this.bytes.fill(0, GUEST_BASE + page * PAGE_SIZE, GUEST_BASE + (page + 1) * PAGE_SIZE);
      this.touched[page] = 1;
      this.setProtection(page, protection);
    }
    this.insert({ start: address, end: address + length, protection, name });
  }

  unmap(address: number, length: number): void {
    this.onCodeChange(address, length);
    const first = address >>> PAGE_SHIFT;
    const end = (address + length) >>> PAGE_SHIFT;
    this.readFlags.fill(PageFlag.Unmapped, first, end);
    this.writeFlags.fill(PageFlag.Unmapped, first, end);
    this.protections.fill(0, first, end);
    this.cut(address, address + length);
    this.onNarrowed(address, length);
  }

  /** Changes permissions of mapped pages; false (and nothing changed) when some page is not mapped. */
  protect(address: number, length: number, protection: number): boolean {
    if (!this.isAll(true, address, length)) return false;
    for (let page = address >>> PAGE_SHIFT; page < (address + length) >>> PAGE_SHIFT; page++) {
      const staysCode = this.protections[page] & protection & Protection.Execute;
      if (!staysCode && this.codeLines.inPage(page)) this.onCodeChange(page * PAGE_SIZE, PAGE_SIZE);
      this.setProtection(page, protection);
    }
    for (const region of this.cut(address, address + length)) this.insert({ ...region, protection });
    this.onNarrowed(address, length);
    return true;
  }

  private setProtection(page: number, protection: number): void {
    this.protections[page] = protection;
    // As Linux on RISC-V: writable implies readable.
    const readable = (protection & (Protection.Read | Protection.Write)) !== 0;
    this.readFlags[page] = readable ? 0 : PageFlag.Protected;
    const kept = this.writeFlags[page] & PageFlag.Code;
    this.writeFlags[page] = kept | (protection & Protection.Write ? 0 : PageFlag.Protected);
  }

  /** Removes [start, end) from the list of mappings and gives the removed pieces. */
  private cut(start: number, end: number): Mapping[] {
    const removed: Mapping[] = [];
    this.regions = this.regions.flatMap((region) => {
      if (region.end <= start || region.start >= end) return [region];
      removed.push({ ...region, start: Math.max(start, region.start), end: Math.min(end, region.end) });
      const kept: Mapping[] = [];
      if (region.start < start) kept.push({ ...region, end: start });
      if (region.end > end) kept.push({ ...region, start: end });
      return kept;
    });
    return removed;
  }

  private insert(mapping: Mapping): void {
    const merged: Mapping[] = [];
    for (const region of [...this.regions, mapping].sort((a, b) => a.start - b.start)) {
      const last = merged.at(-1);
      if (last && last.end === region.start && last.protection === region.protection && last.name === region.name)
        last.end = region.end;
      else merged.push({ ...region });
    }
    this.regions = merged;
  }

  /** The pages around a plain one that are plain, too, for loads or for stores: [start, end). */
  plainAround(address: number, isStore: boolean): { start: number; end: number } {
    const flags = isStore ? this.writeFlags : this.readFlags;
    const page = address >>> PAGE_SHIFT;
    const lowest = Math.max(0, page - MAX_PLAIN_PAGES);
    const highest = Math.min(this.limit >>> PAGE_SHIFT, page + MAX_PLAIN_PAGES);
    let first = page;
    while (first > lowest && flags[first - 1] === 0) first--;
    let end = page + 1;
    while (end < highest && flags[end] === 0) end++;
    return { start: first * PAGE_SIZE, end: end * PAGE_SIZE };
  }

  /** Why [address, address + length) may not be accessed, or undefined when it may. */
  check(address: bigint, length: number, access: Access): MemoryFault | undefined {
    const start = BigInt.asUintN(64, address);
    if (start >= BigInt(this.limit)) return { address: start, access, cause: FaultCause.Unmapped };
    const end = Number(start) + length;
    for (let at = Number(start); at < end; at += PAGE_SIZE - (at % PAGE_SIZE)) {
      const cause = this.denial(at >>> PAGE_SHIFT, access);
      if (cause !== undefined) return { address: BigInt(at), access, cause };
    }
    return undefined;
  }

  /** Why a page may not be accessed. Past the address space there is nothing mapped. */
  private denial(page: number, access: Access): FaultCause | undefined {
    if (this.readFlags[page] & PageFlag.Unmapped) return FaultCause.Unmapped;
    const denied =
      access === Access.Load
        ? this.readFlags[page] & PageFlag.Protected
        : access === Access.Store
          ? this.writeFlags[page] & PageFlag.Protected
          : !(this.protections[page] & Protection.Execute);
    return denied ? FaultCause.Protected : undefined;
  }

  /** The slow path of a load: little-endian, zero-extended. On failure sets `fault` and gives 0. */
  load(address: bigint, size: number): bigint {
    this.fault = this.check(address, size, Access.Load);
    if (this.fault) return 0n;
    const at = GUEST_BASE + Number(BigInt.asUintN(64, address));
    switch (size) {
      case 1:
        return BigInt(this.bytes[at]);
      case 2:
        return BigInt(this.view.getUint16(at, true));
      case 4:
        return BigInt(this.view.getUint32(at, true));
      default:
        return this.view.getBigUint64(at, true);
    }
  }

  /** The slow path of a store. On failure sets `fault` and writes nothing. */
  store(address: bigint, size: number, value: bigint): void {
    this.fault = this.check(address, size, Access.Store);
    if (this.fault) return;
    const start = Number(BigInt.asUintN(64, address));
    this.beforeWrite(start, size);
    const at = GUEST_BASE + start;
    if (size === 8) this.view.setBigUint64(at, value, true);
    else if (size === 4) this.view.setInt32(at, Number(BigInt.asIntN(32, value)), true);
    else if (size === 2) this.view.setInt16(at, Number(BigInt.asIntN(16, value)), true);
    else this.view.setInt8(at, Number(BigInt.asIntN(8, value)));
  }

  /** Is a load (a store) within the address space as good as a plain one, though its page's flags, or a second page, ask for care? */
  isHarmless(address: number, size: number, isStore: boolean): boolean {
    const flags = isStore ? this.writeFlags : this.readFlags;
    const both = flags[address >>> PAGE_SHIFT] | flags[(address + size - 1) >>> PAGE_SHIFT];
    return both === 0 || (both === PageFlag.Code && !this.codeLines.touch(address, size));
  }

  /** The 16 bits of code at an even address, or undefined with `fault` set when they may not be fetched. */
  fetchHalf(address: bigint): number | undefined {
    const at = Number(address);
    if (at >= 0 && at < this.limit && this.protections[at >>> PAGE_SHIFT] & Protection.Execute) {
      this.fault = undefined;
      return this.view.getUint16(GUEST_BASE + at, true);
    }
    this.fault = this.check(address, 2, Access.Fetch);
    return this.fault ? undefined : this.view.getUint16(GUEST_BASE + Number(BigInt.asUintN(64, address)), true);
  }

  /** A copy of guest bytes, shorter when an unmapped page is met. Ignores permissions: for debuggers and loaders. */
  read(address: bigint, length: number): Uint8Array {
    const { start, end } = mappedRange(this.bytes, address, length);
    return this.bytes.slice(start, end);
  }

  /** Writes guest bytes as far as pages are mapped, ignoring permissions; gives the number written. */
  write(address: bigint, data: Uint8Array): number {
    const { start, end } = mappedRange(this.bytes, address, data.length);
    if (start === end) return 0;
    this.beforeWrite(start - GUEST_BASE, end - start);
    this.bytes.set(data.subarray(0, end - start), start);
    return end - start;
  }

  private beforeWrite(address: number, length: number): void {
    const end = address + length;
    for (let at = address, next = at; at < end; at = next) {
      next = Math.min(end, at + PAGE_SIZE - (at % PAGE_SIZE));
      if (this.codeLines.inPage(at >>> PAGE_SHIFT) && this.codeLines.touch(at, next - at))
        this.onCodeWrite(at, next - at);
    }
  }
}
