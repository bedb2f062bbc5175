// The part of the shared memory that instruments keep their figures in, where generated code can change them without a
// call.
import { COUNTERS_BASE, COUNTERS_END } from "../machine/layout.ts";

export class InstrumentMemory {
  readonly buffer: ArrayBufferLike;
  readonly words: BigUint64Array;
  private next = COUNTERS_BASE;
  /** Given back, by size. */
  private readonly free = new Map<number, number[]>();
  /** Given back while code that is still running may use it. */
  private released: { offset: number; bytes: number }[] = [];

  constructor(buffer: ArrayBufferLike) {
    this.buffer = buffer;
    this.words = new BigUint64Array(buffer, 0, COUNTERS_END >> 3);
  }

  /** Offset of zeroed memory, a multiple of 8. @throws RangeError when the room is used up. */
  allocate(bytes: number): number {
    const size = (bytes + 7) & ~7;
    let offset = this.free.get(size)?.pop();
    if (offset === undefined) {
      if (this.next + size > COUNTERS_END)
        throw new RangeError(
          `the room for counters and buffers is used up: there are ${(COUNTERS_END - COUNTERS_BASE) >> 20} MiB`,
        );
      offset = this.next;
      this.next += size;
    }
    this.words.fill(0n, offset >> 3, (offset + size) >> 3);
    return offset;
  }

  release(offset: number, bytes: number): void {
    this.released.push({ offset, bytes: (bytes + 7) & ~7 });
  }

  /** No code is running: what was given back may be used again. */
  settle(): void {
    if (this.released.length === 0) return;
    for (const { offset, bytes } of this.released) {
      const list = this.free.get(bytes);
      if (list) list.push(offset);
      else this.free.set(bytes, [offset]);
    }
    this.released = [];
  }
}

/** What one plugin has of it: given back when the plugin goes, kept by name when its file is loaded again. */
export class PluginMemory {
  readonly memory: InstrumentMemory;
  private blocks: { offset: number; bytes: number }[] = [];
  private readonly named = new Map<string, { offset: number; bytes: number }>();

  constructor(memory: InstrumentMemory) {
    this.memory = memory;
  }

  allocate(bytes: number): number {
    const offset = this.memory.allocate(bytes);
    this.blocks.push({ offset, bytes });
    return offset;
  }

  /** Memory that keeps its contents under its name while it has the same size: see `PluginDefinition.reload`. */
  allocateNamed(name: string, bytes: number): number {
    const known = this.named.get(name);
    if (known?.bytes === bytes) return known.offset;
    const offset = this.allocate(bytes);
    // Two things of one name are two; the first one's contents are kept.
    if (!this.named.has(name)) this.named.set(name, { offset, bytes });
    return offset;
  }

  /** The plugin is loaded again and goes on with what it had: only what has no name is given back. */
  keepNamed(): void {
    const kept = new Set([...this.named.values()].map(({ offset }) => offset));
    for (const { offset, bytes } of this.blocks) if (!kept.has(offset)) this.memory.release(offset, bytes);
    this.blocks = this.blocks.filter(({ offset }) => kept.has(offset));
  }

  releaseAll(): void {
    for (const { offset, bytes } of this.blocks) this.memory.release(offset, bytes);
    this.blocks = [];
    this.named.clear();
  }
}
