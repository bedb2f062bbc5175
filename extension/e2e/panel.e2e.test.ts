// The panel with a scripted adapter: figures, order, keys and links that no single real program shows.
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import type { ViewsEventBody } from "../../adapter/dap/views-protocol.ts";
import { minimalElf } from "../testing/minimal-elf.ts";
import * as e2e from "./harness/index.mjs";
import { startScriptedAdapter } from "./scripted-adapter.ts";
import { launchJson, makeWorkspace, vsix, writeFiles } from "./workspace.ts";

const source = Array.from({ length: 80 }, (_, i) => `int f${i + 1}(int x) { return x * ${i + 1}; }`).join("\n");

const views = (file: string): ViewsEventBody => ({
  running: false,
  instructions: "9007199254740993",
  locations: {
    "0x10160": { symbol: "main", path: file, line: 40 },
    "0x10a2c": { symbol: "crc32+0x18", path: file, line: 12 },
    "0x4000021f8": { symbol: "memcpy+0x44" },
  },
  views: [
    {
      plugin: "hotblocks",
      title: "Hot blocks",
      kind: "table",
      columns: [
        { name: "Address", type: "address" },
        { name: "Executed", type: "integer" },
        { name: "Instructions", type: "integer" },
        { name: "Share", type: "percent" },
      ],
      rows: [
        ["0x10a2c", "9007199254740993", 11, 61.25],
        ["0x10160", 2200, 7, 30],
        ["0x4000021f8", 1200345, 4, 8.7],
        ["0x1", 1, 1, 0.05],
      ],
    },
    {
      plugin: "syscall",
      title: "System calls",
      kind: "table",
      columns: [
        { name: "Name", type: "text" },
        { name: "Calls", type: "integer" },
      ],
      rows: Array.from({ length: 1500 }, (_, i) => [`call${i}`, i]),
    },
  ],
});

