// Demangled names against c++filt, on every mangled symbol of the fixtures.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, programs, reference } from "../testing/programs.ts";
import { demangle } from "./demangle.ts";

/** What the tables and rules here understand; the rest must stay mangled, never come out wrong. */
const UNDERSTOOD = 0.99;

test("C++ symbols of the fixtures", (t) => {
  const names = new Set<string>();
  for (const { path } of programs())
    for (const symbol of load(path).elf.symbols) if (symbol.name.startsWith("_Z")) names.add(symbol.name);
  const mangled = [...names].filter((name) => !/17h[0-9a-f]{16}E/.test(name));
  const output = reference("riscv64-linux-gnu-c++filt", ["--no-verbose"], `${mangled.join("\n")}\n`);
  if (output === undefined) return t.skip("riscv64-linux-gnu-c++filt is not installed");
  const expected = output.split("\n");
  const wrong: string[] = [];
  let understood = 0;
  mangled.forEach((name, i) => {
    const actual = demangle(name);
    if (actual === expected[i]) understood++;
    else if (actual !== name) wrong.push(`${name}\n  ours    ${actual}\n  c++filt ${expected[i]}`);
    else if (process.env.TERRARIUM_SHOW) console.log(`not understood: ${name}\n  ${expected[i]}`);
  });
  t.diagnostic(`${understood} of ${mangled.length} names`);
  assert.deepEqual(wrong, []);
  assert.ok(understood >= mangled.length * UNDERSTOOD, `${understood} of ${mangled.length} names are understood`);
});
