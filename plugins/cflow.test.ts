import assert from "node:assert/strict";
import { test } from "node:test";
import cflow from "./cflow.ts";
import { engines, runFixture } from "./testing/fixture-run.ts";

for (const engine of engines) {
  test(`the graph of basic blocks, by hand: ${engine}`, () => {
    // A loop of ten rounds, that the code before it runs into, then the block that faults.
    const { nodes, edges } = runFixture("reference/faults.elf", engine, [[cflow, {}]])("graph", "Control flow");
    const named = edges.map(({ from, to, count }) => [nodes[from].id, nodes[to].id, count]);
    assert.deepEqual(named, [
      ["0x1012c", "0x1012c", 9],
      ["0x1012c", "0x10138", 1],
    ]);
  });

  test(`as many enter a basic block as leave it, but for the first and the last: ${engine}`, () => {
    const { nodes, edges } = runFixture("reference/mixed.elf", engine, [[cflow, {}]])("graph", "Control flow");
    const balance = new Map<string, number>();
    const add = (node: number, count: number) =>
      balance.set(nodes[node].id, (balance.get(nodes[node].id) ?? 0) + count);
    for (const { from, to, count } of edges) {
      add(from, -Number(count));
      add(to, Number(count));
    }
    const unequal = [...balance].filter(([, count]) => count !== 0);
    assert.deepEqual(unequal.map(([, count]) => count).sort(), [-1, 1]);
  });

  test(`a fault is an early exit to its handler: ${engine}`, () => {
    const view = runFixture("signals/signals.elf", engine, [[cflow, { sort: "early", limit: 3 }]]);
    const { rows } = view("table", "Branches");
    const early = rows.map((row) => Number(row[4]));
    assert.ok(early[0] > 0, "no early exits");
    assert.deepEqual(
      early,
      [...early].sort((a, b) => b - a),
    );
    assert.equal(rows[0][2], "sync fault");
  });

  test(`the order by destinations: ${engine}`, () => {
    const { rows } = runFixture("reference/mixed.elf", engine, [[cflow, { sort: "exceptional", limit: 2 }]])(
      "table",
      "Branches",
    );
    // The jump of the state machine's table; the return of fib, to itself and to _start.
    assert.deepEqual(
      rows.map(([address, , , , , destinations]) => [address, destinations]),
      [
        ["0x10274", 5],
        ["0x101e0", 2],
      ],
    );
  });
}
