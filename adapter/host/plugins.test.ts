// Plugins from file to session: found, compiled, evaluated, run; and what is said of those that cannot be.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { riscv64 } from "../../emulator/guest/riscv/index.ts";
import { MemoryDoor } from "../../emulator/machine/door/memory-door.ts";
import { readFixture } from "../../test-fixtures/fixtures.ts";
import { compileModule } from "./engine-flags.ts";
import { checkPlugin, formatDiagnostic } from "./plugin-check.ts";
import { evaluatePlugin, listPlugins, loadPlugin, type PluginPlaces } from "./plugin-loader.ts";
import { newPluginSource, pluginFile } from "./plugin-workspace.ts";

process.env.TERRARIUM_PLUGIN_TIME_LIMIT = "1000";
const { Session } = await import("./session.ts");

const workspace = mkdtempSync(path.join(tmpdir(), "terrarium-plugins-test-"));
after(() => rmSync(workspace, { recursive: true }));
const places: PluginPlaces = { workspace, cacheFolder: path.join(workspace, "cache") };

function write(name: string, text: string): string {
  const file = path.join(workspace, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const inDefinition = (install: string) => `import { definePlugin } from "@terrarium/api";
export default definePlugin({
  name: "test",
  version: "1.0.0",
  install(vm) {
    ${install}
  },
});
`;

/** What the session says and gives when the program runs with the plugin. */
async function runWith(reference: string, engine: "interpreter" | "jit" = "interpreter", program = "faults") {
  const log: string[] = [];
  const session = new Session(
    {
      guestName: riscv64.name,
      program: readFixture(`reference/${program}.elf`),
      programName: program,
      args: [],
      env: [],
      root: undefined,
      writable: false,
      cwd: "/",
      engine,
      stopOnSignals: false,
      terminal: false,
      plugins: [await loadPlugin({ reference, options: {} }, places)],
    },
    new MemoryDoor(),
    (level, source, text) => log.push(`${level} ${source}: ${text}`),
    compileModule,
  );
  for (let slices = 0; slices < 100; slices++) {
    const stop = session.runSlice();
    if (stop.kind === "exited")
      return { log, views: session.views(), status: stop.status, instructions: session.machine.instructionCount() };
  }
  throw new Error("the program does not end");
}

const loadErrors: {
  name: string;
  reference: string;
  files?: Record<string, string>;
  message: RegExp;
  trusted?: boolean;
}[] = [
  { name: "unknown", reference: "hotblock", message: /^there is no plugin "hotblock": did you mean "hotblocks"\?$/ },
  { name: "no file", reference: "./nope.ts", message: /^plugin "\.\/nope\.ts": there is no file .*nope\.ts$/ },
  { name: "a folder", reference: "./folder.ts", files: { "folder.ts/x": "" }, message: /folder\.ts is not a file$/ },
  {
    name: "a syntax error",
    reference: "./syntax.ts",
    files: { "syntax.ts": "export default {\n  name: 'x' oops\n};\n" },
    message: /^\/.*\/syntax\.ts:2:13: Expected "}" but found "oops"$/,
  },
  {
    name: "a module of the host",
    reference: "./fs.ts",
    files: { "fs.ts": 'import fs from "node:fs";\nexport default fs;\n' },
    message: /fs\.ts:1:16: "node:fs" cannot be imported: a plugin has @terrarium\/api and the files beside it$/,
  },
  {
    name: "a file outside the workspace",
    reference: "./outside.ts",
    files: { "outside.ts": 'import x from "../../../etc/passwd";\nexport default x;\n' },
    message: /outside\.ts:1:15: "\.\.\/\.\.\/\.\.\/etc\/passwd" (lies outside|is not there)/,
  },
  {
    name: "an untrusted workspace",
    reference: "./syntax.ts",
    trusted: false,
    message: /^plugin "\.\/syntax\.ts" is not run: it belongs to the workspace, which is not trusted$/,
  },
];

for (const { name, reference, files = {}, message, trusted } of loadErrors)
  test(`a plugin that cannot be loaded: ${name}`, async () => {
    for (const [file, text] of Object.entries(files)) write(file, text);
    await assert.rejects(loadPlugin({ reference, options: {} }, { ...places, trusted }), { message });
  });

test("a plugin of the workspace is found by name, compiled with its imports, and compiled again when one changes", async () => {
  const plugin = (value: string) => ({
    ".terrarium/plugins/mine.ts": `import { value } from "./parts/value.ts";
import { definePlugin } from "@terrarium/api";
export default definePlugin({ name: "mine", version: "1.0.0", description: value, install() {} });
`,
    ".terrarium/plugins/parts/value.ts": `export const value: string = "${value}";\n`,
  });
  for (const value of ["first", "first", "second"]) {
    for (const [file, text] of Object.entries(plugin(value))) write(file, text);
    const loaded = await loadPlugin({ reference: "mine", options: { a: 1 } }, places);
    const { definition } = evaluatePlugin(structuredClone(loaded), assert.fail) ?? {};
    assert.equal((definition as { description: string }).description, value);
    assert.deepEqual(loaded.options, { a: 1 });
  }
});

const shippedNames = readdirSync(fileURLToPath(new URL("../../plugins", import.meta.url)))
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => file.slice(0, -3))
  .sort();

test("shipped plugins and those of the workspace are listed; a broken one with its fault", async () => {
  write(".terrarium/plugins/broken.ts", "export default 1;\n");
  const listed = await listPlugins(places);
  assert.deepEqual(
    listed.filter(({ origin }) => origin === "shipped").map(({ name, fault }) => [name, fault]),
    shippedNames.map((name) => [name, undefined]),
  );
  assert.match(listed.find(({ name }) => name === "broken")?.fault ?? "", /the default export must be a plugin/);
});

test("what a plugin throws is told with its own lines", async () => {
  write(
    "throws.ts",
    inDefinition(
      'interface Lost { type: string }\n    const fail = (): Lost => {\n      throw new TypeError("oh");\n    };\n    fail();',
    ),
  );
  const { log, status } = await runWith("./throws.ts");
  const file = path.join(workspace, "throws.ts");
  assert.deepEqual(log, [
    `error test: the plugin is removed: install: TypeError: oh\n    at fail (${file}:8:13)\n    at Object.install (${file}:10:5)`,
  ]);
  assert.equal(status, 139);
});

// In a process of its own: the test runner watches every promise, and takes every rejection for its own.
const promises = [
  {
    name: "that is rejected is told of, and does not end the process",
    plugin: "async () => { await null; throw new Error('late'); }",
    said: /^Error: late\n {4}at .*mine\.ts:1:\d+\)?\nstill here\n$/,
  },
  {
    name: "whose continuation never returns is given up",
    plugin: "async () => { await null; for (;;); }",
    said: /^what waited for a promise did not return within 2000 ms\nstill here\n$/,
  },
];

