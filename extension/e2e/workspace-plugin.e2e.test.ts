// A plugin of one's own, from nothing: set up, written, run, its table shown. And what a faulty one or a faulty
// launch.json says.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import * as e2e from "./harness/index.mjs";
import { launchJson, makeWorkspace, vsix, writeFiles } from "./workspace.ts";

// biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code replaces it.
const program = "${workspaceFolder}/recursion.elf";

test("a plugin is written in the workspace and its table shows", async (context) => {
  const folder = await makeWorkspace(
    context,
    {
      ".vscode/launch.json": launchJson(
        { name: "Count calls", program, stopOnEntry: true, plugins: { "my-calls": { limit: 3 } } },
        { name: "Broken plugin", program, stopOnEntry: true, plugins: { "./broken.ts": true } },
        { name: "Wrong type", program, args: "one two" },
      ),
      "broken.ts": 'import { definePlugin } from "@terrarium/api";\nexport default definePlugin({ name: "broken", );\n',
    },
    { "recursion.elf": "recursion/recursion.elf", "recursion.c": "recursion/recursion.c" },
  );
  const workbench = await e2e.startWorkbench({ workspace: folder, vsix });
  context.after(() => workbench.close());
  const { page } = workbench;
  const output = () =>
    workbench.dap
      .filter(({ message }) => message.event === "output")
      .map(({ message }) => (message.body as { output: string }).output)
      .join("");

  await context.test("type checking is set up by a command, without installing anything", async () => {
    await e2e.runCommand(page, "Terrarium: Set Up Plugin Type Checking");
    const { compilerOptions } = await e2e.until("tsconfig.json", () => {
      try {
        return JSON.parse(readFileSync(path.join(folder, ".terrarium/tsconfig.json"), "utf8"));
      } catch {
        return false; // not there, or not whole yet
      }
    });
    const [types] = compilerOptions.paths["@terrarium/api"];
    await e2e.until(types, () => existsSync(path.join(folder, ".terrarium", types)));
    assert.ok(!existsSync(path.join(folder, "node_modules")));
  });

  await context.test("New Plugin writes one that works", async () => {
    await e2e.runCommand(page, "Terrarium: New Plugin");
    const input = page.locator(".quick-input-widget input[type=text]").first();
    await page.locator(".quick-input-title", { hasText: "New Terrarium Plugin" }).waitFor();
    await input.fill("my-calls");
    await input.press("Enter");
    await page.locator(".tab.active", { hasText: "my-calls.ts" }).waitFor();

    await e2e.runCommand(page, "Terrarium: Show Plugin Views");
    const panel = await e2e.webviewFrame(page, "Plugin Views");
    await runToEnd(page, "Count calls");
    const rows = panel.locator("vscode-tab-panel:not([hidden]) .rows tr");
    await e2e.until("the table", async () => (await rows.count()) === 3);
    assert.match((await rows.allInnerTexts()).join("\n"), /0x[0-9a-f]+ .*recursion\.c:\d+/);
  });

  await context.test("one that does not compile is named, with file and line, and the program runs", async () => {
    await runToEnd(page, "Broken plugin");
    assert.match(output(), /broken\.ts:2:\d+/);
    assert.match(output(), /fib = 144/);
  });

  await context.test("a wrong type in launch.json is explained, naming the field", async () => {
    e2e.startDebugging(page, "Wrong type").catch(() => undefined); // waits for a session, and there will be none
    const dialog = page.locator(".monaco-dialog-box");
    await dialog.waitFor();
    assert.match(await dialog.textContent(), /args.*must be an array of strings/);
    await page.keyboard.press("Escape");
  });

  await context.test("a plugin saved in between is the one that runs next", async () => {
    const file = ".terrarium/plugins/my-calls.ts";
    const text = readFileSync(path.join(folder, file), "utf8");
    await writeFiles(folder, { [file]: text.replace('table("Calls"', 'table("Calls anew"') });
    await runToEnd(page, "Count calls");
    const panel = await e2e.webviewFrame(page, "Plugin Views");
    await panel.locator("vscode-tab-header", { hasText: "Calls anew" }).waitFor();
  });
});

/** From the stop on entry to the end: a session that ends at once is over before its toolbar is seen. */
async function runToEnd(page: e2e.Page, configuration: string): Promise<void> {
  await e2e.startDebugging(page, configuration);
  await e2e.waitForStopped(page);
  await e2e.debugAction(page, "Continue");
  await e2e.waitForSessionEnd(page);
}
