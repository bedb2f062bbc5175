import assert from "node:assert/strict";
import { test } from "node:test";
import { collectView, Endless, type Fault } from "./testing/collect-view.ts";

test("the longest bar comes first, exact beyond 2^53", () => {
  const bars = [
    { label: "loads", value: 12 },
    { label: "stores", value: 0.5 },
    { label: "calls", value: 1n << 60n, address: 0x120n },
    { label: "jumps", value: 12n },
  ];
  assert.deepEqual(
    collectView("bars", () => bars),
    {
      bars: [
        { label: "calls", value: "1152921504606846976", address: "0x120" },
        { label: "loads", value: 12 },
        { label: "jumps", value: 12 },
        { label: "stores", value: 0.5 },
      ],
    },
  );
});

const faults: Fault[] = [
  ["abc", 'bars "T" must be an iterable, not "abc"'],
  [[null], 'bars "T": bar must be an object, not null'],
  [[{ label: 5, value: 1 }], 'bars "T": bar: label must be a string, not 5'],
  [[{ label: "a", value: "1" }], 'bars "T": bar: value must be a bigint or a number, not "1"'],
  [[{ label: "a", value: -1n }], 'bars "T": bar: value must be finite and not negative, not -1n'],
  [[{ label: "a", value: Number.NaN }], 'bars "T": bar: value must be finite and not negative, not NaN'],
  [
    [{ label: "a", value: 1, address: 16 }],
    'bars "T": bar: address must be an address, which is an unsigned 64-bit bigint, not 16',
  ],
];
for (const [value, message] of faults)
  test(message, () => assert.throws(() => collectView("bars", () => value), { name: "TypeError", message }));

test("of many bars the longest stay", () => {
  const values = function* () {
    for (let value = 0; value < 25_000; value++) yield { label: `bar ${value}`, value };
  };
  const { bars, omitted } = collectView("bars", values);
  assert.deepEqual([bars.length, bars[0].value, bars[999].value, omitted], [1000, 24_999, 24_000, 24_000]);
});

test("bars without end are an error", () => {
  const bars = new Endless((value) => ({ label: "a", value }));
  const message = 'bars "T" gave more than 1,000,000 bars, and does not seem to end';
  assert.throws(() => collectView("bars", () => bars), { name: "RangeError", message });
  assert.ok(bars.closed);
});
