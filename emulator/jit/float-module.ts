// The second helper module: floating point, compiled when the first region needs it.
import type { RegisterFile } from "../ir/types.ts";
import { VCPU_BASE } from "../machine/layout.ts";
import { EngineState, imports } from "./engine-state.ts";
import type { FloatImportName } from "./float-imports.ts";
import { defineConversions } from "./helpers-convert.ts";
import { defineFormat, defineShared, hostFused } from "./helpers-float.ts";
import { defineFloat32 } from "./helpers-float32.ts";
import { defineFloat64 } from "./helpers-float64.ts";
import { FunctionBody, ModuleBuilder, Type } from "./wasm-encoder.ts";
import { get } from "./wasm-expressions.ts";

type Compile = (bytes: Uint8Array) => WebAssembly.Module;

export interface FloatModule {
  /** What regions import, by name. */
  readonly functions: Record<FloatImportName, (...args: (number | bigint)[]) => unknown>;
  /** Has the host a multiply-add that rounds once? */
  readonly fused: boolean;
}

/** An operation by its code, in a rounding mode; leaves the flags it raises in `EngineState.floatFlags`. */
export type SoftwareFloat = (code: number, rounding: number, a: bigint, b: bigint, c: bigint) => bigint;

export function instantiateFloat(
  memory: WebAssembly.Memory,
  compile: Compile,
  file: RegisterFile,
  software: SoftwareFloat,
  fused = hasFusedMultiplyAdd(compile),
): FloatModule {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", memory.buffer.byteLength / 0x10000);
  const shared = defineShared(module, {
    flags: VCPU_BASE + 8 * file.floatFlags,
    rounding: VCPU_BASE + 8 * file.floatRounding,
    software: module.importFunction("env", "float", imports.software),
    fused,
  });
  const double = defineFormat(shared, "f64");
  const single = defineFormat(shared, "f32");
  defineFloat64(shared, double);
  defineFloat32(shared, single);
  defineConversions(shared, double, single);
  const { exports } = new WebAssembly.Instance(compile(module.finish()), { env: { memory, float: software } });
  const functions = exports as FloatModule["functions"];
  functions.refreshFloat();
  return { functions, fused };
}

/**
 * The vector instruction may round once or twice, as the host's processor likes, and there are hosts without it. The
 * square of 1 + 2^-k, less what it rounds to, tells.
 */
export function hasFusedMultiplyAdd(compile: Compile): boolean {
  const module = new ModuleBuilder();
  for (const [format, type] of [
    ["f64", Type.F64],
    ["f32", Type.F32],
  ] as const) {
    const f = new FunctionBody(3);
    hostFused(format, get(0), get(1), get(2))(f);
    module.addFunction({ params: [type, type, type], results: [type] }, f, format);
  }
  let fused: Record<"f32" | "f64", (a: number, b: number, c: number) => number>;
  try {
    fused = new WebAssembly.Instance(compile(module.finish())).exports as typeof fused;
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return false;
    throw error;
  }
  const rest = (fma: (a: number, b: number, c: number) => number, k: number) => {
    const x = 1 + 2 ** -k;
    return fma(x, x, -(1 + 2 ** (1 - k)));
  };
  return rest(fused.f64, 40) === 2 ** -80 && rest(fused.f32, 18) === 2 ** -36;
}

/** Whoever changed the flags or the rounding register outside generated code: are the bounds true still? */
export function boundsAreStale(words: Int32Array, file: RegisterFile): boolean {
  const word = (register: number) => words[(VCPU_BASE + 8 * register) / 4];
  const usual = (word(file.floatFlags) & 1) !== 0 && word(file.floatRounding) === 0;
  // The upper half of infinity, or of zero.
  return usual !== (words[EngineState.hostBelow64 / 4 + 1] !== 0);
}
