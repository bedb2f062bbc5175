// Which of many address ranges hold an address. Ranges may nest and overlap.

export interface Interval<T> {
  readonly low: bigint;
  readonly high: bigint;
  readonly value: T;
}

/** Built once, then searched. */
export class IntervalIndex<T> {
  private readonly sorted: Interval<T>[];
  /** Highest end of the ranges up to each one: how far back a search must go. */
  private readonly reach: bigint[] = [];

  constructor(intervals: readonly Interval<T>[]) {
    this.sorted = intervals.filter((interval) => interval.high > interval.low);
    // Outer before inner.
    this.sorted.sort((a, b) => compare(a.low, b.low) || compare(b.high, a.high));
    let highest = 0n;
    for (const interval of this.sorted) {
      if (interval.high > highest) highest = interval.high;
      this.reach.push(highest);
    }
  }

  get size(): number {
    return this.sorted.length;
  }

  /** The innermost range with the address. */
  find(address: bigint): Interval<T> | undefined {
    for (let i = this.lastAtOrBelow(address); i >= 0 && this.reach[i] > address; i--)
      if (this.sorted[i].high > address) return this.sorted[i];
    return undefined;
  }

  /** All ranges with the address, innermost first. */
  findAll(address: bigint): Interval<T>[] {
    const found: Interval<T>[] = [];
    for (let i = this.lastAtOrBelow(address); i >= 0 && this.reach[i] > address; i--)
      if (this.sorted[i].high > address) found.push(this.sorted[i]);
    return found;
  }

  private lastAtOrBelow(address: bigint): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle].low <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

export function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
