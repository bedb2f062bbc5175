import type { SeriesData } from "../../../emulator/instrument/view-data.ts";
import { aligned, rounded } from "./columns.ts";

/** Characters of a sparkline. */
const WIDTH = 60;

const levels = "▁▂▃▄▅▆▇█";

/** A line for each figure: what it is now, or how it grew last, and how it went. */
export function seriesText({ names, points, rate, unit }: SeriesData): string[] {
  const shown = rate ? growth(points) : points;
  const last = shown.at(-1);
  if (!last) return ["(no figures yet)"];
  const from = points[0][0];
  const rows = names.map((name, i) => [name, rounded(last[i + 1]), sparkline(shown.map((point) => point[i + 1]))]);
  const what = [unit, rate ? "per million instructions" : undefined].filter(Boolean).join(" ");
  return [`${what ? `${what}, ` : ""}instructions ${from} to ${last[0]}`, ...aligned(rows, ["left", "right", "left"])];
}

/** By how much each figure grew per million instructions since the point before; one point alone, since the beginning. */
function growth(given: SeriesData["points"]): number[][] {
  const points = given.length === 1 ? [given[0].map(() => 0), given[0]] : given;
  return points.slice(1).map(([now, ...figures], i) => {
    const [before, ...old] = points[i];
    return [now, ...figures.map((figure, j) => (now > before ? ((figure - old[j]) / (now - before)) * 1e6 : 0))];
  });
}

function sparkline(values: readonly number[]): string {
  const columns = Math.min(WIDTH, values.length);
  const means = Array.from({ length: columns }, (_, i) => {
    const part = values.slice(
      Math.floor((i * values.length) / columns),
      Math.floor(((i + 1) * values.length) / columns),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const level = (value: number) => (high > low ? Math.round(((value - low) / (high - low)) * (levels.length - 1)) : 0);
  return means.map((value) => levels[level(value)]).join("");
}
