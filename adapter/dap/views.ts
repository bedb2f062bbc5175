// Plugin views, with the places of the addresses in them.
import type { ViewData } from "../debugger/target.ts";
import { parseAddress, symbolText } from "../debugger/text.ts";
import type { Debuggee } from "./debuggee.ts";
import type { Handler } from "./handlers.ts";
import type { DapSession } from "./session.ts";
import { type ViewLocation, type ViewsEventBody, viewsEvent } from "./views-protocol.ts";

export const views: Handler<"terrarium.views"> = async (session) => {
  const debuggee = session.running();
  return viewsBody(debuggee, await debuggee.target.views());
};

/** Milliseconds between two events while the guest runs. */
const INTERVAL = 250;

/** Passes views on to the client: at a bounded rate while the guest runs, and at every stop that the user sees. */
export class ViewsForwarder {
  private readonly session: DapSession;
  private latest: readonly ViewData[] = [];
  private sent: readonly ViewData[] = [];
  private lastSent = 0;

  constructor(session: DapSession) {
    this.session = session;
  }

  received(views: readonly ViewData[]): void {
    this.latest = views;
    // Steps and conditions stop the guest far more often than anyone looks.
    if (Date.now() - this.lastSent >= INTERVAL) this.send();
  }

  moving(): void {
    this.lastSent = Date.now();
  }

  stopped(): void {
    this.send();
  }

  private send(): void {
    const { debuggee } = this.session;
    if (!debuggee || (this.latest.length === 0 && this.sent.length === 0)) return;
    this.lastSent = Date.now();
    this.sent = this.latest;
    this.session.event(viewsEvent, viewsBody(debuggee, this.latest));
  }
}

function viewsBody(debuggee: Debuggee, data: readonly ViewData[]): ViewsEventBody {
  return {
    views: data,
    locations: locationsOf(debuggee, data),
    instructions: String(debuggee.target.instructionCount()),
    running: debuggee.debugger.state === "running",
  };
}

function locationsOf(debuggee: Debuggee, data: readonly ViewData[]): Record<string, ViewLocation> {
  const locations: Record<string, ViewLocation> = {};
  for (const view of data) {
    const columns = view.columns.flatMap((column, i) => (column.type === "address" ? [i] : []));
    for (const row of view.rows) {
      for (const column of columns) {
        const cell = String(row[column]);
        const address = locations[cell] ? undefined : parseAddress(cell);
        if (address !== undefined) locations[cell] = locationOf(debuggee, address);
      }
    }
  }
  return locations;
}

function locationOf({ symbols, target, sources }: Debuggee, address: bigint): ViewLocation {
  const elf = BigInt.asUintN(64, address - target.loadBias);
  const symbol = symbols.symbolAt(elf);
  const line = symbols.lineForAddress(elf);
  const path = line && line.line > 0 ? sources.find(line.path) : undefined;
  return {
    ...(symbol ? { symbol: symbolText(symbol) } : {}),
    ...(path && line ? { path, line: line.line } : {}),
  };
}
