// Whole sessions over the built bundle: the adapter as a process, the emulator on its thread, a DAP client outside.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { DebugClient } from "@vscode/debugadapter-testsupport";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { fixturePath, markedLine } from "../../test-fixtures/fixtures.ts";
import { bundle } from "../cli/testing/terrarium.ts";
import type { PluginsResult } from "../dap/plugins-protocol.ts";
import type { ViewsEventBody } from "../dap/views-protocol.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "terrarium-sessions-"));
let server: ChildProcess;
let port: number;
let client: DebugClient;
let output: string;
let views: ViewsEventBody | undefined;

before(async () => {
  server = spawn(process.execPath, [bundle, "dap", "--port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, TERRARIUM_PLUGIN_TIME_LIMIT: "2000" },
  });
  const [greeting] = (await once(server.stderr!, "data")) as [Buffer];
  port = Number(/:(\d+)\s*$/.exec(String(greeting))![1]);
});
after(() => {
  server.kill();
  rmSync(scratch, { recursive: true, force: true });
});
beforeEach(async () => {
  client = new DebugClient("", "", "terrarium");
  client.defaultTimeout = 20_000;
  output = "";
  views = undefined;
  client.on("output", ({ body }: DebugProtocol.OutputEvent) => {
    output += body.output;
  });
  client.on("terrarium.views", ({ body }: { body: ViewsEventBody }) => {
    views = body;
  });
  await client.start(port);
});
afterEach(() => client.stop());

/** Launches and configures; resolves when the guest runs. */
async function launch(
  configuration: Record<string, unknown>,
  breakpoints: Record<string, number[]> = {},
): Promise<void> {
  await client.initializeRequest();
  const initialized = client.waitForEvent("initialized");
  const launched = client.launchRequest(configuration as unknown as DebugProtocol.LaunchRequestArguments);
  await Promise.race([initialized, launched]);
  for (const [source, lines] of Object.entries(breakpoints))
    await client.setBreakpointsRequest({ source: { path: source }, breakpoints: lines.map((line) => ({ line })) });
  await client.configurationDoneRequest();
  await launched;
}

/** Resolves when output holds the text. */
async function said(text: string): Promise<void> {
  while (!output.includes(text)) await client.waitForEvent("output");
}

const stopped = () => client.waitForEvent("stopped") as Promise<DebugProtocol.StoppedEvent>;
const exited = () => client.waitForEvent("exited") as Promise<DebugProtocol.ExitedEvent>;
const pluginFile = (name: string, install: string): string => {
  const file = path.join(scratch, `${name}.ts`);
  const source = `import { definePlugin } from "@terrarium/api";\nexport default definePlugin({ name: "${name}", version: "1.0.0", install(vm) {\n${install}\n} });\n`;
  writeFileSync(file, source);
  return file;
};

test("a running guest is paused, looked at, and goes on", async () => {
  await launch({ program: fixturePath("reference/mixed-600.elf"), plugins: { insn: true } });
  while (!views?.running || views.instructions === "0") await client.waitForEvent("terrarium.views");
  const paused = stopped();
  await client.pauseRequest({ threadId: 1 });
  assert.match(JSON.stringify((await paused).body), /pause/);
  const { body } = await client.stackTraceRequest({ threadId: 1 });
  assert.match(body.stackFrames[0].name, /\w+/);
  const first = BigInt(views!.instructions);
  assert.ok(first > 0n);
  const again = client.waitForEvent("terrarium.views");
  await client.continueRequest({ threadId: 1 });
  await again;
  assert.ok(BigInt(views!.instructions) >= first);
});

test("a plugin stops the guest before an instruction, is named with its reason, and the guest goes on from there", async () => {
  const stop = stopped();
  await launch({ program: fixturePath("structs/structs-O0.elf"), plugins: { stoptrigger: { symbol: "main" } } });
  const { body } = await stop;
  assert.equal(body.description, "Paused by plugin stoptrigger");
  assert.equal(body.text, "stoptrigger: at main");
  const { stackFrames } = (await client.stackTraceRequest({ threadId: 1 })).body;
  assert.equal(stackFrames[0].name, "main");
  const end = exited();
  await client.continueRequest({ threadId: 1 });
  assert.equal((await end).body.exitCode, 8);
});

