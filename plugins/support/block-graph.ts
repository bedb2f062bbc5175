// The graph of basic blocks behind what was translated. Translation blocks may overlap: one begins in the middle of
// another when something jumps there. A basic block begins where any of them does, so that each instruction is in one.
import type { Edges, Graph, GraphEdge } from "@terrarium/api";

export class BlockGraph {
  /** By first instruction: the last one. */
  readonly #blocks = new Map<bigint, bigint>();

  /** A translation block from its first to its last instruction. */
  add(first: bigint, last: bigint): void {
    this.#blocks.set(first, last);
  }

  /** The edges between basic blocks, by those that were counted between translation blocks. */
  graph(counted: ReturnType<Edges["entries"]>): Graph {
    const starts = BigUint64Array.from(this.#blocks.keys()).sort();
    const edges: GraphEdge[] = [];
    const entered = new Map<bigint, bigint>();
    for (const { from, to, count } of counted) {
      edges.push({ from: starts[lastAtMost(starts, from)] ?? from, to, count });
      entered.set(to, (entered.get(to) ?? 0n) + count);
    }
    // Who enters a translation block goes on through the basic blocks that begin inside it.
    for (const [first, count] of entered) {
      const last = this.#blocks.get(first) ?? first;
      for (let i = lastAtMost(starts, first); i + 1 < starts.length && starts[i + 1] <= last; i++)
        edges.push({ from: starts[i], to: starts[i + 1], count });
    }
    return { edges };
  }
}

/** The index of the last of the sorted values that is not larger; -1 when there is none. */
function lastAtMost(sorted: BigUint64Array, value: bigint): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
