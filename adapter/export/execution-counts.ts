// How often each byte of code ran, from blocks that may overlap: code is entered in one block and run through in another.
import type { ViewOf } from "./exporter.ts";

export class ExecutionCounts {
  /** From bounds[i] on, up to the next one, every byte ran counts[i] times. */
  private readonly bounds: bigint[] = [];
  private readonly counts: number[] = [];

  constructor(blocks: ViewOf<"coverage">["blocks"]) {
    const changes = new Map<bigint, number>();
    const change = (at: bigint, by: number) => changes.set(at, (changes.get(at) ?? 0) + by);
    for (const [at, size, executions] of blocks) {
      if (executions === 0 || size === 0) continue;
      const low = BigInt(at);
      change(low, executions);
      change(low + BigInt(size), -executions);
    }
    let count = 0;
    for (const [at, by] of [...changes].sort(([a], [b]) => (a < b ? -1 : 1))) {
      count += by;
      this.bounds.push(at);
      this.counts.push(count);
    }
  }

  at(address: bigint): number {
    return this.most(address, address + 1n);
  }

  /** Of the bytes from `low` up to `high`, how often the one ran that ran most. */
  most(low: bigint, high: bigint): number {
    let i = this.last(low);
    let most = i < 0 ? 0 : this.counts[i];
    for (i++; i < this.bounds.length && this.bounds[i] < high; i++) most = Math.max(most, this.counts[i]);
    return most;
  }

  /** The last bound at or before the address; -1: none. */
  private last(address: bigint): number {
    let low = 0;
    let high = this.bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.bounds[middle] <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
