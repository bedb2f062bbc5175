// Every capability that is announced is kept.
import assert from "node:assert/strict";
import { test } from "node:test";
import { capabilities, promises } from "./capabilities.ts";
import { handlers } from "./handlers.ts";

for (const [capability, requests] of Object.entries(promises)) {
  test(`${capability}: ${requests.join(", ")}`, () => {
    for (const request of requests) assert.ok(Object.hasOwn(handlers, request), `no handler for ${request}`);
  });
}

test("initialize announces these and no others", () => {
  assert.deepEqual(capabilities, Object.fromEntries(Object.keys(promises).map((name) => [name, true])));
});
