// Checks accesses together, before they are made: those of a block that lie near one address, each by a constant distance,
// get one `guard` for all of them, before the instruction of the first. What it vouches for cannot fault, so that nothing
// between it and the access has to be ready for leaving. Where the guard fails, the interpreter goes on from there.
import type { Block, Op, Temp } from "../types.ts";

/** Bytes that one guard may span. */
export const MAX_SPAN = 2048;
/** Below it in size is the distance of an access from the guard's address. */
export const MAX_DISPLACEMENT = 2048;

type Access = Op & { op: "load" | "store" };
type Guard = Op & { op: "guard" };

/** An access is this far from a value that is at hand before its instruction. */
interface Place {
  readonly base: Temp;
  readonly displacement: number;
}

export function guards(block: Block): Block {
  return block.ops.some(({ op }) => op === "load" || op === "store") ? new Guards(block).run() : block;
}

class Guards {
  private readonly block: Block;
  private readonly ops: Op[] = [];
  private temps: Temp;
  private readonly made = new Map<Temp, Op>();
  /** By Temp: the number of the instruction that made it. */
  private readonly madeIn = new Map<Temp, number>();
  /** Guards that hold here, by access and base. */
  private holding = new Map<string, Guard>();
  /** The present instruction: where it begins in `ops`, whether it has called something, and the registers it has changed. */
  private begin = -1;
  private hasCalled = false;
  private number = -1;
  private readonly changed = new Set<number>();
  /** Copies made before an instruction of what it reads: of registers and constants, by their Temp. */
  private copies = new Map<Temp, Temp>();
  /** A constant address near which there are others. */
  private fixed: { readonly temp: Temp; readonly value: bigint } | undefined;

  constructor(block: Block) {
    this.block = block;
    this.temps = block.temps;
  }

  run(): Block {
    const { block, ops } = this;
    let stopped = false;
    for (const op of block.ops) {
      // Behind a breakpoint nothing runs compiled.
      if (op.op === "breakpoint") stopped = true;
      if (stopped) {
        ops.push(op);
        continue;
      }
      if (op.op === "insn") this.instruction();
      ops.push(op.op === "load" || op.op === "store" ? this.access(op) : op);
      if ("dst" in op) {
        this.made.set(op.dst, op);
        this.madeIn.set(op.dst, this.number);
      }
      if (op.op === "put") this.changed.add(op.reg);
      if (op.op === "call") {
        // It may do anything, and must not be called twice.
        this.hasCalled = true;
        this.holding.clear();
        for (const reg of op.writes) this.changed.add(reg);
      }
    }
    return { ...block, ops, temps: this.temps };
  }

  private instruction(): void {
    this.begin = this.ops.length;
    this.hasCalled = false;
    this.changed.clear();
    this.copies = new Map();
    this.number++;
  }

  private access(op: Access): Op {
    const place = this.placeOf(op.addr);
    if (!place || this.begin < 0) return op;
    const to = place.displacement + op.size;
    const key = `${op.op} ${place.base}`;
    let guard = this.holding.get(key);
    if (guard && Math.max(guard.to, to) - Math.min(guard.from, place.displacement) <= MAX_SPAN) {
      guard.from = Math.min(guard.from, place.displacement);
      guard.to = Math.max(guard.to, to);
    } else {
      const addr = this.hasCalled ? undefined : this.atHand(place.base);
      if (addr === undefined) return op;
      guard = { op: "guard", access: op.op, addr, from: place.displacement, to };
      this.insert(guard);
      this.holding.set(key, guard);
    }
    return op.op === "load" ? { ...op, op: "plainload" } : { ...op, op: "plainstore" };
  }

  private placeOf(addr: Temp): Place | undefined {
    const op = this.made.get(addr);
    if (op?.op === "const") return this.fixedPlace(addr, op.value);
    if (op?.op === "add") {
      const offset = this.made.get(op.b);
      if (offset?.op === "const" && offset.value > -MAX_DISPLACEMENT && offset.value < MAX_DISPLACEMENT)
        return { base: op.a, displacement: Number(offset.value) };
    }
    return { base: addr, displacement: 0 };
  }

  private fixedPlace(temp: Temp, value: bigint): Place {
    this.fixed ??= { temp, value };
    const distance = value - this.fixed.value;
    if (distance > -MAX_DISPLACEMENT && distance < MAX_DISPLACEMENT)
      return { base: this.fixed.temp, displacement: Number(distance) };
    return { base: temp, displacement: 0 };
  }

  /** A Temp that has the value before the present instruction. */
  private atHand(temp: Temp): Temp | undefined {
    const op = this.made.get(temp);
    if (op && this.madeIn.get(temp) !== this.number) return temp;
    if (op?.op !== "const" && (op?.op !== "get" || this.changed.has(op.reg))) return undefined;
    let copy = this.copies.get(temp);
    if (copy === undefined) {
      copy = this.temps++;
      this.copies.set(temp, copy);
      this.insert({ ...op, dst: copy });
    }
    return copy;
  }

  /** Before the present instruction. */
  private insert(op: Op): void {
    this.ops.splice(this.begin++, 0, op);
  }
}
