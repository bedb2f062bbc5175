// Which blocks of code run most often?
//
// Price: one inline addition per executed block. Columns as in QEMU's plugin of this name.
import { definePlugin } from "@terrarium/api";

export default definePlugin({
  name: "hotblocks",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "The blocks of code that run most often",
  options: {
    limit: { type: "integer", default: 20, minimum: 1, description: "Rows to show" },
  },
  install(vm, { limit }) {
    // A block is its address and its length: the same code may be entered in one block and run through in another.
    const blocks = new Map<string, { pc: bigint; icount: number; tcount: number }>();
    const executions = vm.counters<string>("executions");

    vm.onTranslate((tb) => {
      const pc = tb.vaddr;
      const icount = tb.instructions.length;
      const key = `${pc}+${icount}`;
      const block = blocks.get(key) ?? { pc, icount, tcount: 0 };
      block.tcount++;
      blocks.set(key, block);
      tb.inline.add(executions.at(key), 1n);
    });

    vm.views.table(
      "Hot blocks",
      () => executions.top(limit).map(([key, ecount]) => ({ ...blocks.get(key), ecount })),
      // Address, times translated, instructions in the block, times executed.
      { columns: { pc: "address", tcount: "integer", icount: "integer", ecount: "integer" } },
    );
  },
});
