// What VS Code calls first. It registers; everything else is done when it is asked for.
import * as vscode from "vscode";
import { TerrariumAdapterFactory } from "./adapter-factory.ts";
import { TerrariumConfigurationProvider } from "./configuration-provider.ts";
import { DisassemblyDocuments } from "./disassembly-documents.ts";
import { ElfEditorProvider } from "./elf-editor.ts";
import { exportView } from "./export-command.ts";
import { newPlugin, setUpTypeChecking } from "./plugin-workspace-commands.ts";
import { debugFile } from "./program-choice.ts";
import { SessionViews } from "./session-views.ts";
import { ViewsPanel } from "./views-panel.ts";
import { ViewsStatus } from "./views-status.ts";

export function activate(context: vscode.ExtensionContext): void {
  const { extensionUri, subscriptions } = context;
  const configurations = new TerrariumConfigurationProvider();
  const views = new SessionViews();
  const disassembly = new DisassemblyDocuments();
  const panel = new ViewsPanel(extensionUri, views, disassembly);
  const command = (name: string, run: (...args: never[]) => unknown) =>
    subscriptions.push(vscode.commands.registerCommand(`terrarium.${name}`, run));

  subscriptions.push(
    views,
    new ViewsStatus(views),
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
  command("showViews", () => panel.show());
  command("exportView", () => exportView(views));
  command("newPlugin", () => newPlugin(extensionUri));
  command("setUpTypeChecking", () => setUpTypeChecking(extensionUri));
}
