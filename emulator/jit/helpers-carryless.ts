// Carry-less multiplication as WebAssembly, which has none: ordinary multiplication of numbers that have only every
// fourth bit. A place then sums at most 16 ones, and what carries out of it stays clear of the next place that counts:
// only the highest place can have all 16, and its carry falls off the top.
import { FunctionBody, I, Type } from "./wasm-encoder.ts";

const places = [0, 1, 2, 3];

/** The bits at that place of every four. */
function everyFourth(place: number): bigint {
  return BigInt.asIntN(64, 0x1111_1111_1111_1111n << BigInt(place));
}

/** (a, b: i64) -> i64: bits 63 to 0 of the product. */
export function carrylessLowBody(): FunctionBody {
  const f = new FunctionBody(2);
  const [as, bs] = [0, 1].map((operand) =>
    places.map((place) => {
      const part = f.local(Type.I64);
      f.get(operand).i64(everyFourth(place)).op(I.i64_and).set(part);
      return part;
    }),
  );
  for (const place of places) {
    // The products whose places add up to this one, modulo 4.
    for (const i of places) {
      f.get(as[i])
        .get(bs[(place - i) & 3])
        .op(I.i64_mul);
      if (i > 0) f.op(I.i64_xor);
    }
    f.i64(everyFourth(place)).op(I.i64_and);
    if (place > 0) f.op(I.i64_or);
  }
  return f;
}

/** Bits 126 to 63: with operands and result written the other way round, those are the low ones. */
export function carrylessHighBody(low: number): FunctionBody {
  const f = new FunctionBody(2);
  const x = f.local(Type.I64);
  for (const operand of [0, 1]) {
    f.get(operand);
    reverse(f, x);
  }
  f.call(low);
  reverse(f, x);
  return f;
}

/** Exchanges neighbours, then ever larger groups, of the value on the stack. */
function reverse(f: FunctionBody, x: number): void {
  for (const [bits, mask] of [
    [1n, 0x5555_5555_5555_5555n],
    [2n, 0x3333_3333_3333_3333n],
    [4n, 0x0f0f_0f0f_0f0f_0f0fn],
    [8n, 0x00ff_00ff_00ff_00ffn],
    [16n, 0x0000_ffff_0000_ffffn],
  ]) {
    f.tee(x).i64(bits).op(I.i64_shr_u).i64(mask).op(I.i64_and);
    f.get(x).i64(mask).op(I.i64_and).i64(bits).op(I.i64_shl).op(I.i64_or);
  }
  f.i64(32n).op(I.i64_rotl);
}
