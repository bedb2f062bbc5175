// Guards of one block that vouch for accesses of others, too: where a register has kept its value since it was checked, the
// earlier guard is widened and the later one goes. A loop inherits what was checked before it, of registers that it does
// not change.

import { MAX_SPAN } from "../ir/passes/guards.ts";
import type { Op, RegisterIndex } from "../ir/types.ts";
import { type FlowGraph, predecessors, reversePostorder } from "./flow-graph.ts";
import { type Region, type RegionNode, regionGraph } from "./region.ts";

type GuardOp = Op & { op: "guard" };

/** A guard of a node, as wide as it has to be. */
interface Guard {
  readonly op: GuardOp;
  from: number;
  to: number;
}

/** The guards that hold, by register; one for stores vouches for loads. */
type Holding = Map<RegisterIndex, Guard>;

export function mergeGuards(region: Region): Region {
  return region.nodes.some(({ block }) => block.ops.some(({ op }) => op === "guard"))
    ? new Merging(region).run()
    : region;
}

class Merging {
  private readonly region: Region;
  private readonly graph: FlowGraph;
  private readonly before: readonly (readonly number[])[];
  private readonly position: readonly number[];
  /** By node: what holds at its end. */
  private readonly after: (Holding | undefined)[] = [];
  /** By node: its guards that stay, and those that another vouches for. */
  private readonly kept: Map<GuardOp, Guard>[];
  private readonly dropped: Set<GuardOp>[];

  constructor(region: Region) {
    this.region = region;
    this.graph = regionGraph(region);
    this.before = predecessors(this.graph);
    this.position = reversePostorder(this.graph).position;
    this.kept = region.nodes.map(() => new Map());
    this.dropped = region.nodes.map(() => new Set());
  }

  run(): Region {
    for (const node of reversePostorder(this.graph).nodes)
      if (node !== this.graph.entry) this.after[node] = this.follow(node, this.atBeginning(node));
    return { ...this.region, nodes: this.region.nodes.map((node, i) => this.rewritten(node, i)) };
  }

  /** What holds on all ways to a node. */
  private atBeginning(node: number): Holding {
    const { before, position, after } = this;
    const forward = before[node].filter((from) => position[from] < position[node]);
    const back = before[node].filter((from) => position[from] >= position[node]);
    const [first, ...others] = forward.map((from) => after[from]);
    if (!first || others.some((other) => !other)) return new Map();
    const holding = new Map([...first].filter(([key, guard]) => others.every((other) => other?.get(key) === guard)));
    if (back.length > 0 && holding.size > 0) this.keepThroughLoop(node, back, holding);
    return holding;
  }

  /** Takes out what a loop may change. */
  private keepThroughLoop(head: number, back: readonly number[], holding: Holding): void {
    const body = new Set([head]);
    const work = [...back];
    for (let node = work.pop(); node !== undefined; node = work.pop()) {
      if (body.has(node)) continue;
      // It is entered elsewhere than at its head.
      if (node === this.graph.entry || this.position[node] < this.position[head]) return holding.clear();
      body.add(node);
      work.push(...this.before[node]);
    }
    for (const node of body)
      for (const op of this.region.nodes[node].block.ops) {
        if (op.op === "call") return holding.clear();
        if (op.op === "put") holding.delete(op.reg);
      }
  }

  private follow(node: number, holding: Holding): Holding {
    /** By register: the Temp that it is known to hold. */
    const held = new Map<RegisterIndex, number>();
    let depth = 0;
    for (const op of this.region.nodes[node].block.ops) {
      if (op.op === "if") depth++;
      else if (op.op === "end") depth--;
      else if (op.op === "get") held.set(op.reg, op.dst);
      else if (op.op === "put") {
        // What may not happen leaves the register with one value or the other.
        if (depth > 0) held.delete(op.reg);
        else held.set(op.reg, op.src);
        holding.delete(op.reg);
      } else if (op.op === "call") {
        holding.clear();
        held.clear();
      } else if (op.op === "guard") this.guard(node, op, held, holding);
    }
    return holding;
  }

  private guard(node: number, op: GuardOp, held: ReadonlyMap<RegisterIndex, number>, holding: Holding): void {
    for (const [reg, temp] of held) {
      if (temp !== op.addr) continue;
      const earlier = holding.get(reg);
      if (earlier && (earlier.op.access === op.access || earlier.op.access === "store")) {
        const from = Math.min(earlier.from, op.from);
        const to = Math.max(earlier.to, op.to);
        if (to - from <= MAX_SPAN) {
          earlier.from = from;
          earlier.to = to;
          this.dropped[node].add(op);
          return;
        }
      }
      const guard = { op, from: op.from, to: op.to };
      this.kept[node].set(op, guard);
      holding.set(reg, guard);
      return;
    }
  }

  private rewritten(node: RegionNode, index: number): RegionNode {
    const kept = this.kept[index];
    const dropped = this.dropped[index];
    const isWider = ({ op, from, to }: Guard) => from !== op.from || to !== op.to;
    if (dropped.size === 0 && ![...kept.values()].some(isWider)) return node;
    const ops = node.block.ops.flatMap((op): Op[] => {
      if (op.op !== "guard") return [op];
      if (dropped.has(op)) return [];
      const guard = kept.get(op);
      return [guard ? { ...op, from: guard.from, to: guard.to } : op];
    });
    return { ...node, block: { ...node.block, ops } };
  }
}
