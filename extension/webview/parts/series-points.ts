// The points of a series as they are drawn. No DOM: tested on its own.
import type { DataOf } from "../messages.ts";

/** Instruction counts, then for each figure a value at each of them. */
export function seriesColumns({
  points,
  names,
  rate,
}: Pick<DataOf<"series">, "points" | "names" | "rate">): number[][] {
  const shown = rate ? growth(points) : points;
  return Array.from({ length: 1 + names.length }, (_, i) => shown.map((point) => point[i] ?? 0));
}

/** By how much each figure grew per million instructions since the point before. */
function growth(points: readonly (readonly number[])[]): number[][] {
  return points.slice(1).map(([now, ...figures], i) => {
    const [before, ...old] = points[i];
    return [now, ...figures.map((figure, j) => ((figure - old[j]) / (now - before)) * 1e6)];
  });
}
