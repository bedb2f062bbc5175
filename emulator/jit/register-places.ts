// Where a region keeps the guest's registers. Most are 64-bit integer locals. One that mostly holds binary64 values is
// an f64 local, and one that mostly holds boxed binary32 values is an f32 local with a 64-bit one for other values, since
// moves between integer and floating-point registers of the host cost as much as arithmetic. What a place is good at
// is a matter of speed only: all hold every value. The floating-point flags and the rounding mode stay in memory, where
// helpers read and write them.
import { OPS } from "../ir/ops.ts";
import type { Block, Op, RegisterFile, RegisterIndex, Temp } from "../ir/types.ts";
import { VCPU_BASE } from "../machine/layout.ts";
import { type FunctionBody, I, Type } from "./wasm-encoder.ts";

export type RegisterPlace =
  | { readonly kind: "plain"; readonly type: Type.I64 | Type.F64; readonly local: number }
  /**
   * When `bit` is set in the local of `RegisterPlaces.boxes`, the register holds the box of `value`; else it holds `whole`,
   * and `value` is what that is worth as a binary32.
   */
  | { readonly kind: "single"; readonly value: number; readonly whole: number; readonly bit: number }
  | { readonly kind: "memory"; readonly home: number };

/** The ones above a boxed binary32. */
export const BOX32 = 0xffff_ffff_0000_0000n;
const CANONICAL_NAN32 = 0x7fc0_0000n;

/** Turns the value on the stack from one type into another: same bits, of which an f32 has the low 32 (with zeros above). */
export function cast(f: FunctionBody, from: Type, to: Type): void {
  if (from === to) return;
  if (from === Type.F64) f.op(I.i64_reinterpret_f64);
  else if (from === Type.F32) f.op(I.i32_reinterpret_f32).op(I.i64_extend_i32_u);
  if (to === Type.F64) f.op(I.f64_reinterpret_i64);
  else if (to === Type.F32) f.op(I.i32_wrap_i64).op(I.f32_reinterpret_i32);
}

/** Leaves the binary32 that is boxed in an i64 local, or the canonical NaN. */
export function pushUnboxed(f: FunctionBody, local: number): void {
  // Chosen as an integer: the host has no choice between floats without a branch.
  f.get(local).i64(CANONICAL_NAN32).get(local).i64(BOX32).op(I.i64_ge_u).op(I.select);
  cast(f, Type.I64, Type.F32);
}

export class RegisterPlaces {
  private readonly f: FunctionBody;
  private readonly places = new Map<RegisterIndex, RegisterPlace>();
  /** i32: a bit for each place of kind "single". All in one local, because loops set them again and again. */
  private readonly boxes: number;
  /** Bits that are known to be set where code is being emitted. */
  private known = 0;

  /** For the registers `used` by the blocks. */
  constructor(f: FunctionBody, file: RegisterFile, used: Iterable<RegisterIndex>, blocks: Iterable<Block>) {
    this.f = f;
    this.boxes = f.local(Type.I32);
    const kinds = chooseKinds(blocks);
    let bits = 0;
    for (const reg of used) {
      const kind = kinds.get(reg);
      const type = kind === "f64" ? Type.F64 : Type.I64;
      this.places.set(
        reg,
        kind === "f32" && bits < 32
          ? { kind: "single", value: f.local(Type.F32), whole: f.local(Type.I64), bit: 1 << bits++ }
          : { kind: "plain", type, local: f.local(type) },
      );
    }
    for (const reg of [file.floatFlags, file.floatRounding])
      this.places.set(reg, { kind: "memory", home: VCPU_BASE + 8 * reg });
  }

  of(reg: RegisterIndex): RegisterPlace {
    const place = this.places.get(reg);
    if (!place) throw new Error(`register ${reg} has no place`);
    return place;
  }

  /** Takes the register from its home. */
  load(reg: RegisterIndex): void {
    const { f } = this;
    const place = this.of(reg);
    const home = VCPU_BASE + 8 * reg;
    if (place.kind === "plain")
      f.i32(0)
        .memory(place.type === Type.F64 ? "f64_load" : "i64_load", home)
        .set(place.local);
    else if (place.kind === "single") {
      f.i32(0).memory("i64_load", home);
      this.setWhole(place);
    }
  }

