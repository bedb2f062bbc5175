// Puts what plugins asked for into a block's IR.
//
// Order at run time: the block's own insertions (after the first `insn`, so that the block counts as entered and the
// instruction as begun), then per instruction its insertions before its work, then each access, then what is asked for
// after it, then what is asked for after the instruction. An atomic's load is reported after its store has succeeded:
// one that faults reports nothing.
//
// No instruction reads Temps of another (ir/rest.ts): each computes what it needs anew.
import type { Operand } from "../../plugins/api/index.ts";
import { BlockBuilder } from "../ir/builder.ts";
import type { HostCall } from "../ir/host-call.ts";
import { OPS } from "../ir/ops.ts";
import type { BinaryName, Block, Op, RegisterIndex, Size, Temp } from "../ir/types.ts";
import { VCPU_BASE, Vcpu } from "../machine/layout.ts";
import {
  accessShape,
  type BlockPlan,
  type Call,
  type InlineOperation,
  type Insertion,
  type MemoryCall,
  type MemoryInsertion,
} from "./block-plan.ts";
import { type AccessValues, Computation, type Emission } from "./expressions.ts";
import type { AppendEmission, SharedBuffer } from "./trace-buffer.ts";

type AccessOp = Op & { op: "load" | "store" };

/** Gives a host function the number by which `call` names it. */
export type CallbackNumber = (callback: HostCall) => number;

/** Told of the operations that each plugin's wishes became. */
export type CountOps = (plugin: number, ops: number) => void;

export function weave(block: Block, plan: BlockPlan, numberOf: CallbackNumber, countOps: CountOps = () => {}): Block {
  return new Weaver(block, plan, numberOf, countOps).run();
}

class Weaver implements Emission, AppendEmission {
  access: AccessValues | undefined;
  private readonly builder: BlockBuilder;
  private instruction = -1;
  /** The instruction at hand is done, and what was asked for after it is inserted. */
  private isAfter = false;
  /** Open `if`s of ours. */
  private depth = 0;
  /** Sums not yet added to their counters: nothing can see them before the block is left or something is called. */
  private readonly pending = new Map<number, bigint>();
  /** By the index of an atomic's store: its load, still to be reported. */
  private readonly deferred = new Map<number, AccessOp>();
  /** Of an atomic that is done: its accesses, still to be reported. */
  private readonly atomics: AccessOp[] = [];
  /** Has the instruction stored or called something? Then the block may be left before the next: it may be of no use any more. */
  private mayEnd = false;

  constructor(
    private readonly block: Block,
    private readonly plan: BlockPlan,
    private readonly numberOf: CallbackNumber,
    private readonly countOps: CountOps,
  ) {
    this.builder = new BlockBuilder(block.pc, block.temps);
  }

  run(): Block {
    const needs = this.records();
    const { ops } = this.builder;
    this.block.ops.forEach((op, i) => {
      const { effect } = OPS[op.op];
      // A `breakpoint` stands before its `insn`.
      if (op.op === "breakpoint" || (op.op === "insn" && this.block.ops[i - 1]?.op !== "breakpoint")) this.ended();
      if (effect === "fault" || effect === "exit" || effect === "structure") this.flush();
      if (op.op === "insn" && this.mayEnd) this.flush();
      ops.push(op);
      if (op.op === "store") this.mayEnd = true;
      if (op.op === "insn") this.begin(op.index, needs);
      else if (op.op === "load" || op.op === "store") this.report(op, i);
    });
    const { terminator } = this.block;
    if (terminator.op !== "trap" || terminator.trap === "fence.i") this.ended();
    this.flush();
    return { ...this.block, ops, temps: this.builder.tempCount };
  }

  private begin(index: number, needs: readonly ReadonlyMap<SharedBuffer, number>[]): void {
    this.instruction = index;
    this.mayEnd = false;
    this.makeRoom(index, needs);
    if (index === 0) for (const insertion of this.plan.atEntry) this.insert(insertion);
    for (const insertion of this.plan.before[index] ?? []) this.insert(insertion);
  }

  /** The instruction at hand is done. */
  private ended(): void {
    this.reportAtomics();
    const after = this.plan.after[this.instruction];
    if (!after) return;
    if (this.mayEnd) this.flush();
    this.isAfter = true;
    this.resumable(after, () => {
      for (const insertion of after) this.insert(insertion);
    });
    this.isAfter = false;
  }

