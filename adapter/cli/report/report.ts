// Plugin views as text for a terminal, and as JSON.
import type { ViewData } from "../../debugger/target.ts";
import { barsText } from "./bars.ts";
import { coverageText } from "./coverage.ts";
import { flameText } from "./flame.ts";
import { graphText } from "./graph.ts";
import { heatMapText } from "./heat-map.ts";
import { intervalsText } from "./intervals.ts";
import { logText } from "./log.ts";
import type { Places } from "./places.ts";
import { seriesText } from "./series.ts";
import { tableText } from "./table.ts";
import { timelineText } from "./timeline.ts";

export function renderJson(views: readonly ViewData[]): string {
  const shaped = views.map((view) =>
    view.kind === "table" ? { ...view, columns: view.columns.map((column) => column.name) } : view,
  );
  return `${JSON.stringify({ views: shaped })}\n`;
}

export function renderText(views: readonly ViewData[], places: Places): string {
  return views.map((view) => renderView(view, places)).join("\n");
}

function renderView(view: ViewData, places: Places): string {
  const omitted = view.omitted === undefined ? [] : [`(${view.omitted} more are not shown)`];
  return [`${view.title} (${view.plugin})`, ...linesOf(view, places), ...omitted, ""].join("\n");
}

function linesOf(view: ViewData, places: Places): string[] {
  switch (view.kind) {
    case "table":
      return tableText(view, places);
    case "bars":
      return barsText(view, places);
    case "series":
      return seriesText(view);
    case "flame":
      return flameText(view);
    case "heatMap":
      return heatMapText(view);
    case "timeline":
      return timelineText(view, places);
    case "graph":
      return graphText(view);
    case "log":
      return logText(view, places);
    case "coverage":
      return coverageText(view, places);
    case "intervals":
      return intervalsText(view);
  }
}
