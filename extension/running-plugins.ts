import * as vscode from "vscode";
import {
  type AvailablePlugin,
  type AvailablePluginsResult,
  availablePluginsRequest,
  type PluginState,
  type PluginsArguments,
  type PluginsResult,
  pluginsRequest,
} from "../adapter/dap/plugins-protocol.ts";
import type { SessionViews } from "./session-views.ts";

/** The plugins of the session that the user looks at. */
export class RunningPlugins implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscription: vscode.Disposable;
  private known: { session: string; plugins: readonly PluginState[] } | undefined;
  readonly onDidChange = this.changed.event;

  constructor(private readonly sessions: SessionViews) {
    this.subscription = sessions.onDidChange(() => {
      if (this.known && this.known.session !== this.session?.id) this.changed.fire();
    });
  }

  /** The session, as long as it can be asked. */
  get session(): vscode.DebugSession | undefined {
    const { current } = this.sessions;
    return current?.ended ? undefined : current?.session;
  }

  /** As they were when last asked for. */
  get plugins(): readonly PluginState[] {
    return this.known?.session === this.session?.id ? (this.known?.plugins ?? []) : [];
  }

  /** False while the guest stands still, and so nothing changes. */
  get isRunning(): boolean {
    return this.session !== undefined && this.sessions.current?.body?.running !== false;
  }

  /** Asks for them anew. A session that is just starting or ending has none to tell of. */
  async refresh(): Promise<readonly PluginState[]> {
    if (this.session)
      await this.carryOut({ do: "list" }).then(
        () => undefined,
        () => undefined,
      );
    return this.plugins;
  }

  /** @throws Error that says why it cannot be done. */
  async carryOut(action: PluginsArguments): Promise<void> {
    const session = this.required();
    const { done, problem, plugins }: PluginsResult = await session.customRequest(pluginsRequest, action);
    this.known = { session: session.id, plugins };
    this.changed.fire();
    if (!done) throw new Error(problem ?? "it could not be done: the Debug Console says why");
  }

  async available(): Promise<readonly AvailablePlugin[]> {
    const { plugins }: AvailablePluginsResult = await this.required().customRequest(availablePluginsRequest);
    return plugins;
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private required(): vscode.DebugSession {
    if (!this.session) throw new Error("no Terrarium session runs");
    return this.session;
  }
}