test("views are refreshed while the guest runs", async () => {
  await launch({ program: fixturePath("reference/mixed-600.elf"), plugins: { insn: true } });
  while (!views?.running || views.instructions === "0") await client.waitForEvent("terrarium.views");
  const at = BigInt(views.instructions);
  while (!views.running || BigInt(views.instructions) <= at) await client.waitForEvent("terrarium.views");
});

test("a guest that waits for input gets it from the console, and can be paused meanwhile", async () => {
  await launch({ program: fixturePath("echo/echo.elf"), args: ["x"] });
  const paused = stopped();
  await client.pauseRequest({ threadId: 1 });
  await paused;
  await client.continueRequest({ threadId: 1 });
  await client.evaluateRequest({ expression: "typed by hand", context: "repl" });
  await said("typed by hand");
  const end = exited();
  await client.evaluateRequest({ expression: ":eof", context: "repl" });
  assert.equal((await end).body.exitCode, 1);
});

test("restart runs the same program again, breakpoints kept", async () => {
  const source = fixturePath("structs/structs.c");
  const line = markedLine("structs/structs.c", "main");
  const hit = stopped();
  await launch({ program: fixturePath("structs/structs-O0.elf") }, { [source]: [line] });
  assert.equal((await hit).body.reason, "breakpoint");
  const again = stopped();
  await client.customRequest("restart", {});
  assert.equal((await again).body.reason, "breakpoint");
  const { body } = await client.stackTraceRequest({ threadId: 1 });
  assert.equal(body.stackFrames[0].line, line);
  const end = exited();
  await client.continueRequest({ threadId: 1 });
  assert.equal((await end).body.exitCode, 8);
});

test("a wild access stops at the instruction, with the reason, before the guest dies", async () => {
  const hit = stopped();
  await launch({ program: fixturePath("crash/crash.elf") });
  assert.equal((await hit).body.reason, "exception");
  const { body } = await client.customRequest("exceptionInfo", { threadId: 1 });
  assert.match((body as { description: string }).description, /SIGSEGV at 0x[0-9a-f]+: .*0x/);
  const end = exited();
  await client.continueRequest({ threadId: 1 });
  assert.equal((await end).body.exitCode, 139);
});

test("a plugin that never returns is removed, and the session lives on", async () => {
  const file = pluginFile(
    "endless",
    "let n = 0;\nvm.onTranslate((tb) => tb.onExecute(() => { if (++n === 50) for (;;) {} }));",
  );
  const end = exited();
  await launch({ program: fixturePath("structs/structs-O0.elf"), plugins: { [file]: true, bb: true } });
  assert.equal((await end).body.exitCode, 8);
  assert.match(output, /endless.*did not return within 2000 ms/s);
  assert.deepEqual(
    views!.views.map((view) => view.plugin),
    ["bb"],
  );
});

test("a plugin that does not compile is reported with its line, and the session goes on without it", async () => {
  const file = pluginFile("broken", "let y = ;");
  const end = exited();
  await launch({ program: fixturePath("structs/structs-O0.elf"), plugins: { [file]: true, nosuch: {} } });
  assert.equal((await end).body.exitCode, 8);
  assert.match(output, /broken\.ts:3:9: Unexpected ";"/);
  assert.match(output, /there is no plugin "nosuch"/);
});

const rejected: [name: string, configuration: Record<string, unknown>, message: RegExp][] = [
  ["no program", {}, /`program` is missing/],
  ["args of the wrong type", { program: "x", args: 3 }, /`args` must be an array of strings, got a number/],
  [
    "a plugin switched by a string",
    { program: "x", plugins: { bb: "yes" } },
    /`plugins\.bb` must be true, false or an object/,
  ],
  ["a program that is not there", { program: "/nowhere/x.elf" }, /\/nowhere\/x\.elf: no such file/],
  ["a program that is no ELF file", { program: fixturePath("structs/structs.c") }, /structs\.c: .*not an ELF file/],
];
for (const [name, configuration, message] of rejected) {
  test(`launch with ${name} is refused with the reason`, async () => {
    await client.initializeRequest();
    await assert.rejects(
      client.launchRequest(configuration as unknown as DebugProtocol.LaunchRequestArguments),
      (error: Error) => message.test(error.message),
    );
  });
}

// Plugins of a running session, and what is left of them when it ends.

