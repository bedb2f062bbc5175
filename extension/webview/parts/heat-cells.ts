// The cells of a heat map, put together where there are more than can be seen. No DOM: tested on its own.

export type HeatCell = readonly [x: number, y: number, value: number];

export interface HeatGrid {
  columns: number;
  rows: number;
  /** Sums, row by row. */
  sums: Float64Array;
  /** Of the cells that are not empty. */
  least: number;
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
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const sum of sums) {
    if (sum > 0) least = Math.min(least, sum);
    most = Math.max(most, sum);
  }
  return { columns, rows, sums, least: most > 0 ? least : 0, most };
}

/** Which values of an axis are in a column or row, of so many: the first, and the one after the last. */
export const valuesIn = (part: number, parts: number, values: number): [first: number, end: number] => [
  Math.ceil((part * values) / parts),
  Math.ceil(((part + 1) * values) / parts),
];

/** How strongly a value is drawn, from 0 to 1; by orders of magnitude from the least to the most, or from nothing. */
export function strength(value: number, { least, most }: HeatGrid, isLogarithmic: boolean): number {
  if (most <= 0) return 0;
  if (!isLogarithmic) return value / most;
  return most > least ? (Math.log(value) - Math.log(least)) / (Math.log(most) - Math.log(least)) : 1;
}

/** The value that is drawn so strongly. */
export function valueOfStrength(share: number, { least, most }: HeatGrid, isLogarithmic: boolean): number {
  return isLogarithmic && most > 0 ? least * (most / least) ** share : most * share;
}
