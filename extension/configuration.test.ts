import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { faultOf, withAbsolutePaths } from "./configuration.ts";

const good = {
  type: "terrarium",
  request: "launch",
  name: "x",
  program: "/ws/a.out",
  args: ["1"],
  env: { LANG: "C" },
  root: "/ws/root",
  writable: true,
  cwd: "/tmp",
  stopOnEntry: false,
  plugins: { hotblocks: { limit: 3 }, "./mine.ts": true, syscall: false },
  engine: "jit",
};

test("a whole configuration has no fault", () => assert.equal(faultOf(good), undefined));

const faults: [change: object, message: string][] = [
  [{ program: undefined }, '"program" is missing: the path of an ELF file to run'],
  [{ request: "attach" }, '"request" must be "launch": Terrarium starts programs itself'],
  [{ program: 3 }, '"program" must be a string, not a number'],
  [{ args: "one two" }, '"args" must be an array of strings, not a string'],
  [{ args: ["one", 2] }, '"args[1]" must be a string, not a number'],
  [{ env: ["A=1"] }, '"env" must be an object of strings, not an array'],
  [{ env: { DEBUG: 1 } }, '"env.DEBUG" must be a string, not a number'],
  [{ env: { DEBUG: null } }, '"env.DEBUG" must be a string, not null'],
  [{ root: {} }, '"root" must be a string, not an object'],
  [{ writable: "yes" }, '"writable" must be a boolean, not a string'],
  [{ stopOnEntry: 1 }, '"stopOnEntry" must be a boolean, not a number'],
  [{ plugins: ["hotblocks"] }, '"plugins" must be an object such as { "hotblocks": true }, not an array'],
  [{ plugins: { mem: "on" } }, '"plugins.mem" must be true, false or an object of options, not a string'],
  [{ engine: "fast" }, '"engine" must be one of "auto", "jit", "interpreter"'],
];
for (const [change, message] of faults) test(message, () => assert.equal(faultOf({ ...good, ...change }), message));

test("host paths are taken from the workspace folder, guest paths are left alone", () => {
  const home = path.resolve("/ws");
  assert.deepEqual(withAbsolutePaths({ program: "bin/a", root: ".", cwd: "work" }, home), {
    program: path.join(home, "bin/a"),
    root: home,
    cwd: "work",
  });
});
