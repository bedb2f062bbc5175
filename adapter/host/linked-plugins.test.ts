// Plugins of a workspace that use each other, from their files to a run of the command line; and what is said of those
// that cannot be put together.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fixturePath } from "../../test-fixtures/fixtures.ts";
import { terrarium } from "../cli/testing/terrarium.ts";
import { checkPlugin, formatDiagnostic } from "./plugin-check.ts";
import { evaluatePlugin, loadPlugin, loadPlugins } from "./plugin-loader.ts";

const workspaces: string[] = [];
after(() => {
  for (const workspace of workspaces) rmSync(workspace, { recursive: true });
});

/** A folder with these files in `.terrarium/plugins`. */
function workspaceWith(plugins: Readonly<Record<string, string>>): string {
  const workspace = mkdtempSync(path.join(tmpdir(), "terrarium-linked-"));
  workspaces.push(workspace);
  for (const [name, text] of Object.entries(plugins)) {
    const file = path.join(workspace, ".terrarium/plugins", `${name}.ts`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return workspace;
}

const program = fixturePath("reference/accesses.elf");
const run = (workspace: string, ...plugins: string[]) =>
  terrarium(["run", ...plugins.flatMap((name) => ["--plugin", name]), program], { cwd: workspace });

/** Counts system calls, and says when one returns: the machine is only asked while somebody listens. */
const kernel = `import { definePlugin, event } from "@terrarium/api";
export interface Returned { readonly name: string; readonly result: bigint }
export default definePlugin({
  name: "kernel",
  version: "1.3.0",
  events: { returned: event<Returned>("A system call has returned") },
  install(vm) {
    const { returned } = vm.events;
    const names = new Map<string, number>();
    returned.onListeners((listeners) => vm.log(\`\${listeners} listen\`));
    vm.onSyscallReturn(({ name = "?", result }) => {
      names.set(name, (names.get(name) ?? 0) + 1);
      returned.emit({ name, result });
    });
    return { calls: (name: string): number => names.get(name) ?? 0 };
  },
});
`;

/** Counts blocks, by what the kernel said last. */
const phases = `import { definePlugin, event, use } from "@terrarium/api";
import type kernel from "./kernel.ts";
export default definePlugin({
  name: "phases",
  version: "2.0.1",
  uses: { kernel: use<typeof kernel>("^1.2") },
  events: { began: event<{ phase: string }>("A phase began") },
  install(vm, _options, { kernel }) {
    const blocks = vm.counters<string>("blocks");
    let phase = "start";
    vm.onTranslate((tb) => tb.onExecute(() => void blocks.at(phase).value++));
    kernel.on("returned", ({ name }) => {
      phase = name;
      vm.events.began.emit({ phase });
    });
    return { phases: () => blocks.entries().map(([name]) => name), total: () => blocks.total() };
  },
});
`;

const summary = `import { definePlugin, use } from "@terrarium/api";
import type kernel from "./kernel.ts";
import type phases from "./phases.ts";
export default definePlugin({
  name: "summary",
  version: "1.0.0",
  uses: { phases: use<typeof phases>("2.x"), kernel: use<typeof kernel>(">=1.3 <2") },
  install(vm, _options, { phases, kernel }) {
    const seen: string[] = [];
    phases.on("began", ({ phase }) => seen.push(phase));
    kernel.on("returned", ({ result }) => seen.push(result.toString()));
    vm.views.table("Summary", () => [
      { what: "seen", value: seen.join(" ") },
      { what: "phases", value: phases.exports.phases().join(" ") },
      { what: "writes", value: kernel.exports.calls("write") },
      { what: "blocks", value: phases.exports.total() },
      { what: "versions", value: \`\${kernel.version} \${phases.version}\` },
    ]);
  },
});
`;

test("three plugins in a chain: exports and events across files, loaded by the name of the last", () => {
  const workspace = workspaceWith({ kernel, phases, summary });
  const { stdout, stderr, status } = run(workspace, "summary");
  assert.deepEqual([stdout, status], ["accesses\n", 79]);
  assert.equal(
    stderr,
    `terrarium: kernel: 1 listen
terrarium: kernel: 2 listen
Summary (summary)
what      value
--------  -----------
seen      write 9
phases    start write
writes    1
blocks    3
versions  1.3.0 2.0.1
`,
  );
});

test("types reach across the files of plugins", async () => {
  const workspace = workspaceWith({ kernel, phases, summary });
  const file = path.join(workspace, ".terrarium/plugins/summary.ts");
  const complaints = async () => (await checkPlugin(file)).map((found) => formatDiagnostic(found).replace(file, ""));
  assert.deepEqual(await complaints(), []);
  writeFileSync(
    file,
    summary
      .replace('"began", ({ phase })', '"begun", ({ phase })')
      .replace("({ result }) => seen.push(result.toString())", "({ result }) => seen.push(result)")
      .replace('calls("write")', "calls(64)"),
  );
  assert.deepEqual(await complaints(), [
    `:10:15: Argument of type '"begun"' is not assignable to parameter of type '"began"'.`,
    ":11:53: Argument of type 'bigint' is not assignable to parameter of type 'string'.",
    ":15:53: Argument of type 'number' is not assignable to parameter of type 'string'.",
  ]);
});

test("a plugin of the workspace uses one that ships, by its types", async () => {
  const deepest = `import { definePlugin, use } from "@terrarium/api";
import type callstack from "@terrarium/plugins/callstack";
export default definePlugin({
  name: "deepest",
  version: "1.0.0",
  uses: { callstack: use<typeof callstack>("^1.0") },
  install(vm, _options, { callstack }) {
    let deepest = 0;
    callstack.on("call", ({ depth }) => (deepest = Math.max(deepest, depth)));
    vm.views.table("Deepest", () => [{ calls: deepest, active: callstack.exports.callers().length }]);
  },
});
`;
  const workspace = workspaceWith({ deepest, wrong: deepest.replace("{ depth }", "{ dept }") });
  const [right, wrong] = ["deepest", "wrong"].map((name) => path.join(workspace, `.terrarium/plugins/${name}.ts`));
  assert.deepEqual(await checkPlugin(right), []);
  assert.deepEqual(
    (await checkPlugin(wrong)).map(({ text }) => text),
    ["Property 'dept' does not exist on type 'Call'.", "Cannot find name 'depth'. Did you mean 'dept'?"],
  );
  const recursion = fixturePath("recursion/recursion.elf");
  const { stderr } = terrarium(["run", "--plugin", "deepest", recursion, "6"], { cwd: workspace });
  assert.equal(stderr, "Deepest (deepest)\ncalls  active\n-----  ------\n   63       3\n");
});

test("a plugin is not imported as a value, whatever its file looks like", async () => {
  const plugin = 'definePlugin({ name: "other-one", version: "1.0.0", install() {} })';
  const others = {
    "other-one": `import { definePlugin } from "@terrarium/api";\nexport default ${plugin};\n`,
    named: `import { definePlugin } from "@terrarium/api";\nconst made = ${plugin};\nexport default made;\n`,
    listed: `import { definePlugin } from "@terrarium/api";\nconst made = ${plugin};\nexport { made as default };\n`,
  };
  const using = (specifier: string) => `import { definePlugin, use } from "@terrarium/api";
import other from "${specifier}";
export default definePlugin({ name: "x", version: "1.0.0", description: other.name, install() {} });
`;
  const cases: [specifier: string, variable: string, key: string][] = [
    ["./other-one.ts", "otherOne", '"other-one"'],
    ["./named", "named", "named"],
    ["./listed.js", "listed", "listed"],
    ["@terrarium/plugins/hotblocks", "hotblocks", "hotblocks"],
  ];
  for (const [specifier, variable, key] of cases) {
    const workspace = workspaceWith({ ...others, x: using(specifier) });
    const file = path.join(workspace, ".terrarium/plugins/x.ts");
    await assert.rejects(loadPlugin({ reference: "x", options: {} }, { workspace }), {
      message: `${file}:2:19: "${specifier}" is a plugin, and a copy of it would be made: write \`import type ${variable} from "${specifier}"\` and \`uses: { ${key}: use<typeof ${variable}>("^1.0") }\``,
    });
  }
});

test("what @terrarium/api gives at run time is the same in a workspace plugin as in the package", async () => {
  const workspace = workspaceWith({
    all: `import * as api from "@terrarium/api";
export default { names: Object.keys(api), made: [api.definePlugin({ name: "x" } as never), api.event("e"), api.use("*")] };
`,
  });
  const api = await import("../../plugins/api/index.ts");
  const [loaded] = await loadPlugins([{ reference: "all", options: {} }], { workspace }, assert.fail);
  const { definition } = evaluatePlugin(loaded, assert.fail) ?? {};
  assert.deepEqual(JSON.parse(JSON.stringify(definition)), {
    names: Object.keys(api),
    made: [{ name: "x" }, "e", "*"],
  });
});

const plain = (name: string, uses = "{}", version = "1.0.0") => `import { definePlugin } from "@terrarium/api";
export default definePlugin({ name: "${name}", version: "${version}", uses: ${uses},
  install: (vm) => vm.views.table("There", () => [{ there: "${name}" }]) });
`;

/** What is wrong, the plugins asked for, and what is said: `{FOLDER}` is that of the plugins. */
const faults: [what: string, files: Record<string, string>, asked: string[], said: string[]][] = [
  [
    "a version that does not fit",
    { lib: plain("lib", "{}", "1.1.0"), user: plain("user", '{ lib: "^1.2" }') },
    ["user"],
    ['terrarium: user: error: it uses plugin "lib" ^1.2, and version 1.1.0 is there (from lib)'],
  ],
  [
    "a plugin that is not there",
    { library: plain("library"), user: plain("user", '{ libary: "^1.0" }') },
    ["user", "library"],
    [
      'terrarium: user: error: it uses plugin "libary" ^1.0, and there is no plugin of this name: did you mean "library"?',
    ],
  ],
  [
    "plugins that use each other",
    {
      one: plain("one", '{ two: "*" }'),
      two: plain("two", '{ three: "*" }'),
      three: plain("three", '{ one: "*" }'),
    },
    ["one"],
    ["one", "two", "three"].map(
      (name) => `terrarium: ${name}: error: plugins use each other: one -> two -> three -> one`,
    ),
  ],
  [
    "two plugins of one name",
    { a: plain("same"), b: plain("same", "{}", "2.0.0") },
    ["a", "b"],
    [
      'terrarium: b: error: a plugin named "same" is there already: version 1.0.0 from a, and this is version 2.0.0 from b',
    ],
  ],
  [
    "a plugin that uses one which cannot be installed",
    { lib: plain("lib", '{ nowhere: "^1.0" }'), user: plain("user", '{ lib: "^1.0" }') },
    ["user"],
    [
      'terrarium: user: error: it uses plugin "lib", which cannot be installed: it uses plugin "nowhere" ^1.0, and there is no plugin of this name: known are user, insn',
      'terrarium: lib: error: it uses plugin "nowhere" ^1.0, and there is no plugin of this name: known are user, insn',
    ],
  ],
];
for (const [what, files, asked, said] of faults)
  test(`the guest runs without ${what}`, () => {
    const { stdout, stderr, status } = run(workspaceWith(files), ...asked, "insn");
    assert.deepEqual([stdout, status], ["accesses\n", 79]);
    assert.deepEqual(
      stderr.split("\n").filter((line) => line.includes(": error: ")),
      said,
    );
    assert.match(stderr, /^total +83$/m);
  });
