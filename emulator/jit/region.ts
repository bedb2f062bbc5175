// A region: blocks that are compiled together as one WebAssembly function, and how control flows between them.
import type { Block, Op, RegisterFile, RegisterIndex } from "../ir/types.ts";
import type { FlowGraph } from "./flow-graph.ts";

export interface Region {
  /** Guest address where control comes in; one of the blocks'. */
  readonly entry: bigint;
  readonly blocks: ReadonlyMap<bigint, Block>;
  /** By pc of a block that ends in an indirect jump: where it has been seen to go, most frequent first. */
  readonly targets: ReadonlyMap<bigint, readonly bigint[]>;
  readonly file: RegisterFile;
}

/** A block as a node of the region's graph. */
export interface RegionNode {
  readonly block: Block;
  /** Guest addresses control may go to: as the terminator gives them, for an indirect jump the learnt ones. */
  readonly targets: readonly bigint[];
  /** By target: the edge in the graph, or undefined when the target is not in the region. */
  readonly edges: readonly (number | undefined)[];
}

export interface RegionGraph extends FlowGraph {
  readonly nodes: readonly RegionNode[];
}

/** Is the block cut short by a breakpoint? Then nothing behind it is reached. */
export function hasBreakpoint(block: Block): boolean {
  return block.ops.some((op) => op.op === "breakpoint");
}

/** Where a block may go, without the learnt targets. */
export function staticTargets(block: Block): readonly bigint[] {
  if (hasBreakpoint(block)) return [];
  const { terminator } = block;
  if (terminator.op === "goto") return [terminator.target];
  return terminator.op === "branch" ? [terminator.taken, terminator.fallthrough] : [];
}

/** Edge i of a node's successors belongs to the i-th target that lies in the region. */
export function regionGraph(region: Region): RegionGraph {
  const numbers = new Map<bigint, number>();
  for (const pc of region.blocks.keys()) numbers.set(pc, numbers.size);
  const successors: number[][] = [];
  const nodes = [...region.blocks.values()].map((block): RegionNode => {
    const learnt = block.terminator.op === "jump" && !hasBreakpoint(block) ? region.targets.get(block.pc) : undefined;
    const targets = learnt ? learnt.filter((pc) => numbers.has(pc)) : staticTargets(block);
    const inside: number[] = [];
    const edges = targets.map((pc) => {
      const node = numbers.get(pc);
      return node === undefined ? undefined : inside.push(node) - 1;
    });
    successors.push(inside);
    return { block, targets, edges };
  });
  const entry = numbers.get(region.entry);
  if (entry === undefined) throw new Error(`no block at the region's entry 0x${region.entry.toString(16)}`);
  return { entry, successors, nodes };
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

/** The registers that code of the region reads or writes, and those that it may change. */
export function registersOf({ blocks, file }: Region): { used: Set<RegisterIndex>; changed: Set<RegisterIndex> } {
  const used = new Set<RegisterIndex>();
  const changed = new Set<RegisterIndex>();
  for (const block of blocks.values())
    for (const op of block.ops) {
      for (const reg of registersChangedBy(op, file)) {
        used.add(reg);
        changed.add(reg);
      }
      if (op.op === "get" && !isFloatState(op.reg, file)) used.add(op.reg);
    }
  return { used, changed };
}

/**
 * Follows through a block which registers may differ from their homes: what is changed does, until a `call` stores it.
 * A call inside an `if` may not happen, so it changes nothing for what comes behind.
 */
export class DirtyRegisters {
  readonly registers: Set<RegisterIndex>;
  private readonly file: RegisterFile;
  private depth = 0;

  constructor(before: Iterable<RegisterIndex>, file: RegisterFile) {
    this.registers = new Set(before);
    this.file = file;
  }

  after(op: Op): void {
    if (op.op === "if") this.depth++;
    else if (op.op === "end") this.depth--;
    else if (op.op === "call" && this.depth === 0) this.registers.clear();
    else for (const reg of registersChangedBy(op, this.file)) this.registers.add(reg);
  }
}

/** By node: the registers that may differ from their homes when control comes to it. At the entry none does. */
export function dirtyAtEntry({ nodes, successors }: RegionGraph, file: RegisterFile): readonly Set<RegisterIndex>[] {
  const dirty = nodes.map(() => new Set<RegisterIndex>());
  const work = new Set(nodes.keys());
  for (const node of work) {
    work.delete(node);
    const state = new DirtyRegisters(dirty[node], file);
    for (const op of nodes[node].block.ops) state.after(op);
    for (const target of successors[node]) {
      const before = dirty[target].size;
      for (const reg of state.registers) dirty[target].add(reg);
      if (dirty[target].size > before) work.add(target);
    }
  }
  return dirty;
}
