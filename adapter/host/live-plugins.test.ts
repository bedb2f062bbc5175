// The requests about plugins of a session, over the built bundle: what comes and goes is seen at once, also while the
// guest stands still, and what cannot be done says why.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { DebugClient } from "@vscode/debugadapter-testsupport";
import { fixturePath } from "../../test-fixtures/fixtures.ts";
import { bundle } from "../cli/testing/terrarium.ts";
import type { AvailablePluginsResult, PluginsArguments, PluginsResult } from "../dap/plugins-protocol.ts";
import type { ViewsEventBody } from "../dap/views-protocol.ts";

const workspace = mkdtempSync(path.join(tmpdir(), "terrarium-live-"));
const write = (name: string, text: string) =>
  writeFileSync(path.join(workspace, ".terrarium/plugins", `${name}.ts`), text);
const plugin = (name: string, rest: string) =>
  `import { definePlugin, use } from "@terrarium/api";\nexport default definePlugin({ name: "${name}", version: "1.0.0", ${rest} });\n`;
let server: ChildProcess;
let port: number;
let client: DebugClient;
let titles: string[];

before(async () => {
  mkdirSync(path.join(workspace, ".terrarium/plugins"), { recursive: true });
  write("base", plugin("base", "install() { return { answer: () => 42 }; }"));
  write("above", plugin("above", 'uses: { base: use("^1.0") }, install() {}'));
  write("throws", plugin("throws", 'install() { throw new Error("no luck"); }'));
  write("broken", "const x = ;\n");
  server = spawn(process.execPath, [bundle, "dap", "--port", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  const [greeting] = (await once(server.stderr!, "data")) as [Buffer];
  port = Number(/:(\d+)\s*$/.exec(String(greeting))![1]);
});
after(() => {
  server.kill();
  rmSync(workspace, { recursive: true, force: true });
});
beforeEach(async () => {
  titles = [];
  client = new DebugClient("", "", "terrarium");
  client.defaultTimeout = 20_000;
  client.on("terrarium.views", ({ body }: { body: ViewsEventBody }) => {
    titles = body.views.map(({ title }) => title);
  });
  await client.start(port);
});
afterEach(() => client.stop());

async function launch(configuration: Record<string, unknown>): Promise<void> {
  await client.initializeRequest();
  const initialized = client.waitForEvent("initialized");
  const stopped = client.waitForEvent("stopped");
  const launched = client.launchRequest({
    program: fixturePath("structs/structs-O0.elf"),
    stopOnEntry: true,
    __workspace: workspace,
    ...configuration,
  } as never);
  await Promise.race([initialized, launched]);
  await client.configurationDoneRequest();
  await launched;
  await stopped;
}

async function plugins(args: PluginsArguments): Promise<PluginsResult> {
  return (await client.customRequest("terrarium.plugins", args)).body;
}

test("views of plugins come and go while the guest stands still", async () => {
  await launch({});
  const loaded = await plugins({ do: "load", reference: "hotblocks", options: { limit: 3 } });
  assert.deepEqual(
    loaded.plugins.map(({ name, options }) => [name, options]),
    [["hotblocks", { limit: 3 }]],
  );
  assert.deepEqual(titles, ["Hot blocks"]);
  assert.ok((await plugins({ do: "unload", name: "hotblocks" })).done);
  assert.deepEqual(titles, []);
});

test("what cannot be done says why", async () => {
  await launch({ plugins: { above: true } });
  await assert.rejects(
    plugins({ do: "unload", name: "base" }),
    /plugin "base" is in use by "above": unload that first/,
  );
  await assert.rejects(plugins({ do: "load", reference: "broken" }), /broken\.ts:1:11/);
  const thrown = await plugins({ do: "load", reference: "throws" });
  assert.ok(!thrown.done);
  assert.match(thrown.problem ?? "", /install.*no luck/s);
  assert.deepEqual(
    thrown.plugins.map(({ name }) => name),
    ["base", "above"],
  );
});

test("what could be loaded: the workspace's own only where it is trusted", async () => {
  const available = async (): Promise<AvailablePluginsResult["plugins"]> =>
    (await client.customRequest("terrarium.availablePlugins")).body.plugins;
  await launch({ plugins: { base: true } });
  const listed = await available();
  assert.deepEqual(
    listed.filter(({ origin }) => origin === "workspace").map(({ name }) => name),
    ["above", "base", "broken", "throws"],
  );
  assert.match(listed.find(({ name }) => name === "broken")?.fault ?? "", /broken\.ts:1:11/);
  assert.ok(listed.find(({ name }) => name === "hotblocks")?.description);
});

test("a workspace that is not trusted has none to offer", async () => {
  await launch({ __trusted: false });
  const { plugins: listed } = (await client.customRequest("terrarium.availablePlugins")).body as AvailablePluginsResult;
  assert.ok(listed.length > 10);
  assert.ok(listed.every(({ origin }) => origin === "shipped"));
});
