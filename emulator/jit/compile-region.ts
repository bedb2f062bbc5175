// Compiles a region to one WebAssembly function: `run() -> i32`, the index of the exit site where it left.
//
// Guest registers that the region touches are locals: loaded at the entry, current at every exit, stored by one shared
// epilogue. `left` counts down the instructions of the slice, a whole block at a time; every cycle has a block that
// looks at it and asks the host for more before it leaves.
import { Exit } from "../ir/exits.ts";
import type { RegisterIndex, TrapKind } from "../ir/types.ts";
import { LocalPool } from "./block-values.ts";
import { cycleHeads, type Structured, structure, type Transfer } from "./control-flow.ts";
import { BlockEmitter } from "./emit-block.ts";
import { EngineState, type ExitSite, type ImportName, imports } from "./engine-state.ts";
import {
  dirtyAtEntry,
  isFloatState,
  type Region,
  type RegionGraph,
  type RegionNode,
  regionGraph,
  registersOf,
} from "./region.ts";
import { RegisterPlaces } from "./register-places.ts";
import { FunctionBody, I, type Label, ModuleBuilder, Type } from "./wasm-encoder.ts";

export interface CompiledRegion {
  readonly bytes: Uint8Array;
  readonly sites: readonly ExitSite[];
  /** What the module imports besides the memory. */
  readonly imports: readonly ImportName[];
}

export const trapExits: Record<TrapKind, Exit> = {
  syscall: Exit.Syscall,
  ebreak: Exit.Ebreak,
  illegal: Exit.Illegal,
  "fence.i": Exit.FenceI,
  misaligned: Exit.Misaligned,
};

/**
 * `memoryPages` is the size of the machine's memory in 64 KiB pages; `fused` says whether the host has a multiply-add
 * that rounds once.
 */
export function compileRegion(region: Region, memoryPages: number, fused: () => boolean): CompiledRegion {
  return new RegionCompiler(region, memoryPages, fused).compile();
}

/** What the emitters of one region share: the function, its locals and imports, and the way out. */
export class RegionCompiler {
  readonly f = new FunctionBody(0);
  readonly pool = new LocalPool(this.f);
  readonly sites: ExitSite[] = [];
  readonly file: Region["file"];
  /** Registers that may differ from their homes somewhere. */
  private readonly changed: ReadonlySet<RegisterIndex>;
  /** By node: those that may when control comes to it. */
  private readonly dirty: readonly ReadonlySet<RegisterIndex>[];
  /** i32: instructions left of the slice. */
  readonly left = this.f.local(Type.I32);
  /** Locals for use within one operation. */
  readonly x = this.f.local(Type.I64);
  readonly y = this.f.local(Type.I64);
  readonly z = this.f.local(Type.I64);
  readonly base = this.f.local(Type.I64);
  private readonly scratches = new Map<Type, number[]>();
  readonly places: RegisterPlaces;
  readonly fused: () => boolean;
  private exitLabel: Label = 0;
  private readonly module = new ModuleBuilder();
  private readonly importIndex = new Map<ImportName, number>();
  private readonly used: ReadonlySet<RegisterIndex>;
  private readonly graph: RegionGraph;
  private readonly heads: ReadonlySet<number>;
  /** Selector local of each dispatch node. */
  private readonly selectors = new Map<number, number>();
  private dispatchFrom = 0;
  private readonly labels = new Map<number, Label>();

  constructor(region: Region, memoryPages: number, fused: () => boolean) {
    this.file = region.file;
    this.fused = fused;
    this.graph = regionGraph(region);
    this.heads = cycleHeads(this.graph);
    const { used, changed } = registersOf(region);
    this.changed = changed;
    this.dirty = dirtyAtEntry(this.graph, region.file);
    this.module.importMemory("env", "memory", memoryPages);
    this.used = used;
    this.places = new RegisterPlaces(this.f, region.file, used, region.blocks.values());
  }

  /** The index of an imported function; it is imported when first asked for. */
  readonly imported = (name: ImportName): number => {
    let index = this.importIndex.get(name);
    if (index === undefined) {
      index = this.module.importFunction("env", name, imports[name]);
      this.importIndex.set(name, index);
    }
    return index;
  };

  /** A local free for use within one operation, by number; made when first asked for. */
  readonly scratch = (type: Type, number: number): number => {
    let locals = this.scratches.get(type);
    if (!locals) this.scratches.set(type, (locals = []));
    return (locals[number] ??= this.f.local(type));
  };

  /** Do helpers for floating point depend on the register? */
  isFloatState(reg: RegisterIndex): boolean {
    return isFloatState(reg, this.file);
  }

  compile(): CompiledRegion {
    const { f } = this;
    const flow = structure(this.graph);
    this.dispatchFrom = flow.dispatchFrom;
    for (let i = 0; i < flow.dispatches; i++) this.selectors.set(flow.dispatchFrom + i, f.local(Type.I32));
    for (const reg of this.used) this.places.load(reg);
    f.i32(0).memory("i32_load", EngineState.left).set(this.left);
    this.exitLabel = f.block(Type.I32);
    this.sequence(flow.body);
    f.op(I.unreachable).end();
    this.storeRegisters(this.changed);
    f.i32(0).get(this.left).memory("i32_store", EngineState.left);
    this.module.addFunction({ params: [], results: [Type.I32] }, f, "run");
    return { bytes: this.module.finish(), sites: this.sites, imports: [...this.importIndex.keys()] };
  }

