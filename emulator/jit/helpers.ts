// The helper module: what regions call for that is too long to put in line, compiled once per machine. Accesses that
// are outside their window but harmless (all their pages plain, or a store beside code) end here; the rest goes to the
// host.
import {
  CODE_LINES,
  GUEST_BASE,
  LINE_SHIFT,
  PAGE_SHIFT,
  PageFlag,
  READ_FLAGS,
  WRITE_FLAGS,
} from "../machine/layout.ts";
import { type HostFunctions, type ImportName, imports } from "./engine-state.ts";
import type { FloatImportName } from "./float-imports.ts";
import { carrylessHighBody, carrylessLowBody } from "./helpers-carryless.ts";
import { FunctionBody, I, type MemoryInstruction, ModuleBuilder, Type } from "./wasm-encoder.ts";
import { WindowField } from "./windows.ts";

const sizes = [1, 2, 4, 8] as const;
const loads: Record<number, MemoryInstruction> = {
  1: "i64_load8_u",
  2: "i64_load16_u",
  4: "i64_load32_u",
  8: "i64_load",
};
const stores: Record<number, MemoryInstruction> = {
  1: "i64_store8",
  2: "i64_store16",
  4: "i64_store32",
  8: "i64_store",
};

/** Leaves the flags of every page that the access at local 0 touches; past 4 GiB they say that nothing is mapped. */
function pushFlags(f: FunctionBody, size: number, flags: number): void {
  const pageOf = (last: number) => {
    f.get(0).op(I.i32_wrap_i64);
    if (last > 0) f.i32(last).op(I.i32_add);
    f.i32(PAGE_SHIFT).op(I.i32_shr_u).memory("i32_load8_u", flags);
  };
  f.get(0).i64(32n).op(I.i64_shr_u).i64(0n).op(I.i64_ne); // PageFlag.Unmapped is 1
  pageOf(0);
  f.op(I.i32_or);
  if (size > 1) {
    pageOf(size - 1);
    f.op(I.i32_or);
  }
}

/** Leaves 1 when pages with these flags hold code, but no line that the access at local 0 touches does. */
function besideCode(f: FunctionBody, size: number, flags: number): void {
  const lineOf = (last: number) => {
    f.get(0).op(I.i32_wrap_i64);
    if (last > 0) f.i32(last).op(I.i32_add);
    f.i32(LINE_SHIFT + 3)
      .op(I.i32_shr_u)
      .memory("i32_load8_u", CODE_LINES);
    f.get(0).op(I.i32_wrap_i64);
    if (last > 0) f.i32(last).op(I.i32_add);
    f.i32(LINE_SHIFT).op(I.i32_shr_u).i32(7).op(I.i32_and).op(I.i32_shr_u);
  };
  f.get(flags).i32(PageFlag.Code).op(I.i32_eq).if(Type.I32);
  lineOf(0);
  if (size > 1) {
    lineOf(size - 1);
    f.op(I.i32_or);
  }
  f.i32(1).op(I.i32_and).op(I.i32_eqz);
  f.else().i32(0).end();
}

/** A plain access outside its window: every so often the host is asked for a better window. */
function countMiss(f: FunctionBody, home: number, learn: number, isStore: boolean): void {
  const left = f.local(Type.I32);
  f.get(home).get(home).memory("i32_load", WindowField.left).i32(1).op(I.i32_sub).tee(left);
  f.memory("i32_store", WindowField.left);
  f.get(left).i32(0).op(I.i32_lt_s).if(undefined, false);
  f.get(0).op(I.i32_wrap_i64).get(home);
  f.i32(isStore ? 1 : 0).call(learn);
  f.end();
}

function loadBody(size: number, host: number, learn: number): FunctionBody {
  const f = new FunctionBody(2);
  pushFlags(f, size, READ_FLAGS);
  f.op(I.i32_eqz).if(Type.I64, true);
  countMiss(f, 1, learn, false);
  f.get(0).op(I.i32_wrap_i64).memory(loads[size], GUEST_BASE, false);
  f.else().get(0).i32(size).call(host);
  f.end();
  return f;
}

function storeBody(size: number, host: number, learn: number): FunctionBody {
  const f = new FunctionBody(3);
  const flags = f.local(Type.I32);
  const store = () => f.get(0).op(I.i32_wrap_i64).get(1).memory(stores[size], GUEST_BASE, false);
  pushFlags(f, size, WRITE_FLAGS);
  f.tee(flags).op(I.i32_eqz).if(undefined, true);
  countMiss(f, 2, learn, true);
  store();
  f.else();
  besideCode(f, size, flags);
  f.if();
  store();
  f.else().get(0).i32(size).get(1).call(host);
  f.end().end();
  return f;
}

/** Parameters: address, bytes (fewer than a page has), home. */
function guardBody(flags: number, learn: number, isStore: boolean): FunctionBody {
  const f = new FunctionBody(3);
  const flagsOf = (push: () => void) => {
    push();
    f.i32(PAGE_SHIFT).op(I.i32_shr_u).memory("i32_load8_u", flags);
  };
  f.get(0).i64(32n).op(I.i64_shr_u).i64(0n).op(I.i64_ne);
  flagsOf(() => f.get(0).op(I.i32_wrap_i64));
  f.op(I.i32_or);
  flagsOf(() => f.get(0).op(I.i32_wrap_i64).get(1).op(I.i32_add).i32(-1).op(I.i32_add));
  f.op(I.i32_or).if(undefined, false);
  f.i32(1).return().end();
  countMiss(f, 2, learn, isStore);
  f.i32(0);
  return f;
}

/** Compiles the helpers on a machine's memory: what regions import, by name, but for floating point. */
export function instantiateHelpers(
  memory: WebAssembly.Memory,
  compile: (bytes: Uint8Array) => WebAssembly.Module,
  host: HostFunctions,
): Record<Exclude<ImportName, FloatImportName>, unknown> {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", memory.buffer.byteLength / 0x10000);
  const load = module.importFunction("env", "load", { params: [Type.I64, Type.I32], results: [Type.I64] });
  const store = module.importFunction("env", "store", { params: [Type.I64, Type.I32, Type.I64], results: [] });
  const learn = module.importFunction("env", "learn", { params: [Type.I32, Type.I32, Type.I32], results: [] });
  for (const size of sizes) {
    module.addFunction(imports[`load${size}`], loadBody(size, load, learn), `load${size}`);
    module.addFunction(imports[`store${size}`], storeBody(size, store, learn), `store${size}`);
  }
  module.addFunction(imports.guardLoad, guardBody(READ_FLAGS, learn, false), "guardLoad");
  module.addFunction(imports.guardStore, guardBody(WRITE_FLAGS, learn, true), "guardStore");
  const clmul = module.addFunction(imports.clmul, carrylessLowBody(), "clmul");
  module.addFunction(imports.clmulr, carrylessHighBody(clmul), "clmulr");
  const instance = new WebAssembly.Instance(compile(module.finish()), {
    env: { memory, load: host.load, store: host.store, learn: host.learn },
  });
  const { poll } = host;
  return { ...(instance.exports as Record<Exclude<ImportName, FloatImportName>, unknown>), poll };
}
