// Calls as text.
import type { Vm } from "@terrarium/api";

/** `work+0x12 < main+0x40 < _start+0x8`, from call sites, innermost first. */
export function stackText(vm: Pick<Vm, "locate">, calls: readonly bigint[]): string {
  return calls.map((site) => vm.locate(site).symbol ?? `0x${site.toString(16)}`).join(" < ");
}
