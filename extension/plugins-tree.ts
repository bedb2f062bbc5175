import * as vscode from "vscode";
import { type PluginRow, pluginRows } from "./plugin-rows.ts";
import type { RunningPlugins } from "./running-plugins.ts";

/**
 * Milliseconds between two looks at what plugins cost, while somebody sees it. Not too often: a click on a row that is
 * drawn anew just then is lost.
 */
const INTERVAL = 2000;

/** The plugins of the running session in the Run and Debug side bar. */
export class PluginsTree implements vscode.TreeDataProvider<PluginRow>, vscode.Disposable {
  static readonly viewId = "terrarium.plugins";
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly view: vscode.TreeView<PluginRow>;
  private readonly subscriptions: vscode.Disposable[];
  private rows: readonly PluginRow[] = [];
  private wasRunning = false;
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly running: RunningPlugins,
    onDidChangeSession: vscode.Event<void>,
  ) {
    this.view = vscode.window.createTreeView(PluginsTree.viewId, { treeDataProvider: this });
    const timer = setInterval(() => {
      if (running.isRunning) this.refresh();
    }, INTERVAL);
    this.subscriptions = [
      this.view,
      this.changed,
      running.onDidChange(() => this.show()),
      this.view.onDidChangeVisibility(() => this.refresh()),
      onDidChangeSession(() => {
        // At a stop once more: then the figures stand still.
        if (this.wasRunning && !running.isRunning) this.refresh();
        this.wasRunning = running.isRunning;
      }),
      { dispose: () => clearInterval(timer) },
    ];
  }

  getTreeItem(row: PluginRow): vscode.TreeItem {
    const { None, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(row.label, row.children.length > 0 ? Collapsed : None);
    item.id = row.id;
    item.description = row.description;
    item.tooltip = row.tooltip;
    item.contextValue = row.kind;
    if (row.icon) item.iconPath = new vscode.ThemeIcon(row.icon);
    if (row.kind === "view")
      item.command = { command: "terrarium.showViews", title: "Show Plugin Views", arguments: [row.plugin, row.label] };
    return item;
  }

  getChildren(row?: PluginRow): PluginRow[] {
    return [...(row ? row.children : this.rows)];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private refresh(): void {
    if (this.view.visible) void this.running.refresh();
  }

  private show(): void {
    const rows = pluginRows(this.running.plugins);
    if (JSON.stringify(rows) === JSON.stringify(this.rows)) return;
    this.rows = rows;
    this.view.message = rows.length === 0 && this.running.session ? "No plugin is loaded." : undefined;
    this.changed.fire();
  }
}
