// What several tests do with the workbench: quick picks, the Debug Console, the panel of plugin views.
import * as e2e from "./harness/index.mjs";

/** Picks the row of this label in the quick pick that has this title. */
export async function choose(page: e2e.Page, title: string | RegExp, label: string): Promise<void> {
  await page.locator(".quick-input-title", { hasText: title }).first().waitFor();
  const row = page
    .locator(".quick-input-list .monaco-list-row")
    .filter({ has: page.locator(".label-name", { hasText: new RegExp(`^\\s*${label}\\s*$`) }) })
    .first();
  await page.locator(".quick-input-widget input[type=text]").first().fill(label);
  await row.waitFor();
  await row.click();
}

/** What adapters have written to the Debug Console since the workbench was started. */
export const consoleOutput = ({ dap }: Pick<e2e.Workbench, "dap">): string =>
  dap
    .filter(({ message }) => message.event === "output")
    .map(({ message }) => (message.body as { output: string }).output)
    .join("");

/** Types a line into the Debug Console. */
export async function typeIntoConsole(page: e2e.Page, line: string): Promise<void> {
  await e2e.runCommand(page, "Debug Console: Focus on Debug Console View");
  const input = page.locator(".repl-input-wrapper .monaco-editor").first();
  await input.click();
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
}

/** The panel of plugin views, opened. */
export async function openPanel(page: e2e.Page) {
  await e2e.runCommand(page, "Terrarium: Show Plugin Views");
  const frame = await e2e.webviewFrame(page, "Plugin Views");
  const shown = "vscode-tab-panel:not([hidden])";
  return {
    frame,
    tabs: frame.locator("vscode-tab-header"),
    tab: (title: string) =>
      frame.locator("vscode-tab-header", { hasText: new RegExp(`^\\s*${title.replace(/[()]/g, "\\$&")}\\s*$`) }),
    rows: frame.locator(`${shown} .rows tr`),
    content: frame.locator(`${shown} .view`),
    status: frame.locator(".status"),
  };
}
