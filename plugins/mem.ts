// How often does the program access memory, and how exactly?
//
// Price: an inline addition per access; a callback per access while there is room in the log.
import { definePlugin } from "@terrarium/api";

export default definePlugin({
  name: "mem",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Memory accesses: loads, stores, and a log of them",
  options: {
    track: { type: "string", default: "rw", choices: ["rw", "r", "w"], description: "Loads, stores or both" },
    log: {
      type: "integer",
      default: 0,
      minimum: 0,
      maximum: 100_000,
      description: "Keep this many accesses, from the first",
    },
  },
  install(vm, { track, log }) {
    const loads = vm.counter("loads");
    const stores = vm.counter("stores");
    const filter = track === "r" ? "loads" : track === "w" ? "stores" : undefined;
    const logged: {
      insn_vaddr: bigint;
      mem_vaddr: bigint;
      access_size: number;
      access_type: string;
      mem_value: string;
    }[] = [];

    vm.onTranslate((tb) => {
      for (const insn of tb.instructions) {
        if (track !== "w") insn.memoryInline.add(loads, 1n, { filter: "loads" });
        if (track !== "r") insn.memoryInline.add(stores, 1n, { filter: "stores" });
        if (logged.length >= log) continue;
        const insn_vaddr = insn.vaddr;
        insn.onMemory(
          ({ vaddr, size, isStore, value }) => {
            if (logged.length >= log) return;
            logged.push({
              insn_vaddr,
              mem_vaddr: vaddr,
              access_size: 8 * size,
              access_type: isStore ? "store" : "load",
              mem_value: `0x${value.toString(16).padStart(2 * size, "0")}`,
            });
          },
          { filter },
        );
      }
    });

    vm.views.table(
      "Memory accesses",
      () => [{ loads: loads.value, stores: stores.value, "mem accesses": loads.value + stores.value }],
      {
        columns: { loads: "integer", stores: "integer", "mem accesses": "integer" },
      },
    );
    if (log > 0)
      vm.views.table("Log of memory accesses", () => logged, {
        // The instruction, the first byte accessed, bits, direction, the value as accessed.
        columns: {
          insn_vaddr: "address",
          mem_vaddr: "address",
          access_size: "integer",
          access_type: "text",
          mem_value: "text",
        },
      });
  },
});
