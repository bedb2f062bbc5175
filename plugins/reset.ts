// Do `vm.reset` and `vm.uninstall` leave nothing behind?
//
// A test of the emulator, which may be run on any program: it counts for a while, resets itself from a callback in the
// middle of guest code, subscribes anew, and uninstalls itself in the end if that is asked for. Asserts:
// - from the moment that `reset` (`uninstall`) returns, no callback of what was subscribed before is called, by the same
//   instruction neither;
// - its views are gone, its counters stay as they were, and inline operations add nothing more;
// - what was to be called afterwards is called once, outside guest code, and subscriptions made there work.
//
// Price: two callbacks per block until the reset, one inline operation per block after it.
import { definePlugin } from "@terrarium/api";

export default definePlugin({
  name: "reset",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Self-check: nothing is left of a plugin that is reset or uninstalled",
  options: {
    after: { type: "integer", default: 100, minimum: 1, description: "Reset after so many executed blocks" },
    uninstall: { type: "integer", minimum: 1, description: "Uninstall after so many blocks executed since" },
  },
  install(vm, { after, uninstall }) {
    const before = vm.counter("blocks before");
    const since = vm.counter("blocks since");
    const checks: { check: string; at: bigint; verdict: string }[] = [];
    /** What subscriptions are of: those before the reset, those after it, none any more. */
    let phase: "first" | "second" | "gone" = "first";

    const check = (name: string, holds: boolean) => {
      const at = vm.vcpus[0].instructionCount;
      checks.push({ check: name, at, verdict: holds ? "passed" : "FAILED" });
      if (!holds) vm.log(`${name}: no (after ${at} instructions)`, "error");
    };
    /** For callbacks of a phase: it is still that one. */
    const during = (expected: typeof phase, what: string) => {
      if (phase !== expected) check(`${what} is not called after its subscription ended`, false);
      return phase === expected;
    };

    const show = () =>
      vm.views.table(
        "Reset",
        () => [...checks, { check: `blocks since: ${since.value}`, at: undefined, verdict: phase }],
        {
          columns: { check: "text", at: "integer", verdict: "text" },
        },
      );

    /** Blocks counted when the reset was asked for, the one at hand included. */
    let counted = 0n;
    let resets = 0;

    const second = () => {
      check("the callback of reset is called once", ++resets === 1);
      check("counters stay as they were", before.value === counted);
      show();
      vm.onSyscall(() => void during("second", "the new system call callback"));
      vm.onTranslate((tb) => {
        if (!during("second", "the new translation callback")) return;
        tb.inline.add(since, 1);
        if (uninstall === undefined) return;
        tb.onExecute(
          () => {
            if (!during("second", "a callback under a condition")) return;
            phase = "gone";
            void vm.uninstall();
          },
          { when: since.ge(uninstall) },
        );
        tb.onExecute(() => void during("second", "the callback after the one that uninstalls"), {
          when: since.ge(uninstall),
        });
      });
      vm.onExit(() => {
        if (!during("second", "the new exit callback")) return;
        check("the old inline operations add no more", before.value === counted);
        check("the new inline operations count", since.value > 0n);
      });
    };

    // Whether the views are gone shows when a second one of the same title can be made.
    show();
    vm.onSyscall(() => void during("first", "the system call callback"));
    vm.onDiscontinuity(() => void during("first", "the discontinuity callback"));
    vm.onFlush(() => void during("first", "the flush callback"));
    vm.onExit(() => {
      if (during("first", "the exit callback")) vm.log("the program ended before the reset", "warning");
    });
    vm.onTranslate((tb) => {
      if (!during("first", "the translation callback")) return;
      tb.inline.add(before, 1);
      tb.onExecute(
        () => {
          if (!during("first", "a callback under a condition")) return;
          counted = before.value;
          phase = "second";
          const left = vm.reset(second);
          check("the callback of reset is not called within guest code", resets === 0);
          void left.then(() => check("the promise of reset is fulfilled after its callback", resets === 1));
        },
        { when: before.ge(after) },
      );
      // The same instruction's, and those of the rest of the block.
      tb.onExecute(() => void during("first", "the next callback of the block"));
      for (const insn of tb.instructions) {
        insn.onMemory(() => void during("first", "a memory callback"));
        if (insn.index > 0) insn.onExecute(() => void during("first", "a callback of the rest of the block"));
      }
    });
  },
});
