// Compiles generated code with V8's optimising compiler at once: the IR interpreter is the tier below it. V8's flags
// hold for the whole process, so they are set for the moment of a compilation only: the plugin compiler, which is
// WebAssembly too, wants the other tier.
import v8 from "node:v8";

interface EngineFlag {
  during: string;
  otherwise: string;
  /** Major versions of V8 that are known to have it: an unknown flag is an error message on the terminal. */
  upTo: number;
}

const flags: readonly EngineFlag[] = [
  { during: "--no-liftoff", otherwise: "--liftoff", upTo: Number.POSITIVE_INFINITY },
  { during: "--no-wasm-lazy-compilation", otherwise: "--wasm-lazy-compilation", upTo: Number.POSITIVE_INFINITY },
  // Regions tell which way is rare (exits, slow paths): about a tenth of the time.
  { during: "--experimental-wasm-branch-hinting", otherwise: "--no-experimental-wasm-branch-hinting", upTo: 13 },
  // Regions do not recurse and call into JavaScript, which checks, at least every million instructions: a tenth more.
  { during: "--no-wasm-stack-checks", otherwise: "--wasm-stack-checks", upTo: 13 },
  // A multiply-add that rounds once, as a vector instruction; unasked from V8 11.4 on.
  { during: "--experimental-wasm-relaxed-simd", otherwise: "--no-experimental-wasm-relaxed-simd", upTo: 11 },
];

/**
 * Only compile time is gained by these, and they hold from the start: other threads may be optimising the plugin
 * compiler when a region is compiled, and V8 aborts when it begins a loop with one setting and ends it with the other.
 */
const lasting = [
  { flag: "--no-wasm-loop-unrolling", upTo: 13 },
  { flag: "--no-wasm-loop-peeling", upTo: 13 },
];

const version = Number(process.versions.v8.split(".")[0]);
const known = flags.filter((flag) => version <= flag.upTo);
for (const { flag, upTo } of lasting) if (version <= upTo) v8.setFlagsFromString(flag);

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

export function compileOptimised(bytes: Uint8Array): WebAssembly.Module {
  for (const flag of known) v8.setFlagsFromString(flag.during);
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    for (const flag of known) v8.setFlagsFromString(flag.otherwise);
  }
}
