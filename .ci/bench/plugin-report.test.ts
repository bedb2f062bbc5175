import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instrument } from "./instruments.ts";
import type { WorkloadCosts } from "./plugin-cost.ts";
import { costColumns, costRow, instrumentMeans, meanColumns, workloadLine } from "./plugin-report.ts";
import { headLine, rowLine } from "./text-table.ts";

const instrument = (name: string, more: Partial<Instrument> = {}): Instrument => ({
  name,
  per: "block",
  plugin: name,
  qemu: "lib.so",
  ...more,
});
const inline = instrument("inline");
const callback = instrument("callback", { callback: true });
const absent = instrument("absent", { missing: "not written" });
const times = (wall: number) => ({ wall, cpu: undefined });

const workload = (none: number, withInline: number, withCallback: number): WorkloadCosts => ({
  name: "w",
  subject: "s",
  instructions: 300e6,
  terrarium: times(none),
  qemu: times(2),
  emptyCall: 4,
  costs: [
    { instrument: inline, events: 100e6, terrarium: times(withInline), qemu: times(2.5) },
    { instrument: callback, events: 100e6, terrarium: times(withCallback) },
    { instrument: absent, events: 100e6 },
  ],
});

test("added time, in all and per event", () => {
  const one = workload(0.5, 0.55, 1.1);
  const rows = one.costs.map((cost) => rowLine(costColumns, costRow(one, cost, "wall")));
  assert.equal(
    [workloadLine(one, "wall"), headLine(costColumns), ...rows].join("\n"),
    `
w: 300 M instructions, none 0.500 s, qemu 2.000 s, empty call 4.00 ns
instrument                M events   added s       %  ns/event  /empty call  qemu: added s       %  ns/event
inline                       100.0     0.050      10      0.50            -          0.500      25      5.00
callback                     100.0     0.600     120      6.00         1.50              -       -         -
absent                       100.0         -       -         -            -              -       -         -`.slice(1),
  );
});

test("means over the workloads; what is missing says why", () => {
  const means = instrumentMeans([workload(0.5, 0.5, 0.9), workload(1, 4, 1.8)], "wall");
  assert.equal(
    [headLine(meanColumns), ...means.map((mean) => rowLine(meanColumns, mean))].join("\n"),
    `
in the mean               time/none  ns/event  /empty call  qemu: time/none
inline                         2.00     15.00            -             1.25
callback                       1.80      6.00         1.50                -
absent                            -         -            -                -  (-: not written)`.slice(1),
  );
  assert.deepEqual(instrumentMeans([], "wall"), []);
});

test("the tables fit into 120 columns", () => {
  assert.ok(headLine(costColumns).length <= 120);
  const mean = { name: "", missing: "no plugin of that name is shipped yet" };
  assert.ok(rowLine(meanColumns, mean).length <= 120);
});
