// How V8 compiles generated code: its baseline compiler first, its optimising one on other threads for what runs much,
// as it does of itself. Its flags hold for the whole process and are read by those threads at any time, so they are set
// once: V8 aborts when it begins a loop with one setting and ends it with another.
import v8 from "node:v8";

/** With the major versions of V8 that are known to have the flag: an unknown one is an error message on the terminal. */
const flags = [
  // Regions tell which way is rare (exits, slow paths): about a tenth of the time.
  { flag: "--experimental-wasm-branch-hinting", upTo: 13 },
  // A multiply-add that rounds once, as a vector instruction; unasked from V8 11.4 on.
  { flag: "--experimental-wasm-relaxed-simd", upTo: 11 },
  // The emulator's own JavaScript is optimised a few times later than V8 would by itself: most of it runs for some tenths of a
  // second, and compiling it keeps the threads busy that generated code waits for. A tenth of a run of half a second.
  { flag: "--interrupt-budget=500000", upTo: 11 },
  // Only compile time is gained by these.
  { flag: "--no-wasm-loop-unrolling", upTo: 13 },
  { flag: "--no-wasm-loop-peeling", upTo: 13 },
];

const version = Number(process.versions.v8.split(".")[0]);
for (const { flag, upTo } of flags) if (version <= upTo) v8.setFlagsFromString(flag);

/**
 * Holds back the optimisation of JavaScript until `allowOptimising`: most of what starts a program (translating its
 * first blocks) is just hot enough to be optimised when it is over, and a short program ends before that has paid.
 */
export function holdOptimising(): void {
  v8.setFlagsFromString("--no-opt");
}

export function allowOptimising(): void {
  v8.setFlagsFromString("--opt");
}

export function compileModule(bytes: Uint8Array): WebAssembly.Module {
  return new WebAssembly.Module(bytes);
}
