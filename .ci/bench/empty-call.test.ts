import assert from "node:assert/strict";
import { test } from "node:test";
import { callLoop, emptyCallNanoseconds } from "./empty-call.ts";

test("the loop calls as often as it is asked to, with its counter", () => {
  const seen: number[] = [];
  callLoop((value) => seen.push(value))(4);
  assert.deepEqual(seen, [4, 3, 2, 1]);
});

test("an empty call takes some nanoseconds", () => {
  const nanoseconds = emptyCallNanoseconds();
  assert.ok(nanoseconds > 0.2 && nanoseconds < 500, `${nanoseconds} ns`);
});
