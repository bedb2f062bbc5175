// How the values of tables are written and put in order. No DOM: tested on its own.

export type ColumnType = "address" | "integer" | "number" | "text" | "percent";
export type Cell = string | number;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** Is it a figure, to be aligned right and sorted largest first? */
export const isFigure = (type: ColumnType) => type === "integer" || type === "number" || type === "percent";

const decimals = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3 });
const percents = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en-US");
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });

/** Integers with separators, whatever their size; percents with one decimal. */
export function textOf(value: Cell | undefined, type: ColumnType): string {
  if (value === undefined) return "";
  if (type === "address" || type === "text") return String(value);
  if (typeof value === "string") return /^-?\d+$/.test(value) ? whole.format(BigInt(value)) : value;
  if (!Number.isFinite(value)) return "–";
  if (type === "percent") return `${percents.format(value)} %`;
  return decimals.format(value);
}

/** A share of a whole as a percentage. */
export const shareText = (part: number, all: number) => textOf(all > 0 ? (100 * part) / all : 0, "percent");

/** For axes, where there is little room: `12.3K`. */
export const shortText = (value: number) => (Math.abs(value) < 10_000 ? decimals.format(value) : compact.format(value));

const collator = new Intl.Collator("en", { numeric: true });

function quantity(value: Cell | undefined): number | bigint | undefined {
  if (typeof value === "number") return Number.isNaN(value) ? undefined : value;
  return value !== undefined && /^(-?\d+|0x[\da-f]+)$/i.test(value) ? BigInt(value) : undefined;
}

export interface SortOrder {
  /** Index of the column. */
  column: number;
  direction: "ascending" | "descending";
}

/**
 * Puts indexes of rows in the order to show them; stable, and as they are without an order. Figures and addresses go by
 * value, also beyond 2^53; what is no figure comes first.
 */
export function sorted(
  indexes: number[],
  rows: readonly (readonly Cell[])[],
  columns: readonly Column[],
  order: SortOrder | undefined,
): number[] {
  const column = order && columns[order.column];
  if (!order || !column) return indexes;
  const sign = order.direction === "ascending" ? 1 : -1;
  if (column.type === "text") {
    const texts = rows.map((row) => String(row[order.column] ?? ""));
    return indexes.sort((i, j) => sign * collator.compare(texts[i], texts[j]));
  }
  const values = rows.map((row) => quantity(row[order.column]));
  const compare = (a: number | bigint | undefined, b: number | bigint | undefined) =>
    a === b ? 0 : a === undefined ? -1 : b === undefined ? 1 : a < b ? -1 : a > b ? 1 : 0;
  return indexes.sort((i, j) => sign * compare(values[i], values[j]));
}

/** What a click on a column's head does: its natural order, then the opposite, then the plugin's own. */
export function nextOrder(order: SortOrder | undefined, column: number, type: ColumnType): SortOrder | undefined {
  const first = isFigure(type) ? "descending" : "ascending";
  const second = first === "ascending" ? "descending" : "ascending";
  if (order?.column !== column) return { column, direction: first };
  return order.direction === first ? { column, direction: second } : undefined;
}
