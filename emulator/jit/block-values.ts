// Where the Temps of a block live while its code is emitted. A pure operation whose result is used once is emitted at
// its use (so that most Temps never see a local); a Temp that stands for a guest register reads that register's place
// until the register changes; constants are repeated; everything else gets a local, reused after its last use. Locals
// have the type that suits the value (value-types.ts); whoever wants it as another has it cast.
import { forEachOperand, isBinary, terminatorOperand } from "../ir/ops.ts";
import type { BinaryName, Block, Op, RegisterIndex, Temp } from "../ir/types.ts";
import { BOX32, cast, pushUnboxed, type RegisterPlaces } from "./register-places.ts";
import { wantedTypes } from "./value-types.ts";
import { type FunctionBody, I, Type } from "./wasm-encoder.ts";

type Place =
  | { kind: "none" }
  /** An f32 local has the low 32 bits; those above are zeros, or ones when it is `boxed`. */
  | { kind: "local"; local: number; type: Type; boxed: boolean }
  | { kind: "register"; reg: RegisterIndex }
  | { kind: "later"; op: Op };

const none: Place = { kind: "none" };

const SIGN32 = 0x8000_0000n;
const MAGNITUDE32 = 0x7fff_ffffn;
const SIGN64 = -0x8000_0000_0000_0000n;
const MAGNITUDE64 = 0x7fff_ffff_ffff_ffffn;

/** Locals for values, shared by all blocks of a function. */
export class LocalPool {
  private readonly f: FunctionBody;
  private readonly free = new Map<Type, number[]>();

  constructor(f: FunctionBody) {
    this.f = f;
  }

  take(type: Type): number {
    return this.free.get(type)?.pop() ?? this.f.local(type);
  }

  give(type: Type, local: number): void {
    const free = this.free.get(type);
    if (free) free.push(local);
    else this.free.set(type, [local]);
  }
}

export class BlockValues {
  private readonly places: Place[];
  private readonly uses: Uint32Array;
  /** By Temp: a `Type`, or 0. */
  private readonly wanted: Uint8Array;
  private readonly f: FunctionBody;
  private readonly pool: LocalPool;
  private readonly registers: RegisterPlaces;
  private readonly emitOp: (op: Op) => void;
  /** Temps that stand for a register, in order of their `get`. */
  private aliases: Temp[] = [];

  /** `emitOp` leaves the result of a pure operation on the stack, as an i64. */
  constructor(block: Block, f: FunctionBody, pool: LocalPool, registers: RegisterPlaces, emitOp: (op: Op) => void) {
    this.f = f;
    this.pool = pool;
    this.registers = registers;
    this.emitOp = emitOp;
    this.places = new Array<Place>(block.temps).fill(none);
    this.uses = countUses(block);
    this.wanted = wantedTypes(block, registers);
  }

  /** Is the result of any use? */
  isUsed(temp: Temp): boolean {
    return this.uses[temp] > 0;
  }

