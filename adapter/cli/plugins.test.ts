// Plugins that fail, over the built command line: each is named, the guest's result is what it is without plugins.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { fixturePath, fixtureRuns } from "../../test-fixtures/fixtures.ts";
import { terrarium } from "./testing/terrarium.ts";

const workspace = mkdtempSync(path.join(tmpdir(), "terrarium-plugins-"));
after(() => rmSync(workspace, { recursive: true, force: true }));
mkdirSync(path.join(workspace, ".terrarium/plugins"), { recursive: true });

const program = fixturePath("structs/structs-O0.elf");
const { expected } = fixtureRuns.find((run) => run.program === "structs/structs-O0.elf")!;

const plugin = (name: string, install: string) =>
  `import { definePlugin } from "@terrarium/api";\nexport default definePlugin({ name: "${name}", version: "1.0.0",\n  install(vm) {\n${install}\n} });\n`;

// What it does, its install body, what standard error says. The body begins on line 4.
const failing: [name: string, install: string, message: RegExp][] = [
  [
    "throws-in-install",
    `throw new Error("boom");`,
    /throws-in-install: error: .*install: Error: boom\n.*throws-in-install\.ts:4:/,
  ],
  [
    "throws-in-callback",
    `let n = 0;\nvm.onTranslate((tb) => tb.onExecute(() => {\n  if (++n === 20) throw new Error("boom");\n}));`,
    /throws-in-callback: error: .*onExecute callback: Error: boom\n.*throws-in-callback\.ts:6:/,
  ],
  [
    "throws-in-translation",
    `vm.onTranslate(() => { throw new Error("boom"); });`,
    /throws-in-translation: error: .*Error: boom/,
  ],
  [
    "throws-in-view",
    `vm.views.table("T", () => { throw new Error("boom"); });`,
    /throws-in-view: error: .*Error: boom/,
  ],
  ["hangs-in-install", `for (;;) {}`, /hangs-in-install: error: .*did not return within 2000 ms/],
  [
    "hangs-in-callback",
    `let n = 0;\nvm.onTranslate((tb) => tb.onExecute(() => { if (++n === 20) for (;;) {} }));`,
    /hangs-in-callback: error: .*did not return within/,
  ],
  [
    "hangs-in-access",
    `let n = 0;\nvm.onTranslate((tb) => { for (const i of tb.instructions) i.onMemory(() => { if (++n === 9) for (;;) {} }); });`,
    /hangs-in-access: error: .*did not return within/,
  ],
];

for (const [name, install, message] of failing) {
  test(`a plugin that ${name.replaceAll("-", " ")}`, () => {
    writeFileSync(path.join(workspace, ".terrarium/plugins", `${name}.ts`), plugin(name, install));
    const { status, stdout, stderr } = terrarium(["run", "--plugin", name, "--plugin", "insn", program], {
      cwd: workspace,
      env: { TERRARIUM_PLUGIN_TIME_LIMIT: "2000" },
    });
    assert.match(stderr, message);
    assert.deepEqual({ status, stdout }, { status: expected.status, stdout: expected.stdout });
    assert.match(stderr, /^total +\d+$/m, "the other plugin goes on");
  });
}

const refused: [reference: string, source: string | undefined, message: RegExp][] = [
  ["hotblock", undefined, /there is no plugin "hotblock": did you mean "hotblocks"\?/],
  ["./missing.ts", undefined, /there is no file .*missing\.ts/],
  ["./syntax.ts", `import { definePlugin } from "@terrarium/api";\nlet y = ;\n`, /syntax\.ts:2:9: Unexpected ";"/],
];
for (const [reference, source, message] of refused) {
  test(`--plugin ${reference} is refused`, () => {
    if (source !== undefined) writeFileSync(path.join(workspace, reference), source);
    const { status, stderr } = terrarium(["run", "--plugin", reference, program], { cwd: workspace });
    assert.equal(status, 1);
    assert.match(stderr, message);
  });
}

test("plugins list and plugins check", () => {
  const folder = path.join(workspace, "checked");
  mkdirSync(path.join(folder, ".terrarium/plugins"), { recursive: true });
  const good = plugin("good", `vm.onTranslate((tb) => tb.onExecute(() => {}));`);
  writeFileSync(path.join(folder, ".terrarium/plugins/good.ts"), good);
  writeFileSync(path.join(folder, "wrong.ts"), plugin("wrong", `const text: string = 1; vm.nothing(text);`));
  const listed = terrarium(["plugins"], { cwd: folder });
  assert.equal(listed.status, 0, listed.stderr);
  for (const name of ["bb", "good", "hotblocks", "insn", "mem", "syscall"])
    assert.match(listed.stdout, new RegExp(`^${name} 1\\.0\\.0 `, "m"));
  const checked = terrarium(["plugins", "check", ".terrarium/plugins/good.ts", "wrong.ts"], { cwd: folder });
  assert.equal(checked.status, 1);
  assert.match(checked.stdout, /good\.ts: no problems/);
  assert.match(checked.stdout, /wrong\.ts:4:7: Type 'number' is not assignable to type 'string'/);
  assert.match(checked.stdout, /wrong\.ts:4:28: Property 'nothing' does not exist on type 'Vm</);
});

test("plugins new writes a plugin that runs, and sets up type checking; it writes over nothing", () => {
  const folder = path.join(workspace, "new");
  mkdirSync(folder);
  const made = terrarium(["plugins", "new", "calls"], { cwd: folder });
  assert.deepEqual(made, {
    status: 0,
    stdout: `plugins in .terrarium/plugins are checked against the API, by .terrarium/tsconfig.json
.terrarium/plugins/calls.ts is written: terrarium run --plugin calls PROGRAM
`,
    stderr: "",
  });
  const compiler = fileURLToPath(new URL("../../node_modules/typescript/lib/tsc.js", import.meta.url));
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", ".terrarium"], { cwd: folder, encoding: "utf8" });
  assert.equal(stdout, "");
  const { stderr } = terrarium(["run", "--plugin", "calls", program], { cwd: folder });
  assert.match(stderr, /^Calls \(calls\)\npc +executed/m);
  const again = terrarium(["plugins", "new", "calls"], { cwd: folder });
  assert.equal(again.status, 2);
  assert.match(again.stderr, /\.terrarium\/plugins\/calls\.ts is there already/);
  assert.match(terrarium(["plugins", "new", "Calls"], { cwd: folder }).stderr, /Small letters, digits and hyphens/);
});
