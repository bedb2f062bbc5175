// Keeps an event with plugin views from becoming enormous: what is seen first is sent, the rest is counted.
import type { ShownView } from "./views-protocol.ts";

/** Characters of JSON that all views of an event may take. */
export const MAX_EVENT = 4_000_000;

export interface FittedViews {
  views: readonly ShownView[];
  /** Characters of JSON that they take. */
  size: number;
}

/** Views that fit stay as they are; large ones share what those leave. */
export function fitted(views: readonly ShownView[], limit = MAX_EVENT): FittedViews {
  const sizes = views.map((view) => JSON.stringify(view).length);
  const bySize = [...sizes.keys()].sort((a, b) => sizes[a] - sizes[b]);
  const fit = [...views];
  let left = limit;
  for (const [done, i] of bySize.entries()) {
    const share = Math.floor(left / (views.length - done));
    if (sizes[i] > share) [fit[i], sizes[i]] = shrunk(views[i], sizes[i], share);
    left -= sizes[i];
  }
  return { views: fit, size: limit - left };
}

/** The largest part of a view that takes at most so many characters, about. */
function shrunk(view: ShownView, size: number, limit: number): [ShownView, number] {
  const count = countOf(view);
  let keep = count;
  let [part, partSize] = [view, size];
  while (partSize > limit && keep > 0) {
    // Items differ in length: this comes near it in a few rounds.
    keep = Math.floor(keep * Math.min(0.9, (0.98 * limit) / partSize));
    part = reduced(view, keep);
    partSize = JSON.stringify(part).length;
  }
  return [part, partSize];
}

function countOf(view: ShownView): number {
  switch (view.kind) {
    case "table":
      return view.rows.length;
    case "bars":
      return view.bars.length;
    case "series":
      return view.points.length;
    case "flame":
      return totalsOf(view.root).length;
    case "heatMap":
      return view.cells.length;
    case "timeline":
      return view.entries.length;
    case "graph":
      return view.edges.length + view.nodes.length;
    case "log":
      return view.lines.length;
    case "coverage":
      return view.functions.length;
    case "intervals":
      return view.vectors.length;
  }
}

/** The view with `keep` of its items: the first, or the last, or the most important. */
function reduced(view: ShownView, keep: number): ShownView {
  const omitted = (view.omitted ?? 0) + countOf(view) - keep;
  switch (view.kind) {
    case "table":
      return { ...view, rows: view.rows.slice(0, keep), omitted };
    case "bars":
      return { ...view, bars: view.bars.slice(0, keep), omitted };
    case "series":
      return { ...view, points: lastOf(view.points, keep), omitted };
    case "flame":
      return { ...view, root: pruned(view.root, leastTotal(view.root, keep)), omitted };
    case "heatMap":
      return { ...view, ...largestCells(view, keep), omitted };
    case "timeline":
      return { ...view, entries: lastOf(view.entries, keep), omitted };
    case "graph": {
      const edges = view.edges.slice(0, Math.floor((keep * view.edges.length) / countOf(view)));
      return { ...view, ...nodesOf(view, edges), omitted: (view.omitted ?? 0) + view.edges.length - edges.length };
    }
    case "log":
      return { ...view, lines: lastOf(view.lines, keep), omitted };
    case "coverage":
      return { ...view, functions: view.functions.slice(0, keep), files: view.files.slice(0, keep), omitted };
    case "intervals":
      return { ...view, vectors: view.vectors.slice(0, keep), omitted };
  }
}

const lastOf = <Item>(items: readonly Item[], count: number): readonly Item[] => items.slice(items.length - count);

type Flame = Extract<ShownView, { kind: "flame" }>["root"];

function totalsOf(root: Flame): number[] {
  const totals: number[] = [];
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    totals.push(node.total);
    for (const child of node.children) waiting.push(child);
  }
  return totals;
}

/** Nodes with more than this are at most `keep`. */
function leastTotal(root: Flame, keep: number): number {
  return totalsOf(root).sort((a, b) => b - a)[Math.max(0, keep)] ?? 0;
}

/** Without the functions that come to little; their callers keep what was spent in them. */
const pruned = (node: Flame, least: number): Flame => ({
  ...node,
  children: node.children.filter((child) => child.total > least).map((child) => pruned(child, least)),
});

type HeatMap = Extract<ShownView, { kind: "heatMap" }>;

/** The largest cells, and the values of the axes that they use. */
function largestCells({ x, y, cells }: HeatMap, keep: number): Pick<HeatMap, "x" | "y" | "cells"> {
  const kept = [...cells].sort((a, b) => b[2] - a[2]).slice(0, keep);
  const [xs, ys] = [renumbered(kept.map(([i]) => i)), renumbered(kept.map(([, j]) => j))];
  return {
    x: { ...x, values: [...xs.keys()].map((i) => x.values[i]) },
    y: { ...y, values: [...ys.keys()].map((j) => y.values[j]) },
    cells: kept.map(([i, j, value]) => [xs.get(i)!, ys.get(j)!, value] as const),
  };
}

type Graph = Extract<ShownView, { kind: "graph" }>;

function nodesOf({ nodes }: Graph, edges: Graph["edges"]): Pick<Graph, "nodes" | "edges"> {
  const places = renumbered(edges.flatMap(({ from, to }) => [from, to]));
  return {
    nodes: [...places.keys()].map((i) => nodes[i]),
    edges: edges.map(({ from, to, count }) => ({ from: places.get(from)!, to: places.get(to)!, count })),
  };
}

/** New numbers, in order, for those that are used. */
function renumbered(indices: readonly number[]): Map<number, number> {
  const used = [...new Set(indices)].sort((a, b) => a - b);
  return new Map(used.map((old, i) => [old, i]));
}
