// WebAssembly for the pure integer operations of the IR, by table.
import { OPS } from "../ir/ops.ts";
import type { BinaryName, Op, Temp, UnaryName } from "../ir/types.ts";
import type { BlockValues } from "./block-values.ts";
import type { ImportName } from "./engine-state.ts";
import { type FunctionBody, I, Type } from "./wasm-encoder.ts";

/** What emit functions work with. */
export interface EmitContext {
  readonly f: FunctionBody;
  readonly values: BlockValues;
  /** Locals free for use within one operation, after its operands are on the stack. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Index of an imported function. */
  readonly imported: (name: ImportName) => number;
}

const BOX32 = 0xffff_ffff_0000_0000n;
const CANONICAL_NAN32 = 0x7fc0_0000n;

const unary: Record<Exclude<UnaryName, "bswap" | "unbox32">, (f: FunctionBody) => void> = {
  sext8: (f) => f.op(I.i64_extend8_s),
  sext16: (f) => f.op(I.i64_extend16_s),
  sext32: (f) => f.op(I.i64_extend32_s),
  zext8: (f) => f.i64(0xffn).op(I.i64_and),
  zext16: (f) => f.i64(0xffffn).op(I.i64_and),
  zext32: (f) => f.op(I.i32_wrap_i64).op(I.i64_extend_i32_u),
  clz: (f) => f.op(I.i64_clz),
  ctz: (f) => f.op(I.i64_ctz),
  popcnt: (f) => f.op(I.i64_popcnt),
  box32: (f) => f.i64(BOX32).op(I.i64_or),
};

type Simple = "add" | "sub" | "mul" | "and" | "or" | "xor" | "shl" | "shr" | "sar" | "rotr";

const simple: Record<Simple, I> = {
  add: I.i64_add,
  sub: I.i64_sub,
  mul: I.i64_mul,
  and: I.i64_and,
  or: I.i64_or,
  xor: I.i64_xor,
  shl: I.i64_shl,
  shr: I.i64_shr_u,
  sar: I.i64_shr_s,
  rotr: I.i64_rotr,
};

type Comparison = "eq" | "ne" | "lts" | "ltu" | "ges" | "geu";

const comparisons: Record<Comparison, I> = {
  eq: I.i64_eq,
  ne: I.i64_ne,
  lts: I.i64_lt_s,
  ltu: I.i64_lt_u,
  ges: I.i64_ge_s,
  geu: I.i64_ge_u,
};

type BinaryOp = Op & { op: BinaryName };

function isComparison(op: Op): op is Op & { op: Comparison; a: Temp; b: Temp } {
  return op.op in comparisons;
}

/** Exchanges the bytes of ever larger halves. */
function byteSwap({ f, x }: EmitContext): void {
  for (const [bits, mask] of [
    [8n, 0x00ff00ff00ff00ffn],
    [16n, 0x0000ffff0000ffffn],
  ]) {
    f.tee(x).i64(bits).op(I.i64_shr_u).i64(mask).op(I.i64_and);
    f.get(x).i64(mask).op(I.i64_and).i64(bits).op(I.i64_shl).op(I.i64_or);
  }
  f.i64(32n).op(I.i64_rotl);
}

const division = { divs: I.i64_div_s, divu: I.i64_div_u, rems: I.i64_rem_s, remu: I.i64_rem_u };

/** Division that never traps: x / 0 = -1, x % 0 = x, and the most negative number by -1 is itself. */
function divide({ f, values, x, y }: EmitContext, op: BinaryOp & { op: keyof typeof division }): void {
  const divisor = values.constant(op.b);
  values.push(op.a);
  if (divisor !== undefined && divisor !== 0n && divisor !== -1n) {
    values.push(op.b);
    f.op(division[op.op]);
    return;
  }
  values.push(op.b);
  f.set(y).set(x);
  f.get(y).op(I.i64_eqz).if(Type.I64, false);
  if (op.op === "divs" || op.op === "divu") f.i64(-1n);
  else f.get(x);
  f.else();
  if (op.op === "divs") {
    // Only this one overflows.
    f.get(y).i64(-1n).op(I.i64_eq).if(Type.I64, false);
    f.i64(0n).get(x).op(I.i64_sub);
    f.else().get(x).get(y).op(I.i64_div_s).end();
  } else f.get(x).get(y).op(division[op.op]);
  f.end();
}

