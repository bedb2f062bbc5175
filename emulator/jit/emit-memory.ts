// WebAssembly for guest accesses. A plain one costs an OR of the page's flag byte with the address's high half and the
// misalignment, and one branch; the rest calls a helper, and leaves the region when that fails.
import type { Op } from "../ir/types.ts";
import { GUEST_BASE, PAGE_SHIFT, READ_FLAGS, WRITE_FLAGS } from "../machine/layout.ts";
import type { EmitContext } from "./emit-ops.ts";
import { EngineState, Leave } from "./engine-state.ts";
import { I, type MemoryInstruction, Type } from "./wasm-encoder.ts";

export interface MemoryContext extends EmitContext {
  /** i32 local free for use within one operation. */
  readonly page: number;
  /** Branches out of the region when the i32 on the stack is not zero: the access failed. */
  leaveOnFault(): void;
  /** The same, behind a finished store: the region must be left, but the access is done. */
  leaveAfterStore(): void;
}

const loads: Record<number, readonly [unsigned: MemoryInstruction, signed: MemoryInstruction]> = {
  1: ["i64_load8_u", "i64_load8_s"],
  2: ["i64_load16_u", "i64_load16_s"],
  4: ["i64_load32_u", "i64_load32_s"],
  8: ["i64_load", "i64_load"],
};

const stores: Record<number, MemoryInstruction> = {
  1: "i64_store8",
  2: "i64_store16",
  4: "i64_store32",
  8: "i64_store",
};

const extensions: Record<number, I | undefined> = { 1: I.i64_extend8_s, 2: I.i64_extend16_s, 4: I.i64_extend32_s };

/**
 * Takes the address on the stack into local x (64 bits) and `page` (its low half); leaves 0 when the access is plain.
 * Rotated right by log2(size), an aligned address below 4 GiB has no bits from 32 - log2(size) up; one that is not
 * aligned has some at the top.
 */
function pushNotPlain({ f, x, page }: MemoryContext, size: number, flags: number): void {
  const low = Math.log2(size);
  f.tee(x).op(I.i32_wrap_i64).tee(page);
  f.i32(PAGE_SHIFT).op(I.i32_shr_u).memory("i64_load8_u", flags);
  f.get(x);
  if (low > 0) f.i64(BigInt(low)).op(I.i64_rotr);
  f.i64(BigInt(32 - low))
    .op(I.i64_shr_u)
    .op(I.i64_or)
    .i64(0n)
    .op(I.i64_ne);
}

/** Leaves the loaded value on the stack. */
export function emitLoad(context: MemoryContext, op: Op & { op: "load" }): void {
  const { f, values, x, page, imported } = context;
  values.push(op.addr);
  pushNotPlain(context, op.size, READ_FLAGS);
  f.if(Type.I64, false);
  f.get(x).call(imported(`load${op.size}`));
  const extension = op.signed ? extensions[op.size] : undefined;
  if (extension !== undefined) f.op(extension);
  f.i32(0).memory("i32_load", EngineState.leave).i32(Leave.Fault).op(I.i32_eq);
  context.leaveOnFault();
  f.else();
  f.get(page).memory(loads[op.size][op.signed ? 1 : 0], GUEST_BASE, false);
  f.end();
}

export function emitStore(context: MemoryContext, op: Op & { op: "store" }): void {
  const { f, values, x, y, page, imported } = context;
  values.push(op.addr);
  values.push(op.src);
  f.set(y);
  pushNotPlain(context, op.size, WRITE_FLAGS);
  f.if(undefined, false);
  f.get(x)
    .get(y)
    .call(imported(`store${op.size}`));
  f.i32(0).memory("i32_load", EngineState.leave).if(undefined, false);
  f.i32(0).memory("i32_load", EngineState.leave).i32(Leave.Fault).op(I.i32_eq);
  context.leaveOnFault();
  context.leaveAfterStore();
  f.end();
  f.else();
  f.get(page).get(y).memory(stores[op.size], GUEST_BASE, false);
  f.end();
}
