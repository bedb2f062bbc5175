// What the editor knows while one writes a plugin that uses another: the other's exports and events have types.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import * as e2e from "./harness/index.mjs";
import { makeWorkspace, root, vsix } from "./workspace.ts";

const other = `import { definePlugin, event } from "@terrarium/api";

export default definePlugin({
  name: "other",
  version: "1.0.0",
  events: { round: event<{ blocks: bigint }>("A million blocks more") },
  install() {
    return {
      /** Blocks executed so far. */
      blocksExecuted: (): bigint => 0n,
    };
  },
});
`;
const mine = `import { definePlugin, use } from "@terrarium/api";
import type other from "./other.ts";

export default definePlugin({
  name: "mine",
  version: "1.0.0",
  uses: { other: use<typeof other>("^1.0") },
  install(vm, _options, { other }) {
    other.on("rounds", ({ blocks }) => vm.log(String(blocks)));
    vm.log(String(other.exports.blocksExecuted()));
  },
});
`;

/** The workbench comes without the compiler that its own editor wants: the one of this project's tests serves. */
function compilerFolder(): string {
  const require = createRequire(path.join(root, "package.json"));
  const inner = createRequire(require.resolve("@typescript/typescript6")).resolve("@typescript/old");
  return path.dirname(inner);
}

test("the editor checks plugins against each other", async (context) => {
  const folder = await makeWorkspace(context, {
    ".terrarium/plugins/other.ts": other,
    ".terrarium/plugins/mine.ts": mine,
  });
  const workbench = await e2e.startWorkbench({
    workspace: folder,
    vsix,
    settings: { "typescript.tsdk": compilerFolder(), "js/ts.tsdk.path": compilerFolder() },
  });
  context.after(() => workbench.close());
  const { page } = workbench;
  const shots = process.env.TERRARIUM_SHOTS;
  const go = async (position: string) => {
    await page.keyboard.press("Control+g");
    await page.keyboard.type(position);
    await page.keyboard.press("Enter");
  };

  await e2e.runCommand(page, "Terrarium: Set Up Plugin Type Checking");
  await e2e.until("its files", () => existsSync(path.join(folder, ".terrarium/tsconfig.json")));
  await e2e.openFile(page, "mine.ts");

  await context.test("an event that the other does not have is a problem, and nothing else is", async () => {
    await page.locator(".squiggly-error").first().waitFor();
    await e2e.runCommand(page, "Problems: Focus on Problems View");
    const problems = page.locator(".markers-panel .monaco-list-row").filter({ hasText: /\[Ln \d+/ });
    await e2e.until("one problem", async () => (await problems.count()) === 1);
    assert.match(await problems.first().textContent(), /"rounds".*"round"/);
    if (shots) await e2e.screenshot(page, path.join(shots, "types-problem.png"));
  });

  await context.test("the other's export has its type and its comment on hover", async () => {
    await e2e.openFile(page, "mine.ts");
    await go("10:40");
    await e2e.runCommand(page, "Show or Focus Hover");
    const hover = page.locator(".monaco-hover:visible").first();
    await hover.waitFor();
    await e2e.until("the type", async () =>
      /blocksExecuted.*bigint.*Blocks executed so far/s.test(await hover.textContent()),
    );
    if (shots) await e2e.screenshot(page, path.join(shots, "types-hover.png"));
    await page.keyboard.press("Escape");
  });

  await context.test("the other's exports are completed", async () => {
    await go("10:60");
    await page.keyboard.press("Enter");
    await page.keyboard.type("other.exports.");
    await page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "blocksExecuted" }).first().waitFor();
    await page.keyboard.press("Escape");
  });
});
