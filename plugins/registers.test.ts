// `registers` finds nothing wrong, changes nothing, and finds a register that does not keep its value.
import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin } from "./api/index.ts";
import registers from "./registers.ts";
import { engines, pluginRun } from "./testing/plugin-run.ts";

const programs = ["reference/mixed.elf", "floats/floats.elf", "signals/signals.elf", "recursion/recursion-O2.elf"];

for (const engine of engines)
  for (const program of programs)
    test(`registers are what they are said to be: ${program} on ${engine}`, () => {
      const run = pluginRun(program, [[registers, { every: 20 }]], { engine }).run(300_000);
      const rows = run.rows("Registers");
      assert.deepEqual(run.log, []);
      assert.equal(rows.length, run.machine.guest.registers.filter(({ hidden }) => !hidden).length);
      for (const [name, , , , , , , read, written, failures] of rows) {
        assert.equal(failures, 0, String(name));
        assert.ok(Number(read) > 100, `${name} was read`);
        assert.ok(Number(written) > 20, `${name} was written`);
      }
    });

test("a register that changes in between is found", () => {
  // Comes before, but at the instruction: between the two callbacks of the block and the look at what was put back.
  const meddler = definePlugin({
    name: "meddler",
    version: "1.0.0",
    install(vm) {
      vm.onTranslate((tb) => {
        tb.instructions[0].onExecute((_vcpu, [t6]) => ({ t6: t6 + 1n }), { registers: ["t6"], writes: ["t6"] });
      });
    },
  });
  const run = pluginRun("reference/mixed.elf", [[meddler], [registers, { every: 20 }]]).run(50_000);
  const failed = run.rows("Registers").filter((row) => row.at(-1) !== 0);
  assert.deepEqual(
    failed.map(([name]) => name),
    ["t6"],
  );
  assert.match(run.log.join("\n"), /^error registers: t6: 0x[0-9a-f]+ was not put back$/);
});
