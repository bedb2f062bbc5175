// Inlined calls as a person counts them.
import type { InlinedCall, Symbols } from "../symbols/index.ts";

/**
 * The inlined calls that are under way at an ELF address, innermost first. One whose code begins right here, on the
 * line of its call, has not been entered yet: the program is about to make it, and so those inside it.
 */
export function enteredCalls(symbols: Symbols, address: bigint): readonly InlinedCall[] {
  const calls = symbols.inlinedCallsAt(address);
  if (calls.length === 0) return calls;
  const line = symbols.lineForAddress(address);
  const ahead = calls.findLastIndex(
    ({ callSite, scope }) =>
      callSite?.line === line?.line &&
      callSite?.path === line?.path &&
      scope.ranges.some((range) => range.low === address),
  );
  return calls.slice(ahead + 1);
}
