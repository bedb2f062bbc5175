// The plugin that "New Plugin" writes: small, working, and meant to be changed.

export function newPluginSource(name: string): string {
  return `import { definePlugin } from "@terrarium/api";

// Counts how often each call is made. Switch it on in launch.json: "plugins": { "${name}": true }
export default definePlugin({
  name: "${name}",
  version: "1.0.0",
  api: "^1.0",
  description: "Which calls are made most",
  options: {
    limit: { type: "integer", default: 20, minimum: 1, description: "Rows to show" },
  },
  install(vm, { limit }) {
    const calls = vm.counters<bigint>("calls");

    // Every block of code is shown here once, before it runs. What is asked for happens each time it does.
    vm.onTranslate((tb) => {
      for (const instruction of tb.instructions)
        if (instruction.kind === "call") instruction.inline.add(calls.at(instruction.vaddr), 1);
    });

    vm.views.table("Calls", () => calls.top(limit).map(([from, executed]) => ({ from, executed })), {
      columns: { from: "address", executed: "integer" },
    });
  },
});
`;
}
