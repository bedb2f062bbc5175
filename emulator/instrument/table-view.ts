// Turns the rows of a plugin's table into data that any viewer can show.
import type { Cell, Column, ColumnType, Row, TableOptions } from "../../plugins/api/index.ts";
import type { ViewData } from "./view-data.ts";

export interface TableView {
  title: string;
  rows: () => Iterable<Row>;
  options: TableOptions;
}

/** Rows of one view that are shown at most: a view is for people. */
const MAX_ROWS = 100_000;

const columnTypes: readonly ColumnType[] = ["address", "integer", "number", "percent", "text"];

/** @throws what the plugin's function throws, or that its rows are none. */
export function tableData(plugin: string, view: TableView): ViewData {
  const rows: Row[] = [];
  for (const row of view.rows()) {
    if (typeof row !== "object" || row === null)
      throw new TypeError(`a row of table "${view.title}" must be an object of cells by column name`);
    rows.push(row);
    if (rows.length >= MAX_ROWS) break;
  }
  const columns = columnsOf(view, rows);
  return {
    plugin,
    title: view.title,
    kind: "table",
    columns,
    rows: rows.map((row) => columns.map(({ name, type }) => cell(row[name], type))),
  };
}

function columnsOf({ title, options }: TableView, rows: readonly Row[]): Column[] {
  if (!options.columns)
    return Object.entries(rows[0] ?? {}).map(([name]) => ({
      name,
      type: inferred(
        name,
        rows.map((row) => row[name]),
      ),
    }));
  return Object.entries(options.columns).map(([name, type]) => {
    if (!columnTypes.includes(type))
      throw new TypeError(`column "${name}" of table "${title}": the type must be one of ${columnTypes.join(", ")}`);
    return { name, type };
  });
}

function inferred(name: string, cells: readonly Cell[]): ColumnType {
  const values = cells.filter((value) => value !== undefined && value !== null);
  if (values.some((value) => typeof value === "string" || typeof value === "boolean")) return "text";
  if (values.some((value) => typeof value === "number" && !Number.isInteger(value))) return "number";
  const isBig = values.length > 0 && values.every((value) => typeof value === "bigint");
  return isBig && ["pc", "address", "vaddr"].includes(name) ? "address" : "integer";
}

function cell(value: Cell, type: ColumnType): string | number {
  if (value === undefined || value === null) return "";
  if (type === "address" && (typeof value === "bigint" || typeof value === "number"))
    return `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
  if (typeof value === "bigint") {
    const isExact = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
    return isExact && type !== "text" ? Number(value) : String(value);
  }
  if (typeof value === "number") return type === "text" || !Number.isFinite(value) ? String(value) : value;
  return String(value);
}
