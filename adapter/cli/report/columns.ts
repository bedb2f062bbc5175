// Text in columns.

export type Alignment = "left" | "right";

/** Cells beside each other, as wide as the widest of their column. Nothing follows the last text of a line. */
export function aligned(rows: readonly (readonly string[])[], alignments: readonly Alignment[]): string[] {
  const widths = columnWidths(rows);
  return rows.map((cells) =>
    cells
      .map((cell, i) => (alignments[i] === "right" ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd(),
  );
}

/** The same, with a rule below the first row. */
export function alignedTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
): string[] {
  const [head, ...body] = aligned([header, ...rows], alignments);
  const rule = columnWidths([header, ...rows])
    .map((width) => "-".repeat(width))
    .join("  ");
  return [head, rule, ...body];
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return widths;
}

/** `12.3 %` */
export const percent = (part: number, whole: number) => `${(whole > 0 ? (100 * part) / whole : 0).toFixed(1)} %`;

/** At most so many decimals as say something. */
export const rounded = (value: number) => String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
