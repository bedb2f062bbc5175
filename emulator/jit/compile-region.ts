// Compiles regions, each to one WebAssembly function: `run(entry) -> i32`, from the entry of that number to the index of the
// exit site where it left, or LEFT_FOR_PC when there is only a new pc, which is at its home.
//
// Guest registers are locals as long as they are live (residency.ts). Where the region is left, those whose homes are
// out of date are stored: exits with the same ones share an epilogue. `count` counts instructions, a whole block at a
// time; every cycle has a block that compares it with the limit and asks the host for more before it leaves.
import { Exit } from "../ir/exits.ts";
import type { HostCall } from "../ir/host-call.ts";
import type { RegisterIndex, TrapKind } from "../ir/types.ts";
import { VCPU_BASE, Vcpu } from "../machine/layout.ts";
import { LocalPool } from "./block-values.ts";
import { cycleHeads, type Structured, structure, type Transfer } from "./control-flow.ts";
import { BlockEmitter } from "./emit-block.ts";
import { EngineState, type ExitSite, type ImportName, imports, LEFT_FOR_PC, regionSignature } from "./engine-state.ts";
import { HostImports } from "./host-imports.ts";
import { isFloatState, type Region, type RegionGraph, type RegionNode, regionGraph, registersOf } from "./region.ts";
import { mergeGuards } from "./region-guards.ts";
import { RegisterPlaces } from "./register-places.ts";
import { RegisterSet } from "./register-set.ts";
import { type Residency, residency } from "./residency.ts";
import { FunctionBody, I, type Label, ModuleBuilder, Type } from "./wasm-encoder.ts";

/** A module of regions: it exports the function of each by its number, `run0` and so on. */
export interface RegionModule {
  readonly bytes: Uint8Array;
  /** What the module imports besides the memory. */
  readonly imports: readonly ImportName[];
  /** What it imports of the host's own, functions and values, by name. */
  readonly hostImports: Readonly<Record<string, unknown>>;
  readonly functions: readonly RegionFunction[];
}

export interface RegionFunction {
  /** Its length in the module. */
  readonly bytes: number;
  readonly sites: readonly ExitSite[];
}

export const trapExits: Record<TrapKind, Exit> = {
  syscall: Exit.Syscall,
  ebreak: Exit.Ebreak,
  illegal: Exit.Illegal,
  "fence.i": Exit.FenceI,
  misaligned: Exit.Misaligned,
  redirect: Exit.Redirect,
};

export interface HostOptions {
  /** Size of the machine's memory in 64 KiB pages. */
  readonly memoryPages: number;
  /** Has the host a multiply-add that rounds once? */
  readonly fused: () => boolean;
  /** What `call` names. */
  readonly hostCalls: readonly HostCall[];
}

/** A module costs as much by itself as a small region, so that several are better compiled together. */
export function compileRegions(
  regions: readonly Region[],
  { memoryPages, fused, hostCalls }: HostOptions,
): RegionModule {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", memoryPages);
  const indices = new Map<ImportName, number>();
  const imported = (name: ImportName): number => {
    let index = indices.get(name);
    if (index === undefined) {
      index = module.importFunction("env", name, imports[name]);
      indices.set(name, index);
    }
    return index;
  };
  const host = new HostImports(module);
  const callHost = (f: FunctionBody, id: number) => host.call(f, hostCalls[id]);
  const functions = regions.map((region, number): RegionFunction => {
    const { f, sites } = new RegionCompiler(mergeGuards(region), imported, callHost, fused).compile();
    module.addFunction(regionSignature, f, `run${number}`);
    return { bytes: f.code.length, sites };
  });
  return { bytes: module.finish(), imports: [...indices.keys()], hostImports: host.byName, functions };
}

/** The function's parameter. */
const ENTRY = 0;