/** Leaves the upper half of the unsigned product of locals x and y, by halves of 32 bits: no sum overflows 64 bits. */
function pushHighProduct({ f, x, y, z }: EmitContext): void {
  const low = (local: number) => f.get(local).i64(0xffff_ffffn).op(I.i64_and);
  const high = (local: number) => f.get(local).i64(32n).op(I.i64_shr_u);
  high(x);
  low(y);
  f.op(I.i64_mul);
  low(x);
  low(y);
  f.op(I.i64_mul).i64(32n).op(I.i64_shr_u).op(I.i64_add).set(z);
  high(x);
  high(y);
  f.op(I.i64_mul);
  high(z);
  f.op(I.i64_add);
  low(x);
  high(y);
  f.op(I.i64_mul);
  low(z);
  f.op(I.i64_add).i64(32n).op(I.i64_shr_u).op(I.i64_add);
}

/** The upper half of a signed (or mixed) product, from the unsigned one: a negative operand counted 2^64 too much. */
function highProduct(context: EmitContext, op: BinaryOp): void {
  const { f, values, x, y } = context;
  values.push(op.a);
  values.push(op.b);
  f.set(y).set(x);
  pushHighProduct(context);
  if (op.op === "mulhu") return;
  f.get(x).i64(63n).op(I.i64_shr_s).get(y).op(I.i64_and).op(I.i64_sub);
  if (op.op === "mulhsu") return;
  f.get(y).i64(63n).op(I.i64_shr_s).get(x).op(I.i64_and).op(I.i64_sub);
}

/** Of a word that is extended for it the host shifts 32 bits, and has them extended for nothing. */
function shiftRight({ f, values }: EmitContext, op: BinaryOp & { op: "shr" | "sar" }): void {
  const signed = op.op === "sar";
  const word = values.pending(op.a);
  const amount = values.constant(op.b);
  if (word?.op !== (signed ? "sext32" : "zext32") || amount === undefined || (amount & 63n) > 31n) {
    values.push(op.a);
    values.push(op.b);
    f.op(simple[op.op]);
    return;
  }
  values.consume(op.a);
  values.consume(op.b);
  values.push(word.a);
  f.op(I.i32_wrap_i64).i32(Number(amount & 63n));
  f.op(signed ? I.i32_shr_s : I.i32_shr_u).op(signed ? I.i64_extend_i32_s : I.i64_extend_i32_u);
}

function binary(context: EmitContext, op: BinaryOp): void {
  const { f, values } = context;
  switch (op.op) {
    case "divs":
    case "divu":
    case "rems":
    case "remu":
      return divide(context, { ...op, op: op.op });
    case "mulhs":
    case "mulhu":
    case "mulhsu":
      return highProduct(context, op);
    case "rotr32":
      values.push(op.a);
      f.op(I.i32_wrap_i64);
      values.push(op.b);
      f.op(I.i32_wrap_i64).op(I.i32_rotr).op(I.i64_extend_i32_s);
      return;
    case "shr":
    case "sar":
      shiftRight(context, { ...op, op: op.op });
      return;
    case "clmul":
    case "clmulr":
      values.push(op.a);
      values.push(op.b);
      f.call(context.imported(op.op));
      return;
    default:
      values.push(op.a);
      values.push(op.b);
      if (isComparison(op)) f.op(comparisons[op.op]).op(I.i64_extend_i32_u);
      else f.op(simple[op.op as Simple]);
  }
}

/** The low half, or the canonical NaN where the upper half is not all ones. */
function unbox({ f, x }: EmitContext): void {
  f.tee(x).i64(0xffff_ffffn).op(I.i64_and).i64(CANONICAL_NAN32);
  f.get(x).i64(BOX32).op(I.i64_ge_u).op(I.select);
}

/** Leaves the result of a pure operation on the stack. */
export function emitPure(context: EmitContext, op: Op): void {
  const { f, values } = context;
  switch (op.op) {
    case "const":
      f.i64(op.value);
      return;
    case "select":
      values.push(op.a);
      values.push(op.b);
      pushCondition(context, op.cond);
      f.op(I.select);
      return;
    case "bswap":
      values.push(op.a);
      byteSwap(context);
      return;
    case "unbox32":
      values.push(op.a);
      unbox(context);
      return;
    default:
      if (OPS[op.op].class === "unary") {
        const { op: name, a } = op as Op & { op: Exclude<UnaryName, "bswap" | "unbox32">; a: Temp };
        values.push(a);
        unary[name](f);
      } else binary(context, op as BinaryOp);
  }
}

/** Leaves an i32 on the stack that is not zero when the Temp is not. */
export function pushCondition({ f, values }: EmitContext, cond: Temp): void {
  const op = values.pending(cond);
  if (op === undefined || !isComparison(op)) {
    values.push(cond);
    f.i64(0n).op(I.i64_ne);
    return;
  }
  values.consume(cond);
  values.push(op.a);
  if (op.op === "eq" && values.constant(op.b) === 0n) {
    values.consume(op.b);
    f.op(I.i64_eqz);
    return;
  }
  values.push(op.b);
  f.op(comparisons[op.op]);
}
