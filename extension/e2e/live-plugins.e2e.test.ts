// Plugins of a session that runs: loaded, saved, reset and unloaded while the guest goes on, from the palette, the side
// bar, the console and the editor.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import * as e2e from "./harness/index.mjs";
import { choose, consoleOutput, openPanel, typeIntoConsole } from "./workbench-parts.ts";
import { launchJson, makeWorkspace, vsix, writeFiles } from "./workspace.ts";

const ticks = `import { definePlugin, event } from "@terrarium/api";

export default definePlugin({
  name: "ticks",
  version: "1.2.0",
  api: "^1.0",
  license: "MIT",
  description: "Blocks executed",
  events: { round: event<{ blocks: bigint }>("A million blocks more") },
  install(vm) {
    const blocks = vm.counters("blocks");
    vm.onTranslate((tb) => tb.inline.add(blocks.at(0n), 1n));
    vm.views.table("Ticks", () => [{ blocks: blocks.total() }]);
    return { total: () => blocks.total() };
  },
});
`;
const above = `import { definePlugin, use } from "@terrarium/api";
import type ticks from "./ticks.ts";

export default definePlugin({
  name: "above",
  version: "1.0.0",
  uses: { ticks: use<typeof ticks>("^1.0") },
  install(_vm, _options, { ticks }) {
    ticks.on("round", () => undefined);
    console.log(ticks.exports.total());
  },
});
`;
const file = ".terrarium/plugins/ticks.ts";

