// Graphs: what leads where, and how often.
import type { GraphData } from "../view-data.ts";
import { ending, keepFirst, Largest, omission } from "./bounds.ts";
import type { FunctionNames } from "./function-names.ts";
import { figure, type Given } from "./given.ts";

const MAX_EDGES = 20_000;

/** Edges that are looked at to find the largest. */
const MOST_GIVEN = 2_000_000;

/** Nodes of which something is told, and nodes that no edge touches. */
const MAX_LISTED = 200_000;
const MAX_ALONE = 20_000;

interface Edge {
  from: string;
  to: string;
  count: bigint | number;
}

interface Listed {
  label: string | undefined;
  address: string | undefined;
  weight: number | undefined;
}

export function graphData(
  given: Given,
  value: unknown,
  functions: FunctionNames,
): Pick<GraphData, "nodes" | "edges" | "omitted"> {
  const graph = given.object(value);
  const listed = listedNodes(given, graph.nodes);
  const { items, omitted } = largestEdges(given, graph.edges);

  const indices = new Map<string, number>();
  const indexOf = (id: string) => {
    const index = indices.get(id) ?? indices.size;
    indices.set(id, index);
    return index;
  };
  const edges = items.map(({ from, to, count }) => ({ from: indexOf(from), to: indexOf(to), count: figure(count) }));
  const arrivals = new Array<number>(indices.size).fill(0);
  const departures = new Array<number>(indices.size).fill(0);
  for (const { from, to, count } of edges) {
    departures[from] += Number(count);
    arrivals[to] += Number(count);
  }
  const alone = [...listed.keys()].filter((id) => !indices.has(id));
  for (const id of alone.slice(0, MAX_ALONE)) indexOf(id);
  const nodes = [...indices].map(([id, i]) => {
    const node = listed.get(id);
    const address = node?.address ?? (addressId.test(id) ? id : undefined);
    return {
      id,
      label: node?.label ?? (address === undefined ? id : functions.label(BigInt(address))),
      ...(address === undefined ? {} : { address }),
      weight: node?.weight ?? Math.max(arrivals[i] ?? 0, departures[i] ?? 0),
    };
  });
  return { nodes, edges, ...omission(omitted + Math.max(0, alone.length - MAX_ALONE)) };
}

/** What `idOf` makes of an address. */
const addressId = /^0x(0|[1-9a-f][0-9a-f]{0,15})$/;

function idOf(given: Given, field: string, value: unknown): string {
  if (typeof value === "string") return given.text(field, value);
  if (typeof value !== "bigint") return given.part(field).fail("a bigint or a string", value);
  return given.address(field, value);
}

function listedNodes(given: Given, nodes: unknown): Map<string, Listed> {
  const listed = new Map<string, Listed>();
  if (nodes === undefined) return listed;
  const part = given.part("node");
  for (const item of keepFirst(given.part("nodes").iterable(nodes), MAX_LISTED).items) {
    const node = part.object(item);
    listed.set(idOf(part, "id", node.id), {
      label: node.label === undefined ? undefined : part.text("label", node.label),
      ...{ address: undefined, ...part.optionalAddress("address", node.address) },
      weight: node.weight === undefined ? undefined : Number(part.amount("weight", node.weight)),
    });
  }
  return listed;
}

/** Edges between the same nodes are one. */
function largestEdges(given: Given, edges: unknown) {
  const part = given.part("edge");
  const between = new Map<string, Map<string, Edge>>();
  for (const item of ending(given.part("edges").iterable(edges), MOST_GIVEN, given, "edges")) {
    const { from: start, to: end, count: times } = part.object(item);
    const [from, to] = [idOf(part, "from", start), idOf(part, "to", end)];
    const count = part.amount("count", times);
    let ways = between.get(from);
    if (!ways) between.set(from, (ways = new Map()));
    const edge = ways.get(to);
    if (!edge) ways.set(to, { from, to, count });
    else edge.count = sum(edge.count, count);
  }
  const largest = new Largest<Edge>(MAX_EDGES, (edge) => edge.count);
  for (const ways of between.values()) for (const edge of ways.values()) largest.put(edge);
  return largest.kept;
}

const sum = (a: bigint | number, b: bigint | number) =>
  typeof a === "bigint" && typeof b === "bigint" ? a + b : Number(a) + Number(b);