/** What the emitters of one region share: the function, its locals and imports, and the way out. */
export class RegionCompiler {
  readonly f = new FunctionBody(1);
  readonly pool = new LocalPool(this.f);
  readonly sites: ExitSite[] = [];
  readonly file: Region["file"];
  private readonly residency: Residency;
  /** i64: instructions begun when the block that runs will be done. */
  readonly count = this.f.local(Type.I64);
  /** Locals for use within one operation. */
  readonly x = this.f.local(Type.I64);
  readonly y = this.f.local(Type.I64);
  readonly z = this.f.local(Type.I64);
  readonly base = this.f.local(Type.I64);
  private readonly scratches = new Map<Type, number[]>();
  readonly places: RegisterPlaces;
  readonly fused: () => boolean;
  /** The index of an imported function; it is imported when first asked for. */
  readonly imported: (name: ImportName) => number;
  /** Emits the host call of that number. */
  readonly callHost: (f: FunctionBody, id: number) => void;
  /** Registers that each epilogue stores, by the set's key. */
  private readonly epilogues = new Map<string, { readonly number: number; readonly registers: RegisterSet }>();
  private readonly region: Region;
  private readonly graph: RegionGraph;
  private readonly heads: ReadonlySet<number>;
  /** By entry: the registers to be loaded there besides those that every entry wants. */
  private entryLoads: readonly RegisterSet[] = [];
  /** Selector local of each dispatch node. */
  private readonly selectors = new Map<number, number>();
  private dispatchFrom = 0;
  private readonly labels = new Map<number, Label>();

  constructor(
    region: Region,
    imported: (name: ImportName) => number,
    callHost: (f: FunctionBody, id: number) => void,
    fused: () => boolean,
  ) {
    this.region = region;
    this.imported = imported;
    this.file = region.file;
    this.fused = fused;
    this.callHost = callHost;
    this.graph = regionGraph(region);
    this.heads = cycleHeads(this.graph);
    this.residency = residency(region, this.graph);
    const blocks = region.nodes.map(({ block }) => block);
    this.places = new RegisterPlaces(this.f, region.file, registersOf(region), blocks);
  }

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

  compile(): this {
    const { f } = this;
    const flow = structure(this.graph);
    this.dispatchFrom = flow.dispatchFrom;
    for (let i = 0; i < flow.dispatches; i++) this.selectors.set(flow.dispatchFrom + i, f.local(Type.I32));
    const { entries } = this.region;
    const common = RegisterSet.all();
    for (const node of entries) common.keep(this.residency.live[node]);
    if (entries.length > 0) this.loadRegisters(common);
    this.entryLoads = entries.map((node) => this.residency.live[node].copy().removeAll(common));
    f.i32(0)
      .memory("i64_load", VCPU_BASE + Vcpu.icount)
      .set(this.count);
    const start = f.code.length;
    this.sequence(flow.body);
    f.op(I.unreachable);
    f.surround(start, this.epilogues.size, Type.I32);
    for (const { registers } of this.epilogues.values()) {
      f.end();
      this.storeRegisters(registers);
      this.storeCount();
      f.return();
    }
    f.op(I.unreachable);
    return this;
  }

  private loadRegisters(registers: Iterable<RegisterIndex>): void {
    for (const reg of registers) this.places.load(reg);
  }

  /** Stores registers to their homes. */
  storeRegisters(registers: Iterable<RegisterIndex>): void {
    for (const reg of registers) this.places.store(reg);
  }

  /** Leaves the region, where the homes of `dirty` registers are out of date. */
  leave(site: ExitSite, dirty: RegisterSet): void {
    this.f.i32(this.addSite(site)).br(this.epilogue(dirty));
  }

  /** The label of the epilogue for a set of registers; they lie around all the code, the first one innermost. */
  private epilogue(dirty: RegisterSet): Label {
    const { key } = dirty;
    let epilogue = this.epilogues.get(key);
    if (!epilogue) {
      epilogue = { number: this.epilogues.size, registers: dirty.copy() };
      this.epilogues.set(key, epilogue);
    }
    return -epilogue.number;
  }

  /** Leaves the region for the pc on the stack, which it has no code for; `from` is the block where. */
  leaveForPc(from: bigint, dirty: RegisterSet): void {
    const { f, x } = this;
    f.set(x);
    f.i32(0)
      .get(x)
      .memory("i64_store", VCPU_BASE + 8 * this.file.pc);
    f.i32(0)
      .i64(from)
      .memory("i64_store", VCPU_BASE + Vcpu.source);
    f.i32(LEFT_FOR_PC).br(this.epilogue(dirty));
  }

  /** Leaves when the i32 on the stack is not zero. */
  leaveIf(site: ExitSite, dirty: RegisterSet): void {
    this.f.if(undefined, false);
    this.leave(site, dirty);
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
    if (node === this.graph.entry) {
      this.choose(ENTRY, transfers, this.entryLoads);
      return;
    }
    const { block } = this.region.nodes[node];
    const { live, dirty, observed } = this.residency;
    if (this.heads.has(node)) this.checkSlice(block.pc, dirty[node]);
    if (block.instructions.length > 0)
      this.f.get(this.count).i64(BigInt(block.instructions.length)).op(I.i64_add).set(this.count);
    const current = this.region.nodes[node];
    const way = new Way(
      this,
      current,
      this.graph.edges[node].map((edge) => (edge === undefined ? undefined : transfers[edge])),
      current.edges.map((target) =>
        target === undefined ? undefined : { live: live[target], observed: observed[target] },
      ),
    );
    new BlockEmitter(this, block, dirty[node]).emit(way);
  }

