// A table as comma-separated values (RFC 4180), column names first.
import { stringify } from "csv-stringify/sync";
import { exporterOfOne } from "./exporter.ts";

export const csv = exporterOfOne({
  format: "csv",
  extension: ".csv",
  description: "a table, for spreadsheets",
  kinds: ["table"],
  write({ columns, rows }) {
    return stringify([columns.map((column) => column.name), ...rows.map((row) => row.map(String))], {
      record_delimiter: "windows",
      quoted_match: /[\r\n]/, // of the two of a record's end, one alone would go unquoted
    });
  },
});
