import assert from "node:assert/strict";
import { test } from "node:test";
import { GuestOutput } from "./guest-output.ts";

test("characters that are split between writes are put together, streams apart", () => {
  const events: [string, string][] = [];
  const output = new GuestOutput((stream, text) => events.push([stream, text]));
  const bytes = new TextEncoder().encode("aé🌱");
  output.write("stdout", bytes.slice(0, 2));
  output.write("stderr", bytes.slice(0, 1));
  output.write("stdout", bytes.slice(2, 5));
  output.write("stdout", bytes.slice(5));
  output.write("stdout", bytes.slice(1, 2));
  output.flush();
  assert.deepEqual(events, [
    ["stdout", "a"],
    ["stderr", "a"],
    ["stdout", "é"],
    ["stdout", "🌱"],
    ["stdout", "\ufffd"],
  ]);
});