for (const { name, plugin, said } of promises)
  test(`a promise ${name}`, () => {
    const script = `
      import { evaluateScript } from ${JSON.stringify(new URL("./plugin-sandbox.ts", import.meta.url).href)};
      const plugin = evaluateScript("module.exports = { default: ${plugin} };", "mine.ts", console.log);
      plugin.whenRejected((error) => console.log(plugin.describeError(error)));
      plugin.definition();
      try { plugin.runPending(); } catch (error) { console.log(error.message); }
      setTimeout(() => console.log("still here"), 10);
    `;
    const args = ["--import", "tsx", "--input-type=module", "--eval", script];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.deepEqual([stderr, status], ["", 0]);
    assert.match(stdout, said);
  });

test("a plugin has the language, a console, and nothing of the host", async () => {
  write(
    "sandbox.ts",
    inDefinition(`
    console.log(typeof process, typeof require, typeof setTimeout, typeof fetch, typeof Buffer, typeof module);
    const attempts: (() => unknown)[] = [
      () => vm.log.constructor("return process")(),
      () => (vm as any).constructor.constructor("return process")(),
      () => vm.registers.map.constructor("return process")(),
      () => new Function("return 1")(),
      () => eval("1"),
      () => new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
    ];
    for (const attempt of attempts) try { console.log("got", attempt()); } catch (error) { console.log(error.name); }`),
  );
  const { log } = await runWith("./sandbox.ts");
  const errors = ["EvalError", "EvalError", "EvalError", "EvalError", "EvalError", "CompileError"];
  assert.deepEqual(log, [
    "info ./sandbox.ts: undefined undefined undefined undefined undefined object",
    ...errors.map((name) => `info ./sandbox.ts: ${name}`),
  ]);
});

