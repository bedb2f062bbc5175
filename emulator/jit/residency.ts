// Where guest registers are within a region: in their locals only as long as somebody will read them there. A register
// that is written over before it is read need not be carried along, above all not around a loop: it is stored to its
// home on the way, or, where nothing can leave the region before it is written over, not at all.
//
// In a small loop it is carried along nevertheless: there are registers of the host for it, so that it costs nothing to keep
// what a store would put away in every round.
//
// On every edge, a register is in one of three states. Live: its local holds it, its home may be out of date (dirty).
// Observed: its home holds it, since somebody who leaves the region may want it. Neither: it is nowhere.
import { OPS } from "../ir/ops.ts";
import type { Block, Op, RegisterFile, RegisterIndex } from "../ir/types.ts";
import { cycleHeads } from "./control-flow.ts";
import { predecessors, reversePostorder } from "./flow-graph.ts";
import { isFloatState, type Region, type RegionGraph, type RegionNode, registersChangedBy } from "./region.ts";
import { RegisterSet } from "./register-set.ts";

export interface Residency {
  /** By node: the registers that are in their locals when control comes to it. */
  readonly live: readonly RegisterSet[];
  /** Those of them whose homes may be out of date. */
  readonly dirty: readonly RegisterSet[];
  /** Those whose homes, if they are not live, have to be right. */
  readonly observed: readonly RegisterSet[];
}

/** What a block does with registers, as seen from its beginning. */
interface Summary {
  /** Read before they are written, or written on one of two paths. */
  readonly read: RegisterSet;
  readonly written: RegisterSet;
  /** Written before anything can leave the region. */
  readonly writtenFirst: RegisterSet;
  /** May something leave the region in the block's middle? */
  readonly leaves: boolean;
}

function summarize(block: Block, file: RegisterFile): Summary {
  const read = new RegisterSet();
  const written = new RegisterSet();
  const writtenFirst = new RegisterSet();
  let leaves = false;
  let depth = 0;
  const use = (reg: RegisterIndex) => {
    if (!written.has(reg)) read.add(reg);
  };
  for (const op of block.ops) {
    const { effect } = OPS[op.op];
    if (effect === "fault" || effect === "exit") leaves = true;
    if (op.op === "get" && !isFloatState(op.reg, file)) use(op.reg);
    if (op.op === "if") depth++;
    else if (op.op === "end") depth--;
    for (const reg of registersChangedBy(op, file)) {
      if (depth > 0) use(reg);
      else {
        written.add(reg);
        if (!leaves) writtenFirst.add(reg);
      }
    }
  }
  return { read, written, writtenFirst, leaves };
}

/** Passes over nodes until nothing changes; `step` tells whether the node's predecessors have to be looked at again. */
function backward(nodes: readonly RegionNode[], step: (node: number) => boolean): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (let node = nodes.length - 1; node >= 0; node--) if (step(node)) changed = true;
  }
}

/** The host has 16 registers, some of them for other things. */
const CARRIED = 9;

/** Loops that have no other in them; of a loop that is entered elsewhere than at its head there is none. */
function innermostLoops(graph: RegionGraph, heads: ReadonlySet<number>): { head: number; body: ReadonlySet<number> }[] {
  const before = predecessors(graph);
  const order = reversePostorder(graph).position;
  return [...heads].flatMap((head) => {
    const body = new Set([head]);
    const work = before[head].filter((from) => order[from] >= order[head]);
    for (let node = work.pop(); node !== undefined; node = work.pop()) {
      if (body.has(node)) continue;
      if (heads.has(node) || node === graph.entry) return [];
      body.add(node);
      work.push(...before[node]);
    }
    return [{ head, body }];
  });
}

export function residency({ nodes, file }: Region, graph: RegionGraph): Residency {
  const summaries = nodes.map(({ block }) => summarize(block, file));
  const heads = cycleHeads(graph);

  const live = summaries.map(({ read }) => read.copy());
  const spread = () =>
    backward(nodes, (node) => {
      let changed = false;
      for (const target of nodes[node].edges)
        if (target !== undefined && live[node].addAll(live[target].copy().removeAll(summaries[node].written)))
          changed = true;
      return changed;
    });
  spread();
  for (const { head, body } of innermostLoops(graph, heads)) {
    const written = new RegisterSet();
    for (const node of body) written.addAll(summaries[node].written);
    const used = written.copy();
    for (const node of body) used.addAll(summaries[node].read);
    // What is only live through the loop the host puts away once.
    if (used.size <= CARRIED) live[head].addAll(written);
  }
  spread();

  const observed = nodes.map((node, i) => {
    const { leaves, writtenFirst, written } = summaries[i];
    if (heads.has(i)) return RegisterSet.all();
    if (leaves) return RegisterSet.all().removeAll(writtenFirst);
    const goesOut = node.edges.length === 0 || node.edges.includes(undefined) || node.block.terminator.op === "jump";
    return goesOut ? RegisterSet.all().removeAll(written) : new RegisterSet();
  });
  backward(nodes, (node) => {
    if (summaries[node].leaves || heads.has(node)) return false;
    let changed = false;
    for (const target of nodes[node].edges)
      if (target !== undefined && observed[node].addAll(observed[target].copy().removeAll(summaries[node].written)))
        changed = true;
    return changed;
  });

  const dirty = nodes.map(() => new RegisterSet());
  const work = new Set(nodes.keys());
  for (const node of work) {
    work.delete(node);
    const state = new DirtyRegisters(dirty[node], file);
    for (const op of nodes[node].block.ops) state.after(op);
    for (const target of nodes[node].edges)
      if (target !== undefined && dirty[target].addAll(state.registers.copy().keep(live[target]))) work.add(target);
  }
  return { live, dirty, observed };
}

/**
 * Follows through a block which registers' homes may be out of date: what is changed, until a `call` stores it. A call
 * inside an `if` may not happen, so it changes nothing for what comes behind.
 */
export class DirtyRegisters {
  readonly registers: RegisterSet;
  private readonly file: RegisterFile;
  private depth = 0;

  constructor(before: RegisterSet, file: RegisterFile) {
    this.registers = before.copy();
    this.file = file;
  }

  after(op: Op): void {
    if (op.op === "if") this.depth++;
    else if (op.op === "end") this.depth--;
    else if (op.op === "call" && this.depth === 0) this.registers.clear();
    else for (const reg of registersChangedBy(op, this.file)) this.registers.add(reg);
  }
}
