// The least that a callback per access to memory can do.
import { definePlugin } from "@terrarium/api";

export default definePlugin({
  name: "each-access",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  install(vm) {
    let calls = 0;
    vm.onTranslate((tb) => {
      for (const insn of tb.instructions)
        insn.onMemory(() => {
          calls++;
        });
    });
    vm.views.table("Calls", () => [{ calls }]);
  },
});
