// WebAssembly for one block of a region: its operations in order, then its terminator.
import { Exit } from "../ir/exits.ts";
import { OPS } from "../ir/ops.ts";
import type { Block, FloatName, Op, Temp, Terminator } from "../ir/types.ts";
import { Control, VCPU_BASE, Vcpu } from "../machine/layout.ts";
import { accessBases } from "./access-bases.ts";
import { BlockValues } from "./block-values.ts";
import { type RegionCompiler, trapExits, type Way } from "./compile-region.ts";
import { emitConvert, emitFloat, type FloatContext } from "./emit-float.ts";
import { emitGuard, emitLoad, emitPlainLoad, emitPlainStore, emitStore, type MemoryContext } from "./emit-memory.ts";
import { emitPure, pushCondition } from "./emit-ops.ts";
import type { ExitSite } from "./engine-state.ts";
import type { RegisterSet } from "./register-set.ts";
import { DirtyRegisters } from "./residency.ts";
import { I } from "./wasm-encoder.ts";
import { windowHome } from "./windows.ts";

/** Up to this many learnt targets are compared one after another, more by halves. */
const LINEAR_TARGETS = 3;

/** Accesses to instruments' memory, by size. */
const peeks = { 1: "i64_load8_u", 2: "i64_load16_u", 4: "i64_load32_u", 8: "i64_load" } as const;
const pokes = { 1: "i64_store8", 2: "i64_store16", 4: "i64_store32", 8: "i64_store" } as const;

export class BlockEmitter {
  private readonly region: RegionCompiler;
  private readonly block: Block;
  private readonly values: BlockValues;
  private readonly context: MemoryContext & FloatContext;
  private readonly dirty: DirtyRegisters;
  /** Instructions begun so far. */
  private begun = 0;
  private pc: bigint;
  private index = 0;
  /** Has the region to be left at the next instruction if a host function asked for it? */
  private leaveAtNext = false;

  /** The homes of `dirty` registers may be out of date when the block begins. */
  constructor(region: RegionCompiler, block: Block, dirty: RegisterSet) {
    this.region = region;
    this.block = block;
    this.dirty = new DirtyRegisters(dirty, region.file);
    this.pc = block.pc;
    const { f, pool, places, x, y, z, base, imported, scratch, fused } = region;
    const bases = accessBases(block);
    this.values = new BlockValues(block, f, pool, places, (op) => emitPure(this.context, op));
    this.context = {
      f,
      values: this.values,
      x,
      y,
      z,
      base,
      imported,
      scratch,
      fused,
      window: (addr, isStore) => windowHome(block.pc, bases.get(addr), region.file.stackPointer, isStore),
      leaveOnFault: () => region.leaveIf(this.site(Exit.Fault), this.dirty.registers),
      leaveAfterStore: () => this.leaveAfterStore(),
      leaveToInterpreter: () => this.leaveToInterpreter(),
    };
  }

  emit(way: Way): void {
    const { ops } = this.block;
    this.region.places.forget();
    for (this.index = 0; this.index < ops.length; this.index++) {
      const op = ops[this.index];
      if (op.op === "breakpoint") {
        this.leave({ exit: Exit.Breakpoint, pc: op.pc, notBegun: this.notBegun() });
        return;
      }
      this.op(op);
      this.dirty.after(op);
    }
    this.terminator(this.block.terminator, way);
  }

  private notBegun(): number {
    return this.block.instructions.length - this.begun;
  }

  private leave(site: ExitSite): void {
    this.region.leave(site, this.dirty.registers);
  }

  /** An exit at the current instruction. */
  private site(exit: Exit, next?: bigint) {
    return { exit, pc: this.pc, notBegun: this.notBegun(), next };
  }

  private op(op: Op): void {
    const { values, region } = this;
    const { f } = region;
    switch (op.op) {
      case "insn":
        this.checkLeave(op.pc);
        this.begun++;
        this.pc = op.pc;
        return;
      case "put":
        values.put(op.reg, op.src);
        if (region.isFloatState(op.reg)) f.call(region.imported("refreshFloat"));
        return;
      case "load":
        values.assign(op.dst, emitLoad(this.context, op));
        return;
      case "store":
        emitStore(this.context, op);
        return;
      case "guard":
        this.checkLeave(this.nextPc);
        emitGuard(this.context, op);
        return;
      case "plainload":
        values.assign(op.dst, emitPlainLoad(this.context, op));
        return;
      case "plainstore":
        emitPlainStore(this.context, op);
        return;
      case "fconvert":
        values.preserve(region.file.floatFlags);
        values.assign(op.dst, emitConvert(this.context, op));
        return;
      case "icount":
        this.pushInstructionCount();
        values.assign(op.dst);
        return;
      case "if":
        // What changes inside changes on one of two paths only: nothing may be moved in there.
        values.preserveAll();
        pushCondition(this.context, op.cond);
        f.if();
        return;
      case "end":
        f.end();
        region.places.forget();
        return;
      case "trapif":
        pushCondition(this.context, op.cond);
        region.leaveIf(this.site(trapExits[op.trap], this.pc), this.dirty.registers);
        return;
      case "count":
        f.i32(0).i32(0).memory("i64_load", op.counter);
        values.push(op.src);
        f.op(I.i64_add).memory("i64_store", op.counter);
        return;
      case "peek":
        values.push(op.addr);
        f.op(I.i32_wrap_i64).memory(peeks[op.size], op.offset, false);
        values.assign(op.dst);
        return;
      case "poke":
        values.push(op.addr);
        f.op(I.i32_wrap_i64);
        values.push(op.src);
        f.memory(pokes[op.size], op.offset, false);
        return;
      case "notify":
        this.storeArguments(op.args);
        region.callHost(f, op.id);
        return;
      case "call":
        this.call(op);
        return;
      default:
        if (OPS[op.op].class === "float") {
          values.preserve(region.file.floatFlags);
          const float = op as Op & { op: FloatName };
          values.assign(float.dst, emitFloat(this.context, float));
        } else if ("dst" in op) values.define(op);
    }
  }

