import type { IntervalsData } from "../../../emulator/instrument/view-data.ts";
import { alignedTable, percent, rounded } from "./columns.ts";

/** Blocks that are named for each interval. */
const NAMED = 3;

export function intervalsText({ vectors }: IntervalsData): string[] {
  const rows = vectors.map((vector, i) => {
    const sum = vector.reduce((total, [, instructions]) => total + instructions, 0);
    const largest = [...vector].sort((a, b) => b[1] - a[1]).slice(0, NAMED);
    const named = largest.map(([block, instructions]) => `${block} (${percent(instructions, sum)})`);
    return [String(i + 1), rounded(sum), String(vector.length), named.join(", ")];
  });
  return alignedTable(["interval", "instructions", "blocks", "most in blocks"], rows, [
    "right",
    "right",
    "right",
    "left",
  ]);
}
