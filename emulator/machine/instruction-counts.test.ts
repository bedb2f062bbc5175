// Every fixture in every engine, with and without plugins: at each system call, fault and other trap, and at the exit,
// the number of instructions so far and all registers are the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixtureRuns } from "../../test-fixtures/fixtures.ts";
import { differentEvent, finish, instrument, type RunOptions, watchExits } from "../testing/structured/run.ts";
import { fixtureMachine } from "./testing/fixture-machine.ts";

const small = { blocks: 3, instructions: 40, targets: 2, heat: 2 };
const large = { blocks: 64, instructions: 2500, targets: 16, heat: 30 };

const ways: Record<string, RunOptions> = {
  interpreter: { engine: "interpreter" },
  "interpreter with counters": { engine: "interpreter", instrument: "counters", slice: { most: 50_000, seed: 1 } },
  auto: { engine: "auto" },
  "auto with small regions": { engine: "auto", tuning: { hot: 10, bounds: small, misses: 5 } },
  "auto with regrown regions and counters": {
    engine: "auto",
    tuning: { hot: 100, bounds: large, misses: 10 },
    instrument: "counters",
    slice: { most: 30_000, seed: 2 },
  },
  "auto with callbacks": { engine: "auto", tuning: { hot: 200, bounds: large, misses: 50 }, instrument: "callbacks" },
  jit: { engine: "jit" },
  "jit with counters": { engine: "jit", instrument: "counters", slice: { most: 20_000, seed: 3 } },
};

fixtureRuns.forEach((run, number) => {
  test([run.program, ...run.args].join(" "), () => {
    // Compiling everything takes longest: one fixture with, the next without plugins.
    const leftOut = number % 2 === 0 ? "jit" : "jit with counters";
    const chosen = Object.entries(ways).filter(([name]) => name !== leftOut);
    const all = chosen.map(([name, options]) => {
      const { machine, door } = fixtureMachine(run, options);
      const events = watchExits(machine);
      const counted = instrument(machine, options.instrument ?? "none");
      const status = finish(machine, door, options);
      return { name, status, events, instructions: machine.instructionCount(), counted: counted?.() };
    });
    const [first] = all;
    let accesses: bigint | undefined;
    for (const { name, status, events, instructions, counted } of all) {
      assert.equal(status, first.status, name);
      assert.equal(differentEvent(events, first.events), undefined, name);
      assert.equal(instructions, first.instructions, name);
      if (!counted) continue;
      assert.equal(counted.instructions, instructions, `${name}: instructions that the plugin counted`);
      accesses ??= counted.accesses;
      assert.equal(counted.accesses, accesses, `${name}: accesses that the plugin counted`);
    }
  });
});
