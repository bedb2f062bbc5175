// F5 without a launch.json: what is started is what is open, or what is found. And a folder that is not trusted.
import assert from "node:assert/strict";
import path from "node:path";
import { type TestContext, test } from "node:test";
import * as e2e from "./harness/index.mjs";
import { makeWorkspace, vsix } from "./workspace.ts";

async function open(context: TestContext, copies: Record<string, string>, trust: "trusted" | "restricted" = "trusted") {
  const folder = await makeWorkspace(context, { "hello.c": "int main(void) { return 0; }\n" }, copies);
  const workbench = await e2e.startWorkbench({ workspace: folder, vsix, trust });
  context.after(() => workbench.close());
  return { folder, workbench, page: workbench.page };
}

/** The launch requests that adapters were sent. */
const launches = (workbench: e2e.Workbench) =>
  workbench.dap
    .filter(({ message }) => message.type === "request" && message.command === "launch")
    .map(({ message }) => message.arguments as Record<string, unknown>);

const hello = "hello/hello-O0.elf";

/** Presses F5 until it has its effect: a workbench that is still starting loses keys, or the focus. */
async function pressF5<T>(page: e2e.Workbench["page"], what: string, effect: () => T | Promise<T>) {
  for (let attempt = 1; ; attempt++) {
    await page.keyboard.press("F5");
    try {
      return await e2e.until(what, effect, 10_000);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

test("F5 with one program in the folder starts it, with an ELF file open that one", async (context) => {
  const { folder, workbench, page } = await open(context, { "build/hello.elf": hello });
  await e2e.openFile(page, "hello.c");
  const [first] = await pressF5(page, "a launch", () => launches(workbench).length === 1 && launches(workbench));
  assert.equal(first.program, path.join(folder, "build/hello.elf"));
  assert.equal(first.__trusted, true);
  assert.equal(first.__workspace, folder);
  await e2e.waitForSessionEnd(page);

  await e2e.openFile(page, "hello.elf");
  const editor = await e2e.webviewFrame(page, "undefined"); // so the workbench names a custom editor's frame
  await editor.locator("vscode-button", { hasText: "Debug" }).waitFor();
  await pressF5(page, "a second launch", () => launches(workbench).length === 2);
  await e2e.waitForSessionEnd(page);
  await editor.locator("vscode-button", { hasText: "Run" }).click();
  const [, , third] = await e2e.until("a third launch", () => launches(workbench).length === 3 && launches(workbench));
  assert.equal(third.noDebug, true);
  await e2e.waitForSessionEnd(page);
});

test("F5 with several programs asks which", async (context) => {
  const { folder, workbench, page } = await open(context, { "a/hello.elf": hello, "b/floats": "floats/floats.elf" });
  await e2e.openFile(page, "hello.c");
  const rows = page.locator(".quick-input-widget .monaco-list-row");
  await pressF5(page, "a choice", async () => (await rows.count()) === 2);
  const labels = (await rows.allInnerTexts()).map((text) => text.trim()).sort();
  assert.deepEqual(labels, ["floatsb", "hello.elfa"]);
  await rows.filter({ hasText: "floats" }).first().click();
  const [launch] = await e2e.until("a launch", () => launches(workbench).length === 1 && launches(workbench));
  assert.equal(launch.program, path.join(folder, "b/floats"));
  await e2e.waitForSessionEnd(page);
});

test("F5 with no program says so", async (context) => {
  const { page } = await open(context, {});
  await e2e.openFile(page, "hello.c");
  const [message] = await pressF5(page, "a message", async () => {
    const messages = await e2e.readNotifications(page);
    return messages.length > 0 && messages;
  });
  assert.match(message, /found no RISC-V program .* in this workspace/);
});

test("in a folder that is not trusted nothing runs before the user trusts it", async (context) => {
  const { workbench, page } = await open(context, { "hello.elf": hello }, "restricted");
  await e2e.openFile(page, "hello.elf");
  const editor = await e2e.webviewFrame(page, "undefined");
  await editor.locator("vscode-button", { hasText: "Debug" }).click();
  const dialog = page.locator(".monaco-dialog-box");
  await dialog.waitFor();
  assert.match((await dialog.textContent()) ?? "", /trust/i);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.deepEqual(launches(workbench), []);
});