const hangs: Record<string, string> = {
  "its top level": "for (;;);",
  install: inDefinition("for (;;);"),
  "an onTranslate callback": inDefinition("vm.onTranslate(() => { for (;;); });"),
  "an onExecute callback": inDefinition(
    "let n = 0; vm.onTranslate((tb) => tb.onExecute(() => { if (n++ === 4) for (;;); }));",
  ),
  "an onMemory callback": inDefinition(
    "vm.onTranslate((tb) => { for (const i of tb.instructions) i.onMemory((a) => { while (a.value === 6n); }); });",
  ),
  "an onExecuted callback": inDefinition(
    'let n = 0; vm.onTranslate((tb) => { for (const i of tb.instructions) i.onExecuted(() => { if (i0 === "c.addi" && n++ === 4) for (;;); }); const i0 = tb.instructions[3]?.mnemonic; });',
  ),
  "a view": inDefinition('vm.views.table("t", () => { for (;;); });'),
};

const calledByGuestCode = ["an onExecute callback", "an onMemory callback", "an onExecuted callback"];

for (const [where, source] of Object.entries(hangs))
  for (const engine of calledByGuestCode.includes(where) ? (["interpreter", "jit"] as const) : (["jit"] as const))
    test(`a plugin that never returns from ${where} is removed, and the guest goes on (${engine})`, async () => {
      write("hangs.ts", source);
      const { log, status, instructions, views } = await runWith("./hangs.ts", engine);
      assert.equal(log.length, 1);
      assert.match(
        log[0],
        /^error (test|\.\/hangs\.ts): the plugin (is removed|cannot be loaded): .*did not return within \d+ ms$/,
      );
      assert.deepEqual([status, instructions], [139, 55n]);
      assert.deepEqual(views, []);
    });

for (const engine of ["interpreter", "jit"] as const)
  test(`an atomic whose callback never returns is not carried out again (${engine})`, async () => {
    const source =
      'vm.onTranslate((tb) => { for (const i of tb.instructions) if (i.kind === "atomic") i.onMemory((a) => { if (a.isStore) for (;;); }); });';
    write("hangs.ts", inDefinition(source));
    const { log, status, instructions } = await runWith("./hangs.ts", engine, "accesses");
    assert.match(log.join(), /^error test: the plugin is removed: did not return within 1000 ms$/);
    assert.deepEqual([status, instructions], [79, 83n]);
  });

for (const event of ["onSyscall", "onSyscallReturn", "onExit"])
  test(`a plugin that never returns from ${event} is removed, and the call is carried out once`, async () => {
    write("hangs.ts", inDefinition(`vm.${event}(() => { for (;;); });`));
    const { log, status, instructions } = await runWith("./hangs.ts", "interpreter", "accesses");
    assert.deepEqual(log, ["error test: the plugin is removed: did not return within 1000 ms"]);
    assert.deepEqual([status, instructions], [79, 83n]);
  });

test("checking a plugin: types, then what it exports", async () => {
  const cases: { source: string; found: RegExp[] }[] = [
    { source: newPluginSource("fresh"), found: [] },
    {
      source: inDefinition(
        'vm.onTranslate((tb) => tb.onExecute(() => {}, { registers: ["a9"] }));\n    setTimeout(() => {}, 1);',
      ),
      found: [
        /:6:\d+: Type '"a9"' is not assignable to type 'RegisterReference'\.$/,
        /:7:5: Cannot find name 'setTimeout'/,
      ],
    },
    { source: inDefinition("").replace('"1.0.0"', '"one"'), found: [/`version` must be a semantic version/] },
  ];
  for (const { source, found } of cases) {
    const file = write("check.ts", source);
    const lines = (await checkPlugin(file, places)).map(formatDiagnostic);
    assert.equal(lines.length, found.length, lines.join("\n"));
    lines.forEach((line, i) => {
      assert.match(line, found[i]);
    });
  }
  assert.equal(pluginFile("fresh"), ".terrarium/plugins/fresh.ts");
});
