// A cache of which one knows what it holds, not the data: sets of ways, and who has to go when a set is full.

export type Eviction = "lru" | "fifo" | "rand";

export interface CacheShape {
  /** Bytes; a power of two times the associativity. */
  readonly size: number;
  readonly ways: number;
  /** Bytes of a block, a power of two. */
  readonly block: number;
}

/** Why a cache of this shape cannot be; undefined when it can. */
export function shapeFault({ size, ways, block }: CacheShape): string | undefined {
  const isPower = (value: number) => value > 0 && Number.isInteger(Math.log2(value));
  if (!isPower(block)) return `a block of ${block} bytes: it must be a power of two`;
  if (size % block !== 0) return `${size} bytes are no whole number of blocks of ${block}`;
  if ((size / block) % ways !== 0) return `${size / block} blocks do not go into sets of ${ways}`;
  if (!isPower(size / block / ways)) return `${size / block / ways} sets: their number must be a power of two`;
  return undefined;
}

const EMPTY = -1;

export class CacheModel {
  readonly sets: number;
  private readonly ways: number;
  private readonly eviction: Eviction;
  /** By set: the lines that it holds. For LRU the last used first, for FIFO the last come first. */
  private readonly lines: Int32Array;
  /** How many ways of a set are in use. */
  private readonly used: Uint8Array;
  private random = 0x2545f491;

  constructor({ size, ways, block }: CacheShape, eviction: Eviction) {
    this.sets = size / block / ways;
    this.ways = ways;
    this.eviction = eviction;
    this.lines = new Int32Array(this.sets * ways).fill(EMPTY);
    this.used = new Uint8Array(this.sets);
  }

  /** Looks for a line (an address divided by the block size, low 32 bits), and takes it in. True when it was there. */
  access(line: number): boolean {
    const { lines, ways } = this;
    const wanted = line | 0;
    const set = wanted & (this.sets - 1);
    const first = set * ways;
    const used = this.used[set];
    let at = 0;
    while (at < used && lines[first + at] !== wanted) at++;
    if (at < used) {
      if (this.eviction === "lru") this.moveToFront(first, at, wanted);
      return true;
    }
    if (used < ways) this.used[set] = used + 1;
    if (this.eviction === "rand" && used === ways) lines[first + this.pick()] = wanted;
    else this.moveToFront(first, Math.min(used, ways - 1), wanted);
    return false;
  }

  private moveToFront(first: number, at: number, line: number): void {
    const { lines } = this;
    for (let i = first + at; i > first; i--) lines[i] = lines[i - 1];
    lines[first] = line;
  }

  /** The same numbers in every run: xorshift. */
  private pick(): number {
    let x = this.random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.random = x;
    return (x >>> 0) % this.ways;
  }
}
