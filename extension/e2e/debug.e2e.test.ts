// The main job, in the real workbench: a C program from entry to end, with an instrument watching. It takes the
// README's screenshot on its way when TERRARIUM_BLESS=1.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import * as e2e from "./harness/index.mjs";
import { fixture, launchJson, makeWorkspace, root, vsix } from "./workspace.ts";

const source = readFileSync(fixture("structs/structs.c"), "utf8").split("\n");
const runs: { program: string; expected: { stdout: string; status: number } }[] = JSON.parse(
  readFileSync(fixture("runs.json"), "utf8"),
);
const { expected } = runs.find(({ program }) => program === "structs/structs-O0.elf")!;

/** The line that a comment of the fixture marks, or whose text is this; from 1. */
function lineOf(text: string): number {
  const found = source.findIndex((line) => line.endsWith(`// BREAK: ${text}`) || line.trim() === text);
  assert.notEqual(found, -1, `structs.c has no line ${text}`);
  return found + 1;
}

test("a C program is debugged from entry to end", async (context) => {
  const folder = await makeWorkspace(
    context,
    {
      ".vscode/launch.json": launchJson({
        name: "Debug structs",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code replaces it.
        program: "${workspaceFolder}/structs/structs-O0.elf",
        stopOnEntry: true,
        plugins: { hotblocks: { limit: 12 } },
      }),
    },
    {
      "structs/structs.c": "structs/structs.c",
      "structs/structs-O0.elf": "structs/structs-O0.elf",
      "tiny.h": "tiny.h",
    },
  );
  const workbench = await e2e.startWorkbench({
    workspace: folder,
    vsix,
    settings: {
      "workbench.colorTheme": "Default Dark Modern",
      "debug.showInlineBreakpointCandidates": false,
      "editor.occurrencesHighlight": "off",
      "editor.stickyScroll.enabled": false,
    },
  });
  context.after(() => workbench.close());
  const { page } = workbench;
  const names = async () => (await e2e.readCallStack(page)).map(({ name }) => name);
  const console_ = () => page.locator(".repl .monaco-list-row");

  await context.test("F5 stops on entry", async () => {
    await e2e.openFile(page, "structs.c");
    await e2e.startDebugging(page, "Debug structs");
    await e2e.waitForStopped(page);
    assert.deepEqual(await names(), ["_start"]);
  });

  await context.test("a breakpoint clicked into the gutter is reached", async () => {
    await showLine(page, "structs.c", lineOf("main"));
    await e2e.clickGutter(page, lineOf("main"));
    await e2e.until("the breakpoint to be verified", async () => (await e2e.readBreakpoints(page))[0]?.verified);
    await e2e.resume(page, "Continue", { line: lineOf("main") });
    assert.equal((await names())[0], "main");
    await localsAre(page, { text: '"terrarium"', primes: "{2, 3, 5, 7, 11}", big: "18364758544493064720" });
  });

  await context.test("step into, over and out go where the source says", async () => {
    await e2e.resume(page, "Step Into", { line: lineOf("long sum = 0;") });
    await e2e.resume(page, "Step Over", { line: lineOf("for (const struct node *at = head; at; at = at->next) {") });
    await stackIs(page, [
      ["sum_list", "structs.c", lineOf("for (const struct node *at = head; at; at = at->next) {")],
      ["main", "structs.c", lineOf("main")],
    ]);
    await localsAre(page, { sum: "0" });
    await e2e.resume(page, "Step Out", { line: lineOf("main") });
    assert.equal((await names())[0], "main");
    await e2e.resume(page, "Step Over");
    const next = lineOf("main") + 1;
    assert.equal(await e2e.stoppedLine(page), next);
  });

  await context.test("the stack and the variables of a nested call are the right ones", async () => {
    await showLine(page, "structs.c", lineOf("multiply"));
    await e2e.clickGutter(page, lineOf("multiply"));
    await e2e.resume(page, "Continue", { line: lineOf("multiply") });
    await stackIs(page, [
      ["multiply", "structs.c", lineOf("multiply")],
      ["fold", "structs.c", lineOf("for (int i = 1; i < count; i++) result = op(result, values[i]);")],
      ["main", "structs.c", lineOf('print_line("multiplied", fold(multiply, primes, 5));')],
    ]);
    await localsAre(page, { product: "6" });
  });

  await context.test("the Hot blocks panel shows rows while stopped, and a click goes to the line", async () => {
    await e2e.runCommand(page, "Terrarium: Show Plugin Views");
    const panel = await e2e.webviewFrame(page, "Plugin Views");
    await panel.locator("vscode-tab-header", { hasText: "Hot blocks" }).waitFor();
    const rows = panel.locator("vscode-tab-panel:not([hidden]) .rows tr");
    await e2e.until("12 rows", async () => (await rows.count()) === 12);
    if (process.env.TERRARIUM_BLESS === "1")
      await e2e.screenshot(page, path.join(root, "extension/media/screenshot.png"));

    const row = rows.filter({ hasText: "structs.c:" }).first();
    const line = Number((await row.locator("td.address .line").textContent()).split(":")[1]);
    await row.click();
    await page.locator(".statusbar-item", { hasText: `Ln ${line}, Col 1` }).waitFor();
  });

  await context.test("the program goes to its end, its output is in the Debug Console", async () => {
    await showLine(page, "structs.c", lineOf("multiply"));
    await e2e.clickGutter(page, lineOf("multiply"));
    await e2e.until("one breakpoint to be left", async () => (await e2e.readPane(page, "BREAKPOINTS")).length === 1);
    await e2e.debugAction(page, "Continue");
    await e2e.waitForSessionEnd(page);
    await e2e.runCommand(page, "Debug Console: Focus on Debug Console View");
    await console_().first().waitFor();
    const text = (await console_().allInnerTexts()).join("\n");
    for (const line of expected.stdout.trim().split("\n")) assert.ok(text.includes(line), `${line} in:\n${text}`);
    const exit = workbench.dap.find(({ message }) => message.event === "exited");
    assert.deepEqual(exit?.message.body, { exitCode: expected.status });
  });

  assert.deepEqual(workbench.blocked, []);
});

