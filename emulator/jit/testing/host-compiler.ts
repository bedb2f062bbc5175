// The host's compiler for tests, which do without the flags that the adapter sets.
import v8 from "node:v8";

/** V8 11 has the vector instruction of fused multiply-adds, but not unasked; later ones always. */
const isAsked = process.versions.v8.startsWith("11.");

/** Compiles code that may use the host's fused multiply-add, or (where that can be had) may not. */
export function compileWith(fused: boolean): (bytes: Uint8Array) => WebAssembly.Module {
  return (bytes) => {
    if (isAsked) v8.setFlagsFromString(`--${fused ? "" : "no-"}experimental-wasm-relaxed-simd`);
    // What was compiled while it was allowed is remembered; validation is done anew.
    if (!WebAssembly.validate(bytes)) throw new WebAssembly.CompileError("not a module that the host takes");
    return new WebAssembly.Module(bytes);
  };
}
