// Puts what plugins asked for into a block's IR.
//
// Order at run time: the block's own insertions (after the first `insn`, so that the block counts as entered and the
// instruction as begun), then per instruction its insertions before its work, then each access, then what is called
// after it. An atomic's load is reported after its store has succeeded: one that faults reports nothing.
import type { HostCall } from "../ir/host-call.ts";
import { OPS } from "../ir/ops.ts";
import type { Block, Op, Temp } from "../ir/types.ts";
import { accessShape, type BlockPlan, type Insertion, type MemoryInsertion } from "./block-plan.ts";

type AccessOp = Op & { op: "load" | "store" };

/** Gives a host function the number by which `call` names it. */
export type CallbackNumber = (callback: HostCall) => number;

export function weave(block: Block, plan: BlockPlan, numberOf: CallbackNumber): Block {
  return new Weaver(block, plan, numberOf).run();
}

class Weaver {
  private readonly ops: Op[] = [];
  private temps: Temp;
  private instruction = -1;
  /** Sums not yet added to their counters: nothing can see them before the block is left or something is called. */
  private readonly pending = new Map<number, bigint>();
  /** By the index of an atomic's store: its load, still to be reported. */
  private readonly deferred = new Map<number, AccessOp>();
  /** Has the instruction stored or called something? Then the block may be left before the next: it may be of no use any more. */
  private mayEnd = false;

  constructor(
    private readonly block: Block,
    private readonly plan: BlockPlan,
    private readonly numberOf: CallbackNumber,
  ) {
    this.temps = block.temps;
  }

  run(): Block {
    this.block.ops.forEach((op, i) => {
      const { effect } = OPS[op.op];
      if (effect === "fault" || effect === "exit" || effect === "structure") this.flush();
      if (op.op === "insn" && this.mayEnd) this.flush();
      this.ops.push(op);
      if (op.op === "store") this.mayEnd = true;
      if (op.op === "insn") this.begin(op.index);
      else if (op.op === "load" || op.op === "store") this.access(op, i);
    });
    this.flush();
    return { ...this.block, ops: this.ops, temps: this.temps };
  }

  private begin(index: number): void {
    this.instruction = index;
    this.mayEnd = false;
    if (index === 0) for (const insertion of this.plan.atEntry) this.insert(insertion);
    for (const insertion of this.plan.before[index] ?? []) this.insert(insertion);
  }

  private insert(insertion: Insertion): void {
    if (insertion.kind === "add") return this.add(insertion);
    this.flush();
    const { reads, writes } = insertion;
    this.ops.push({ op: "call", id: this.numberOf(insertion.callback), args: [], reads, writes });
    this.mayEnd = true;
  }

  private access(op: AccessOp, at: number): void {
    const wanted = this.plan.memory[this.instruction];
    if (!wanted) return;
    const store = op.op === "load" ? this.storeAfter(at) : undefined;
    if (store !== undefined) {
      this.deferred.set(store, op);
      return;
    }
    const load = this.deferred.get(at);
    if (load) this.report(load, wanted);
    this.report(op, wanted);
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

  private report(op: AccessOp, wanted: readonly MemoryInsertion[]): void {
    const isStore = op.op === "store";
    const shape = accessShape(op.size, isStore, op.op === "load" && op.signed);
    const args = [op.addr, op.op === "load" ? op.dst : op.src];
    for (const insertion of wanted) {
      if (insertion.filter === (isStore ? "loads" : "stores")) continue;
      if (insertion.kind === "add") this.add(insertion);
      else {
        this.flush();
        const id = this.numberOf(insertion.callbackFor(shape));
        this.ops.push({ op: "call", id, args, reads: insertion.reads, writes: [] });
        this.mayEnd = true;
      }
    }
  }

  private add({ counter, value }: { counter: number; value: bigint }): void {
    this.pending.set(counter, (this.pending.get(counter) ?? 0n) + value);
  }

  private flush(): void {
    for (const [counter, value] of this.pending) {
      const src = this.temps++;
      this.ops.push({ op: "const", dst: src, value: BigInt.asIntN(64, value) }, { op: "count", counter, src });
    }
    this.pending.clear();
  }
}
