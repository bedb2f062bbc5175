// What VS Code calls first. It registers; everything else is done when it is asked for.
import * as vscode from "vscode";
import { TerrariumAdapterFactory } from "./adapter-factory.ts";
import { TerrariumConfigurationProvider } from "./configuration-provider.ts";
import { DisassemblyDocuments } from "./disassembly-documents.ts";
import { ElfEditorProvider } from "./elf-editor.ts";
import { exportView } from "./export-command.ts";
import { loadPlugin, onPlugin } from "./plugin-commands.ts";
import type { PluginRow } from "./plugin-rows.ts";
import { newPlugin, setUpTypeChecking } from "./plugin-workspace-commands.ts";
import { PluginsTree } from "./plugins-tree.ts";
import { debugFile } from "./program-choice.ts";
import { RunningPlugins } from "./running-plugins.ts";
import { SessionViews } from "./session-views.ts";
import { ViewsPanel } from "./views-panel.ts";
import { ViewsStatus } from "./views-status.ts";

export function activate(context: vscode.ExtensionContext): void {
  const { extensionUri, subscriptions } = context;
  const configurations = new TerrariumConfigurationProvider();
  const views = new SessionViews();
  const running = new RunningPlugins(views);
  const disassembly = new DisassemblyDocuments();
  const panel = new ViewsPanel(extensionUri, views, disassembly);
  const command = (name: string, run: (...args: never[]) => unknown) =>
    subscriptions.push(vscode.commands.registerCommand(`terrarium.${name}`, run));

  subscriptions.push(
    views,
    new ViewsStatus(views),
    running,
    new PluginsTree(running, views.onDidChange),
    vscode.debug.registerDebugConfigurationProvider("terrarium", configurations),
    vscode.debug.registerDebugConfigurationProvider(
      "terrarium",
      configurations,
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    vscode.debug.registerDebugAdapterDescriptorFactory("terrarium", new TerrariumAdapterFactory(extensionUri)),
    vscode.window.registerWebviewViewProvider(ViewsPanel.viewId, panel),
    vscode.window.registerCustomEditorProvider(ElfEditorProvider.viewType, new ElfEditorProvider(extensionUri)),
    vscode.workspace.registerTextDocumentContentProvider(DisassemblyDocuments.scheme, disassembly),
  );
  command("debugFile", (uri?: vscode.Uri) => debugFile(uri, { noDebug: false }));
  command("runFile", (uri?: vscode.Uri) => debugFile(uri, { noDebug: true }));
  command("showViews", (plugin?: string, title?: string) => panel.show(plugin, title));
  command("exportView", () => exportView(views));
  command("loadPlugin", () => loadPlugin(running));
  for (const action of ["unload", "reset", "reload"] as const)
    command(`${action}Plugin`, (row?: PluginRow) => onPlugin(action, running, row));
  command("newPlugin", () => newPlugin(extensionUri));
  command("setUpTypeChecking", () => setUpTypeChecking(extensionUri));
}
