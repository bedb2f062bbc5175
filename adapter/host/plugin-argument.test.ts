// Plugins and their options as the command line writes them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePluginArgument } from "./plugin-argument.ts";

test("values are what they look like; a number that would not be exact stays a text", () => {
  assert.deepEqual(
    parsePluginArgument("./x.ts,a=1,b=-1.5,c,d=off,e=text,f=0x10,g=0xffffffff80000000,h=9007199254740993"),
    {
      reference: "./x.ts",
      options: { a: 1, b: -1.5, c: true, d: false, e: "text", f: 16, g: "0xffffffff80000000", h: "9007199254740993" },
    },
  );
});

for (const [argument, message] of [
  ["", 'a plugin needs a name or a path, not ""'],
  ["x,", 'plugin x: expected key=value, not ""'],
  ["x,=1", 'plugin x: expected key=value, not "=1"'],
])
  test(`--plugin "${argument}" is refused`, () => {
    assert.throws(() => parsePluginArgument(argument), { message });
  });