  /** At a block that is in a cycle: when the slice is used up and there is no more of it, leaves before the block. */
  private checkSlice(pc: bigint, dirty: RegisterSet): void {
    const { f } = this;
    this.pushAtLimit();
    f.if(undefined, false);
    this.storeCount();
    f.call(this.imported("poll"));
    this.pushAtLimit();
    this.leaveIf({ exit: Exit.Budget, pc, notBegun: 0 }, dirty);
    f.end();
  }

  private pushAtLimit(): void {
    this.f.get(this.count).i32(0).memory("i64_load", EngineState.limit).op(I.i64_ge_s);
  }

  private storeCount(): void {
    this.f
      .i32(0)
      .get(this.count)
      .memory("i64_store", VCPU_BASE + Vcpu.icount);
  }

  /** Goes by the transfer whose index is in the local, having loaded registers for it. */
  private choose(selector: number, transfers: readonly Transfer[], loads: readonly RegisterSet[] = []): void {
    const { f } = this;
    // A transfer that is more than a branch gets a block, behind which it stands; the first one's is outermost.
    const isPlain = (transfer: Transfer, i: number) => this.isPlainBranch(transfer) && (loads[i]?.isEmpty ?? true);
    const blocks = transfers.map((transfer, i) => (isPlain(transfer, i) ? undefined : f.block()));
    f.get(selector);
    f.brTable(transfers.map((transfer, i) => blocks[i] ?? this.labelOf(transfer)));
    for (let i = transfers.length - 1; i >= 0; i--) {
      if (blocks[i] === undefined) continue;
      f.end();
      this.loadRegisters(loads[i] ?? []);
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

/** What a target in the region expects of the registers. */
interface Arrival {
  readonly live: RegisterSet;
  readonly observed: RegisterSet;
}

/** The ways out of one block: to its targets by their order, in the region or out of it. */
export class Way {
  private readonly region: RegionCompiler;
  private readonly node: RegionNode;
  /** By target: the transfer, or undefined when it leads out. */
  private readonly transfers: readonly (Transfer | undefined)[];
  private readonly arrivals: readonly (Arrival | undefined)[];
  /** By target: what has to be stored on the way there. */
  private stores: RegisterSet[] = [];
  private dirty = new RegisterSet();

  constructor(
    region: RegionCompiler,
    node: RegionNode,
    transfers: readonly (Transfer | undefined)[],
    arrivals: readonly (Arrival | undefined)[],
  ) {
    this.region = region;
    this.node = node;
    this.transfers = transfers;
    this.arrivals = arrivals;
  }

  get targets(): readonly bigint[] {
    return this.node.targets;
  }

  /**
   * At the end of the block: stores what every target in the region wants stored, and takes it out of `dirty`; the rest
   * is left to the edges.
   */
  prepare(dirty: RegisterSet): void {
    this.dirty = dirty;
    const common = RegisterSet.all();
    this.stores = this.arrivals.map((arrival) => {
      if (!arrival) return new RegisterSet();
      const wanted = dirty.copy().removeAll(arrival.live).keep(arrival.observed);
      common.keep(wanted);
      return wanted;
    });
    if (!this.arrivals.some((arrival) => arrival)) return;
    this.region.storeRegisters(common);
    dirty.removeAll(common);
    for (const wanted of this.stores) wanted.removeAll(common);
  }

  /** Goes to target `index`. */
  go(index: number): void {
    const { region } = this;
    const transfer = this.transfers[index];
    if (transfer) {
      region.storeRegisters(this.stores[index]);
      region.transfer(transfer);
    } else {
      region.f.i64(this.targets[index]);
      region.leaveForPc(this.node.block.pc, this.dirty);
    }
  }

  /** With a condition on the stack: target 0 when it is not zero, else target 1. */
  branch(): void {
    const { f } = this.region;
    const [taken, other] = [0, 1].map((index) => {
      const transfer = this.transfers[index];
      const plain = transfer && this.region.isPlainBranch(transfer) && this.stores[index].isEmpty;
      return plain ? transfer : undefined;
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
