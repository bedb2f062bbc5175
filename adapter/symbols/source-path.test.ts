import assert from "node:assert/strict";
import { test } from "node:test";
import { joinPath, matchPath, normalizePath } from "./source-path.ts";

test("paths are normalized", () => {
  const cases: [string, string][] = [
    ["/a/./b/../c.c", "/a/c.c"],
    ["a//b.c", "a/b.c"],
    ["../x/../y.c", "../y.c"],
    ["/../y.c", "/y.c"],
    ["./structs.c", "structs.c"],
    ["C:\\work\\src\\..\\main.c", "C:/work/main.c"],
    ["/odd\\name.c", "/odd\\name.c"],
  ];
  for (const [path, normal] of cases) assert.equal(normalizePath(path), normal);
  assert.equal(joinPath("/build", "../src/a.c"), "/src/a.c");
  assert.equal(joinPath("/build", "/src/a.c"), "/src/a.c");
  assert.equal(joinPath("", "a.c"), "a.c");
});

test("a user's path finds the recorded one", () => {
  const recorded = ["/build/src/main.c", "/build/lib/main.c", "/build/lib/util.c", "tiny.h"];
  const cases: [string, string | undefined][] = [
    ["/build/lib/main.c", "/build/lib/main.c"],
    ["/home/me/moved/src/main.c", "/build/src/main.c"],
    ["/elsewhere/util.c", "/build/lib/util.c"],
    ["/elsewhere/main.c", undefined],
    ["/home/me/fixtures/tiny.h", "tiny.h"],
    ["/build/lib/other.c", undefined],
  ];
  for (const [wanted, found] of cases) assert.equal(matchPath(wanted, recorded), found, wanted);
});
