// The interpreter against the direct reading of types.ts (test/naive.ts): random blocks, and cases by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { execute } from "./interpreter.ts";
import { prepare } from "./prepare.ts";
import { printBlock } from "./printer.ts";
import { runNaively } from "./test/naive.ts";
import { randomBlock, randomFrom, randomValue } from "./test/random-block.ts";
import { COUNTERS, file, GUEST_START, Sandbox, type State } from "./test/sandbox.ts";
import type { Block } from "./types.ts";
import { assertValid } from "./verifier.ts";

/** Fills registers and memory from a seed, runs the block and gives what is left. */
function outcome(block: Block, seed: number, run: (block: Block, sandbox: Sandbox) => number): State {
  const random = randomFrom(seed);
  const sandbox = new Sandbox();
  for (let i = 0; i < file.pc; i++) sandbox.setRegister(i, randomValue(random));
  sandbox.setRegister(file.floatFlags, random() < 0.5 ? 1n : 0n);
  sandbox.setRegister(file.floatRounding, random() < 0.7 ? 0n : BigInt(Math.floor(random() * 5)));
  for (let at = GUEST_START; at < GUEST_START + 0x5000; at += 8)
    sandbox.longs[(0x310000 + at) >> 3] = BigInt(Math.imul(at, 0x9e3779b1)) * 0x100000001n;
  return sandbox.state(run(block, sandbox));
}

const interpret = (block: Block, { env }: Sandbox) => execute(prepare(block, env), env);

test("random blocks", () => {
  const first = Number(process.env.TERRARIUM_SEED ?? 1);
  for (let seed = first; seed < first + 1500; seed++) {
    const block = randomBlock(randomFrom(seed), {
      registers: Array.from({ length: 24 }, (_, i) => i),
      floatFlags: file.floatFlags,
      floatRounding: file.floatRounding,
      memory: { base: BigInt(GUEST_START), size: 0x4000 },
      counters: [COUNTERS, COUNTERS + 8],
      calls: [
        { id: 0, writes: [] },
        { id: 1, writes: [1] },
      ],
      breakpoints: 0.05,
    });
    assertValid(block, file);
    const wanted = outcome(block, seed, (b, { env }) => runNaively(b, env));
    assert.deepEqual(outcome(block, seed, interpret), wanted, `seed ${seed}\n${printBlock(block, file)}`);
  }
});
