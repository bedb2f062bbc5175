// The least that a callback per block can do.
import { definePlugin } from "@terrarium/api";

export default definePlugin({
  name: "each-block",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  install(vm) {
    let calls = 0;
    vm.onTranslate((tb) => {
      tb.onExecute(() => {
        calls++;
      });
    });
    vm.views.table("Calls", () => [{ calls }]);
  },
});
