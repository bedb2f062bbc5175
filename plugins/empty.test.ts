// What `empty` is shown of `faults`. QEMU translates blocks of 9, 5 and 5 instructions there (hotblocks in
// test-fixtures/reference/faults.qemu.txt); the engine that compiles at once looks at the 4 behind them as well.
import assert from "node:assert/strict";
import { test } from "node:test";
import empty from "./empty.ts";
import { engines, pluginRun } from "./testing/plugin-run.ts";

for (const engine of engines)
  test(`every block is announced, and nothing added to it (${engine})`, () => {
    const run = pluginRun("reference/faults.elf", [[empty]], { engine }).run();
    assert.deepEqual(run.rows("Announced"), [engine === "jit" ? [4, 23, 56, 0] : [3, 19, 48, 0]]);
    assert.equal(run.host.list()[0].cost.operations, 0);
    assert.equal(run.machine.instructionCount(), 55n);
    assert.deepEqual(run.log, []);
  });
