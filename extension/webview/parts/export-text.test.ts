import assert from "node:assert/strict";
import { test } from "node:test";
import { csv, fileName, tsv } from "./export-text.ts";

test("rows for the clipboard have no tabs or line breaks of their own", () => {
  assert.equal(
    tsv([
      ["a", "b"],
      ["one\ttwo\r\nthree", ""],
    ]),
    "a\tb\none two three\t",
  );
});

test("CSV quotes what has to be", () => {
  assert.equal(
    csv([
      ["a", 'say "hi"'],
      ["1,5", "two\nlines"],
    ]),
    'a,"say ""hi"""\r\n"1,5","two\nlines"\r\n',
  );
});

test("a file's name is one on every system", () => {
  const names: [plugin: string, title: string, name: string][] = [
    ["mem", "Hot pages: /dev/../x", "mem-Hot-pages-dev..x"],
    ["cache", "Fälle <1>", "cache-Fälle-1"],
    ["?", "*", "view"],
  ];
  for (const [plugin, title, name] of names) assert.equal(fileName(plugin, title), name);
});
