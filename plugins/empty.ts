// What do translation events alone cost?
//
// Price: a call of JavaScript for each block translated, nothing when code runs. The difference between a run with this
// plugin and one without any is what every plugin that calls `onTranslate` pays first.
import { definePlugin } from "@terrarium/api";

export default definePlugin({
  name: "empty",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "The cost of translation events: sees every block, asks for nothing",
  install(vm) {
    let blocks = 0;
    let instructions = 0;
    let bytes = 0;
    let flushes = 0;

    vm.onTranslate((tb) => {
      blocks++;
      instructions += tb.instructions.length;
      bytes += tb.size;
    });
    vm.onFlush(() => {
      flushes++;
    });

    // The same code counts again when it is translated again.
    vm.views.table("Announced", () => [{ blocks, instructions, bytes, flushes }], {
      columns: { blocks: "integer", instructions: "integer", bytes: "integer", flushes: "integer" },
    });
  },
});
