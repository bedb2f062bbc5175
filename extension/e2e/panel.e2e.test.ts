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
    settings: { "workbench.colorTheme": process.env.THEME ?? "Default Dark Modern" },
  });
  context.after(() => workbench.close());
  const { page } = workbench;
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
  const rows = () => panel.locator("vscode-tab-panel:not([hidden]) tbody tr").allInnerTexts();
  await e2e.until("rows", async () => (await rows()).length === 4);
  await shot("rows");
});
