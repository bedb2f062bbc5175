// What README.md shows is true: its plugin type-checks and counts, its scripts exist.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { terrarium } from "../adapter/cli/testing/terrarium.ts";
import { fixturePath } from "../test-fixtures/fixtures.ts";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const readme = readFileSync(path.join(root, "README.md"), "utf8");

test("the plugin in README.md type-checks, runs and shows its table", (t) => {
  const listing = /```ts\n(.*?)```/s.exec(readme)![1];
  const folder = mkdtempSync(path.join(tmpdir(), "terrarium-readme-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, "calls.ts"), listing);
  const checked = terrarium(["plugins", "check", "calls.ts"], { cwd: folder });
  assert.equal(checked.stdout, "calls.ts: no problems\n");
  const { stderr } = terrarium(["run", "--plugin", "./calls.ts", fixturePath("structs/structs-O0.elf")], {
    cwd: folder,
  });
  assert.match(stderr, /^Calls \(calls\)\naddress +count +where\n[- ]+\n0x1017c +45 +tiny_syscall at /);
});

test("the scripts and files that README.md names are there", () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: object };
  const named = [...readme.matchAll(/npm run ([\w:]+)|`(test:\w+)`/g)].map((m) => m[1] ?? m[2]);
  assert.deepEqual(
    named.filter((script) => !(script in scripts)),
    [],
  );
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map((m) => m[1]);
  assert.deepEqual(
    links.filter((link) => !existsSync(path.join(root, link))),
    [],
  );
});
