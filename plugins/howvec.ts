// What kinds of instructions does the program execute?
//
// Price: inline additions only, a few for each executed block: one for each class that is in it, and one for each
// instruction of a class whose instructions are to be shown. One that faults counts as executed.
import { definePlugin, type Instruction } from "@terrarium/api";
import { instructionClasses, riscvClass } from "./support/riscv-class.ts";

export default definePlugin({
  name: "howvec",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Instructions executed, by class",
  options: {
    show: {
      type: "string",
      choices: ["all", ...instructionClasses],
      description: "Show the instructions of this class too, the most executed ones first",
    },
    limit: { type: "integer", default: 20, minimum: 1, maximum: 100_000, description: "Instructions to show" },
  },
  install(vm, { show, limit }) {
    const isRiscv = vm.info.target.startsWith("riscv");
    const classOf = (insn: Instruction): string => (isRiscv ? riscvClass(insn) : insn.kind);
    const executed = vm.counters<string>("executed");
    const single = vm.counters<bigint>("instructions");
    const shown = new Map<bigint, { instruction: string; class: string }>();

    vm.onTranslate((tb) => {
      for (const insn of tb.instructions) {
        const its = classOf(insn);
        insn.inline.add(executed.at(its), 1n);
        if (show !== "all" && show !== its) continue;
        shown.set(insn.vaddr, { instruction: insn.disassembly, class: its });
        insn.inline.add(single.at(insn.vaddr), 1n);
      }
    });

    vm.views.bars("Classes", () =>
      executed.top(executed.size).flatMap(([label, value]) => (value > 0n ? [{ label, value }] : [])),
    );
    vm.views.table(
      "Instructions by class",
      () => {
        const total = executed.total();
        return executed
          .top(executed.size)
          .filter(([, count]) => count > 0n)
          .map(([its, count]) => ({ class: its, executed: count, share: (100 * Number(count)) / Number(total) }));
      },
      { columns: { class: "text", executed: "integer", share: "percent" } },
    );
    if (show !== undefined)
      vm.views.table(
        show === "all" ? "Instructions" : `Instructions: ${show}`,
        () => single.top(limit).map(([address, count]) => ({ address, ...shown.get(address), executed: count })),
        { columns: { address: "address", instruction: "text", class: "text", executed: "integer" } },
      );
  },
});
