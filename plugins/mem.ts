// How often does the program access memory, how exactly, and where?
//
// Price: an inline addition per access. With a log, a callback per access while there is room in it, and a comparison
// from then on. With regions, some ten machine operations per access, and a call when a region is accessed for the
// first time (support/page-counts.ts).
import { definePlugin } from "@terrarium/api";
import { PageCounts } from "./support/page-counts.ts";

/** Kinds of accesses to a region: loads of 1, 2, 4 and 8 bytes, then stores. */
const KINDS = ["load 8", "load 16", "load 32", "load 64", "store 8", "store 16", "store 32", "store 64"];

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
    regions: {
      type: "integer",
      default: 0,
      minimum: 0,
      maximum: 1 << 30,
      description: "Count by regions of so many bytes, by size and direction; a power of two; 0: no regions",
    },
  },
  install(vm, { track, log, regions }) {
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

    const appended = vm.counter("logged");

    if ((regions & (regions - 1)) !== 0) throw new RangeError(`\`regions\` must be a power of two, not ${regions}`);
    const byRegion =
      regions > 0 ? new PageCounts(vm, "regions", { pageSize: regions, kinds: KINDS.length }) : undefined;
    const { isStore, size } = vm.values;
    const kind = isStore.shl(2).or(size.bitLength().sub(1));

    vm.onTranslate((tb) => {
      for (const insn of tb.instructions) {
        if (track !== "w") insn.memoryInline.add(loads, 1n, { filter: "loads" });
        if (track !== "r") insn.memoryInline.add(stores, 1n, { filter: "stores" });
        byRegion?.watch(insn, kind, filter);
        if (logged.length >= log) continue;
        const insn_vaddr = insn.vaddr;
        insn.onMemory(
          ({ vaddr, size, isStore, value }) => {
            logged.push({
              insn_vaddr,
              mem_vaddr: vaddr,
              access_size: 8 * size,
              access_type: isStore ? "store" : "load",
              mem_value: `0x${value.toString(16).padStart(2 * size, "0")}`,
            });
          },
          { filter, when: appended.lt(log) },
        );
        insn.memoryInline.add(appended, 1n, { filter });
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
    if (byRegion)
      vm.views.table(
        "Regions",
        () =>
          byRegion
            .entries()
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([region, counts]) => ({ region, ...Object.fromEntries(KINDS.map((name, i) => [name, counts[i]])) })),
        { columns: { region: "address", ...Object.fromEntries(KINDS.map((name) => [name, "integer"])) } },
      );
  },
});