  /** Behind an instruction's work: a callback that does not return is not to have it done again. */
  private resumable(insertions: readonly { kind: string }[], body: () => void): void {
    if (!insertions.some(({ kind }) => kind === "call")) return body();
    this.poke(this.const(0n), VCPU_BASE + Vcpu.resume, this.nextPc(), 8);
    body();
    const none = this.const(0n);
    this.poke(none, VCPU_BASE + Vcpu.resume, none, 8);
  }

  private insert(insertion: Insertion): void {
    const before = this.builder.ops.length;
    if (insertion.kind === "add") this.add(insertion);
    else if (insertion.kind === "inline") this.inline(insertion);
    else this.conditional(insertion.when, () => this.call(insertion));
    this.countOps(insertion.plugin, insertion.kind === "add" ? 1 : this.builder.ops.length - before);
  }

  private inline(operation: InlineOperation): void {
    if (!operation.isApart || operation.when !== undefined) this.flush();
    this.conditional(operation.when, (computation) => operation.emit(this, computation));
  }

  /** `body`, where the condition holds if there is one. */
  private conditional(when: Operand | undefined, body: (computation: Computation) => void): void {
    const computation = new Computation(this);
    if (when === undefined) body(computation);
    else {
      this.flush();
      this.when(computation.temp(when), () => body(new Computation(this, computation)));
    }
  }

  private call({ callback, reads, writes, setsPc }: Call): void {
    this.flush();
    this.builder.call(this.numberOf(callback), [], reads, writes);
    this.mayEnd = true;
    if (!setsPc) return;
    const cond = this.peek(this.const(0n), VCPU_BASE + Vcpu.redirected, 8);
    this.builder.trapIf("redirect", cond);
  }

  private report(op: AccessOp, at: number): void {
    const wanted = this.plan.memory[this.instruction];
    if (!wanted) return;
    const store = op.op === "load" ? this.storeAfter(at) : undefined;
    if (store !== undefined) {
      this.deferred.set(store, op);
      return;
    }
    const load = this.deferred.get(at);
    if (!load) return this.accessed(op, wanted);
    // To be reported when the register has its value, too: done again, it would be another instruction.
    this.atomics.push(load, op);
  }

  private reportAtomics(): void {
    const wanted = this.plan.memory[this.instruction];
    if (!wanted || this.atomics.length === 0) return;
    this.resumable(wanted, () => {
      for (const op of this.atomics.splice(0)) this.accessed(op, wanted);
    });
  }

  /** The index of the same instruction's store after its load, when both happen or neither. */
  private storeAfter(load: number): number | undefined {
    for (let i = load + 1; i < this.block.ops.length; i++) {
      const { op } = this.block.ops[i];
      if (op === "store") return i;
      if (op === "insn" || op === "if" || op === "end" || op === "trapif") return undefined;
    }
    return undefined;
  }

  private accessed(op: AccessOp, wanted: readonly MemoryInsertion[]): void {
    const isStore = op.op === "store";
    const value = op.op === "load" ? op.dst : op.src;
    this.access = { address: op.addr, value, size: op.size, isStore };
    for (const insertion of wanted) {
      if (insertion.filter === (isStore ? "loads" : "stores")) continue;
      const before = this.builder.ops.length;
      if (insertion.kind === "add") this.add(insertion);
      else if (insertion.kind === "inline") this.inline(insertion);
      else this.conditional(insertion.when, () => this.callWithAccess(insertion, op, value));
      this.countOps(insertion.plugin, insertion.kind === "add" ? 1 : this.builder.ops.length - before);
    }
    this.access = undefined;
  }

  private callWithAccess(insertion: MemoryCall, op: AccessOp, value: Temp): void {
    this.flush();
    const shape = accessShape(op.size, op.op === "store", op.op === "load" && op.signed);
    const id = this.numberOf(insertion.callbackFor(shape));
    this.builder.call(id, [op.addr, value], insertion.reads);
    this.mayEnd = true;
  }

  private add({ counter, value }: { counter: number; value: bigint }): void {
    this.pending.set(counter, (this.pending.get(counter) ?? 0n) + value);
  }

  private flush(): void {
    for (const [counter, value] of this.pending) {
      this.builder.count(counter, this.const(value));
    }
    this.pending.clear();
  }

  // Records.

