import assert from "node:assert/strict";
import { test } from "node:test";
import type { InlinedCall, SourceLine, Symbols } from "../symbols/index.ts";
import { enteredCalls } from "./inlined-calls.ts";

const line = (path: string, number: number): SourceLine => ({ path, line: number, column: 0, isStatement: true });
const call = (name: string, low: bigint, callSite: SourceLine): InlinedCall => ({
  name,
  callSite,
  scope: { kind: "inlined", name, ranges: [{ low, high: 0x200n }], callSite, variables: [], children: [] },
});

// main calls outer on line 10 of m.c, outer calls inner on line 3 of o.h; the code of both begins at 0x100.
const outer = call("outer", 0x100n, line("m.c", 10));
const inner = call("inner", 0x100n, line("o.h", 3));
const later = call("inner", 0x120n, line("o.h", 3));

const cases: [what: string, at: bigint, calls: InlinedCall[], here: SourceLine, entered: string[]][] = [
  ["both begin here, on the line of the outer call", 0x100n, [inner, outer], line("m.c", 10), []],
  ["both begin here, on the line of the inner call", 0x100n, [inner, outer], line("o.h", 3), ["outer"]],
  ["both begin here, on a line of the inner function", 0x100n, [inner, outer], line("i.h", 7), ["inner", "outer"]],
  ["further on, the line of the call comes back", 0x110n, [inner, outer], line("m.c", 10), ["inner", "outer"]],
  ["the inner one begins later", 0x120n, [later, outer], line("o.h", 3), ["outer"]],
  ["no inlined call", 0x100n, [], line("m.c", 10), []],
];

for (const [what, at, calls, here, entered] of cases) {
  test(`entered calls: ${what}`, () => {
    const symbols = { inlinedCallsAt: () => calls, lineForAddress: () => here } as unknown as Symbols;
    assert.deepEqual(
      enteredCalls(symbols, at).map(({ name }) => name),
      entered,
    );
  });
}
