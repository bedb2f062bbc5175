// Checks accesses together, before they are made: those of a block that lie near one address, each by a constant distance,
// get one `guard` for all of them, before the instruction of the first. One for stores vouches for loads as well: what may
// be written may be read. What it vouches for cannot fault, so that nothing between it and the access has to be ready for
// leaving. Where the guard fails, the interpreter goes on from there.
import type { Block, Op, Temp } from "../types.ts";

/** Bytes that one guard may span. */
export const MAX_SPAN = 2048;
/** Below it in size is the distance of an access from the guard's address. */
export const MAX_DISPLACEMENT = 2048;

/** Bytes by which a guard for loads may grow to become one for stores, or one for stores for a load. */
const NEAR = 64;
/** So many sums are looked through for a base that has a guard. */
const MAX_PLACES = 3;

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
  /** Guards that hold here, by base. */
  private readonly holding = new Map<Temp, Guard>();
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
    if (this.begin < 0) return op;
    const places = this.placesOf(op.addr);
    const held = places.some((place) => this.isHeld(place, op));
    if (!held && !this.insertGuard(places[0], op)) return op;
    return op.op === "load" ? { ...op, op: "plainload" } : { ...op, op: "plainstore" };
  }

  /** Does a guard that holds vouch for the access, made wider if need be? */
  private isHeld({ base, displacement }: Place, { op: access, size }: Access): boolean {
    const guard = this.holding.get(base);
    if (!guard) return false;
    const from = Math.min(guard.from, displacement);
    const to = Math.max(guard.to, displacement + size);
    // What is loaded from a place near one that is stored to may be stored to as well, most likely.
    const reach = guard.access === access ? MAX_SPAN : guard.to - guard.from + NEAR;
    if (to - from > reach) return false;
    if (access === "store") guard.access = "store";
    guard.from = from;
    guard.to = to;
    return true;
  }

  private insertGuard({ base, displacement }: Place, { op: access, size }: Access): boolean {
    const addr = this.hasCalled ? undefined : this.atHand(base);
    if (addr === undefined) return false;
    const guard: Guard = { op: "guard", access, addr, from: displacement, to: displacement + size };
    this.insert(guard);
    this.holding.set(base, guard);
    return true;
  }

  /** How an address may be seen: from the value it was made from by adding a constant, from what that was made from... */
  private placesOf(addr: Temp): Place[] {
    const made = this.made.get(addr);
    if (made?.op === "const") return [this.fixedPlace(addr, made.value)];
    const places: Place[] = [];
    let place: Place = { base: addr, displacement: 0 };
    for (let op: Op | undefined = made; op?.op === "add" && places.length < MAX_PLACES; op = this.made.get(op.a)) {
      const offset = this.made.get(op.b);
      if (offset?.op !== "const") break;
      const displacement = BigInt(place.displacement) + offset.value;
      if (displacement <= -MAX_DISPLACEMENT || displacement >= MAX_DISPLACEMENT) break;
      place = { base: op.a, displacement: Number(displacement) };
      places.push(place);
    }
    return places.length > 0 ? places : [place];
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
