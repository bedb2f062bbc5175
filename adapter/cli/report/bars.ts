import type { BarsData } from "../../../emulator/instrument/view-data.ts";
import { aligned, percent } from "./columns.ts";
import { type Places, whereIs } from "./places.ts";

/** Characters of the longest bar. */
const WIDTH = 40;

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

export function barsText({ bars }: BarsData, places: Places): string[] {
  const longest = Number(bars[0]?.value ?? 0);
  const sum = bars.reduce((total, bar) => total + Number(bar.value), 0);
  const rows = bars.map(({ label, value, address }) => [
    label,
    String(value),
    percent(Number(value), sum),
    bar(Number(value) / longest),
    ...(address === undefined ? [] : [[address, whereIs(address, places)].join(" ").trimEnd()]),
  ]);
  return aligned(rows, ["left", "right", "right", "left", "left"]);
}

function bar(share: number): string {
  const parts = Number.isFinite(share) ? Math.round(share * WIDTH * 8) : 0;
  return "█".repeat(parts >> 3) + eighths[parts & 7];
}
