// A region: blocks that are compiled together as one WebAssembly function, and how control flows between them. A block
// may stand in it more than once, as part of a function that was taken into several of its callers.
import type { Block, Op, RegisterFile, RegisterIndex } from "../ir/types.ts";
import type { FlowGraph } from "./flow-graph.ts";

/** A block as a node of the region's graph. */
export interface RegionNode {
  readonly block: Block;
  /** Guest addresses control may go to: as the terminator gives them, for an indirect jump those expected. */
  readonly targets: readonly bigint[];
  /** By target: the node it leads to, or undefined when control leaves the region there. */
  readonly edges: readonly (number | undefined)[];
}

export interface Region {
  readonly nodes: readonly RegionNode[];
  /** The nodes where control may come in, by the number of the entry. */
  readonly entries: readonly number[];
  readonly file: RegisterFile;
}

/** The region's control flow; behind the nodes comes one that chooses among the entries. */
export interface RegionGraph extends FlowGraph {
  /** By node and target: the position of its edge among the node's successors. */
  readonly edges: readonly (readonly (number | undefined)[])[];
}

/** Is the block cut short by a breakpoint? Then nothing behind it is reached. */
export function hasBreakpoint(block: Block): boolean {
  return block.ops.some((op) => op.op === "breakpoint");
}

/** Where a block may go, without the targets of an indirect jump. */
export function staticTargets(block: Block): readonly bigint[] {
  if (hasBreakpoint(block)) return [];
  const { terminator } = block;
  if (terminator.op === "goto") return [terminator.target];
  return terminator.op === "branch" ? [terminator.taken, terminator.fallthrough] : [];
}

export function regionGraph({ nodes, entries }: Region): RegionGraph {
  const successors: number[][] = [];
  const edges = nodes.map((node) => {
    const inside: number[] = [];
    successors.push(inside);
    return node.edges.map((target) => (target === undefined ? undefined : inside.push(target) - 1));
  });
  successors.push([...entries]);
  return { entry: nodes.length, successors, edges };
}

/** The registers that an operation may change and that are not kept in their homes, as floating-point state is. */
export function registersChangedBy(op: Op, file: RegisterFile): readonly RegisterIndex[] {
  if (op.op === "put") return isFloatState(op.reg, file) ? [] : [op.reg];
  // The host may write them: what it writes is read back, and stored again on leaving.
  return op.op === "call" ? op.writes.filter((reg) => !isFloatState(reg, file)) : [];
}

/** Is it the flags or the rounding mode? */
export function isFloatState(reg: RegisterIndex, file: RegisterFile): boolean {
  return reg === file.floatFlags || reg === file.floatRounding;
}

/** The registers that code of the region reads or writes. */
export function registersOf({ nodes, file }: Region): Set<RegisterIndex> {
  const used = new Set<RegisterIndex>();
  for (const { block } of nodes)
    for (const op of block.ops) {
      for (const reg of registersChangedBy(op, file)) used.add(reg);
      if (op.op === "get" && !isFloatState(op.reg, file)) used.add(op.reg);
    }
  return used;
}
