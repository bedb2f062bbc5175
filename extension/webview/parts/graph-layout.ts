// Where the nodes and edges of a graph go. No DOM: tested on its own.
import * as dagre from "@dagrejs/dagre";
import type { DataOf } from "../messages.ts";

export interface PlacedNode {
  /** Index in the data. */
  index: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedEdge {
  /** Index in the data. */
  index: number;
  points: readonly { x: number; y: number }[];
}

export interface GraphLayout {
  nodes: readonly PlacedNode[];
  edges: readonly PlacedEdge[];
  width: number;
  height: number;
}

const NODE_HEIGHT = 26;
/** Pixels of a character, about. */
const CHARACTER = 7.2;
const MAX_LABEL = 40;

export const shortLabel = (label: string) => (label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL - 1)}…` : label);

/**
 * The first `count` edges with their nodes; of a graph without edges its first nodes. From top to bottom, or from left
 * to right.
 */
export function layoutGraph(
  { nodes, edges }: Pick<DataOf<"graph">, "nodes" | "edges">,
  count: number,
  direction: "TB" | "LR",
): GraphLayout {
  const shown = edges.slice(0, count);
  const used = new Set(shown.flatMap(({ from, to }) => [from, to]));
  if (edges.length === 0) for (let i = 0; i < Math.min(count, nodes.length); i++) used.add(i);
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 20, ranksep: 48, edgesep: 12, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const i of used)
    graph.setNode(String(i), {
      width: Math.max(48, shortLabel(nodes[i].label).length * CHARACTER + 20),
      height: NODE_HEIGHT,
    });
  for (const [i, { from, to }] of shown.entries()) graph.setEdge(String(from), String(to), {}, String(i));
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    nodes: [...used].map((index) => {
      const { x, y, width, height } = graph.node(String(index)) as Omit<PlacedNode, "index">;
      return { index, x, y, width, height };
    }),
    edges: shown.map(({ from, to }, index) => ({
      index,
      points: (graph.edge(String(from), String(to), String(index)) as Pick<PlacedEdge, "points">).points,
    })),
    width: Math.max(width, 1),
    height: Math.max(height, 1),
  };
}