  /** Gives a place the 64 bits on the stack. */
  setWhole({ value, whole, bit }: RegisterPlace & { kind: "single" }): void {
    const { f, boxes } = this;
    f.set(whole);
    pushUnboxed(f, whole);
    f.set(value).get(boxes).i32(~bit).op(I.i32_and).set(boxes);
    this.known &= ~bit;
  }

  /** Gives a place the box of the f32 on the stack. */
  setBoxed({ value, bit }: RegisterPlace & { kind: "single" }): void {
    const { f, boxes } = this;
    f.set(value);
    if (this.known & bit) return;
    f.get(boxes).i32(bit).op(I.i32_or).set(boxes);
    this.known |= bit;
  }

  /** Control may come here from elsewhere. */
  forget(): void {
    this.known = 0;
  }

  /** Stores the register to its home. */
  store(reg: RegisterIndex): void {
    const { f } = this;
    const place = this.of(reg);
    if (place.kind === "memory") return;
    f.i32(0);
    if (place.kind === "plain") f.get(place.local);
    else this.pushWhole(place);
    f.memory(place.kind === "plain" && place.type === Type.F64 ? "f64_store" : "i64_store", VCPU_BASE + 8 * reg);
  }

  /** Leaves all 64 bits. */
  pushWhole({ value, whole, bit }: RegisterPlace & { kind: "single" }): void {
    const { f, boxes } = this;
    f.get(value);
    cast(f, Type.F32, Type.I64);
    f.i64(BOX32).op(I.i64_or).get(whole);
    f.get(boxes).i32(bit).op(I.i32_and).op(I.select);
  }
}

type Kind = "i64" | "f64" | "f32";

/** The format of an operation's result, if it is floating point. */
function resultKind(op: Op): Kind {
  if (op.op === "fconvert") {
    const to = op.convert.slice(op.convert.lastIndexOf(".") + 1);
    return to === "f32" || to === "f64" ? to : "i64";
  }
  const compares = op.op === "feq" || op.op === "flt" || op.op === "fle";
  return OPS[op.op].class === "float" && !compares && "format" in op && op.format === "f64" ? "f64" : "i64";
}

/** By register: what its values are made and used as most often in the blocks. Copies, loads and stores do not count. */
function chooseKinds(blocks: Iterable<Block>): Map<RegisterIndex, Kind> {
  const votes = new Map<RegisterIndex, Record<Kind, number>>();
  const vote = (reg: RegisterIndex, kind: Kind) => {
    let count = votes.get(reg);
    if (!count) votes.set(reg, (count = { i64: 0, f64: 0, f32: 0 }));
    count[kind]++;
  };
  for (const { ops } of blocks) {
    if (!ops.some((op) => "rounding" in op || op.op === "box32")) continue;
    const made = new Map<Temp, Op>();
    const use = (temp: Temp, kind: Kind) => {
      const from = made.get(temp);
      if (from?.op === "get") vote(from.reg, kind);
    };
    for (const op of ops) {
      if ("dst" in op) made.set(op.dst, op);
      if (op.op === "put") {
        const from = made.get(op.src);
        if (from?.op === "box32") vote(op.reg, "f32");
        else if (from && from.op !== "get" && OPS[from.op].class !== "memory") vote(op.reg, resultKind(from));
      } else if (op.op === "unbox32") use(op.a, "f32");
      else if (op.op === "fconvert") use(op.a, op.convert.startsWith("f64") ? "f64" : "i64");
      else if ("rounding" in op) {
        if (op.format === "f64") for (const field of OPS[op.op].temps) use(op[field as "a" | "b" | "c"], "f64");
      } else if (op.op !== "store" && op.op !== "plainstore" && op.op !== "get") {
        for (const field of OPS[op.op].temps) use((op as Op & Record<typeof field, Temp>)[field], "i64");
      } else if (op.op !== "get") use(op.addr, "i64");
    }
  }
  const chosen = new Map<RegisterIndex, Kind>();
  for (const [reg, { i64, f64, f32 }] of votes)
    if (Math.max(f64, f32) >= i64) chosen.set(reg, f64 >= f32 ? "f64" : "f32");
  return chosen;
}
