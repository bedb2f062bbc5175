// From a control-flow graph to structured control flow, after Norman Ramsey, "Beyond Relooper" (2022): the dominator
// tree gives the nesting; a node reached by several forward edges is what follows a block; a node reached by a back
// edge is a loop. That needs a reducible graph. Where it is not, a dispatch node is put in: all edges into the
// headers of the offending cycle set a number and go through it.
import {
  cycles,
  dominates,
  type FlowGraph,
  immediateDominators,
  type Order,
  predecessors,
  reversePostorder,
} from "./flow-graph.ts";

/** What happens at one outgoing edge of a node. */
export interface Transfer {
  /** To be set before going, when the edge leads to a dispatch node: which of its successors is meant. */
  readonly select?: { readonly dispatch: number; readonly index: number };
  /** Branch to the block or loop labelled with this node; or, when undefined, run `body` in place. */
  readonly label?: number;
  readonly body?: readonly Structured[];
}

/** Structured control flow. Control never falls out of a `node`: its transfers say where it goes. */
export type Structured =
  /** A branch to `label` from inside goes behind it, where that node's code stands next in the sequence. */
  | { readonly kind: "block"; readonly label: number; readonly body: readonly Structured[] }
  /** A branch to `label` from inside goes to its beginning. */
  | { readonly kind: "loop"; readonly label: number; readonly body: readonly Structured[] }
  /** The node's own code, and one transfer for each successor. Numbers from `dispatchFrom` up are dispatch nodes. */
  | { readonly kind: "node"; readonly node: number; readonly transfers: readonly Transfer[] };

export interface StructuredFlow {
  readonly body: readonly Structured[];
  /** Nodes below this are the graph's; the others choose among their successors by the number last selected. */
  readonly dispatchFrom: number;
  /** How many dispatch nodes there are. */
  readonly dispatches: number;
}

/** The targets of edges that go back in reverse postorder: every cycle contains one of them. */
export function cycleHeads(graph: FlowGraph): Set<number> {
  const { nodes, position } = reversePostorder(graph);
  const heads = new Set<number>();
  for (const node of nodes)
    for (const target of graph.successors[node]) if (position[target] <= position[node]) heads.add(target);
  return heads;
}

export function structure(graph: FlowGraph): StructuredFlow {
  const dispatchFrom = graph.successors.length;
  const reducible = makeReducible(graph);
  const dispatches = reducible.graph.successors.length - dispatchFrom;
  return { body: new Structurer(reducible).tree(reducible.graph.entry), dispatchFrom, dispatches };
}

interface Selected {
  readonly graph: FlowGraph;
  /** By node and outgoing edge: the index to select, when the edge was led through a dispatch node. */
  readonly selects: readonly (readonly (number | undefined)[])[];
}

/** Leads the edges into each cycle with several entries through a dispatch node of its own. */
export function makeReducible(graph: FlowGraph): Selected {
  const successors = graph.successors.map((targets) => [...targets]);
  const selects: (number | undefined)[][] = successors.map((targets) => targets.map(() => undefined));
  let entry = graph.entry;
  const work: { nodes: readonly number[]; header: number }[] = [];
  work.push({ nodes: reversePostorder(graph).nodes, header: -1 });
  for (let item = work.pop(); item; item = work.pop()) {
    for (const component of cycles(successors, item.nodes, item.header)) {
      const inside = new Set(component);
      const before = predecessors({ entry, successors });
      const entries = component.filter((node) => node === entry || before[node].some((from) => !inside.has(from)));
      if (entries.length === 1) {
        work.push({ nodes: component, header: entries[0] });
        continue;
      }
      const current = { entry, successors };
      const idom = immediateDominators(current, reversePostorder(current));
      const dispatch = successors.length;
      entries.forEach((target, index) => {
        for (const from of new Set(before[target])) {
          // A loop of the entry's own stays a loop.
          if (idom[from] < 0 || dominates(idom, target, from)) continue;
          successors[from].forEach((to, edge) => {
            if (to !== target || selects[from][edge] !== undefined) return;
            // An edge of another dispatch node keeps its meaning: that node's successor is now this one.
            successors[from][edge] = dispatch;
            selects[from][edge] = index;
          });
        }
      });
      successors.push([...entries]);
      selects.push(entries.map(() => undefined));
      // Control that enters the region at one of the entries takes the first, without a selection: it must be index 0.
      if (entries.includes(entry)) {
        const first = entries.indexOf(entry);
        swapSelections(successors, selects, dispatch, first);
        entry = dispatch;
      }
      work.push({ nodes: [...component, dispatch], header: dispatch });
    }
  }
  return { graph: { entry, successors }, selects };
}

/** Exchanges the meaning of index 0 and `other` of a dispatch node, so that a selector of zero means `other`. */
function swapSelections(
  successors: number[][],
  selects: (number | undefined)[][],
  dispatch: number,
  other: number,
): void {
  const targets = successors[dispatch];
  [targets[0], targets[other]] = [targets[other], targets[0]];
  successors.forEach((edges, from) => {
    edges.forEach((to, edge) => {
      if (to !== dispatch) return;
      if (selects[from][edge] === 0) selects[from][edge] = other;
      else if (selects[from][edge] === other) selects[from][edge] = 0;
    });
  });
}

class Structurer {
  private readonly graph: FlowGraph;
  private readonly selects: Selected["selects"];
  private readonly order: Order;
  /** Children in the dominator tree, in reverse postorder. */
  private readonly children: number[][];
  private readonly isLoop: boolean[];
  private readonly isMerge: boolean[];

  constructor({ graph, selects }: Selected) {
    this.graph = graph;
    this.selects = selects;
    this.order = reversePostorder(graph);
    const { nodes, position } = this.order;
    const idom = immediateDominators(graph, this.order);
    this.children = graph.successors.map(() => []);
    for (const node of nodes) if (node !== graph.entry) this.children[idom[node]].push(node);
    this.isLoop = graph.successors.map(() => false);
    const forward = graph.successors.map(() => 0);
    for (const node of nodes)
      for (const target of graph.successors[node])
        if (position[target] <= position[node]) this.isLoop[target] = true;
        else forward[target]++;
    this.isMerge = forward.map((count) => count > 1);
  }

  tree(node: number): Structured[] {
    const merges = this.children[node].filter((child) => this.isMerge[child]);
    const body = this.within(node, merges);
    return this.isLoop[node] ? [{ kind: "loop", label: node, body }] : body;
  }

  /** The node's code inside the blocks that its merge children follow; the last in reverse postorder is outermost. */
  private within(node: number, merges: readonly number[]): Structured[] {
    const transfers = this.graph.successors[node].map((target, edge) => this.transfer(node, target, edge));
    let sequence: Structured[] = [{ kind: "node", node, transfers }];
    for (const merge of merges) sequence = [{ kind: "block", label: merge, body: sequence }, ...this.tree(merge)];
    return sequence;
  }

  private transfer(node: number, target: number, edge: number): Transfer {
    const index = this.selects[node][edge];
    const select = index === undefined ? undefined : { dispatch: target, index };
    const { position } = this.order;
    const branches = position[target] <= position[node] || this.isMerge[target];
    return branches ? { select, label: target } : { select, body: this.tree(target) };
  }
}
