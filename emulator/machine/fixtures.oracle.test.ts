// The reference itself, asked now: what is recorded must be what it gives. Skipped where it is not installed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixtureRuns } from "../../test-fixtures/fixtures.ts";
import { runReference } from "../../test-fixtures/record.mjs";

for (const run of fixtureRuns) {
  test([run.program, ...run.args].join(" "), (context) => {
    const given = runReference(run);
    if (given) assert.deepEqual(given, run.expected);
    else if (process.env.CI_REFERENCES === "1") assert.fail("qemu-riscv64 is not installed");
    else context.skip("qemu-riscv64 is not installed");
  });
}
