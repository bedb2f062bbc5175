// Profiles as text, and what another program's profile does to a run: nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFixture } from "../../test-fixtures/fixtures.ts";
import type { Profile } from "./profile.ts";
import { Hints, parseProfile, printProfile } from "./profile.ts";
import { testMachine } from "./testing/test-machine.ts";

const block = { executions: 1000, targets: [], isHotCallee: false, isUnguarded: false };
const profile: Profile = {
  blocks: [
    {
      ...block,
      pc: 0x10000,
      targets: [
        [0x10020, 7],
        [0x10040, 900],
      ],
    },
    { ...block, pc: 0x10020, isHotCallee: true },
    { ...block, pc: 0x10040, isUnguarded: true },
  ],
  regions: [[0x10000, 0x10020], [0x10040], [0x10060]],
};

test("a profile survives printing and parsing", () => {
  assert.deepEqual(parseProfile(printProfile(profile)), profile);
});

for (const [what, text] of [
  ["nothing", ""],
  ["no JSON", "{"],
  ["another thing", "[1, 2]"],
  ["no list of blocks", '{"blocks": 7, "regions": []}'],
  ["a block without executions", '{"blocks": [[65536, 1]], "regions": []}'],
  ["a target without its count", '{"blocks": [[65536, 1, 0, 65540]], "regions": []}'],
  ["an address that is none", '{"blocks": [], "regions": [[-1]]}'],
  ["an address above 4 GiB", '{"blocks": [], "regions": [[4294967296]]}'],
  ["a region without seeds", '{"blocks": [], "regions": [[]]}'],
] as const)
  test(`not a profile: ${what}`, () => assert.equal(parseProfile(text), undefined));

test("a region is taken with those behind it, once", () => {
  const hints = new Hints(profile);
  assert.equal(hints.isSeed(0x10020), true);
  assert.deepEqual(hints.take(0x10020, 2), [[0x10000, 0x10020], [0x10040]]);
  assert.equal(hints.isSeed(0x10000), false);
  assert.deepEqual(hints.take(0x10000, 2), []);
  assert.deepEqual(hints.rest(), [[0x10060]]);
});

test("a profile of something else changes nothing", () => {
  const program = readFixture("reference/mixed.elf");
  const run = (wrong?: Profile) => {
    const machine = testMachine(program, { engine: "auto", profile: wrong, tuning: { hot: 50 } });
    const stop = machine.run(100_000_000);
    return { stop, instructions: machine.instructionCount() };
  };
  const { start, end } = testMachine(program).code;
  const everywhere = Array.from({ length: Number(end - start) + 64 }, (_, i) => Number(start) - 32 + i);
  const wrong: Profile = {
    blocks: everywhere.map((pc) => ({ ...block, pc, targets: [[pc ^ 0x55, 3]], isUnguarded: pc % 3 === 0 })),
    regions: everywhere.map((pc) => [pc, pc + 2]),
  };
  assert.deepEqual(run(wrong), run());
});