  /** The type that a Temp had best be made as; 0 when that does not matter. */
  wantedType(temp: Temp): number {
    return this.wanted[temp];
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
      const type = this.typeToKeep(op);
      const boxed = op.op === "box32" && type === Type.F32;
      if (boxed) this.pushAs(op.a, type);
      else this.emitAs(op, type);
      this.assign(dst, type, boxed);
    }
  }

  /** The type in which to keep the result of a pure operation that is used more than once. */
  private typeToKeep(op: Op & { dst: Temp }): Type {
    const type = this.wanted[op.dst];
    if (type === Type.F64) return type;
    return type === Type.F32 && (op.op === "box32" || this.isNarrow(op)) ? type : Type.I64;
  }

  /** Are the upper 32 bits of an operation's result zeros, as far as one can see? */
  private isNarrow(op: Op): boolean {
    if (op.op === "unbox32" || op.op === "zext32") return true;
    if (op.op !== "xor" && op.op !== "and") return false;
    const mask = this.constant(op.b);
    if (mask === undefined || mask >> 32n !== 0n) return false;
    if (op.op === "and") return true;
    const place = this.places[op.a];
    if (place.kind === "local") return place.type === Type.F32 && !place.boxed;
    return place.kind === "later" && this.isNarrow(place.op);
  }

  /** Takes the value on the stack as the Temp's. */
  assign(dst: Temp, type: Type = Type.I64, boxed = false): void {
    if (this.uses[dst] === 0) {
      this.f.op(I.drop);
      return;
    }
    const local = this.pool.take(type);
    this.f.set(local);
    this.places[dst] = { kind: "local", local, type, boxed };
  }

  /** Puts the value on the stack; one use is consumed. */
  push(temp: Temp): void {
    this.pushAs(temp, Type.I64);
  }

  /** As `push`, as a value of some type: the same 64 bits, or as an f32 the low 32. */
  pushAs(temp: Temp, type: Type): void {
    const place = this.places[temp];
    this.uses[temp]--;
    switch (place.kind) {
      case "local":
        this.f.get(place.local);
        this.castLocal(place, type);
        if (this.uses[temp] === 0) this.pool.give(place.type, place.local);
        break;
      case "register":
        this.pushRegister(place.reg, type);
        break;
      case "later":
        this.emitAs(place.op, type);
        break;
      case "none":
        throw new Error(`IR temp ${temp} is used before it is assigned`);
    }
  }

  private castLocal({ type, boxed }: Place & { kind: "local" }, to: Type): void {
    if (!boxed || to === Type.F32) return cast(this.f, type, to);
    cast(this.f, type, Type.I64);
    this.f.i64(BOX32).op(I.i64_or);
    cast(this.f, Type.I64, to);
  }

  private pushRegister(reg: RegisterIndex, type: Type): void {
    const { f } = this;
    const place = this.registers.of(reg);
    if (place.kind === "plain") {
      f.get(place.local);
      cast(f, place.type, type);
      return;
    }
    if (place.kind === "memory") f.i32(0).memory("i64_load", place.home);
    else this.registers.pushWhole(place);
    cast(f, Type.I64, type);
  }

  /** Leaves the result of a pure operation, in floating point where it is made from that. */
  private emitAs(op: Op, type: Type): void {
    if (op.op === "unbox32" && (type === Type.F32 || this.isSingle(op.a))) {
      this.pushUnboxed(op.a);
      cast(this.f, Type.F32, type);
    } else if (type === Type.F32 && (op.op === "box32" || op.op === "zext32" || op.op === "sext32")) {
      this.pushAs(op.a, type);
    } else if (isBinary(op) && this.changesSign(op, type)) {
      this.consume(op.b);
      this.pushAs(op.a, type);
      if (type === Type.F64) this.f.op(op.op === "xor" ? I.f64_neg : I.f64_abs);
      else this.f.op(op.op === "xor" ? I.f32_neg : I.f32_abs);
    } else {
      this.emitOp(op);
      cast(this.f, Type.I64, type);
    }
  }

  /** Is it a negation, or a magnitude? */
  private changesSign({ op, b }: Op & { op: BinaryName }, type: Type): boolean {
    if (op !== "xor" && op !== "and") return false;
    const mask = this.constant(b);
    if (mask === undefined) return false;
    if (type === Type.F64) return mask === (op === "xor" ? SIGN64 : MAGNITUDE64);
    return type === Type.F32 && mask === (op === "xor" ? SIGN32 : MAGNITUDE32);
  }

  /** Leaves the binary32 that is boxed in a Temp, or the canonical NaN. */
  private pushUnboxed(temp: Temp): void {
    const { f } = this;
    const place = this.places[temp];
    if (place.kind === "later" && place.op.op === "box32") {
      this.consume(temp);
      this.pushAs(place.op.a, Type.F32);
    } else if (place.kind === "local" && place.boxed) {
      this.pushAs(temp, Type.F32);
    } else {
      const register = place.kind === "register" ? this.registers.of(place.reg) : undefined;
      if (register?.kind === "single") {
        this.consume(temp);
        f.get(register.value);
        return;
      }
      this.push(temp);
      const local = this.pool.take(Type.I64);
      f.set(local);
      pushUnboxed(f, local);
      this.pool.give(Type.I64, local);
    }
  }

  /** Puts a Temp into a register. */
  put(reg: RegisterIndex, src: Temp): void {
    const { f } = this;
    const place = this.registers.of(reg);
    if (place.kind === "memory") {
      f.i32(0);
      this.push(src);
      this.preserve(reg);
      f.memory("i64_store", place.home);
    } else if (place.kind === "plain") {
      this.pushAs(src, place.type);
      this.preserve(reg);
      f.set(place.local);
    } else if (this.isBox(src)) {
      this.pushAs(src, Type.F32);
      this.preserve(reg);
      this.registers.setBoxed(place);
    } else {
      this.push(src);
      this.preserve(reg);
      this.registers.setWhole(place);
    }
  }

  /** Is the Temp at hand as a binary32, boxed or not? */
  private isSingle(temp: Temp): boolean {
    const place = this.places[temp];
    return this.isBox(temp) || (place.kind === "register" && this.registers.of(place.reg).kind === "single");
  }

  /** Is the Temp seen to be a boxed binary32? */
  private isBox(temp: Temp): boolean {
    const place = this.places[temp];
    return place.kind === "local" ? place.boxed : place.kind === "later" && place.op.op === "box32";
  }

  /** The type in which the Temp is at hand, or would be made. */
  typeOf(temp: Temp): Type {
    const place = this.places[temp];
    if (place.kind === "local") return place.boxed ? Type.I64 : place.type;
    if (place.kind === "register") {
      const register = this.registers.of(place.reg);
      return register.kind === "plain" ? register.type : Type.I64;
    }
    if (place.kind !== "later") return Type.I64;
    const { op } = place;
    if (op.op === "unbox32") return Type.F32;
    if (!isBinary(op)) return Type.I64;
    const type = this.typeOf(op.a);
    return this.changesSign(op, type) ? type : Type.I64;
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
      const type = this.typeOf(temp);
      this.pushRegister(place.reg, type);
      this.assign(temp, type);
      return false;
    });
  }

  /** An unused pure operation: its operands lose a use, and what becomes unused with them is never emitted. */
  private discard(op: Op): void {
    forEachOperand(op, (temp) => this.release(temp));
  }

  /** Drops one use without emitting anything. */
  release(temp: Temp): void {
    const place = this.places[temp];
    if (--this.uses[temp] > 0) return;
    if (place.kind === "local") this.pool.give(place.type, place.local);
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
