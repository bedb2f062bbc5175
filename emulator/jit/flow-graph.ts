// Directed graphs of control flow, as data: reverse postorder, dominators, strongly connected components. Nodes are
// 0..n-1 and node `entry` is where control comes in; nodes not reachable from it are left alone.

/** successors[node] in order; the same target may appear more than once. */
export interface FlowGraph {
  readonly entry: number;
  readonly successors: readonly (readonly number[])[];
}

export interface Order {
  /** Reachable nodes in reverse postorder. */
  readonly nodes: readonly number[];
  /** Position in `nodes`, -1 when not reachable. */
  readonly position: readonly number[];
}

export function reversePostorder({ entry, successors }: FlowGraph): Order {
  const position = new Array<number>(successors.length).fill(-1);
  const postorder: number[] = [];
  const visited = new Uint8Array(successors.length);
  const stack: { node: number; next: number }[] = [{ node: entry, next: 0 }];
  visited[entry] = 1;
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    if (top.next === successors[top.node].length) {
      postorder.push(top.node);
      stack.pop();
      continue;
    }
    const target = successors[top.node][top.next++];
    if (visited[target]) continue;
    visited[target] = 1;
    stack.push({ node: target, next: 0 });
  }
  const nodes = postorder.reverse();
  nodes.forEach((node, i) => {
    position[node] = i;
  });
  return { nodes, position };
}

export function predecessors({ successors }: FlowGraph): number[][] {
  const result: number[][] = successors.map(() => []);
  successors.forEach((targets, node) => {
    for (const target of targets) result[target].push(node);
  });
  return result;
}

/** Immediate dominators (Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm"); the entry's is itself, -1 when not reachable. */
export function immediateDominators(graph: FlowGraph, { nodes, position }: Order): number[] {
  const before = predecessors(graph);
  const idom = new Array<number>(graph.successors.length).fill(-1);
  idom[graph.entry] = graph.entry;
  const meet = (a: number, b: number): number => {
    while (a !== b) {
      while (position[a] > position[b]) a = idom[a];
      while (position[b] > position[a]) b = idom[b];
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of nodes) {
      if (node === graph.entry) continue;
      let dominator = -1;
      for (const from of before[node]) {
        if (idom[from] < 0) continue;
        dominator = dominator < 0 ? from : meet(dominator, from);
      }
      if (idom[node] !== dominator) {
        idom[node] = dominator;
        changed = true;
      }
    }
  }
  return idom;
}

/** Is `a` on every path from the entry to `b`? */
export function dominates(idom: readonly number[], a: number, b: number): boolean {
  for (let node = b; ; node = idom[node]) {
    if (node === a) return true;
    if (idom[node] === node || node < 0) return false;
  }
}

/**
 * Strongly connected components (Tarjan) of the subgraph of `nodes`, edges into `without` left out. Components of one
 * node are given only when it has an edge to itself.
 */
export function cycles(
  successors: readonly (readonly number[])[],
  nodes: readonly number[],
  without: number,
): number[][] {
  const inside = new Set(nodes);
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const open = new Set<number>();
  const path: number[] = [];
  const found: number[][] = [];
  const edges = (node: number) => successors[node].filter((target) => target !== without && inside.has(target));
  for (const root of nodes) {
    if (index.has(root)) continue;
    const stack: { node: number; targets: number[]; next: number }[] = [];
    const enter = (node: number) => {
      index.set(node, index.size);
      low.set(node, index.get(node)!);
      open.add(node);
      path.push(node);
      stack.push({ node, targets: edges(node), next: 0 });
    };
    enter(root);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next < top.targets.length) {
        const target = top.targets[top.next++];
        if (!index.has(target)) enter(target);
        else if (open.has(target)) low.set(top.node, Math.min(low.get(top.node)!, index.get(target)!));
        continue;
      }
      stack.pop();
      const parent = stack.at(-1);
      if (parent) low.set(parent.node, Math.min(low.get(parent.node)!, low.get(top.node)!));
      if (low.get(top.node) !== index.get(top.node)) continue;
      const component: number[] = [];
      for (let node = -1; node !== top.node; ) {
        node = path.pop()!;
        open.delete(node);
        component.push(node);
      }
      if (component.length > 1 || top.targets.includes(top.node)) found.push(component.reverse());
    }
  }
  return found;
}
