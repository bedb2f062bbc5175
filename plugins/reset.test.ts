// `reset` finds nothing wrong, on every engine, and its figures are those of the run.
import assert from "node:assert/strict";
import { test } from "node:test";
import reset from "./reset.ts";
import { engines, pluginRun } from "./testing/plugin-run.ts";

for (const engine of engines) {
  test(`a reset in the middle of guest code is complete (${engine})`, async () => {
    const run = pluginRun("recursion/recursion.elf", [[reset, { after: 50 }]], { engine });
    run.run(2000);
    await Promise.resolve();
    run.run();
    const rows = run.rows("Reset");
    assert.deepEqual(run.log, []);
    assert.deepEqual(
      rows.slice(0, -1).map(([check, , verdict]) => `${check}: ${verdict}`),
      [
        "the callback of reset is not called within guest code: passed",
        "the callback of reset is called once: passed",
        "counters stay as they were: passed",
        "the promise of reset is fulfilled after its callback: passed",
        "the old inline operations add no more: passed",
        "the new inline operations count: passed",
      ],
    );
    assert.match(rows.at(-1)?.join(" ") ?? "", /^blocks since: [1-9]\d+ {2}second$/);
  });

  test(`after an uninstall nothing is called, and the program goes on (${engine})`, () => {
    const run = pluginRun("recursion/recursion.elf", [[reset, { after: 50, uninstall: 30 }]], { engine }).run();
    assert.deepEqual(run.log, []);
    assert.ok(run.host.isEmpty);
    const plain = pluginRun("recursion/recursion.elf", [], { engine }).run();
    assert.equal(run.door.output("stdout"), plain.door.output("stdout"));
    assert.equal(run.machine.instructionCount(), plain.machine.instructionCount());
  });
}
