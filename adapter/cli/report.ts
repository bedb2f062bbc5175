// Plugin views as text tables and as JSON.
import type { ViewData } from "../debugger/target.ts";

/** Where an address is: `main+0x12 at src/main.c:34`, or undefined. */
export type Symbolizer = (address: bigint) => string | undefined;

export function renderJson(views: readonly ViewData[]): string {
  const shaped = views.map(({ plugin, title, kind, columns, rows }) => ({
    plugin,
    title,
    kind,
    columns: columns.map((column) => column.name),
    rows,
  }));
  return `${JSON.stringify({ views: shaped })}\n`;
}

export function renderText(views: readonly ViewData[], symbolize: Symbolizer): string {
  return views.map((view) => renderTable(view, symbolize)).join("\n");
}

function renderTable(view: ViewData, symbolize: Symbolizer): string {
  const address = view.columns.findIndex((column) => column.type === "address");
  const header = view.columns.map((column) => column.name);
  const rows = view.rows.map((row) => row.map(String));
  const leftAligned = view.columns.map((column) => column.type === "text" || column.type === "address");
  if (address >= 0) {
    header.push("where");
    leftAligned.push(true);
    for (const row of rows) row.push(symbolize(BigInt(row[address])) ?? "");
  }
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (leftAligned[i] ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  ")
      .trimEnd();
  return [
    `${view.title} (${view.plugin})`,
    line(header),
    line(widths.map((w) => "-".repeat(w))),
    ...rows.map(line),
    "",
  ].join("\n");
}
