// Plugin views on their way to the editor: when they are sent, and what of them.
import type { ViewData } from "../debugger/target.ts";
import type { Debuggee } from "./debuggee.ts";
import type { Handler } from "./handlers.ts";
import type { DapSession } from "./session.ts";
import { shownView } from "./shown-view.ts";
import { fitted } from "./view-limits.ts";
import { locationsOf } from "./view-locations.ts";
import { type ViewsEventBody, viewsEvent } from "./views-protocol.ts";

export const views: Handler<"terrarium.views"> = async (session) => {
  const debuggee = session.running();
  return viewsBody(debuggee, await debuggee.target.views()).body;
};

/** Milliseconds between two events while the guest runs, and for each million characters that they have. */
const INTERVAL = 250;

/** Passes views on to the client: at a bounded rate while the guest runs, and at every stop that the user sees. */
export class ViewsForwarder {
  private readonly session: DapSession;
  private latest: readonly ViewData[] = [];
  private sent: readonly ViewData[] = [];
  private lastSent = 0;
  private interval = INTERVAL;
  /** Of views that came too soon after others. */
  private late: NodeJS.Timeout | undefined;

  constructor(session: DapSession) {
    this.session = session;
  }

  received(views: readonly ViewData[]): void {
    this.latest = views;
    // Steps and conditions stop the guest far more often than anyone looks.
    const wait = this.lastSent + this.interval - Date.now();
    if (wait <= 0) return this.send();
    // What does not change any more is not sent again by the emulator: the last is not lost.
    clearTimeout(this.late);
    this.late = setTimeout(() => this.send(), wait);
    this.late.unref();
  }

  moving(): void {
    clearTimeout(this.late);
    this.lastSent = Date.now();
  }

  stopped(): void {
    this.send();
  }

  /** Plugins have come or gone: their views are not left for the next time. */
  pluginsChanged(): void {
    this.send();
  }

  private send(): void {
    const { debuggee } = this.session;
    if (!debuggee || (this.latest.length === 0 && this.sent.length === 0)) return;
    clearTimeout(this.late);
    this.lastSent = Date.now();
    this.sent = this.latest;
    const { body, size } = viewsBody(debuggee, this.latest);
    this.interval = INTERVAL * Math.max(1, size / 1e6);
    this.session.event(viewsEvent, body);
  }
}

function viewsBody(debuggee: Debuggee, data: readonly ViewData[]): { body: ViewsEventBody; size: number } {
  const { views, size } = fitted(data.map((view) => shownView(debuggee, view)));
  const body = {
    views,
    locations: locationsOf(debuggee, views),
    instructions: String(debuggee.target.instructionCount()),
    running: debuggee.debugger.state === "running",
  };
  return { body, size };
}
