import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeLimitError, withTimeLimit } from "./time-limit.ts";

test("gives what the work gives", () => {
  assert.equal(
    withTimeLimit(5000, () => 42),
    42,
  );
});

test("passes on what the work throws", () => {
  assert.throws(() => withTimeLimit(5000, () => assert.fail("mine")), /mine/);
});

test("ends work that never returns, also under an outer limit, and can be used again", () => {
  const endless = () => {
    for (;;);
  };
  withTimeLimit(60_000, () => assert.throws(() => withTimeLimit(50, endless), TimeLimitError));
  assert.equal(
    withTimeLimit(5000, () => "again"),
    "again",
  );
});
