// Where the addresses in plugin views are in the program.
import { parseAddress, symbolText } from "../debugger/text.ts";
import type { Debuggee } from "./debuggee.ts";
import type { ShownView, ViewLocation } from "./views-protocol.ts";

/** Of one event. */
const MAX_LOCATIONS = 20_000;

/** The program does not change: what was found is kept, up to so many. */
const MAX_KEPT = 200_000;

/** What is asked of the program that is debugged. */
export interface Program {
  readonly symbols: Pick<Debuggee["symbols"], "symbolAt" | "lineForAddress">;
  readonly target: Pick<Debuggee["target"], "loadBias">;
  readonly sources: Pick<Debuggee["sources"], "find">;
}

const known = new WeakMap<Program, Map<string, ViewLocation>>();

/** Of the addresses that come first in each view; each view has its share of those that can be told. */
export function locationsOf(program: Program, views: readonly ShownView[]): Record<string, ViewLocation> {
  const locations: Record<string, ViewLocation> = {};
  let left = MAX_LOCATIONS;
  for (const [i, view] of views.entries()) {
    let share = Math.ceil(left / (views.length - i));
    for (const text of addressesOf(view)) {
      if (text in locations) continue;
      if (share === 0) break;
      const location = located(program, text);
      if (!location) continue;
      locations[text] = location;
      share--;
      left--;
    }
  }
  return locations;
}

function* addressesOf(view: ShownView): Iterable<string> {
  switch (view.kind) {
    case "table": {
      const columns = view.columns.flatMap(({ type }, i) => (type === "address" ? [i] : []));
      for (const row of view.rows) for (const column of columns) yield String(row[column]);
      return;
    }
    case "bars":
      return yield* addresses(view.bars);
    case "flame": {
      // By levels: what is nearest to the root is seen first.
      let level = [view.root];
      while (level.length > 0) {
        yield* addresses(level);
        level = level.flatMap((node) => node.children);
      }
      return;
    }
    case "heatMap":
      for (const { type, values } of [view.x, view.y]) if (type === "address") yield* values.map(String);
      return;
    case "timeline":
      return yield* addresses(view.entries.toReversed());
    case "graph":
      return yield* addresses(view.nodes);
    case "log":
      return yield* addresses(view.lines.toReversed());
    case "coverage":
      return yield* addresses(view.functions);
    case "series":
    case "intervals":
      return;
  }
}

function* addresses(items: readonly { address?: string }[]): Iterable<string> {
  for (const { address } of items) if (address !== undefined) yield address;
}

function located(program: Program, text: string): ViewLocation | undefined {
  let kept = known.get(program);
  if (!kept) known.set(program, (kept = new Map()));
  const location = kept.get(text);
  if (location) return location;
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  if (kept.size >= MAX_KEPT) kept.clear();
  const found = find(program, address);
  kept.set(text, found);
  return found;
}

function find({ symbols, target, sources }: Program, address: bigint): ViewLocation {
  const elf = BigInt.asUintN(64, address - target.loadBias);
  const symbol = symbols.symbolAt(elf);
  const line = symbols.lineForAddress(elf);
  const path = line && line.line > 0 ? sources.find(line.path) : undefined;
  return {
    ...(symbol ? { symbol: symbolText(symbol) } : {}),
    ...(path && line ? { path, line: line.line } : {}),
  };
}
