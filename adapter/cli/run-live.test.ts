// Runs that are talked to: control, saving, signals, files. The built command line, as a user has it.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fixturePath } from "../../test-fixtures/fixtures.ts";
import { bundle, terrarium } from "./testing/terrarium.ts";

/** Runs for minutes, unless it is ended. */
const endless = [fixturePath("bench/sieve.elf"), "1000000"];

interface Live {
  readonly folder: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stderr(): string;
  control(...words: string[]): string;
  /** Waits until what was written to standard error matches. */
  said(pattern: RegExp): Promise<void>;
}

async function live(
  context: { after(end: () => void): void },
  args: readonly string[],
  plugins: Record<string, string>,
) {
  const folder = mkdtempSync(path.join(tmpdir(), "terrarium-live-"));
  mkdirSync(path.join(folder, ".terrarium/plugins"), { recursive: true });
  for (const [name, text] of Object.entries(plugins))
    writeFileSync(path.join(folder, `.terrarium/plugins/${name}.ts`), text);
  const child = spawn(process.execPath, [bundle, "run", "--control", "socket", ...args, ...endless], { cwd: folder });
  let stderr = "";
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.on("exit", (status) => resolve(status)));
  context.after(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  const until = async (what: string, holds: () => boolean) => {
    for (let tries = 0; !holds(); tries++) {
      if (tries > 600) throw new Error(`${what} did not come about:\n${stderr}`);
      await delay(50);
    }
  };
  await until("the socket", () => existsSync(path.join(folder, "socket")));
  const run: Live = {
    folder,
    child,
    ended,
    stderr: () => stderr,
    control: (...words) => {
      const { stdout, stderr: wrong } = terrarium(["control", "socket", ...words], { cwd: folder });
      return stdout + wrong;
    },
    said: (pattern) => until(String(pattern), () => pattern.test(stderr)),
  };
  return run;
}

const plugin = (name: string, text: string, reload = "keep") => `import { definePlugin } from "@terrarium/api";
export default definePlugin({
  name: "${name}", version: "1.0.0", reload: "${reload}",
  install(vm) {
    const blocks = vm.counter("blocks");
    vm.onTranslate((tb) => tb.inline.add(blocks, 1));
    vm.views.table("${text}", () => [{ blocks: blocks.value }]);
  },
});
`;

test("plugins are listed, loaded, reset and unloaded while the guest runs", async (context) => {
  const run = await live(context, ["--plugin", "bb"], { mine: plugin("mine", "Mine") });
  assert.match(
    run.control("list"),
    /^bb 1\.0\.0 \(MIT, from bb\).*\n {4}views: Blocks \(table\)\n {4}cost: \d+ calls, /,
  );
  assert.equal(run.control("load", "mine"), "mine is loaded\n");
  assert.match(run.control("list"), /^mine 1\.0\.0 \(no licence, from mine\)/m);
  assert.equal(run.control("reset", "mine"), "mine: reset done\n");
  assert.equal(run.control("unload", "bb"), "bb: unload done\n");
  assert.equal(run.control("unload", "bb"), 'error: no plugin "bb" is installed: there are mine\n');
  assert.match(run.control("load", "hotblok"), /^error: there is no plugin "hotblok": did you mean "hotblocks"\?/);
  assert.match(run.control("dance"), /^plugins list .*\nplugins load NAME/);
  run.child.kill("SIGTERM");
  assert.equal(await run.ended, 143);
  assert.match(run.stderr(), /ended by SIGTERM after \d+ instructions\nMine \(mine\)\n +blocks\n-+\n *[1-9]\d*\n$/);
});

test("a plugin that is saved is loaded again; a mistake in it leaves what runs", async (context) => {
  const run = await live(context, ["--watch", "--plugin", "mine"], { mine: plugin("mine", "First") });
  const file = path.join(run.folder, ".terrarium/plugins/mine.ts");
  writeFileSync(file, plugin("mine", "Second"));
  await run.said(/mine: reloaded/);
  assert.match(run.control("list"), /views: Second \(table\)/);
  writeFileSync(file, plugin("mine", "Third").replace("});\n", ""));
  await run.said(/mine\.ts:\d+:\d+: .*\nThe version that runs goes on\./);
  assert.match(run.control("list"), /views: Second \(table\)/);
  writeFileSync(file, plugin("mine", "Fourth").replace("install(vm) {", 'install(vm) { throw new Error("no luck");'));
  await run.said(/the plugin is removed: install: Error: no luck\n {4}at .*mine\.ts:4:\d+/);
  writeFileSync(file, plugin("mine", "Fifth"));
  const listed = () => run.control("list");
  for (let tries = 0; !/views: Fifth/.test(listed()); tries++) {
    assert.ok(tries < 100, run.stderr());
    await delay(50);
  }
  run.child.kill("SIGINT");
  assert.equal(await run.ended, 130);
});

test("a plugin's files are whole, and its results there, when the run is killed", async (context) => {
  const writer = `import { definePlugin } from "@terrarium/api";
export default definePlugin({
  name: "writer", version: "1.0.0",
  install(vm) {
    const file = vm.file("blocks.txt");
    let records = 0;
    const trace = vm.buffer("blocks", { fields: { pc: "u32" }, deliver: ({ length }) => { records += length; file.write(length + "\\n"); } });
    vm.onTranslate((tb) => tb.inline.append(trace, { pc: tb.vaddr }));
    vm.onExit(() => file.write("end " + trace.appended + " " + records + "\\n"));
    vm.views.table("Records", () => [{ appended: trace.appended, records }]);
  },
});
`;
  const run = await live(context, ["--output", "out", "--plugin", "writer"], { writer });
  await delay(1000);
  run.child.kill("SIGHUP");
  assert.equal(await run.ended, 129);
  const lines = readFileSync(path.join(run.folder, "out/blocks.txt"), "utf8").trim().split("\n");
  const [, appended, records] = (lines.pop() ?? "").split(" ").map(Number);
  assert.ok(appended > 0);
  assert.equal(records, appended);
  assert.equal(
    lines.map(Number).reduce((a, b) => a + b),
    appended,
  );
  assert.match(run.stderr(), /^Records \(writer\)$/m);
  assert.ok(run.stderr().trimEnd().endsWith(` ${records}`));
});

test("a file outside the folder, or without one, is refused", (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), "terrarium-files-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const source = (name: string) => `import { definePlugin } from "@terrarium/api";
export default definePlugin({ name: "w", version: "1.0.0", install: (vm) => { vm.file(${JSON.stringify(name)}); } });`;
  const program = fixturePath("reference/accesses.elf");
  writeFileSync(path.join(folder, "w.ts"), source("../x"));
  const outside = terrarium(["run", "--output", "out", "--plugin", "./w.ts", program], { cwd: folder });
  assert.match(outside.stderr, /file "\.\.\/x" cannot be written: its name must be that of a file in the folder/);
  writeFileSync(path.join(folder, "w.ts"), source("x"));
  const without = terrarium(["run", "--plugin", "./w.ts", program], { cwd: folder });
  assert.match(without.stderr, /file "x" cannot be written: no folder is granted for output/);
  assert.equal(without.stdout, "accesses\n");
});
