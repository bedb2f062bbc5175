// A table of fixed columns, so that a row can be printed as soon as it is known.

export interface Column<Row> {
  title: string;
  width: number;
  /** Text is at the left, figures are at the right. */
  left?: boolean;
  cell(row: Row): string;
}

const pad = (text: string, { width, left }: { width: number; left?: boolean }) =>
  left ? text.padEnd(width) : text.padStart(width);

export const headLine = <Row>(columns: readonly Column<Row>[]): string =>
  columns
    .map((column) => pad(column.title, column))
    .join("  ")
    .trimEnd();

export const rowLine = <Row>(columns: readonly Column<Row>[], row: Row): string =>
  columns
    .map((column) => pad(column.cell(row), column))
    .join("  ")
    .trimEnd();

/** A figure that may be unknown. */
export const figure = (value: number | undefined, digits: number): string =>
  value === undefined ? "-" : value.toFixed(digits);
