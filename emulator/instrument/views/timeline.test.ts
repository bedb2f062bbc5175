import assert from "node:assert/strict";
import { test } from "node:test";
import { collectView, Endless, type Fault } from "./testing/collect-view.ts";

test("entries are put in order, lanes as they came", () => {
  const entries = [
    { lane: "syscalls", start: 500n, end: 700n, label: "read", address: 0x100n },
    { lane: "CPU0", start: 100n, label: "start" },
    { lane: "syscalls", start: 100n, end: 100n, label: "write" },
  ];
  assert.deepEqual(
    collectView("timeline", () => entries),
    {
      lanes: ["syscalls", "CPU0"],
      entries: [
        { lane: 1, start: 100, end: 100, label: "start" },
        { lane: 0, start: 100, end: 100, label: "write" },
        { lane: 0, start: 500, end: 700, label: "read", address: "0x100" },
      ],
    },
  );
});

test("the last entries stay", () => {
  const entries = function* () {
    for (let i = 0; i < 350_000; i++) yield { lane: "a", start: BigInt(i), label: "b" };
  };
  const data = collectView("timeline", entries);
  assert.deepEqual([data.entries.length, data.entries[0].start, data.omitted], [100_000, 250_000, 250_000]);
});

test("entries without end are an error", () => {
  const entries = new Endless(() => ({ lane: "a", start: 1n, label: "b" }));
  const message = 'timeline "T" gave more than 1,000,000 entries, and does not seem to end';
  assert.throws(() => collectView("timeline", () => entries), { name: "RangeError", message });
  assert.deepEqual([entries.read, entries.closed], [1_000_001, true]);
});

const faults: Fault[] = [
  [
    [{ lane: "a", start: "1", label: "b" }],
    'timeline "T": entry: start must be a whole number that is not negative, not "1"',
  ],
  [[{ lane: "a", start: 5n, end: 4n, label: "b" }], 'timeline "T": entry: end must be after its start at 5, not 4'],
  [[{ lane: "a", start: 5n }], 'timeline "T": entry: label must be a string, not undefined'],
  [[{ start: 5n, label: "b" }], 'timeline "T": entry: lane must be a string, not undefined'],
];
for (const [value, message] of faults)
  test(message, () => assert.throws(() => collectView("timeline", () => value), { name: "TypeError", message }));
