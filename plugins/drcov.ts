// Which code was executed, and which code of the functions that were was not?
//
// Price: one inline addition per executed block. A block counts with all its code when it is entered. The view leaves as drcov (Lighthouse, Cartographer) or lcov (genhtml,
// editors): `--export drcov=FILE`, with offsets from the beginnings of modules.
import { definePlugin } from "@terrarium/api";
import { ByteRanges } from "./support/byte-ranges.ts";
import { FunctionBounds } from "./support/function-bounds.ts";

export default definePlugin({
  name: "drcov",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Code coverage: what was executed, how often, and how much of each function",
  options: {
    limit: { type: "integer", default: 1000, minimum: 1, maximum: 100_000, description: "Functions to show" },
  },
  install(vm, { limit }) {
    // A block is its address and its length: the same code may be entered in one block and run through in another.
    const blocks = new Map<string, { vaddr: bigint; size: number }>();
    const executions = vm.counters<string>("executions");
    const functions = new FunctionBounds((vaddr) => vm.locate(vaddr).symbol);

    vm.onTranslate((tb) => {
      const { vaddr, size } = tb;
      const key = `${vaddr}+${size}`;
      blocks.set(key, { vaddr, size });
      tb.inline.add(executions.at(key), 1n);
    });

    vm.views.coverage("Coverage", () =>
      Array.from(blocks, ([key, block]) => ({ ...block, executions: executions.get(key) })),
    );
    vm.views.table("Functions covered", () => rows().slice(0, limit), {
      columns: {
        function: "address",
        covered: "integer",
        total: "integer",
        share: "percent",
        "blocks executed": "integer",
      },
    });

    /** Bytes of functions that were entered: the least covered first. */
    function rows() {
      const found = new Map<bigint, { end: bigint; covered: ByteRanges; blocks: bigint }>();
      for (const [key, { vaddr, size }] of blocks) {
        const count = executions.get(key);
        const end = vaddr + BigInt(size);
        // A block may run on from one function into the next.
        for (let at = vaddr; count > 0n && at < end; ) {
          const its = functions.around(at);
          if (!its) break;
          const entry = found.get(its.start) ?? { end: its.end, covered: new ByteRanges(), blocks: 0n };
          found.set(its.start, entry);
          const until = its.end < end ? its.end : end;
          entry.covered.add(at, until);
          if (at === vaddr) entry.blocks += count;
          at = until;
        }
      }
      return Array.from(found, ([start, { end, covered, blocks }]) => {
        const total = Number(end - start);
        const bytes = covered.bytes();
        return {
          function: start,
          covered: bytes,
          total,
          share: (100 * bytes) / total,
          "blocks executed": blocks,
        };
      }).sort((a, b) => a.share - b.share || (a.function < b.function ? -1 : 1));
    }
  },
});
