// Where does the time go, by function and by what called it?
//
// Not by samples: every instruction counts for the stack of calls that was active, the call itself for the caller. The
// sum over all stacks is the number of instructions executed.
//
// Price: that of callstack's records, and as much again for each call and return: some 40 ns.
import { definePlugin, use } from "@terrarium/api";
import type callstack from "./callstack.ts";
import { CallTree } from "./support/call-tree.ts";

export default definePlugin({
  name: "flame",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Where time goes, by call stack and by function",
  options: {
    depth: {
      type: "integer",
      default: 100,
      minimum: 1,
      maximum: 999,
      description: "Calls on top of each other that are told apart: what is deeper counts for the last",
    },
    unit: {
      type: "string",
      default: "instructions",
      choices: ["instructions", "calls"],
      description: "How wide the flame graph's frames are",
    },
    limit: { type: "integer", default: 100, minimum: 1, maximum: 100_000, description: "Rows of the table" },
  },
  uses: { callstack: use<typeof callstack>("^1.0") },
  install(vm, { depth, unit, limit }, { callstack }) {
    const [vcpu] = vm.vcpus;
    const tree = new CallTree(depth, Number(vcpu.instructionCount));
    let functions: readonly bigint[] = [vm.info.code.entry];

    callstack.on("changes", (changes) => {
      functions = changes.functions;
      for (let i = 0; i < changes.length; i++) tree.change(changes.depth[i], changes.top[i], changes.instructions[i]);
    });

    const settled = () => {
      tree.spend(Number(vcpu.instructionCount));
      return tree;
    };
    vm.views.flame(
      "Flame graph",
      function* () {
        for (const { stack, self, calls } of settled().stacks())
          yield { stack: stack.map((each) => functions[each]), value: unit === "calls" ? calls : self, calls };
      },
      { unit },
    );
    vm.views.table(
      "Cost by function",
      () =>
        settled()
          .byFunction()
          .slice(0, limit)
          .map(({ function: each, ...cost }) => ({ function: functions[each], ...cost })),
      // Instructions in the function itself; with those that it called, recursion counted once; how often it was called.
      { columns: { function: "address", self: "integer", total: "integer", calls: "integer" } },
    );
  },
});
