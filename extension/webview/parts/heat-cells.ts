// The cells of a heat map, put together where there are more than can be seen. No DOM: tested on its own.

export type HeatCell = readonly [x: number, y: number, value: number];

export interface HeatGrid {
  columns: number;
  rows: number;
  /** Sums, row by row. */
  sums: Float64Array;
  most: number;
}

/** `width` and `height`: values of the axes. At most so many columns and rows are made. */
export function heatGrid(
  cells: readonly HeatCell[],
  width: number,
  height: number,
  maxColumns: number,
  maxRows: number,
): HeatGrid {
  const columns = Math.max(1, Math.min(width, Math.floor(maxColumns)));
  const rows = Math.max(1, Math.min(height, Math.floor(maxRows)));
  const sums = new Float64Array(columns * rows);
  for (const [x, y, value] of cells)
    sums[Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width)] += value;
  let most = 0;
  for (const sum of sums) most = Math.max(most, sum);
  return { columns, rows, sums, most };
}

/** Which values of an axis are in a column or row, of so many: the first, and the one after the last. */
export const valuesIn = (part: number, parts: number, values: number): [first: number, end: number] => [
  Math.ceil((part * values) / parts),
  Math.ceil(((part + 1) * values) / parts),
];

/** How dark a value is drawn: 0 to 1. */
export const darkness = (value: number, most: number, isLogarithmic: boolean) =>
  most <= 0 ? 0 : isLogarithmic ? Math.log1p(value) / Math.log1p(most) : value / most;
