// WebAssembly for guest accesses. A guard within the window of its base register costs a subtraction, a comparison and a
// branch, and the accesses that it vouches for nothing more. An access by itself is checked likewise; outside the window it
// calls a helper, and leaves the region when that fails.
import { MAX_DISPLACEMENT } from "../ir/passes/guards.ts";
import type { Op, Temp } from "../ir/types.ts";
import { GUEST_BASE } from "../machine/layout.ts";
import type { EmitContext } from "./emit-ops.ts";
import { EngineState, Leave } from "./engine-state.ts";
import { cast } from "./register-places.ts";
import { loadType, storeType } from "./value-types.ts";
import { type FunctionBody, I, type MemoryInstruction, Type } from "./wasm-encoder.ts";
import { lengthFor, WindowField } from "./windows.ts";

export interface MemoryContext extends EmitContext {
  /** i64 local for the base of an address; nothing that is emitted for an operand uses it. */
  readonly base: number;
  /** Locals free for use within one operation, by number. */
  scratch(type: Type, number: number): number;
  /** The home of the window for an access to the address. */
  window(addr: Temp, isStore: boolean): number;
  /** Branches out of the region when the i32 on the stack is not zero: the access failed. */
  leaveOnFault(): void;
  /** The same, behind a finished store: the region must be left, but the access is done. */
  leaveAfterStore(): void;
  /** Branches out of the region when the i32 on the stack is not zero: the block is for the interpreter from here on. */
  leaveToInterpreter(): void;
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

interface Address {
  /** Home of its window. */
  readonly window: number;
  /** Added to the base, which is in its local. */
  readonly displacement: number;
}

/** Leaves the base of an address; gives what is to be added to it. */
function pushBase({ values }: MemoryContext, addr: Temp): number {
  const sum = values.pending(addr);
  const constant = sum?.op === "add" ? values.constant(sum.b) : undefined;
  if (sum?.op !== "add" || constant === undefined || constant <= -MAX_DISPLACEMENT || constant >= MAX_DISPLACEMENT) {
    values.push(addr);
    return 0;
  }
  values.consume(addr);
  values.consume(sum.b);
  values.push(sum.a);
  return Number(constant);
}

/** Leaves 1 when so many bytes from the address on the stack, displaced, are not all within the window at `home`. */
function compareWithWindow(f: FunctionBody, home: number, displacement: number, bytes: number): void {
  // The window's fields become operands in memory of the subtraction and the comparison.
  f.i32(0)
    .memory("i64_load", home + WindowField.low)
    .op(I.i64_sub);
  if (displacement !== 0) f.i64(BigInt(displacement)).op(I.i64_add);
  f.i32(0)
    .memory("i64_load", home + lengthFor(bytes))
    .op(I.i64_ge_u);
}

/** Takes the base of an address into its local; leaves 1 when the access is not within the base's window. */
function pushOutside(context: MemoryContext, addr: Temp, isStore: boolean): Address {
  const { f, base, window } = context;
  const home = window(addr, isStore);
  const displacement = pushBase(context, addr);
  f.tee(base);
  compareWithWindow(f, home, displacement, 8);
  return { window: home, displacement };
}

export function emitGuard(context: MemoryContext, { access, addr, from, to }: Op & { op: "guard" }): void {
  const { f, values, base, imported, window } = context;
  const home = window(addr, access === "store");
  values.push(addr);
  f.tee(base);
  compareWithWindow(f, home, from, to - from);
  f.if(undefined, false);
  pushAddress(context, { window: home, displacement: from });
  f.i32(to - from).i32(home);
  f.call(imported(access === "load" ? "guardLoad" : "guardStore"));
  context.leaveToInterpreter();
  f.end();
}

/** Leaves the loaded value on the stack; gives its type. */
export function emitPlainLoad(context: MemoryContext, op: Op & { op: "plainload" }): Type {
  const { f, values } = context;
  const type = loadType(op.size, op.signed, values.wantedType(op.dst));
  const displacement = pushBase(context, op.addr);
  f.op(I.i32_wrap_i64).memory(loadInstruction(op, type), GUEST_BASE + displacement, false);
  return type;
}

export function emitPlainStore(context: MemoryContext, op: Op & { op: "plainstore" }): void {
  const { f, values } = context;
  const type = storeType(op.size, values.typeOf(op.src));
  const displacement = pushBase(context, op.addr);
  f.op(I.i32_wrap_i64);
  values.pushAs(op.src, type);
  f.memory(storeInstruction(op.size, type), GUEST_BASE + displacement, false);
}

function pushAddress({ f, base }: MemoryContext, { displacement }: Address): void {
  f.get(base);
  if (displacement !== 0) f.i64(BigInt(displacement)).op(I.i64_add);
}

/** Loads and stores of floating-point values. */
const floatAccess: Partial<Record<Type, readonly [load: MemoryInstruction, store: MemoryInstruction]>> = {
  [Type.F32]: ["f32_load", "f32_store"],
  [Type.F64]: ["f64_load", "f64_store"],
};

function loadInstruction({ size, signed }: { size: number; signed: boolean }, type: Type): MemoryInstruction {
  return floatAccess[type]?.[0] ?? loads[size][signed ? 1 : 0];
}

function storeInstruction(size: number, type: Type): MemoryInstruction {
  return floatAccess[type]?.[1] ?? stores[size];
}

/** Leaves the loaded value on the stack; gives its type. */
export function emitLoad(context: MemoryContext, op: Op & { op: "load" }): Type {
  const { f, values, base, imported } = context;
  const type = loadType(op.size, op.signed, values.wantedType(op.dst));
  const address = pushOutside(context, op.addr, false);
  f.if(type, false);
  pushAddress(context, address);
  f.i32(address.window).call(imported(`load${op.size}`));
  const extension = op.signed ? extensions[op.size] : undefined;
  if (extension !== undefined) f.op(extension);
  f.i32(0).memory("i32_load", EngineState.leave).i32(Leave.Fault).op(I.i32_eq);
  context.leaveOnFault();
  cast(f, Type.I64, type);
  f.else();
  f.get(base)
    .op(I.i32_wrap_i64)
    .memory(loadInstruction(op, type), GUEST_BASE + address.displacement, false);
  f.end();
  return type;
}

export function emitStore(context: MemoryContext, op: Op & { op: "store" }): void {
  const { f, values, base, imported } = context;
  const type = storeType(op.size, values.typeOf(op.src));
  const stored = context.scratch(type, 0);
  const address = pushOutside(context, op.addr, true);
  values.pushAs(op.src, type);
  f.set(stored);
  f.if(undefined, false);
  pushAddress(context, address);
  f.get(stored);
  cast(f, type, Type.I64);
  f.i32(address.window).call(imported(`store${op.size}`));
  f.i32(0).memory("i32_load", EngineState.leave).if(undefined, false);
  f.i32(0).memory("i32_load", EngineState.leave).i32(Leave.Fault).op(I.i32_eq);
  context.leaveOnFault();
  context.leaveAfterStore();
  f.end();
  f.else();
  f.get(base)
    .op(I.i32_wrap_i64)
    .get(stored)
    .memory(storeInstruction(op.size, type), GUEST_BASE + address.displacement, false);
  f.end();
}
