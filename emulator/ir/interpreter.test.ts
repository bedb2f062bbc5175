// The interpreter against the direct reading of types.ts (testing/naive.ts): random blocks, and cases by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { execute } from "./interpreter.ts";
import { prepare } from "./prepare.ts";
import { printBlock } from "./printer.ts";
import { runNaively } from "./testing/naive.ts";
import { randomBlock, randomFrom } from "./testing/random-block.ts";
import { file, outcome, randomBlockOptions, type Sandbox } from "./testing/sandbox.ts";
import type { Block } from "./types.ts";
import { assertValid } from "./verifier.ts";

const interpret = (block: Block, { env }: Sandbox) => execute(prepare(block, env), env);

test("random blocks", () => {
  const first = Number(process.env.TERRARIUM_SEED ?? 1);
  for (let seed = first; seed < first + 1500; seed++) {
    const block = randomBlock(randomFrom(seed), { ...randomBlockOptions, breakpoints: 0.05 });
    assertValid(block, file);
    const wanted = outcome(block, seed, (b, { env }) => runNaively(b, env));
    assert.deepEqual(outcome(block, seed, interpret), wanted, `seed ${seed}\n${printBlock(block, file)}`);
  }
});