  private pushInstructionCount(): void {
    const { f, count } = this.region;
    const notBegun = this.notBegun();
    f.get(count);
    if (notBegun > 0) f.i64(BigInt(notBegun)).op(I.i64_sub);
  }

  private call({ id, args, writes }: Op & { op: "call" }): void {
    const { region, values } = this;
    const { f } = region;
    this.storeArguments(args);
    region.storeRegisters(this.dirty.registers);
    f.i32(0)
      .i64(this.pc)
      .memory("i64_store", VCPU_BASE + 8 * region.file.pc);
    f.i32(0);
    this.pushInstructionCount();
    f.memory("i64_store", VCPU_BASE + Vcpu.icount);
    region.callHost(f, id);
    for (const reg of writes) {
      values.preserve(reg);
      region.places.load(reg);
    }
    if (writes.some((reg) => region.isFloatState(reg))) f.call(region.imported("refreshFloat"));
    this.leaveAtNext = true;
  }

  private storeArguments(args: readonly Temp[]): void {
    const { f } = this.region;
    args.forEach((arg, i) => {
      f.i32(0);
      this.values.push(arg);
      f.memory("i64_store", VCPU_BASE + Vcpu.args + 8 * i);
    });
  }

  /** Leaves an i32 on the stack that is not zero when the region has to be left. */
  private pushLeave(): void {
    const { f } = this.region;
    f.i32(0).memory("i64_load", Control.stop).op(I.i64_eqz).op(I.i32_eqz);
  }

  /** Before the instruction at pc begins: leaves when what came before asked for it. */
  private checkLeave(pc: bigint): void {
    if (!this.leaveAtNext) return;
    this.leaveAtNext = false;
    this.pushLeave();
    this.region.leaveIf({ exit: Exit.Budget, pc, notBegun: this.notBegun() }, this.dirty.registers);
  }

  /** In the slow path of a store that is done: leaves at once where the instruction is done too, else at its end. */
  private leaveAfterStore(): void {
    const next = this.block.ops[this.index + 1];
    if (next?.op === "insn") this.leave({ exit: Exit.Budget, pc: next.pc, notBegun: this.notBegun() });
    else if (!next && this.block.terminator.op === "goto")
      this.leave({ exit: Exit.Budget, pc: this.block.terminator.target, notBegun: 0 });
    else this.leaveAtNext = true;
  }

  /** The address of the instruction that has not begun. */
  private get nextPc(): bigint {
    return this.block.instructions[this.begun].pc;
  }

  private leaveToInterpreter(): void {
    const rest = { block: this.block.pc, instruction: this.begun };
    const site = { exit: Exit.Budget, pc: this.nextPc, notBegun: this.notBegun(), rest };
    this.region.leaveIf(site, this.dirty.registers);
  }

  private terminator(terminator: Terminator, way: Way): void {
    const { f } = this.region;
    way.prepare(this.dirty.registers);
    switch (terminator.op) {
      case "goto":
        this.checkLeave(terminator.target);
        way.go(0);
        return;
      case "branch":
        this.branch(terminator, way);
        return;
      case "jump":
        this.values.push(terminator.addr);
        f.set(this.region.x);
        this.checkLeaveTo(this.region.x);
        this.jump(way, [...way.targets.keys()]);
        f.get(this.region.x);
        this.region.leaveForPc(this.block.pc, this.dirty.registers);
        return;
      case "trap":
        this.leave(this.site(trapExits[terminator.trap], terminator.next));
    }
  }

  private branch({ cond, taken, fallthrough }: Terminator & { op: "branch" }, way: Way): void {
    const { f, x } = this.region;
    if (this.leaveAtNext) {
      this.values.push(cond);
      f.set(x);
      f.i64(taken).i64(fallthrough).get(x).op(I.i64_eqz).op(I.i32_eqz).op(I.select).set(this.region.y);
      this.checkLeaveTo(this.region.y);
      f.get(x).i64(0n).op(I.i64_ne);
    } else pushCondition(this.context, cond);
    way.branch();
  }

  /** As checkLeave, to the address in a local. */
  private checkLeaveTo(address: number): void {
    if (!this.leaveAtNext) return;
    this.leaveAtNext = false;
    const { f } = this.region;
    this.pushLeave();
    f.if(undefined, false);
    this.storePc(address);
    this.leave({ exit: Exit.Budget, pc: undefined, notBegun: 0 });
    f.end();
  }

  private storePc(address: number): void {
    this.region.f
      .i32(0)
      .get(address)
      .memory("i64_store", VCPU_BASE + 8 * this.region.file.pc);
  }

  /** Goes to the learnt target that equals local x; falls through when there is none. */
  private jump(way: Way, candidates: number[]): void {
    const { f, x } = this.region;
    const address = (index: number) => BigInt.asUintN(64, way.targets[index]);
    if (candidates.length > LINEAR_TARGETS) {
      candidates.sort((a, b) => (address(a) < address(b) ? -1 : 1));
      const middle = candidates.length >> 1;
      f.get(x).i64(address(candidates[middle])).op(I.i64_lt_u);
      f.if();
      this.jump(way, candidates.slice(0, middle));
      f.else();
      this.jump(way, candidates.slice(middle));
      f.end();
      return;
    }
    for (const index of candidates) {
      f.get(x).i64(address(index)).op(I.i64_eq).if();
      way.go(index);
      f.end();
    }
  }
}
