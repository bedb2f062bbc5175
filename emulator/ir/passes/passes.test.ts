// Each pass on its golden file, and all passes on random blocks: the optimised block leaves the same behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBlock } from "../parser.ts";
import { printBlock } from "../printer.ts";
import { isSeparable, restOf } from "../rest.ts";
import { testGoldenFile } from "../testing/golden.ts";
import { runNaively } from "../testing/naive.ts";
import { randomBlock, randomFrom } from "../testing/random-block.ts";
import { file, outcome, randomBlockOptions } from "../testing/sandbox.ts";
import type { Block } from "../types.ts";
import { assertValid } from "../verifier.ts";
import { optimize, PASS_NAMES, type PassName } from "./index.ts";

for (const name of PASS_NAMES)
  testGoldenFile(new URL(`golden/${name}.txt`, import.meta.url), (input) => {
    const block = parseBlock(input, file);
    assertValid(block, file);
    const result = optimize(block, file, [name]);
    assertValid(result, file);
    return printBlock(result, file);
  });

const first = Number(process.env.TERRARIUM_SEED ?? 1);
const combinations: [what: string, passes: readonly PassName[]][] = [
  ...PASS_NAMES.map((name): [string, PassName[]] => [name, [name]]),
  ["all", PASS_NAMES],
  ["all, twice", [...PASS_NAMES, ...PASS_NAMES]],
];

test("optimised random blocks leave the same state", () => {
  for (let seed = first; seed < first + 400; seed++) {
    const separable = seed % 2 === 0;
    const block = randomBlock(randomFrom(seed), { ...randomBlockOptions, breakpoints: 0.05, separable });
    assert.ok(isSeparable(block) || !separable);
    const run = (candidate: Block) =>
      outcome(candidate, seed, (b, { env }) =>
        runNaively(b, env, (instruction) => runNaively(restOf(block, instruction), env)),
      );
    const wanted = run(block);
    for (const [what, passes] of combinations) {
      if (passes.includes("guards") && !separable) continue;
      const result = optimize(block, file, passes);
      assertValid(result, file);
      const text = () => `seed ${seed}, ${what}\n${printBlock(block, file)}\n${printBlock(result, file)}`;
      assert.deepEqual(run(result), wanted, text());
    }
  }
});
