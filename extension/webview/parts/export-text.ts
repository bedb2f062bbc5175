// Rows as text for the clipboard and for files. No DOM: tested on its own.

/** Columns apart by tabs: what spreadsheets take from the clipboard. */
export const tsv = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => row.map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t")).join("\n");

/** As RFC 4180 has it. */
export const csv = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");

const csvCell = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** A file's name without what file systems refuse. */
export const fileName = (plugin: string, title: string) =>
  `${plugin} ${title}`
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._ -]+/gu, "")
    .trim()
    .replace(/\s+/g, "-")
    .slice(0, 80) || "view";
