// How the values of a table are written and put in order. No DOM: tested on its own.
import type { ViewData } from "./messages.ts";

export type ColumnType = ViewData["columns"][number]["type"];
export type Cell = string | number;

/** Is it a figure, to be aligned right and sorted largest first? */
export const isFigure = (type: ColumnType) => type === "integer" || type === "number" || type === "percent";

const decimals = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3 });
const percents = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en-US");

/** Integers with separators, whatever their size; percents with one decimal. */
export function textOf(value: Cell | undefined, type: ColumnType): string {
  if (value === undefined) return "";
  if (type === "address" || type === "text") return String(value);
  if (typeof value === "string") return /^-?\d+$/.test(value) ? whole.format(BigInt(value)) : value;
  if (!Number.isFinite(value)) return "–";
  if (type === "percent") return `${percents.format(value)} %`;
  return decimals.format(value);
}

/** Ascending. Figures and addresses by value, also beyond 2^53; what is no figure comes first. */
export function compare(a: Cell | undefined, b: Cell | undefined, type: ColumnType): number {
  if (type === "text") return String(a ?? "").localeCompare(String(b ?? ""), "en", { numeric: true });
  const [x, y] = [quantity(a), quantity(b)];
  return x === y ? 0 : x === undefined ? -1 : y === undefined ? 1 : x < y ? -1 : 1;
}

function quantity(value: Cell | undefined): number | bigint | undefined {
  if (typeof value === "number") return Number.isNaN(value) ? undefined : value;
  return value !== undefined && /^(-?\d+|0x[\da-f]+)$/i.test(value) ? BigInt(value) : undefined;
}

export interface SortOrder {
  /** Index of the column. */
  column: number;
  direction: "ascending" | "descending";
}

/** Indexes of the rows in the order to show them; stable, and as the plugin gave them without an order. */
export function sorted(view: ViewData, order: SortOrder | undefined): number[] {
  const indexes = view.rows.map((_, i) => i);
  const column = order && view.columns[order.column];
  if (!order || !column) return indexes;
  const sign = order.direction === "ascending" ? 1 : -1;
  return indexes.sort((i, j) => sign * compare(view.rows[i][order.column], view.rows[j][order.column], column.type));
}

/** What a click on a column's head does: its natural order, then the opposite, then the plugin's own. */
export function nextOrder(order: SortOrder | undefined, column: number, type: ColumnType): SortOrder | undefined {
  const first = isFigure(type) ? "descending" : "ascending";
  const second = first === "ascending" ? "descending" : "ascending";
  if (order?.column !== column) return { column, direction: first };
  return order.direction === first ? { column, direction: second } : undefined;
}
