import type { TableData } from "../../../emulator/instrument/view-data.ts";
import { type Alignment, alignedTable } from "./columns.ts";
import { type Places, whereIs } from "./places.ts";

/** The first column of addresses says where they are, in a column more. */
export function tableText({ columns, rows }: TableData, places: Places): string[] {
  const address = columns.findIndex((column) => column.type === "address");
  const alignments = columns.map(({ type }): Alignment => (type === "text" || type === "address" ? "left" : "right"));
  const where = (row: readonly (number | string)[]) => (address < 0 ? [] : [whereIs(String(row[address]), places)]);
  return alignedTable(
    [...columns.map((column) => column.name), ...(address < 0 ? [] : ["where"])],
    rows.map((row) => [...row.map(String), ...where(row)]),
    [...alignments, "left"],
  );
}