/** Records every block; says at the end how many it was told of, into a file too. */
const recorder = () =>
  pluginFile(
    "recorder",
    `const file = vm.file("recorder.txt");
let records = 0;
const trace = vm.buffer("blocks", { fields: { pc: "u32" }, deliver: ({ length }) => { records += length; } });
vm.onTranslate((tb) => tb.inline.append(trace, { pc: tb.vaddr }));
vm.onExit(({ signal }) => file.write(\`\${trace.appended} \${records} \${signal}\\n\`));
vm.views.table("Records", () => [{ appended: trace.appended, records }]);`,
  );

const endings: Record<string, { program: string; end(): Promise<unknown>; signal: string }> = {
  disconnect: { program: "bench/sieve.elf", end: () => client.disconnectRequest(), signal: "undefined" },
  terminate: { program: "bench/sieve.elf", end: () => client.terminateRequest(), signal: "undefined" },
  restart: {
    program: "bench/sieve.elf",
    end: () => client.customRequest("restart"),
    signal: "undefined",
  },
  "a crash": {
    program: "reference/faults.elf",
    end: () => stopped().then(() => client.disconnectRequest()),
    signal: "undefined",
  },
  "a crash that is continued": {
    program: "reference/faults.elf",
    end: () => stopped().then(() => Promise.all([exited(), client.continueRequest({ threadId: 1 })])),
    signal: "SIGSEGV",
  },
};

for (const [name, { program, end, signal }] of Object.entries(endings))
  test(`every record is accounted for at ${name}, and in the file`, async () => {
    const outputFolder = path.join(scratch, name.replaceAll(" ", "-"));
    await launch({
      program: fixturePath(program),
      args: ["1000000"],
      plugins: { [recorder()]: true },
      output: outputFolder,
    });
    if (program.startsWith("bench")) while (!views) await client.waitForEvent("terrarium.views");
    await end();
    const file = path.join(outputFolder, "recorder.txt");
    const deadline = Date.now() + 10_000;
    let text = "";
    while (!/\n$/.test(text) && Date.now() < deadline) {
      if (existsSync(file)) text = readFileSync(file, "utf8");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // A restart begins the file anew: what is read then is of one of the two.
    const [appended, records, by] = text.trim().split(" ");
    assert.equal(appended, records);
    assert.ok(Number(appended) > 0, text);
    assert.equal(by, signal);
    if (name === "restart") await client.disconnectRequest();
  });

test("plugins are listed, loaded, reset and unloaded while the guest runs, and the console does it too", async () => {
  await launch({ program: fixturePath("bench/sieve.elf"), args: ["1000000"], plugins: { bb: true } });
  const ask = async (args: Record<string, unknown>) =>
    ((await client.customRequest("terrarium.plugins", args)).body as PluginsResult).plugins.map(({ name }) => name);
  assert.deepEqual(await ask({ do: "list" }), ["bb"]);
  assert.deepEqual(await ask({ do: "load", reference: "hotblocks", options: { limit: 1 } }), ["bb", "hotblocks"]);
  await assert.rejects(
    ask({ do: "load", reference: "hotblok" }),
    /there is no plugin "hotblok": did you mean "hotblocks"/,
  );
  await assert.rejects(
    ask({ do: "unload", name: "nobody" }),
    /no plugin "nobody" is installed: there are bb, hotblocks/,
  );
  assert.deepEqual(await ask({ do: "unload", name: "bb" }), ["hotblocks"]);
  assert.deepEqual(await ask({ do: "reset", name: "hotblocks" }), ["hotblocks"]);
  const typed = async (expression: string) =>
    (await client.evaluateRequest({ expression, context: "repl" })).body.result;
  assert.match(await typed(":plugins"), /^hotblocks 1\.0\.0 \(MIT, from hotblocks\)/);
  assert.equal(await typed(":plugins load insn,sizes=true"), "insn is loaded");
  assert.deepEqual(await ask({ do: "list" }), ["hotblocks", "insn"]);
  await client.disconnectRequest();
});

test("a plugin that is saved is loaded again into the running session", async () => {
  const file = pluginFile("saved", 'vm.views.table("Before", () => [{ n: 1 }]);');
  await launch({ program: fixturePath("bench/sieve.elf"), args: ["1000000"], plugins: { [file]: true } });
  const shows = async (title: string) => {
    while (!views?.views.some((view) => view.title === title)) await client.waitForEvent("terrarium.views");
  };
  await shows("Before");
  pluginFile("saved", 'vm.views.table("After", () => [{ n: 2 }]);');
  await shows("After");
  assert.deepEqual(
    views?.views.map(({ title }) => title),
    ["After"],
  );
  await client.disconnectRequest();
});
