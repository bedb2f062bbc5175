// Asks V8 for its optimising compiler at once for our regions: the IR interpreter is the tier below it.
import v8 from "node:v8";

let prepared = false;

/** Called before the first region is compiled; the flags hold for the whole process. */
export function prepareEngine(): void {
  if (prepared) return;
  prepared = true;
  v8.setFlagsFromString("--no-liftoff");
  v8.setFlagsFromString("--no-wasm-lazy-compilation");
}
