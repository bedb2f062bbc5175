// Structured control flow against the graph it came from: the same decisions must visit the same nodes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { randomFrom } from "../ir/testing/random-block.ts";
import { cycleHeads, type Structured, type StructuredFlow, structure } from "./control-flow.ts";
import { cycles, dominates, immediateDominators, reversePostorder } from "./flow-graph.ts";

type Successors = readonly (readonly number[])[];

/** The nodes visited from the entry when `decide` picks each outgoing edge; ends at a node without successors. */
function walkGraph(successors: Successors, decide: () => number, steps: number): number[] {
  const visited: number[] = [];
  for (let node = 0; visited.length < steps; ) {
    visited.push(node);
    const targets = successors[node];
    if (targets.length === 0) break;
    node = targets[decide() % targets.length];
  }
  return visited;
}

/** The same, by running the structured form. */
function walkStructure(flow: StructuredFlow, decide: () => number, steps: number): number[] {
  const visited: number[] = [];
  const selected = new Map<number, number>();
  const done = Symbol("done");
  /** Runs a sequence; gives the label branched to, or done. */
  const run = (body: readonly Structured[]): number | typeof done => {
    for (const item of body) {
      const result = item.kind === "node" ? runNode(item) : runLabelled(item);
      if (result !== undefined) return result;
    }
    assert.fail("control fell out of a sequence");
  };
  /** undefined: goes on behind it. */
  const runLabelled = (item: Structured & { kind: "block" | "loop" }): number | typeof done | undefined => {
    for (;;) {
      const result = run(item.body);
      if (result !== item.label) return result;
      if (item.kind === "block") return undefined;
    }
  };
  const runNode = ({ node, transfers }: Structured & { kind: "node" }): number | typeof done => {
    const isDispatch = node >= flow.dispatchFrom;
    if (!isDispatch) {
      if (visited.length === steps) return done;
      visited.push(node);
      if (transfers.length === 0) return done;
    }
    const { select, label, body } = transfers[isDispatch ? (selected.get(node) ?? 0) : decide() % transfers.length];
    if (select) selected.set(select.dispatch, select.index);
    return label ?? run(body!);
  };
  run(flow.body);
  return visited;
}

function assertSamePaths(successors: Successors, seeds: number): StructuredFlow {
  const flow = structure({ entry: 0, successors });
  for (let seed = 0; seed < seeds; seed++) {
    const decisions = () => {
      const random = randomFrom(seed);
      return () => Math.floor(random() * 1000);
    };
    const expected = walkGraph(successors, decisions(), 200);
    assert.deepEqual(walkStructure(flow, decisions(), 200), expected, JSON.stringify(successors));
  }
  return flow;
}

const graphs: { name: string; successors: Successors; dispatches: number }[] = [
  { name: "one node", successors: [[]], dispatches: 0 },
  { name: "a loop of one node", successors: [[0, 1], []], dispatches: 0 },
  { name: "if and else", successors: [[1, 2], [3], [3], []], dispatches: 0 },
  { name: "both edges to one node", successors: [[1, 1], []], dispatches: 0 },
  { name: "nested loops", successors: [[1], [2, 4], [3], [2, 1], []], dispatches: 0 },
  { name: "two loops with one header", successors: [[1], [2, 3], [1], [1, 4], []], dispatches: 0 },
  { name: "a loop with an exit from its middle", successors: [[1], [2, 3], [1, 4], [4], []], dispatches: 0 },
  { name: "a loop entered in two places", successors: [[1, 2], [2, 3], [1], []], dispatches: 1 },
  { name: "the same with the entry in it", successors: [[1], [2], [0, 1, 3], []], dispatches: 0 },
  {
    name: "two such loops, one in the other",
    successors: [[1, 2], [2, 3], [1, 3, 5], [4, 2], [3, 1], []],
    dispatches: 1,
  },
  { name: "a function called from two places", successors: [[1, 2], [3], [3], [4, 5], [0], [6], []], dispatches: 0 },
  { name: "a switch", successors: [[1, 2, 3, 4], [5], [5], [0], [5], [0, 6], []], dispatches: 0 },
];

for (const { name, successors, dispatches } of graphs)
  test(name, () => {
    assert.equal(assertSamePaths(successors, 50).dispatches, dispatches);
  });

function randomGraph(seed: number): number[][] {
  const random = randomFrom(seed);
  const count = 1 + Math.floor(random() * 14);
  const target = () => Math.floor(random() * count);
  return Array.from({ length: count }, () => Array.from({ length: Math.floor(random() * 4) }, target));
}

test("random graphs", () => {
  for (let seed = 1; seed <= 3000; seed++) assertSamePaths(randomGraph(seed), 5);
});

test("every cycle has a head", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const successors = randomGraph(seed);
    const { nodes } = reversePostorder({ entry: 0, successors });
    const heads = cycleHeads({ entry: 0, successors });
    const rest = successors.map((targets) => targets.filter((target) => !heads.has(target)));
    assert.deepEqual(cycles(rest, nodes, -1), [], JSON.stringify(successors));
  }
});

test("dominators are the nodes without which a node cannot be reached", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const successors = randomGraph(seed);
    const order = reversePostorder({ entry: 0, successors });
    const idom = immediateDominators({ entry: 0, successors }, order);
    for (const without of order.nodes) {
      const cut = successors.map((targets, node) => (node === without ? [] : targets));
      const reached = reversePostorder({ entry: 0, successors: cut }).position;
      for (const node of order.nodes) {
        const expected = node === without || reached[node] < 0;
        assert.equal(dominates(idom, without, node), expected, `${without} ${node} ${JSON.stringify(successors)}`);
      }
    }
  }
});
