// Blocks of a heap: those alive, by where they were allocated, and those freed lately.

/** A stretch of memory that the program was given. */
export interface Block {
  readonly address: bigint;
  /** Bytes, as they were asked for. */
  readonly size: number;
  /** The calls that led to its allocation, innermost first. */
  readonly stack: readonly bigint[];
}

export interface FreedBlock {
  readonly block: Block;
  /** The calls that led to its end. */
  readonly stack: readonly bigint[];
}

/** What was allocated with one stack. */
export interface AllocationSite {
  readonly stack: readonly bigint[];
  blocks: number;
  bytes: number;
  aliveBlocks: number;
  aliveBytes: number;
}

/** So many freed blocks are remembered. */
const REMEMBERED = 10_000;

export class HeapBlocks {
  readonly totals = { allocations: 0, frees: 0, allocated: 0, aliveBlocks: 0, aliveBytes: 0, peak: 0 };
  private readonly alive = new Map<bigint, { readonly block: Block; readonly site: AllocationSite }>();
  private readonly freed = new Map<bigint, FreedBlock>();
  private readonly byStack = new Map<string, AllocationSite>();

  add(block: Block): void {
    const { address, size, stack } = block;
    const key = stack.join(" ");
    let site = this.byStack.get(key);
    if (!site) this.byStack.set(key, (site = { stack, blocks: 0, bytes: 0, aliveBlocks: 0, aliveBytes: 0 }));
    site.blocks++;
    site.bytes += size;
    site.aliveBlocks++;
    site.aliveBytes += size;
    this.freed.delete(address);
    this.alive.set(address, { block, site });
    const { totals } = this;
    totals.allocations++;
    totals.allocated += size;
    totals.aliveBlocks++;
    totals.aliveBytes += size;
    totals.peak = Math.max(totals.peak, totals.aliveBytes);
  }

  /** The block that begins at an address, alive. */
  at(address: bigint): Block | undefined {
    return this.alive.get(address)?.block;
  }

  freedAt(address: bigint): FreedBlock | undefined {
    return this.freed.get(address);
  }

  /** Ends the block at an address, which is alive. */
  remove(address: bigint, stack: readonly bigint[]): void {
    const entry = this.alive.get(address);
    if (!entry) return;
    const { block, site } = entry;
    this.alive.delete(address);
    site.aliveBlocks--;
    site.aliveBytes -= block.size;
    this.totals.frees++;
    this.totals.aliveBlocks--;
    this.totals.aliveBytes -= block.size;
    this.freed.delete(address);
    this.freed.set(address, { block, stack });
    if (this.freed.size <= REMEMBERED) return;
    const [oldest] = this.freed.keys();
    this.freed.delete(oldest);
  }

  /** The block, alive or freed lately, that an address is in, else the nearest one that is not further than `distance`. */
  near(
    address: bigint,
    distance: bigint,
  ): { readonly block: Block; readonly freed: FreedBlock | undefined } | undefined {
    let nearest: { readonly block: Block; readonly freed: FreedBlock | undefined } | undefined;
    let least = distance + 1n;
    const consider = (block: Block, freed: FreedBlock | undefined) => {
      const end = block.address + BigInt(block.size);
      const away = address < block.address ? block.address - address : address < end ? 0n : address - end + 1n;
      if (away >= least) return;
      least = away;
      nearest = { block, freed };
    };
    for (const { block } of this.alive.values()) consider(block, undefined);
    if (least > 0n) for (const freed of this.freed.values()) consider(freed.block, freed);
    return nearest;
  }

  /** Where what is alive was allocated, the most bytes first. */
  aliveSites(): AllocationSite[] {
    return [...this.byStack.values()]
      .filter(({ aliveBlocks }) => aliveBlocks > 0)
      .sort((a, b) => b.aliveBytes - a.aliveBytes);
  }
}
