import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { withAbsolutePaths } from "./configuration.ts";

const home = path.resolve("/ws");
const cases: [name: string, given: Record<string, unknown>, completed: Record<string, unknown>][] = [
  [
    "host paths are taken from the workspace folder, guest paths are left alone",
    { program: "bin/a", root: ".", cwd: "work", output: "out" },
    { program: path.join(home, "bin/a"), root: home, cwd: "work", output: path.join(home, "out") },
  ],
  ["absolute paths stay", { program: path.resolve("/x/a") }, { program: path.resolve("/x/a") }],
  ["what is missing stays missing", { args: [] }, { args: [] }],
  ["wrong types are the adapter's to name", { program: 3, root: "" }, { program: 3, root: "" }],
];
for (const [name, given, completed] of cases)
  test(name, () => assert.deepEqual(withAbsolutePaths(given, home), completed));
