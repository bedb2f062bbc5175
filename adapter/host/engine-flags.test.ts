// Regions are compiled while V8 still optimises the plugin compiler on other threads.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fixturePath } from "../../test-fixtures/fixtures.ts";
import { terrarium } from "../cli/testing/terrarium.ts";

test("a plugin that has to be compiled first and many regions at once", (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "terrarium-flags-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    path.join(folder, "accesses.ts"),
    `import { definePlugin } from "@terrarium/api";
    export default definePlugin({
      name: "accesses", version: "1.0.0", api: "^1.0", license: "MIT",
      install(vm) {
        vm.onTranslate((tb) => { for (const insn of tb.instructions) insn.onMemory(() => {}); });
      },
    });`,
  );
  const hello = fixturePath("hello/hello-O2.elf");
  // Nothing is in the cache of compiled plugins; a busy machine is no plugin that hangs.
  const env = { TMPDIR: folder, TERRARIUM_PLUGIN_TIME_LIMIT: "60000" };
  const { status, stdout, stderr } = terrarium(["run", "--engine", "jit", "--plugin", "./accesses.ts", hello], {
    cwd: folder,
    env,
  });
  assert.match(stdout, /^Hello, world!/);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
});
