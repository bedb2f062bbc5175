import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { loadScript } from "./code-cache.ts";

interface Exports {
  answer(): number;
  where: string;
  join: typeof path.join;
}

/** A script with an answer, and a folder for its code. */
function scene(t: TestContext) {
  const home = mkdtempSync(path.join(tmpdir(), "terrarium-code-cache-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const file = path.join(home, "script.js");
  const folder = path.join(home, "code");
  const write = (answer: number) =>
    writeFileSync(
      file,
      `exports.answer = () => ${answer}; exports.where = __filename; exports.join = require("node:path").join;\n`,
    );
  const load = () => {
    const script = loadScript(file, folder);
    return { ...script, exports: script.exports as Exports };
  };
  const kept = () => readdirSync(folder).map((name) => path.join(folder, name));
  write(42);
  return { file, folder, write, load, kept };
}

test("a script is a CommonJS module", (t) => {
  const { file, load } = scene(t);
  const { exports } = load();
  assert.equal(exports.answer(), 42);
  assert.equal(exports.where, file);
  assert.equal(exports.join, path.join);
});

test("code that was kept is taken the next time, and only then", (t) => {
  const { load, kept } = scene(t);
  const first = load();
  assert.equal(first.known, false);
  assert.equal(load().known, false);
  first.keep();
  assert.equal(kept().length, 1);
  const second = load();
  assert.equal(second.known, true);
  assert.equal(second.exports.answer(), 42);
});

test("a script of the same length that has changed is compiled again", (t) => {
  const { write, load } = scene(t);
  load().keep();
  write(43);
  const { known, exports } = load();
  assert.equal(known, false);
  assert.equal(exports.answer(), 43);
});

test("nothing is taken from, or put into, a folder that others can write to", {
  skip: process.platform === "win32",
}, (t) => {
  const { folder, load, kept } = scene(t);
  load().keep();
  chmodSync(folder, 0o777);
  assert.equal(load().known, false);
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  load().keep();
  assert.deepEqual(kept(), []);
});

test("only the newest few files stay", (t) => {
  const { write, load, kept } = scene(t);
  for (let answer = 10; answer < 30; answer++) {
    write(answer);
    load().keep();
  }
  assert.ok(kept().length <= 8, `${kept().length} files`);
  assert.equal(load().known, true);
});
