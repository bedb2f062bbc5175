// The costs beside QEMU's, with plugins made for this test by QEMU's plugin interface.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { instruments } from "./instruments.ts";
import { isInstalled, measure } from "./measure.ts";
import { PluginBench } from "./plugin-cost.ts";
import { root } from "./terrarium-run.ts";
import { mixed, mixedEvents, mixedRecorded } from "./testing/mixed.ts";

test("QEMU's plugins are run with their arguments, where they are there", (t) => {
  const missing = ["qemu-riscv64", "gcc"].filter((command) => !isInstalled(command));
  if (missing.length > 0) return t.skip(`${missing.join(", ")} not installed`);
  const folder = mkdtempSync(path.join(tmpdir(), "terrarium-qemu-plugins-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, event] of [
    ["libbb.so", "b"],
    ["libinsn.so", "i"],
    ["libmem.so", "m"],
  ]) {
    const source = path.join(root, ".ci/bench/testing/qemu-plugin.c");
    const args = ["-O2", "-shared", "-fPIC", `-DEVENT='${event}'`, source, "-o", path.join(folder, name)];
    assert.equal(spawnSync("gcc", args, { stdio: "inherit" }).status, 0);
  }
  // They count what they should, inline and by callbacks.
  for (const { per, qemu, name } of instruments.slice(0, 6)) {
    const run = measure("qemu-riscv64", ["-plugin", path.join(folder, qemu), "-d", "plugin", mixed.elf], root);
    assert.equal(run.stdout, mixedRecorded.stdout, name);
    assert.equal(run.stderr, `events: ${mixedEvents[per]}\n`, name);
  }
  const bench = new PluginBench({ pairs: 1, engine: "auto" }, folder);
  t.after(() => bench.dispose());
  bench.warmUp();
  const { qemu, costs } = bench.measure(mixed);
  assert.ok(qemu);
  assert.deepEqual(
    costs.filter((cost) => cost.qemu !== undefined).map(({ instrument }) => instrument.name),
    instruments.slice(0, 6).map(({ name }) => name),
  );
});
