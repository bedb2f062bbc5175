import type { AxisData, HeatMapData } from "../../../emulator/instrument/view-data.ts";
import { rounded } from "./columns.ts";

const MAX_COLUMNS = 100;
const MAX_ROWS = 40;

/** From little to much; empty places are blank. */
const shades = ".:-=+*#%@";

/** A map of characters: x to the right, y downwards, several values in one character where there are more. */
export function heatMapText({ x, y, cells }: HeatMapData): string[] {
  const columns = Math.min(MAX_COLUMNS, x.values.length);
  const rows = Math.min(MAX_ROWS, y.values.length);
  if (columns === 0 || rows === 0) return ["(nothing yet)"];
  const sums = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  for (const [i, j, value] of cells)
    sums[Math.floor((j * rows) / y.values.length)][Math.floor((i * columns) / x.values.length)] += value;
  const most = sums.flat().reduce((a, b) => Math.max(a, b), 0);
  const shade = (value: number) =>
    value === 0 ? " " : shades[Math.ceil((Math.log1p(value) / Math.log1p(most)) * shades.length) - 1];
  const labels = sums.map((_, j) => String(y.values[Math.floor((j * y.values.length) / rows)]));
  const width = labels.reduce((widest, label) => Math.max(widest, label.length), 0);
  return [
    `${"".padEnd(width)}  ${x.title}: ${range(x)}, ${y.title}: ${range(y)}`,
    ...sums.map((row, j) => `${labels[j].padStart(width)} |${row.map(shade).join("")}|`),
    `${"".padEnd(width)}  ${shades[0]} least, ${shades.at(-1)} ${rounded(most)}`,
  ];
}

const range = ({ values }: AxisData) => (values.length === 1 ? `${values[0]}` : `${values[0]} to ${values.at(-1)}`);
