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

export function sendViews(session: DapSession, debuggee: Debuggee, data: readonly ViewData[]): void {
  session.event(viewsEvent, viewsBody(debuggee, data));
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
