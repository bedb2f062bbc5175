import assert from "node:assert/strict";
import { test } from "node:test";
import { collectView, Endless, type Fault } from "./testing/collect-view.ts";

test("lines are texts, with an address and a time where they have one", () => {
  const lines = ["one", { text: "two", address: 0x80n, at: 12n }, { text: "x".repeat(10_001) }];
  assert.deepEqual(
    collectView("log", () => lines),
    {
      lines: [{ text: "one" }, { text: "two", address: "0x80", at: 12 }, { text: `${"x".repeat(10_000)}…` }],
    },
  );
});

test("the last lines stay, of a list and of any other source", () => {
  const lines = Array.from({ length: 1_500_000 }, (_, i) => `${i}`);
  const ofList = collectView("log", () => lines);
  assert.deepEqual([ofList.lines.length, ofList.lines[0].text, ofList.omitted], [100_000, "1400000", 1_400_000]);
  const ofSet = collectView("log", () => new Set(lines.slice(0, 250_001)));
  assert.deepEqual([ofSet.lines.length, ofSet.lines[0].text, ofSet.omitted], [100_000, "150001", 150_001]);
});

test("lines without end are an error", () => {
  const lines = new Endless(() => "again");
  const message = 'log "T" gave more than 1,000,000 lines, and does not seem to end';
  assert.throws(() => collectView("log", () => lines), { name: "RangeError", message });
  assert.ok(lines.closed);
});

const faults: Fault[] = [
  [[5], 'log "T": line must be a string or an object with a text, not 5'],
  [[{ text: 5 }], 'log "T": line: text must be a string, not 5'],
  [[{ text: "a", at: -1n }], 'log "T": line: at must be a whole number that is not negative, not -1n'],
];
for (const [value, message] of faults)
  test(message, () => assert.throws(() => collectView("log", () => value), { name: "TypeError", message }));
