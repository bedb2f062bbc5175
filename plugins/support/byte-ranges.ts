// How many bytes some ranges cover that may overlap.

export class ByteRanges {
  readonly #ranges: [start: bigint, end: bigint][] = [];

  add(start: bigint, end: bigint): void {
    this.#ranges.push([start, end]);
  }

  bytes(): number {
    let sum = 0n;
    let covered = 0n;
    for (const [start, end] of this.#ranges.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
      if (end <= covered) continue;
      sum += end - (start > covered ? start : covered);
      covered = end;
    }
    return Number(sum);
  }
}