test("plugins come, change and go while the guest runs", async (context) => {
  const folder = await makeWorkspace(
    context,
    {
      ".vscode/launch.json": launchJson({
        name: "Run for long",
        program: "recursion.elf",
        args: ["60"],
        plugins: { ticks: true },
      }),
      [file]: ticks,
      ".terrarium/plugins/above.ts": above,
    },
    { "recursion.elf": "recursion/recursion.elf", "recursion.c": "recursion/recursion.c" },
  );
  const workbench = await e2e.startWorkbench({ workspace: folder, vsix });
  context.after(() => workbench.close());
  const { page } = workbench;
  const shots = process.env.TERRARIUM_SHOTS;
  const shot = async (name: string) => {
    if (shots) await e2e.screenshot(page, path.join(shots, `${name}.png`));
  };
  await e2e.startDebugging(page, "Run for long");
  let panel = await openPanel(page);
  const figure = async (row = panel.rows.first()) => Number((await row.textContent()).replace(/\D/g, ""));
  const isRunning = async () => (await panel.status.textContent()).startsWith("Running");
  const grows = async () => {
    const before = await e2e.until("a figure", () => figure());
    await e2e.until("a larger one", async () => (await figure()) > before);
    assert.ok(await isRunning());
  };
  /** The text of the side bar's row that begins with this, or nothing. */
  const listed = async (name: string) =>
    (await e2e.readPane(page, "PLUGINS")).find(({ text }) => text.startsWith(name))?.text ?? "";

  await context.test("a plugin's view updates while the guest runs", async () => {
    await panel.tab("Ticks").waitFor();
    await grows();
  });

  await context.test("a saved change runs in the session that is there", async () => {
    await writeFiles(folder, { [file]: ticks.replace('"Ticks"', '"Ticks anew"') });
    await panel.tab("Ticks anew").waitFor();
    assert.equal(await panel.tab("Ticks").count(), 0);
    await grows();
    assert.match(consoleOutput(workbench), /ticks: reloaded/);
  });

  await context.test("a mistake that is saved is told, with its line, and what was there goes on", async () => {
    await writeFiles(folder, { [file]: ticks.replace("return { total", "return total: {") });
    await e2e.until("the mistake", () =>
      /ticks\.ts:14:\d+: .*\nThe version that runs goes on/.test(consoleOutput(workbench)),
    );
    await grows();
    assert.equal(await panel.tab("Ticks anew").count(), 1);
    await writeFiles(folder, { [file]: ticks });
    await panel.tab("Ticks").waitFor();
  });

  await context.test("one that ships is loaded from the palette", async () => {
    await e2e.runCommand(page, "Terrarium: Load Plugin...");
    await choose(page, "Load Plugin", "hotblocks");
    await panel.tab("Hot blocks").click();
    await e2e.until("its rows", async () => (await panel.rows.count()) >= 5);
    assert.ok(await isRunning());
  });

  await context.test("the side bar lists them with what they cost", async () => {
    await e2e.until("both", async () => (await listed("ticks")) && (await listed("hotblocks")));
    assert.match(await listed("ticks"), /1\.2\.0 · MIT · [\d.]+ m?s, [\d.]+[KM]? calls, [\d.]+[KM]? ops/);
    const before = await listed("ticks");
    await e2e.until("the cost to change", async () => (await listed("ticks")) !== before);
    await e2e.expandRow(page, "PLUGINS", "ticks");
    assert.match(await listed("Views"), /Ticks/);
    assert.match(await listed("Events"), /round/);
    assert.match(await listed("Exports"), /total/);
    await e2e.expandRow(page, "PLUGINS", "Events");
    assert.match(await listed("round"), /heard by nobody/);
    await shot("side-bar");
  });

  await context.test("a click on a view in the side bar brings it into sight", async () => {
    await e2e.expandRow(page, "PLUGINS", "Views");
    await page
      .locator(".pane .monaco-list-row", { hasText: /^\s*Ticks/ })
      .first()
      .click();
    await panel.frame.locator("vscode-tab-header[active]", { hasText: "Ticks" }).waitFor();
  });

  await context.test("the console answers while the guest runs", async () => {
    await typeIntoConsole(page, ":plugins");
    await page
      .locator(".repl .monaco-list-row", { hasText: /ticks 1\.2\.0 \(MIT, from ticks\)/ })
      .first()
      .waitFor();
    panel = await openPanel(page); // another document: it was hidden meanwhile
    assert.ok(await isRunning());
  });

  await context.test("reset begins anew", async () => {
    await panel.tab("Ticks").click();
    await e2e.until("a large figure", async () => (await figure()) > 10_000_000);
    const before = await figure();
    await e2e.runCommand(page, "Terrarium: Reset Plugin");
    await choose(page, "Reset Plugin", "ticks");
    await e2e.until("a smaller figure", async () => (await figure()) < before);
    await grows();
  });

  await context.test("what another uses is not unloaded: a notification says who", async () => {
    await e2e.runCommand(page, "Terrarium: Load Plugin...");
    await choose(page, "Load Plugin", "above");
    await e2e.until("it", () => listed("above"));
    await e2e.runCommand(page, "Terrarium: Unload Plugin");
    await choose(page, "Unload Plugin", "ticks");
    await e2e.until("the notification", async () =>
      (await e2e.readNotifications(page)).some((text) => /"ticks" is in use by "above"/.test(text)),
    );
    await e2e.runCommand(page, "Notifications: Clear All Notifications");
  });

  await context.test("the button of its row unloads it, and its view goes", async () => {
    await e2e.readPane(page, "PLUGINS"); // scrolls to the top
    const rows = page.locator(".pane .monaco-list-row");
    await rows
      .filter({ hasText: /^\s*ticks/ })
      .first()
      .locator(".monaco-tl-twistie")
      .click(); // folds it
    const row = rows.filter({ hasText: /^\s*hotblocks/ }).first();
    await row.hover();
    await shot("row-actions");
    // Rows are drawn anew when figures change: a click just then is lost.
    await e2e.until("the view to go", async () => {
      await page.mouse.move(0, 0);
      await row.hover({ timeout: 1000 }).catch(() => undefined);
      await row
        .locator('.action-label[aria-label^="Unload Plugin"]')
        .click({ timeout: 1000 })
        .catch(() => undefined);
      await page.waitForTimeout(500);
      return (await panel.tab("Hot blocks").count()) === 0;
    });
    await e2e.until("the row to go", async () => (await listed("hotblocks")) === "");
    assert.ok(await isRunning());
  });

  await context.test("a view is exported to a file that a dialog asks for", async () => {
    await e2e.runCommand(page, "Terrarium: Export Plugin View...");
    await choose(page, "Export Plugin View: Ticks", "csv");
    const input = page.locator(".quick-input-widget input[type=text]").first();
    await page.locator(".quick-input-title", { hasText: /^Export Plugin View$/ }).waitFor();
    const target = path.join(folder, "ticks.csv");
    await input.fill(target);
    await input.press("Enter");
    await e2e.until("the file", () => existsSync(target) && readFileSync(target, "utf8").length > 0);
    assert.match(readFileSync(target, "utf8"), /^blocks\r?\n\d+\r?\n$/);
  });

  assert.ok(await isRunning());
  await e2e.debugAction(page, "Stop");
  await e2e.waitForSessionEnd(page);
  assert.equal(await page.locator(".pane-header", { hasText: /^\s*Plugins\s*$/i }).count(), 0);
});
