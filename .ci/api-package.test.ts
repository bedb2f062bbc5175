// The package @terrarium/api, as the build makes it: packed, installed into a folder that has nothing else, used.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { API_VERSION } from "../emulator/instrument/definition-check.ts";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(path.join(tmpdir(), "terrarium-api-package-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, args: readonly string[]): string {
  // npm is a script of the shell's on Windows.
  const shell = process.platform === "win32";
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8", shell });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

/** TypeScript's complaints about the files there. */
function typecheck(options: Record<string, unknown>, ...files: string[]): string[] {
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files }));
  const compiler = path.join(root, "node_modules/typescript/lib/tsc.js");
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", "."], { cwd: folder, encoding: "utf8" });
  return stdout.split("\n").filter((line) => line !== "");
}

const readme = readFileSync(path.join(root, "plugins/api/README.md"), "utf8");
const listing = (language: string) => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "s").exec(readme)![1];
let packed: { name: string; version: string; filename: string; files: { path: string }[] };

before(() => {
  const api = path.join(root, "dist/api");
  [packed] = JSON.parse(run("npm", ["pack", api, "--json", "--offline"])) as [typeof packed];
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }');
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${packed.filename}`]);
});

test("it holds the declarations of the API and of every plugin that ships, and nothing that makes them", () => {
  assert.deepEqual([packed.name, packed.version], ["@terrarium/api", API_VERSION]);
  const sourcesIn = (of: string) =>
    readdirSync(path.join(root, of)).filter((file) => /(?<!\.test(-d)?)\.ts$/.test(file));
  const declarations = (of: string, to: string) => sourcesIn(of).map((file) => to + file.replace(/\.ts$/, ".d.ts"));
  const wanted = [
    ...["LICENSE", "README.md", "REFERENCE.md", "index.js", "index.mjs", "package.json"],
    ...declarations("plugins/api", ""),
    ...declarations("plugins", "plugins/"),
  ];
  const files = packed.files.map((file) => file.path).filter((file) => !file.startsWith("plugins/support/"));
  assert.deepEqual(files.sort(), wanted.sort());
});

test("it says where its files are, needs no other package, and names no host", () => {
  const installed = path.join(folder, "node_modules/@terrarium/api");
  const manifest = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8")) as Record<string, unknown>;
  assert.equal(manifest.license, "MIT");
  assert.equal(manifest.types, "./index.d.ts");
  assert.deepEqual(
    ["dependencies", "peerDependencies", "repository", "homepage", "publishConfig", "scripts"].filter(
      (field) => field in manifest,
    ),
    [],
  );
});

const reading: [name: string, options: Record<string, unknown>][] = [
  ["bundler", { module: "esnext", moduleResolution: "bundler" }],
  ["Node, ES modules", { module: "node16", moduleResolution: "node16" }],
];
for (const [name, options] of reading)
  test(`a plugin is type-checked against it, declarations and all (${name})`, () => {
    writeFileSync(path.join(folder, "right.mts"), listing("ts"));
    writeFileSync(path.join(folder, "wrong.mts"), listing("ts").replace("vm.counter(", "vm.counts("));
    const strict = { strict: true, noEmit: true, types: [], lib: ["es2023"], target: "es2022", skipLibCheck: false };
    const faults = typecheck({ ...options, ...strict }, "right.mts", "wrong.mts");
    assert.equal(faults.length, 1, faults.join("\n"));
    assert.match(faults[0], /^wrong\.mts\(9,25\): error TS2551: Property 'counts' does not exist on type 'Vm/);
  });

test("with the lines of its README the types of shipped plugins are found", () => {
  const { compilerOptions } = JSON.parse(listing("json")) as { compilerOptions: Record<string, unknown> };
  writeFileSync(
    path.join(folder, "uses.ts"),
    `import { definePlugin, use } from "@terrarium/api";
import type hotblocks from "@terrarium/plugins/hotblocks";
type Limit = NonNullable<(typeof hotblocks)["options"]>["limit"]["default"];
const limit: Limit = 21;
export default definePlugin({
  name: "uses",
  version: "1.0.0",
  uses: { hotblocks: use<typeof hotblocks>("^1.0") },
  install: (vm, _options, { hotblocks }) => vm.log(hotblocks.version + limit),
});
`,
  );
  const options = { ...compilerOptions, noEmit: true, types: [], lib: ["es2023"], target: "es2022" };
  assert.deepEqual(typecheck(options, "uses.ts"), [
    "uses.ts(4,7): error TS2322: Type '21' is not assignable to type '20'.",
  ]);
});

test("what a plugin calls is there at run time, for import and for require", () => {
  mkdirSync(path.join(folder, "used"), { recursive: true });
  const use = `const made = definePlugin({ name: "x", events: { e: event("An event") }, uses: { y: use("^1.0") } });
console.log(JSON.stringify(made));\n`;
  writeFileSync(path.join(folder, "used/a.mjs"), `import { definePlugin, event, use } from "@terrarium/api";\n${use}`);
  writeFileSync(
    path.join(folder, "used/b.cjs"),
    `const { definePlugin, event, use } = require("@terrarium/api");\n${use}`,
  );
  for (const file of ["used/a.mjs", "used/b.cjs"])
    assert.equal(run(process.execPath, [file]), '{"name":"x","events":{"e":"An event"},"uses":{"y":"^1.0"}}\n');
});
