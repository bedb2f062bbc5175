import assert from "node:assert/strict";
import { test } from "node:test";
import { type Instrument, instruments } from "./instruments.ts";
import { RunError } from "./measure.ts";
import { countIn, eventCounts, PluginBench } from "./plugin-cost.ts";
import { mixed, mixedEvents } from "./testing/mixed.ts";

test("every instrument runs, sees what QEMU's plugins see, and leaves the program alone", (t) => {
  const bench = new PluginBench({ pairs: 1, engine: "auto" }, undefined);
  t.after(() => bench.dispose());
  bench.warmUp();
  const measured = bench.measure(mixed);
  assert.equal(measured.instructions, mixedEvents.instruction);
  assert.ok(measured.emptyCall > 0 && measured.terrarium.wall > 0);
  assert.equal(measured.qemu, undefined);
  assert.deepEqual(
    measured.costs.map(({ instrument, events }) => [instrument.name, events]),
    instruments.map(({ name, per }) => [name, mixedEvents[per]]),
  );
  for (const { instrument, terrarium, qemu } of measured.costs) {
    assert.equal(terrarium === undefined, instrument.missing !== undefined, instrument.name);
    assert.equal(qemu, undefined);
  }
});

test("what a report counts", () => {
  const view = (columns: string[], ...rows: unknown[][]) => ({ plugin: "p", title: "t", kind: "table", columns, rows });
  const report = JSON.stringify({
    views: [view(["other"], [1]), view(["vcpu", "insns"], ["cpu 0", "12"], ["total", "34"])],
  });
  assert.equal(countIn(report, "insns"), 34);
  assert.equal(countIn(report, "other"), 1);
  assert.equal(countIn(report, "calls"), undefined);
});

test("instruments that disagree on what happened are a failure", () => {
  const counts = (...values: number[]) => {
    const counting = instruments.filter(({ counted }) => counted !== undefined);
    return new Map<Instrument, number>(values.map((value, i) => [counting[i], value]));
  };
  assert.deepEqual(eventCounts("w", counts(5, 9, 3, 5, 9, 3)), { block: 5, instruction: 9, access: 3 });
  const refused = (values: number[], message: RegExp) =>
    assert.throws(
      () => eventCounts("w", counts(...values)),
      (error: unknown) => error instanceof RunError && message.test(error.message),
    );
  refused([5, 9, 3, 6, 9, 3], /^w: callback per block sees 6 events per block, another instrument 5$/);
  refused([5, 9], /^w: no instrument counted/);
});
