import * as vscode from "vscode";
import type { DisassemblyDocuments } from "./disassembly-documents.ts";
import type { SessionViews } from "./session-views.ts";
import { saveViewFile } from "./view-files.ts";
import type { FromPanel, PanelAction, PanelState, SelectView } from "./webview/messages.ts";
import { setUpPage } from "./webview-page.ts";

const commands: Record<PanelAction, string> = {
  start: "workbench.action.debug.start",
  configure: "workbench.action.debug.configure",
  newPlugin: "terrarium.newPlugin",
};

/** The panel that shows what plugins have found: the page in webview/views.ts, fed with the current session's views. */
export class ViewsPanel implements vscode.WebviewViewProvider {
  static readonly viewId = "terrarium.views";
  private view: vscode.WebviewView | undefined;
  /** Asked for, and not yet told to the page. */
  private wanted: SelectView | undefined;
  private isReady = false;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly sessions: SessionViews,
    private readonly disassembly: DisassemblyDocuments,
  ) {}

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    setUpPage(view.webview, this.extensionUri, "views", "Plugin Views");
    const subscriptions = [
      view.webview.onDidReceiveMessage((message: FromPanel) => this.received(message)),
      this.sessions.onDidChange(() => this.post()),
      view.onDidChangeVisibility(() => this.post()),
    ];
    view.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
      this.view = undefined;
      this.isReady = false;
    });
  }

  /** Shows the panel, with a view of a plugin in sight. */
  async show(plugin?: string, title?: string): Promise<void> {
    if (plugin !== undefined && title !== undefined) this.wanted = { kind: "select", plugin, title };
    await vscode.commands.executeCommand(`${ViewsPanel.viewId}.focus`);
    this.select();
  }

  private async received(message: FromPanel): Promise<void> {
    switch (message.kind) {
      case "ready":
        this.isReady = true;
        this.post();
        await this.sessions.refresh();
        return this.select();
      case "go":
        return this.goTo(message.address);
      case "open":
        await showSource(message.path, message.line);
        return;
      case "copy":
        return vscode.env.clipboard.writeText(message.text);
      case "save":
        return saveViewFile(message.name, message.format, message.content);
      case "run":
        await vscode.commands.executeCommand(commands[message.action]);
    }
  }

  private post(): void {
    if (!this.view?.visible) return;
    const current = this.sessions.current;
    const status = !current
      ? "none"
      : current.ended
        ? "ended"
        : current.body?.running === false
          ? "stopped"
          : "running";
    const state: PanelState = {
      kind: "state",
      status,
      session: current?.session.name ?? "",
      body: current?.body,
    };
    void this.view.webview.postMessage(state);
  }

  private select(): void {
    if (!this.view || !this.isReady || !this.wanted) return;
    void this.view.webview.postMessage(this.wanted);
    this.wanted = undefined;
  }

  private async goTo(address: string): Promise<void> {
    const current = this.sessions.current;
    if (!current) return;
    const location = current.body?.locations[address];
    if (location?.path && (await showSource(location.path, location.line ?? 1))) return;
    await this.disassembly.show(current.session, address);
  }
}

/** False when the file is not on this machine: programs are built elsewhere too. */
async function showSource(path: string, line: number): Promise<boolean> {
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    const position = document.lineAt(Math.max(0, Math.min(document.lineCount, line) - 1)).range.start;
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.One,
      selection: new vscode.Range(position, position),
      preview: true,
    });
    return true;
  } catch {
    return false;
  }
}