  /** Stores registers to their homes. */
  storeRegisters(registers: Iterable<RegisterIndex>): void {
    for (const reg of registers) this.places.store(reg);
  }

  /** Leaves the region. */
  leave(site: ExitSite): void {
    this.f.i32(this.addSite(site)).br(this.exitLabel);
  }

  /** Leaves when the i32 on the stack is not zero. */
  leaveIf(site: ExitSite): void {
    this.f.if(undefined, false);
    this.leave(site);
    this.f.end();
  }

  private addSite(site: ExitSite): number {
    return this.sites.push(site) - 1;
  }

  private sequence(body: readonly Structured[]): void {
    for (const item of body) {
      if (item.kind === "node") {
        this.node(item.node, item.transfers);
        continue;
      }
      const outer = this.labels.get(item.label);
      this.labels.set(item.label, item.kind === "block" ? this.f.block() : this.f.loop());
      this.sequence(item.body);
      this.f.op(I.unreachable).end();
      if (outer === undefined) this.labels.delete(item.label);
      else this.labels.set(item.label, outer);
    }
  }

  private node(node: number, transfers: readonly Transfer[]): void {
    if (node >= this.dispatchFrom) {
      this.choose(this.selectors.get(node)!, transfers);
      return;
    }
    const { block } = this.graph.nodes[node];
    if (this.heads.has(node)) this.checkSlice(block.pc);
    if (block.instructions.length > 0)
      this.f.get(this.left).i32(block.instructions.length).op(I.i32_sub).set(this.left);
    new BlockEmitter(this, block, this.dirty[node]).emit(new Way(this, this.graph.nodes[node], transfers));
  }

  /** At a block that is in a cycle: when the slice is used up and there is no more of it, leaves before the block. */
  private checkSlice(pc: bigint): void {
    const { f, left } = this;
    f.get(left).i32(0).op(I.i32_le_s).if(undefined, false);
    f.get(left).call(this.imported("poll")).tee(left).i32(0).op(I.i32_le_s);
    this.leaveIf({ exit: Exit.Budget, pc, notBegun: 0 });
    f.end();
  }

  /** Goes by the transfer whose index is in the local. */
  private choose(selector: number, transfers: readonly Transfer[]): void {
    const { f } = this;
    // A transfer that is more than a branch gets a block, behind which it stands; the first one's is outermost.
    const blocks = transfers.map((transfer) => (this.isPlainBranch(transfer) ? undefined : f.block()));
    f.get(selector);
    f.brTable(transfers.map((transfer, i) => blocks[i] ?? this.labelOf(transfer)));
    for (let i = transfers.length - 1; i >= 0; i--) {
      if (blocks[i] === undefined) continue;
      f.end();
      this.transfer(transfers[i]);
    }
  }

  /** Is it a branch and nothing more? */
  isPlainBranch(transfer: Transfer): boolean {
    return transfer.select === undefined && transfer.label !== undefined;
  }

  labelOf(transfer: Transfer): Label {
    const label = this.labels.get(transfer.label!);
    if (label === undefined) throw new Error(`no block or loop for node ${transfer.label}`);
    return label;
  }

  transfer({ select, label, body }: Transfer): void {
    const { f } = this;
    if (select) f.i32(select.index).set(this.selectors.get(select.dispatch)!);
    if (label !== undefined) f.br(this.labelOf({ label }));
    else this.sequence(body ?? []);
  }
}

/** The ways out of one block: to its targets by their order, in the region or out of it. */
export class Way {
  private readonly region: RegionCompiler;
  private readonly node: RegionNode;
  private readonly transfers: readonly Transfer[];

  constructor(region: RegionCompiler, node: RegionNode, transfers: readonly Transfer[]) {
    this.region = region;
    this.node = node;
    this.transfers = transfers;
  }

  get targets(): readonly bigint[] {
    return this.node.targets;
  }

  /** Goes to target `index`. */
  go(index: number): void {
    const edge = this.node.edges[index];
    if (edge !== undefined) this.region.transfer(this.transfers[edge]);
    else
      this.region.leave({
        exit: Exit.Untranslated,
        pc: this.targets[index],
        notBegun: 0,
        from: this.node.block.pc,
      });
  }

  /** With a condition on the stack: target 0 when it is not zero, else target 1. */
  branch(): void {
    const { f } = this.region;
    const [taken, other] = [0, 1].map((index) => {
      const edge = this.node.edges[index];
      const transfer = edge === undefined ? undefined : this.transfers[edge];
      return transfer && this.region.isPlainBranch(transfer) ? transfer : undefined;
    });
    if (taken) {
      f.brIf(this.region.labelOf(taken));
      this.go(1);
    } else if (other) {
      f.op(I.i32_eqz).brIf(this.region.labelOf(other));
      this.go(0);
    } else {
      f.if();
      this.go(0);
      f.else();
      this.go(1);
      f.end();
    }
  }
}
