// `traps` on programs whose traps are known: `faults` has one, `signals` says in its source which it causes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { engines, pluginRun } from "./testing/plugin-run.ts";
import traps from "./traps.ts";

for (const engine of engines) {
  test(`a fault, where and when (${engine})`, () => {
    const run = pluginRun("reference/faults.elf", [[traps]], { engine }).run();
    assert.deepEqual(run.rows("Traps"), [["exception", "SIGSEGV", 1, 1]]);
    // The load from address 8, which is the 55th instruction.
    assert.deepEqual(run.rows("Trapping places"), [["0x10138", "exception", "SIGSEGV", 1, 55]]);
    const timeline = run.view("Trap times");
    assert.deepEqual(timeline.kind === "timeline" && [timeline.lanes, timeline.entries], [
      ["exceptions"],
      [{ lane: 0, start: 55, end: 55, label: "SIGSEGV", address: "0x10138" }],
    ]);
  });

  test(`signals from elsewhere, faults and system calls are told apart (${engine})`, () => {
    const run = pluginRun("signals/signals.elf", [[traps, { log: 10 }]], { engine }).run();
    const rows = run.rows("Traps");
    const of = (kind: string) =>
      Object.fromEntries(rows.filter((row) => row[0] === kind).map((row) => [row[1], row[2]]));
    // signals.c: two wild stores, one illegal instruction, one ebreak.
    assert.deepEqual(of("exception"), { SIGSEGV: 2, SIGILL: 1, SIGTRAP: 1 });
    // Raised: SIGUSR1 once, blocked once, once on the other stack; SIGUSR2 twice; abort. The ignored are not delivered.
    assert.deepEqual(of("interrupt"), { SIGUSR1: 3, SIGUSR2: 2, SIGABRT: 1 });
    assert.equal(of("hostcall").rt_sigreturn, 6);
    const timeline = run.view("Trap times");
    assert.ok(timeline.kind === "timeline");
    assert.equal(timeline.entries.length, 10);
    assert.equal(timeline.entries.at(-1)?.label, "SIGABRT");
    assert.deepEqual(run.log, []);
  });
}
