import * as vscode from "vscode";
import type { SessionViews } from "./session-views.ts";

/** A status bar entry while a session has plugin views: it names them and opens the panel. */
export class ViewsStatus implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("terrarium.views", vscode.StatusBarAlignment.Left);
  private readonly subscription: vscode.Disposable;

  constructor(sessions: SessionViews) {
    this.item.name = "Terrarium Plugin Views";
    this.item.command = "terrarium.showViews";
    this.subscription = sessions.onDidChange(() => {
      const current = sessions.current;
      const titles = current?.ended ? [] : (current?.body?.views ?? []).map((view) => view.title);
      if (titles.length === 0) return this.item.hide();
      this.item.text = `$(beaker) ${titles[0]}${titles.length > 1 ? ` +${titles.length - 1}` : ""}`;
      this.item.tooltip = `Plugin views: ${titles.join(", ")}`;
      this.item.show();
    });
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }
}
