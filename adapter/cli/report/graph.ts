import type { GraphData } from "../../../emulator/instrument/view-data.ts";
import { aligned, percent } from "./columns.ts";

/** Edges that are written. */
const MAX_EDGES = 100;

/** The edges, most used first. */
export function graphText({ nodes, edges }: GraphData): string[] {
  const sum = edges.reduce((total, { count }) => total + Number(count), 0);
  const name = (i: number) => {
    const { id, label } = nodes[i];
    return label === id ? id : `${label} (${id})`;
  };
  const rows = edges
    .slice(0, MAX_EDGES)
    .map(({ from, to, count }) => [String(count), percent(Number(count), sum), `${name(from)} -> ${name(to)}`]);
  const more = edges.length - rows.length;
  return [
    `${nodes.length} nodes, ${edges.length} edges`,
    ...aligned(rows, ["right", "right", "left"]),
    ...(more > 0 ? [`(${more} smaller edges)`] : []),
  ];
}
