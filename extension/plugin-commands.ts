// Commands about the plugins of the running session: from the palette, or from their tree.
import * as vscode from "vscode";
import { configuredOptions, loadChoices, type PluginRow } from "./plugin-rows.ts";
import type { RunningPlugins } from "./running-plugins.ts";

const verbs = { unload: "Unload", reset: "Reset", reload: "Reload" } as const;

/** Asks which one, of those that do not run yet, and switches it on. */
export async function loadPlugin(running: RunningPlugins): Promise<void> {
  const title = "Load Plugin";
  await telling(title, async () => {
    const [available, plugins] = await Promise.all([running.available(), running.refresh()]);
    const { workspace, shipped } = loadChoices(available, plugins);
    const part = (label: string, choices: readonly vscode.QuickPickItem[]): vscode.QuickPickItem[] =>
      choices.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...choices];
    const items = [...part("of this workspace", workspace), ...part("shipped", shipped)];
    const chosen = await vscode.window.showQuickPick(items, {
      title,
      placeHolder: "Choose a plugin: it begins to watch now",
      matchOnDescription: true,
    });
    const { session } = running;
    if (!chosen || !session) return;
    const options = configuredOptions(session.configuration, chosen.label);
    await running.carryOut({ do: "load", reference: chosen.label, options });
  });
}

/** Does it to the plugin of the row, or asks which one. */
export async function onPlugin(
  action: keyof typeof verbs,
  running: RunningPlugins,
  row: PluginRow | undefined,
): Promise<void> {
  const title = `${verbs[action]} Plugin`;
  await telling(title, async () => {
    const name = row?.plugin ?? (await chooseRunning(running, title));
    if (name !== undefined) await running.carryOut({ do: action, name });
  });
}

async function chooseRunning(running: RunningPlugins, title: string): Promise<string | undefined> {
  const plugins = await running.refresh();
  if (plugins.length === 0) throw new Error("no plugin is loaded");
  const items = plugins.map(({ name, version, description }) => ({
    label: name,
    description: version,
    detail: description,
  }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: "Choose a plugin" }))?.label;
}

/** What goes wrong is a notification. */
async function telling(title: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    void vscode.window.showErrorMessage(`${title}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
