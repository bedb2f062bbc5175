// plugins/api/REFERENCE.md follows the sources of the API, and these leave nothing unsaid. TERRARIUM_BLESS=1 writes it.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { apiFiles, reference, undocumented } from "./testing/api-reference.ts";

const file = new URL("../plugins/api/REFERENCE.md", import.meta.url);

test("every exported type of the plugin API, and every member, has a docstring", () => {
  assert.deepEqual(undocumented(apiFiles()), []);
});

test("plugins/api/REFERENCE.md is up to date", () => {
  const wanted = reference(apiFiles());
  if (process.env.TERRARIUM_BLESS === "1") writeFileSync(file, wanted);
  assert.equal(readFileSync(file, "utf8"), wanted);
});

test("the links of the reference lead to its headings", () => {
  const text = readFileSync(file, "utf8");
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, "")
      .replaceAll(" ", "-"),
  );
  const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1]);
  assert.ok(links.length > 100);
  assert.deepEqual(
    links.filter((link) => headings.filter((heading) => heading === link).length !== 1),
    [],
  );
});
