// What the cheapest possible callback costs on this machine: a WebAssembly loop that calls an imported JavaScript function
// which does nothing, with one i32 argument.
import { compileModule } from "../../adapter/host/engine-flags.ts";
import { median } from "./statistics.ts";

const CALLS = 1_000_000;
const SAMPLES = 15;

/**
 * (module
 *   (import "e" "f" (func (param i32)))
 *   (func (export "r") (param i32)
 *     loop  local.get 0  call 0  local.get 0  i32.const 1  i32.sub  local.tee 0  br_if 0  end))
 */
const code = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 1, 0x7f, 0],
  ...[2, 7, 1, 1, 0x65, 1, 0x66, 0, 0],
  ...[3, 2, 1, 0],
  ...[7, 5, 1, 1, 0x72, 0, 1],
  ...[10, 20, 1, 18, 0, 0x03, 0x40, 0x20, 0, 0x10, 0, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x0b],
]);

/** A loop that calls `callee` so many times, counting down to 1. */
export function callLoop(callee: (value: number) => void): (times: number) => void {
  // Compiled as regions are.
  const module = compileModule(code);
  const { exports } = new WebAssembly.Instance(module, { e: { f: callee } });
  return exports.r as (times: number) => void;
}

/** Nanoseconds of processor time per call, the loop included. */
export function emptyCallNanoseconds(): number {
  const loop = callLoop(() => {});
  loop(CALLS);
  const samples = Array.from({ length: SAMPLES }, () => {
    const before = process.cpuUsage();
    loop(CALLS);
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1000) / CALLS;
  });
  return median(samples);
}
