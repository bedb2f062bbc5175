// How many instructions were executed: in all, by size, and of one kind?
//
// Price: inline additions only. One that faults counts as executed.
import { definePlugin } from "@terrarium/api";

export default definePlugin({
  name: "insn",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Instructions executed, by size and by match",
  options: {
    sizes: { type: "boolean", default: false, description: "Count by length in bytes too" },
    match: { type: "string", description: "Count those too whose disassembly begins with this, by address" },
  },
  install(vm, { sizes, match }) {
    const executed = vm.counter("instructions");
    const bySize = vm.counters<number>("by size");
    const matching = vm.counters<bigint>("matching");
    const disassembly = new Map<bigint, string>();
    const translated = new SizeCount();

    vm.onTranslate((tb) => {
      for (const insn of tb.instructions) {
        insn.inline.add(executed, 1n);
        if (sizes) {
          translated.add(insn.size);
          insn.inline.add(bySize.at(insn.size), 1n);
        }
        if (match !== undefined && insn.disassembly.startsWith(match)) {
          disassembly.set(insn.vaddr, insn.disassembly);
          insn.inline.add(matching.at(insn.vaddr), 1n);
        }
      }
    });

    vm.views.table(
      "Instructions",
      () => [
        ...vm.vcpus.map(({ index }) => ({ vcpu: `cpu ${index}`, insns: executed.of(index) })),
        { vcpu: "total", insns: executed.value },
      ],
      { columns: { vcpu: "text", insns: "integer" } },
    );
    if (sizes)
      vm.views.table(
        "Instruction sizes",
        () => translated.rows().map(([len, insns]) => ({ len, insns, executed: bySize.get(len) })),
        // Bytes, instructions translated, instructions executed.
        { columns: { len: "integer", insns: "integer", executed: "integer" } },
      );
    if (match !== undefined)
      vm.views.table(
        `Instructions that match ${match}`,
        () => matching.top(matching.size).map(([pc, insns]) => ({ pc, insns, disassembly: disassembly.get(pc) })),
        { columns: { pc: "address", insns: "integer", disassembly: "text" } },
      );
  },
});

/**
 * Instructions translated, by size, with the figures of QEMU's `sizes=on`: there the count of the longest size so far
 * begins again when a longer one first appears. `executed` in the view has no such exception.
 */
class SizeCount {
  private readonly counts = new Map<number, number>();
  private longest = 0;

  add(size: number): void {
    if (size > this.longest) {
      this.counts.delete(this.longest);
      this.longest = size;
    }
    this.counts.set(size, (this.counts.get(size) ?? 0) + 1);
  }

  rows(): [size: number, count: number][] {
    return [...this.counts].sort(([a], [b]) => a - b);
  }
}
