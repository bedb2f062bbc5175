import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { isInstalled, measure, RunError } from "./measure.ts";

const node = (script: string) => measure(process.execPath, ["-e", script], tmpdir());

test("what a program prints, elapsed and processor time", (t) => {
  const idle = node("setTimeout(() => { console.log('out'); console.error('err') }, 600)");
  assert.equal(idle.stdout, "out\n");
  assert.equal(idle.stderr, "err\n");
  assert.ok(idle.wall >= 0.6, `${idle.wall} s elapsed`);
  if (idle.cpu === undefined) return t.skip("bash is not there: no processor time");
  assert.ok(idle.cpu > 0.005 && idle.cpu < idle.wall, `${idle.cpu} s of processor time`);
  const busy = node(
    "const used = () => { const { user, system } = process.cpuUsage(); return user + system; }; while (used() < 4e5);",
  );
  assert.ok(busy.cpu! > 0.39 && busy.cpu! < 5, `${busy.cpu} s of processor time`);
});

test("a program that fails is an error that says how, with what it printed", () => {
  assert.throws(
    () => node("console.error('no luck'); process.exit(3)"),
    (error: unknown) => error instanceof RunError && /ended with status 3\nno luck$/.test(error.message),
  );
  assert.throws(() => measure("/nowhere/program", [], tmpdir()), RunError);
});

test("commands that are there, and not", () => {
  assert.equal(isInstalled(process.execPath), true);
  assert.equal(isInstalled("no-such-command-anywhere"), false);
});
