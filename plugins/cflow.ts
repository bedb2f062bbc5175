// Where does control go: which branches are taken how often, and to where; where does it leave a block early?
//
// Price: some eight machine operations per executed block (vm.edges). Figures as in QEMU's plugin of this name: a branch
// is one that does not lead to the next instruction; nodes are the instructions that were translated. A fault counts as
// an early exit, and as a branch, of the instruction that caused it; a signal from elsewhere counts for none.
import { definePlugin } from "@terrarium/api";
import { BlockGraph } from "./support/block-graph.ts";

interface Branches {
  readonly address: bigint;
  branches: bigint;
  early: bigint;
  readonly destinations: Map<bigint, bigint>;
}

export default definePlugin({
  name: "cflow",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Branches that are taken, and where they lead",
  options: {
    sort: {
      type: "string",
      default: "hottest",
      choices: ["hottest", "early", "exceptional"],
      description:
        "First those that branch most, those that leave their blocks early most, those that lead to most places",
    },
    limit: { type: "integer", default: 10, minimum: 1, maximum: 100_000, description: "Instructions to show" },
  },
  install(vm, { sort, limit }) {
    const flow = vm.edges("flow");
    const faults = vm.counters<string>("faults");
    const instructions = new Map<bigint, { disassembly: string; next: bigint; isInside: boolean }>();
    const blocks = new BlockGraph();

    vm.onTranslate((tb) => {
      tb.inline.edge(flow);
      const last = tb.instructions[tb.instructions.length - 1];
      blocks.add(tb.vaddr, last.vaddr);
      for (const insn of tb.instructions) {
        const isInside = insn !== last || instructions.get(insn.vaddr)?.isInside === true;
        const next = insn.vaddr + BigInt(insn.size);
        instructions.set(insn.vaddr, { disassembly: insn.disassembly, next, isInside });
      }
    });

    vm.onDiscontinuity(({ kind, from, to }) => {
      if (kind === "exception" && to !== undefined) faults.at(`${from} ${to}`).value++;
    });

    vm.views.table(
      "Branches",
      () =>
        sorted(branches()).map(({ address, branches, early, destinations }) => {
          const { disassembly, isInside } = instructions.get(address) ?? {};
          return {
            address,
            instruction: disassembly,
            type: isInside || early > 0n ? "sync fault" : "branch",
            branches,
            "early exits": early,
            destinations: destinations.size,
          };
        }),
      {
        columns: {
          address: "address",
          instruction: "text",
          type: "text",
          branches: "integer",
          "early exits": "integer",
          destinations: "integer",
        },
      },
    );
    vm.views.table(
      "Destinations",
      () =>
        sorted(branches()).flatMap(({ address, destinations }) =>
          [...destinations].map(([to, count]) => ({ address, to, count })),
        ),
      { columns: { address: "address", to: "address", count: "integer" } },
    );
    vm.views.table("Nodes", () => [{ "control flow nodes": instructions.size }], {
      columns: { "control flow nodes": "integer" },
    });
    vm.views.graph("Control flow", () => blocks.graph(flow.entries()));

    /** What does not lead to the next instruction, by where it comes from. */
    function branches(): Branches[] {
      const found = new Map<bigint, Branches>();
      const take = (from: bigint, to: bigint, count: bigint): Branches => {
        const at = found.get(from) ?? { address: from, branches: 0n, early: 0n, destinations: new Map() };
        found.set(from, at);
        at.branches += count;
        at.destinations.set(to, (at.destinations.get(to) ?? 0n) + count);
        return at;
      };
      for (const { from, to, count } of flow.entries()) if (to !== instructions.get(from)?.next) take(from, to, count);
      for (const [edge, count] of faults.entries()) {
        const [from, to] = edge.split(" ").map(BigInt);
        take(from, to, count).early += count;
      }
      return [...found.values()];
    }

    function sorted(all: Branches[]): Branches[] {
      const key = {
        hottest: (at: Branches) => at.branches,
        early: (at: Branches) => at.early,
        exceptional: (at: Branches) => BigInt(at.destinations.size),
      }[sort];
      const descending = (a: bigint, b: bigint) => (a < b ? 1 : a > b ? -1 : 0);
      return all.sort((a, b) => descending(key(a), key(b)) || descending(a.branches, b.branches)).slice(0, limit);
    }
  },
});
