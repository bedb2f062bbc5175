import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { ProfileStore } from "./profile-store.ts";

test("what is written is read for the same file, as long as that does not change", (t) => {
  const home = mkdtempSync(path.join(tmpdir(), "terrarium-profile-store-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const program = path.join(home, "program");
  const folder = path.join(home, "profiles");
  const profile = { blocks: [], regions: [[0x10000]] };
  const store = () => new ProfileStore(program, folder);
  writeFileSync(program, "one");
  assert.equal(store().read(), undefined);
  store().write(profile);
  assert.deepEqual(store().read(), profile);

  const kept = path.join(folder, readdirSync(folder)[0]);
  writeFileSync(kept, "damaged");
  assert.equal(store().read(), undefined);
  store().write(profile);

  writeFileSync(program, "another");
  assert.equal(store().read(), undefined);

  if (process.platform === "win32") return;
  writeFileSync(program, "one");
  store().write(profile);
  chmodSync(folder, 0o777);
  assert.equal(store().read(), undefined, "anybody may have written to it");
});
