// Golden files of IR: cases of a name, a block, and what is expected of it. With TERRARIUM_BLESS=1 the expectation is
// written anew.
//
//   === name of the case
//   block 0x1000 +4
//   ...
//   ---
//   what is expected
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/** Makes a test of each case: `produce` gives the text that stands, or should stand, below the line. */
export function testGoldenFile(url: URL, produce: (input: string) => string): void {
  const path = fileURLToPath(url);
  const [preamble, ...sections] = readFileSync(path, "utf8").split(/^=== /m);
  const cases = sections.map((section) => {
    const [head, expected = ""] = section.split(/^---\n/m);
    const end = head.indexOf("\n");
    return { name: head.slice(0, end), input: head.slice(end + 1), expected: expected.trim() };
  });
  if (process.env.TERRARIUM_BLESS === "1") {
    const text = cases.map(({ name, input }) => `=== ${name}\n${input}---\n${produce(input).trim()}\n`).join("\n");
    writeFileSync(path, preamble + text);
    return;
  }
  for (const { name, input, expected } of cases)
    test(name, () => {
      assert.equal(produce(input).trim(), expected);
    });
}
