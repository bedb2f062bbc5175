// Tables: rows of cells by column name.
import type { Cell, Column, ColumnType, Row, TableOptions } from "../../../plugins/api/index.ts";
import type { TableData } from "../view-data.ts";
import { keepFirst, omission } from "./bounds.ts";
import { addressText, type Given } from "./given.ts";

const MAX_ROWS = 100_000;

const columnTypes: readonly ColumnType[] = ["address", "integer", "number", "percent", "text"];

export function tableData(
  given: Given,
  value: unknown,
  options: TableOptions,
): Pick<TableData, "columns" | "rows" | "omitted"> {
  const { items, omitted } = keepFirst(given.iterable(value), MAX_ROWS);
  const rows = items.map((row) =>
    typeof row === "object" && row !== null
      ? (row as Row)
      : given.part("row").fail("an object of cells by column name", row),
  );
  const columns = columnsOf(given, options, rows);
  return {
    columns,
    rows: rows.map((row) => columns.map(({ name, type }) => cell(given, name, row[name], type))),
    ...omission(omitted),
  };
}

function columnsOf(given: Given, options: TableOptions, rows: readonly Row[]): Column[] {
  if (!options.columns)
    return Object.keys(rows[0] ?? {}).map((name) => ({
      name,
      type: inferred(
        name,
        rows.map((row) => row[name]),
      ),
    }));
  return Object.entries(options.columns).map(([name, type]) => {
    if (!columnTypes.includes(type))
      given.part(`type of column "${name}"`).fail(`one of ${columnTypes.join(", ")}`, type);
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

function cell(given: Given, column: string, value: unknown, type: ColumnType): string | number {
  switch (typeof value) {
    case "undefined":
      return "";
    case "string":
    case "boolean":
      return String(value);
    case "bigint": {
      if (type === "address") return addressText(value);
      const isExact = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
      return isExact && type !== "text" ? Number(value) : String(value);
    }
    case "number":
      if (type === "address" && Number.isInteger(value)) return addressText(BigInt(value));
      return type === "text" || !Number.isFinite(value) ? String(value) : value;
    default:
      return value === null ? "" : given.part(`cell of column "${column}"`).fail("a text, a number or empty", value);
  }
}
