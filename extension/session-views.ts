import * as vscode from "vscode";
import { type ViewsEventBody, viewsEvent, viewsRequest } from "../adapter/dap/views-protocol.ts";

/** What the plugins of one session show. */
export interface SessionState {
  readonly session: vscode.DebugSession;
  readonly ended: boolean;
  /** Undefined until the adapter has sent the first. */
  readonly body: ViewsEventBody | undefined;
}

/**
 * Keeps the plugin views of every session. The current one is the session that the user looks at; when the last has
 * ended it stays, so that its figures can be read, until the next starts.
 */
export class SessionViews implements vscode.Disposable {
  private readonly states = new Map<string, SessionState>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private currentId: string | undefined;
  /** The current session's state is another. */
  readonly onDidChange = this.changed.event;

  constructor() {
    this.subscriptions = [
      this.changed,
      vscode.debug.onDidStartDebugSession((session) => this.started(session)),
      vscode.debug.onDidTerminateDebugSession((session) => this.ended(session)),
      vscode.debug.onDidChangeActiveDebugSession((session) => {
        if (session && this.states.has(session.id)) this.makeCurrent(session.id);
      }),
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
        if (event === viewsEvent && session.type === "terrarium") this.received(session, body);
      }),
    ];
    // The event that activated the extension may have been the start of a session.
    if (vscode.debug.activeDebugSession) this.started(vscode.debug.activeDebugSession);
  }

  get current(): SessionState | undefined {
    return this.currentId === undefined ? undefined : this.states.get(this.currentId);
  }

  /** Asks the adapter for the current figures, for a panel that has just been opened. */
  async refresh(): Promise<void> {
    const state = this.current;
    if (!state || state.ended) return;
    const body: ViewsEventBody | undefined = await state.session.customRequest(viewsRequest).then(
      (answer) => answer,
      () => undefined, // too early or too late for the adapter: its next event tells
    );
    if (body) this.received(state.session, body);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private started(session: vscode.DebugSession): void {
    if (session.type !== "terrarium" || this.states.has(session.id)) return;
    for (const [id, state] of this.states) if (state.ended) this.states.delete(id);
    this.states.set(session.id, { session, ended: false, body: undefined });
    this.makeCurrent(session.id);
  }

  private received(session: vscode.DebugSession, body: ViewsEventBody): void {
    this.started(session);
    this.states.set(session.id, { session, ended: this.states.get(session.id)?.ended ?? false, body });
    if (session.id === this.currentId) this.changed.fire();
  }

  private ended(session: vscode.DebugSession): void {
    const state = this.states.get(session.id);
    if (!state) return;
    this.states.set(session.id, { ...state, ended: true });
    const alive = [...this.states.values()].find((other) => !other.ended);
    if (alive && session.id === this.currentId) this.currentId = alive.session.id;
    this.changed.fire();
  }

  private makeCurrent(id: string): void {
    if (this.currentId === id) return;
    this.currentId = id;
    this.changed.fire();
  }
}
