// How many blocks, and how many instructions in them, did each vCPU execute?
//
// Price: two inline additions per executed block. A block counts with all its instructions when it is entered, so a
// program that dies in the middle of one has executed fewer than this says; `insn` counts them one by one.
import { definePlugin } from "@terrarium/api";

export default definePlugin({
  name: "bb",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Blocks and instructions executed, per vCPU",
  install(vm) {
    const blocks = vm.counter("blocks");
    const insns = vm.counter("instructions");

    vm.onTranslate((tb) => {
      tb.inline.add(blocks, 1n);
      tb.inline.add(insns, tb.instructions.length);
    });

    vm.views.table(
      "Blocks",
      () => [
        ...vm.vcpus.map(({ index }) => ({ vcpu: `CPU${index}`, "bb's": blocks.of(index), insns: insns.of(index) })),
        { vcpu: "Total", "bb's": blocks.value, insns: insns.value },
      ],
      { columns: { vcpu: "text", "bb's": "integer", insns: "integer" } },
    );
  },
});
