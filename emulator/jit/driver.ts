// The driver: goes from region to region without the host. It is a WebAssembly function that looks the pc up in a
// table of entries (direct-mapped, kept by the host), calls the region through a function table, and goes on for as
// long as regions leave with nothing but a new pc.
import { ENTRIES_BASE, ENTRIES_END, VCPU_BASE, Vcpu } from "../machine/layout.ts";
import { EngineState, LEFT_FOR_PC, Outcome, regionSignature } from "./engine-state.ts";
import { FunctionBody, I, ModuleBuilder, Type } from "./wasm-encoder.ts";

/** Byte offsets into a row of the table of entries. */
const Row = {
  /** i64 */
  pc: 0,
  /** i32: index of the region's function in the function table. */
  region: 8,
  /** i32: the number of the entry. */
  entry: 12,
} as const;

const ROW_BYTES = 16;
const ROWS = (ENTRIES_END - ENTRIES_BASE) / ROW_BYTES;

/** Code of one program is close together: the upper bits tell apart what the lower ones do not. */
const FOLD = 16;
const rowOf = (pc: number): number => ENTRIES_BASE + (((pc >>> 1) ^ (pc >>> FOLD)) % ROWS) * ROW_BYTES;

/** A row is empty when it holds a pc that belongs to another row. */
function empty(words: Int32Array, row: number): void {
  words[(row + Row.pc) >> 2] = row === rowOf(0) ? 2 : 0;
  words[(row + Row.pc + 4) >> 2] = 0;
}

/** Empties the table of entries. */
export function clearEntries(words: Int32Array): void {
  words.fill(0, ENTRIES_BASE >> 2, ENTRIES_END >> 2);
  empty(words, rowOf(0));
}

/** Enters where to go at a pc below 2^32, in the place of any other pc that shares the row. */
export function setEntry(words: Int32Array, pc: number, region: number, entry: number): void {
  const row = rowOf(pc);
  words[(row + Row.pc) >> 2] = pc;
  words[(row + Row.pc + 4) >> 2] = 0;
  words[(row + Row.region) >> 2] = region;
  words[(row + Row.entry) >> 2] = entry;
}

export function clearEntry(words: Int32Array, pc: number): void {
  const row = rowOf(pc);
  if (words[(row + Row.pc) >> 2] >>> 0 === pc) empty(words, row);
}

/** Makes the driver: a function that runs from the pc and returns the index of an exit site, or an `Outcome`. */
export function instantiateDriver(
  memory: WebAssembly.Memory,
  table: WebAssembly.Table,
  pcRegister: number,
  compile: (bytes: Uint8Array) => WebAssembly.Module,
): () => number {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", memory.buffer.byteLength / 0x10000);
  module.importTable("env", "table");
  const f = new FunctionBody(0);
  const pc = f.local(Type.I64);
  const row = f.local(Type.I32);
  const changes = f.local(Type.I32);
  const region = f.local(Type.I32);
  const site = f.local(Type.I32);
  f.i32(0).memory("i32_load", EngineState.region).set(region);
  f.i32(0).memory("i32_load", EngineState.sample).set(changes);
  const out = f.block();
  const leaveWith = (outcome: Outcome) => f.if(undefined, false) && f.i32(outcome).set(site).br(out).end();
  const again = f.loop();
  f.i32(0).memory("i64_load", VCPU_BASE + Vcpu.icount);
  f.i32(0).memory("i64_load", EngineState.limit).op(I.i64_ge_s);
  leaveWith(Outcome.Slice);
  f.get(changes).i32(1).op(I.i32_sub).tee(changes).i32(0).op(I.i32_lt_s);
  leaveWith(Outcome.Sample);
  f.i32(0)
    .memory("i64_load", VCPU_BASE + 8 * pcRegister)
    .tee(pc);
  f.op(I.i32_wrap_i64)
    .tee(row)
    .i32(1)
    .op(I.i32_shr_u)
    .get(row)
    .i32(FOLD)
    .op(I.i32_shr_u)
    .op(I.i32_xor)
    .i32(ROWS - 1)
    .op(I.i32_and)
    .i32(Math.log2(ROW_BYTES))
    .op(I.i32_shl)
    .tee(row);
  f.memory("i64_load", ENTRIES_BASE + Row.pc)
    .get(pc)
    .op(I.i64_ne);
  leaveWith(Outcome.NoEntry);
  f.get(row).memory("i32_load", ENTRIES_BASE + Row.entry);
  f.get(row)
    .memory("i32_load", ENTRIES_BASE + Row.region)
    .tee(region);
  f.callIndirect(module.type(regionSignature)).tee(site);
  f.i32(LEFT_FOR_PC).op(I.i32_eq).brIf(again);
  f.end();
  f.end();
  f.i32(0).get(region).memory("i32_store", EngineState.region);
  f.i32(0).get(changes).memory("i32_store", EngineState.sample);
  f.get(site);
  module.addFunction({ params: [], results: [Type.I32] }, f, "run");
  const { exports } = new WebAssembly.Instance(compile(module.finish()), { env: { memory, table } });
  return exports.run as () => number;
}