test("the panel is refreshed while a program runs, and Pause stops it", async (context) => {
  const folder = await makeWorkspace(
    context,
    {
      ".vscode/launch.json": launchJson({
        name: "Run for long",
        program: "recursion.elf",
        args: ["27"],
        plugins: { hotblocks: true, insn: true },
      }),
    },
    { "recursion.elf": "recursion/recursion.elf", "recursion.c": "recursion/recursion.c" },
  );
  const workbench = await e2e.startWorkbench({ workspace: folder, vsix });
  context.after(() => workbench.close());
  const { page } = workbench;
  await e2e.runCommand(page, "Terrarium: Show Plugin Views");
  const panel = await e2e.webviewFrame(page, "Plugin Views");
  await e2e.startDebugging(page, "Run for long");
  const status = async () => {
    const text = await panel.locator(".status").textContent();
    return { isRunning: text.startsWith("Running"), instructions: Number(text.replace(/\D/g, "")) };
  };
  await panel.locator(".status", { hasText: "Running" }).waitFor();
  const { instructions } = await status();
  await e2e.until("more instructions", async () => (await status()).instructions > instructions);
  assert.ok((await status()).isRunning);
  await e2e.debugAction(page, "Pause");
  await e2e.waitForStopped(page);
  await e2e.until("the panel to say so", async () => !(await status()).isRunning);
  const stopped = await status();
  await page.waitForTimeout(600);
  assert.deepEqual(await status(), stopped);
  await e2e.debugAction(page, "Stop");
  await e2e.waitForSessionEnd(page);
});

test("a program without symbols is debugged in its disassembly", async (context) => {
  const configuration = { name: "Debug stripped", program: "stripped.elf", stopOnEntry: true };
  const folder = await makeWorkspace(
    context,
    { ".vscode/launch.json": launchJson(configuration) },
    { "stripped.elf": "structs/structs-stripped.elf" },
  );
  const workbench = await e2e.startWorkbench({ workspace: folder, vsix });
  context.after(() => workbench.close());
  const { page } = workbench;
  const current = () => page.locator(".disassembly-view .monaco-list-row:has(.codicon-debug-stackframe)").first();
  await e2e.startDebugging(page, "Debug stripped");
  await e2e.waitForStopped(page);
  await page.locator(".tab.active", { hasText: "Disassembly" }).waitFor();
  const entry = await current().textContent();
  await e2e.resume(page, "Step Over");
  await e2e.until("the next instruction", async () => (await current().textContent()) !== entry);
  await e2e.debugAction(page, "Stop");
  await e2e.waitForSessionEnd(page);
});

/** Scrolls the file's editor to the line. */
async function showLine(page: e2e.Page, file: string, line: number): Promise<void> {
  await e2e.openFile(page, file);
  await page.keyboard.press("Control+g");
  await page.keyboard.type(String(line));
  await page.keyboard.press("Enter");
  await page.locator(".statusbar-item", { hasText: `Ln ${line}, Col 1` }).waitFor();
}

/** The innermost frames are these. The workbench shows the first at once and the others a little later. */
async function stackIs(page: e2e.Page, expected: [name: string, file: string, line: number][]): Promise<void> {
  const read = async () =>
    (await e2e.readCallStack(page)).slice(0, expected.length).map(({ name, file, line }) => [name, file, line]);
  await e2e.until("the call stack", async () => isDeepStrictEqual(await read(), expected), 5000).catch(() => undefined);
  assert.deepEqual(await read(), expected);
}

/** These locals are shown, among others. The workbench shows the last stop's variables until it has the new ones. */
async function localsAre(page: e2e.Page, expected: Record<string, string>): Promise<void> {
  let shown: Record<string, string | undefined> = {};
  const matches = async () => {
    const { Locals = {} } = await e2e.readVariables(page);
    shown = Object.fromEntries(Object.keys(expected).map((name) => [name, Locals[name]]));
    return isDeepStrictEqual(shown, expected);
  };
  await e2e.until("the locals", matches, 10_000).catch(() => undefined);
  assert.deepEqual(shown, expected);
}
