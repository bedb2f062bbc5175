// Where the Temps of a block live while its code is emitted. A pure operation whose result is used once is emitted at
// its use (so that most Temps never see a local); a Temp that stands for a guest register reads that register's local
// until the register changes; constants are repeated; everything else gets a local, reused after its last use.
import { forEachOperand, terminatorOperand } from "../ir/ops.ts";
import type { Block, Op, RegisterIndex, Temp } from "../ir/types.ts";
import { type FunctionBody, I, Type } from "./wasm-encoder.ts";

type Place =
  | { kind: "none" }
  | { kind: "local"; local: number }
  | { kind: "register"; reg: RegisterIndex }
  | { kind: "later"; op: Op };

const none: Place = { kind: "none" };

/** Locals for 64-bit values, shared by all blocks of a function. */
export class LocalPool {
  private readonly f: FunctionBody;
  private readonly free: number[] = [];

  constructor(f: FunctionBody) {
    this.f = f;
  }

  take(): number {
    return this.free.pop() ?? this.f.local(Type.I64);
  }

  give(local: number): void {
    this.free.push(local);
  }
}

export class BlockValues {
  private readonly places: Place[];
  private readonly uses: Uint32Array;
  private readonly f: FunctionBody;
  private readonly pool: LocalPool;
  private readonly registerLocal: (reg: RegisterIndex) => number;
  private readonly emitOp: (op: Op) => void;
  /** Temps that stand for a register, in order of their `get`. */
  private aliases: Temp[] = [];

  /** `emitOp` leaves the result of a pure operation on the stack. */
  constructor(
    block: Block,
    f: FunctionBody,
    pool: LocalPool,
    registerLocal: (reg: RegisterIndex) => number,
    emitOp: (op: Op) => void,
  ) {
    this.f = f;
    this.pool = pool;
    this.registerLocal = registerLocal;
    this.emitOp = emitOp;
    this.places = new Array<Place>(block.temps).fill(none);
    this.uses = countUses(block);
  }

  /** Is the result of any use? */
  isUsed(temp: Temp): boolean {
    return this.uses[temp] > 0;
  }

  /** Takes a pure operation in: emits nothing, unless the result is used more than once. */
  define(op: Op & { dst: Temp }): void {
    const { dst } = op;
    if (this.uses[dst] === 0) {
      this.discard(op);
    } else if (op.op === "get") {
      this.places[dst] = { kind: "register", reg: op.reg };
      this.aliases.push(dst);
    } else if (op.op === "const" || this.uses[dst] === 1) {
      this.places[dst] = { kind: "later", op };
    } else {
      this.emitOp(op);
      this.assign(dst);
    }
  }

  /** Takes the value on the stack as the Temp's. */
  assign(dst: Temp): void {
    if (this.uses[dst] === 0) {
      this.f.op(I.drop);
      return;
    }
    const local = this.pool.take();
    this.f.set(local);
    this.places[dst] = { kind: "local", local };
  }

  /** Puts the value on the stack; one use is consumed. */
  push(temp: Temp): void {
    const place = this.places[temp];
    this.uses[temp]--;
    switch (place.kind) {
      case "local":
        this.f.get(place.local);
        if (this.uses[temp] === 0) this.pool.give(place.local);
        break;
      case "register":
        this.f.get(this.registerLocal(place.reg));
        break;
      case "later":
        this.emitOp(place.op);
        break;
      case "none":
        throw new Error(`IR temp ${temp} is used before it is assigned`);
    }
  }

  /** The operation to be emitted for the Temp's only use, if that is how it is kept; use `push` or `consume` next. */
  pending(temp: Temp): Op | undefined {
    const place = this.places[temp];
    return place.kind === "later" ? place.op : undefined;
  }

  /** The value of a constant Temp. */
  constant(temp: Temp): bigint | undefined {
    const op = this.pending(temp);
    return op?.op === "const" ? op.value : undefined;
  }

  /** Counts a use of a Temp whose pending operation the caller emits itself (or does not need). */
  consume(temp: Temp): void {
    this.uses[temp]--;
  }

  /** A register is about to change: Temps that stand for its old value and are still wanted get a local. */
  preserve(reg: RegisterIndex): void {
    this.keep((place) => place.kind === "register" && place.reg === reg);
  }

  /** As `preserve`, for all registers. */
  preserveAll(): void {
    this.keep(() => true);
  }

  private keep(wanted: (place: Place) => boolean): void {
    this.aliases = this.aliases.filter((temp) => {
      const place = this.places[temp];
      if (this.uses[temp] === 0 || place.kind !== "register") return false;
      if (!wanted(place)) return true;
      this.f.get(this.registerLocal(place.reg));
      this.assign(temp);
      return false;
    });
  }

  /** An unused pure operation: its operands lose a use, and what becomes unused with them is never emitted. */
  private discard(op: Op): void {
    forEachOperand(op, (temp) => {
      const place = this.places[temp];
      if (--this.uses[temp] > 0) return;
      if (place.kind === "local") this.pool.give(place.local);
      if (place.kind === "later") this.discard(place.op);
    });
  }

  /** Drops one use without emitting anything. */
  release(temp: Temp): void {
    const place = this.places[temp];
    if (--this.uses[temp] > 0) return;
    if (place.kind === "local") this.pool.give(place.local);
    if (place.kind === "later") this.discard(place.op);
  }
}

function countUses(block: Block): Uint32Array {
  const uses = new Uint32Array(block.temps);
  for (const op of block.ops)
    forEachOperand(op, (temp) => {
      uses[temp]++;
    });
  const last = terminatorOperand(block.terminator);
  if (last !== undefined) uses[last]++;
  return uses;
}