test("the panel shows, sorts and follows what the adapter sends", async (context) => {
  const folder = await makeWorkspace(context, { "main.c": source, "scripted.elf": minimalElf() });
  const file = path.join(folder, "main.c");
  const adapter = await startScriptedAdapter({ path: file, line: 3 }, views(file));
  context.after(() => adapter.close());
  const configuration = { name: "Scripted", program: "scripted.elf", debugServer: adapter.port };
  await writeFiles(folder, { ".vscode/launch.json": launchJson(configuration) });

  const workbench = await e2e.startWorkbench({
    workspace: folder,
    vsix,
    settings: { "workbench.colorTheme": process.env.TERRARIUM_THEME ?? "Default Dark Modern" },
  });
  context.after(() => workbench.close());
  const { page } = workbench;
  // For looking at it: a folder for screenshots, and a theme.
  const shots = process.env.TERRARIUM_SHOTS;
  const shot = async (name: string) => {
    if (shots) await e2e.screenshot(page, path.join(shots, `${name}.png`));
  };

  await e2e.openFile(page, "main.c");
  await e2e.runCommand(page, "Terrarium: Show Plugin Views");
  const panel = await e2e.webviewFrame(page, "Plugin Views");
  await panel.locator("h2", { hasText: "No plugin views yet" }).waitFor();
  await shot("empty");

  await e2e.startDebugging(page, "Scripted");
  await e2e.waitForStopped(page, { line: 3 });
  await e2e.runCommand(page, "Terrarium: Show Plugin Views");
  const rows = () => panel.locator("vscode-tab-panel:not([hidden]) .rows tr").allInnerTexts();
  const firstCells = async () => (await rows()).map((row) => row.split(/\s/)[0]);
  const row = (text: string) => panel.locator("vscode-tab-panel:not([hidden]) .rows tr", { hasText: text }).first();
  await e2e.until("rows", async () => (await rows()).length === 4);
  await shot("rows");

  await context.test("figures are exact and readable, addresses say where they are", async () => {
    assert.deepEqual(
      (await rows()).map((text) => text.trim().split(/\s+/).join(" ")),
      [
        "0x10a2c crc32+0x18 main.c:12 9,007,199,254,740,993 11 61.3 %",
        "0x10160 main main.c:40 2,200 7 30.0 %",
        "0x4000021f8 memcpy+0x44 1,200,345 4 8.7 %",
        "0x1 1 1 0.1 %",
      ],
    );
    assert.match(await panel.locator(".status").textContent(), /Stopped · 9,007,199,254,740,993 instructions/);
  });

  await context.test("a column's head sorts: down, up, and back to the plugin's order", async () => {
    const head = panel.locator("vscode-tab-panel:not([hidden]) th button", { hasText: "Executed" });
    const orders: string[][] = [];
    for (let i = 0; i < 3; i++) {
      await head.click();
      orders.push(await firstCells());
    }
    assert.deepEqual(orders, [
      ["0x10a2c", "0x4000021f8", "0x10160", "0x1"],
      ["0x1", "0x10160", "0x4000021f8", "0x10a2c"],
      ["0x10a2c", "0x10160", "0x4000021f8", "0x1"],
    ]);
  });

  await context.test("a click goes to the source line, Enter too", async () => {
    await row("0x10a2c").click();
    await cursorAt(page, 12);
    await row("0x10a2c").focus();
    await panel.locator("tr:focus").press("ArrowDown");
    await panel.locator("tr:focus").press("Enter");
    await cursorAt(page, 40);
  });

  await context.test("without source it goes to the disassembly", async () => {
    await row("memcpy").click();
    await page.locator(".tab.active", { hasText: "0x4000021f8.s" }).waitFor();
    const line = page.locator(".editor-group-container.active .view-line", { hasText: "0x4000021f8:" });
    assert.match(await line.first().textContent(), /mv/);
    await shot("disassembly");
  });

  await context.test("of many rows those in sight exist, and all can be scrolled to", async () => {
    await panel.locator("vscode-tab-header", { hasText: "System calls" }).click();
    await e2e.until("rows", async () => (await firstCells())[0] === "call0");
    assert.ok((await rows()).length < 100);
    const grid = panel.locator("vscode-tab-panel:not([hidden]) .grid");
    await grid.evaluate((node) => node.scrollTo({ top: node.scrollHeight }));
    await e2e.until("the last row", async () => (await firstCells()).at(-1) === "call1499");
    await grid.evaluate((node) => node.scrollTo({ top: 0 }));
    await shot("many");
  });

  await context.test("tab and order survive hiding the panel", async () => {
    await panel.locator("vscode-tab-panel:not([hidden]) th button", { hasText: "Calls" }).click();
    await e2e.until("the order", async () => (await firstCells())[0] === "call1499");
    await e2e.runCommand(page, "View: Toggle Panel Visibility");
    await e2e.runCommand(page, "Terrarium: Show Plugin Views");
    const again = await e2e.webviewFrame(page, "Plugin Views");
    await again.locator("vscode-tab-panel:not([hidden]) .rows tr").first().waitFor();
    const first = await again.locator("vscode-tab-panel:not([hidden]) .rows tr").first().textContent();
    assert.match(first, /^call1499/);
  });

  await context.test("the figures stay when the session has ended", async () => {
    await e2e.debugAction(page, "Stop");
    await e2e.waitForSessionEnd(page);
    const again = await e2e.webviewFrame(page, "Plugin Views");
    await e2e.until("the end", async () => /^Ended/.test(await again.locator(".status").textContent()));
    const row = again.locator("vscode-tab-panel:not([hidden]) .rows tr").first();
    assert.match(await row.textContent(), /^call1499/);
  });

  await context.test("an ELF file opens in its own editor", async () => {
    await e2e.openFile(page, "scripted.elf");
    // The workbench names the frame of a custom editor so.
    const editor = await e2e.webviewFrame(page, "undefined");
    await editor.locator("h1", { hasText: "scripted.elf" }).waitFor();
    assert.match(await editor.locator("dl").textContent(), /RISC-V, 64 bits, little endian/);
    await shot("elf");
  });

  assert.deepEqual(
    workbench.console.filter((line) => /Content Security Policy|\bviews\.js|\belf\.js/.test(line)),
    [],
  );
});

/** The cursor of the active editor is on the line. */
const cursorAt = (page: e2e.Page, line: number) =>
  page.locator(".statusbar-item", { hasText: `Ln ${line}, Col 1` }).waitFor();