  /** By instruction: how many records each buffer may get. */
  private records(): readonly ReadonlyMap<SharedBuffer, number>[] {
    const { plan, block } = this;
    const needs = block.instructions.map(() => new Map<SharedBuffer, number>());
    const need = (index: number, insertion: Insertion | MemoryInsertion, times: number) => {
      const buffer = insertion.kind === "inline" ? insertion.buffer : undefined;
      if (buffer && times > 0) needs[index].set(buffer, (needs[index].get(buffer) ?? 0) + times);
    };
    for (const insertion of plan.atEntry) need(0, insertion, 1);
    for (const list of [plan.before, plan.after])
      list.forEach((insertions, index) => {
        for (const insertion of insertions ?? []) need(index, insertion, 1);
      });
    if (plan.memory.length > 0) {
      const accesses = this.accesses();
      plan.memory.forEach((insertions, index) => {
        for (const insertion of insertions ?? []) {
          const { loads, stores } = accesses[index];
          need(
            index,
            insertion,
            (insertion.filter === "stores" ? 0 : loads) + (insertion.filter === "loads" ? 0 : stores),
          );
        }
      });
    }
    return needs;
  }

  private accesses(): { loads: number; stores: number }[] {
    const found = this.block.instructions.map(() => ({ loads: 0, stores: 0 }));
    let instruction = -1;
    for (const { op } of this.block.ops) {
      if (op === "insn") instruction++;
      else if (op === "load") found[instruction].loads++;
      else if (op === "store") found[instruction].stores++;
    }
    return found;
  }

  /** At the block's entry for all of it, or, where that is more than a buffer holds, at each instruction. */
  private makeRoom(index: number, needs: readonly ReadonlyMap<SharedBuffer, number>[]): void {
    const buffers = new Set(index === 0 ? needs.flatMap((need) => [...need.keys()]) : needs[index].keys());
    for (const buffer of buffers) {
      const total = needs.reduce((sum, need) => sum + (need.get(buffer) ?? 0), 0);
      const own = needs[index].get(buffer) ?? 0;
      const isLarge = total > buffer.capacity;
      if (isLarge && own === 0) continue;
      if (!isLarge && index > 0) continue;
      this.flush();
      buffer.emitRoom(this, isLarge ? own : total);
    }
  }

  reserve(counter: number): Temp {
    const none = this.const(0n);
    const before = this.peek(none, counter, 8);
    if (this.depth > 0) {
      this.poke(none, counter, this.binary("add", before, this.const(1n)), 8);
      return before;
    }
    const more = this.pending.get(counter) ?? 0n;
    this.pending.set(counter, more + 1n);
    return more === 0n ? before : this.binary("add", before, this.const(more));
  }

  notify(callback: HostCall, args: readonly Temp[]): void {
    this.builder.notify(this.numberOf(callback), args);
  }

  // Values.

  const(value: bigint): Temp {
    return this.builder.const(value);
  }

  get(reg: RegisterIndex): Temp {
    return this.builder.get(reg);
  }

  unary(op: "zext8" | "zext16" | "zext32" | "clz", a: Temp): Temp {
    return this.builder.unary(op, a);
  }

  binary(op: BinaryName, a: Temp, b: Temp): Temp {
    return this.builder.binary(op, a, b);
  }

  select(cond: Temp, a: Temp, b: Temp): Temp {
    return this.builder.select(cond, a, b);
  }

  icount(): Temp {
    return this.builder.icount();
  }

  next(): Temp | undefined {
    return this.isAfter ? this.nextPc() : undefined;
  }

  /** Where control goes from the instruction at hand. */
  private nextPc(): Temp {
    const { instructions, terminator } = this.block;
    if (this.instruction < instructions.length - 1) return this.const(instructions[this.instruction + 1].pc);
    if (terminator.op === "goto") return this.const(terminator.target);
    if (terminator.op === "jump") return terminator.addr;
    if (terminator.op === "trap") return this.const(terminator.next);
    return this.select(terminator.cond, this.const(terminator.taken), this.const(terminator.fallthrough));
  }

  peek(addr: Temp, offset: number, size: Size): Temp {
    return this.builder.peek(addr, offset, size);
  }

  poke(addr: Temp, offset: number, src: Temp, size: Size): void {
    this.builder.poke(addr, offset, src, size);
  }

  when(cond: Temp, body: () => void): void {
    this.builder.if(cond);
    this.depth++;
    body();
    this.depth--;
    this.builder.end();
  }
}
