// What does the program look like at some instruction count, or when it comes to an address for the so-manieth time? It
// is stopped there, exactly: it stands before the instruction.
//
// Price: for an address, an addition and a comparison whenever that
// instruction is executed; for a count, a comparison for each block until the one in which it is reached, which alone is
// then looked at instruction by instruction.
import { definePlugin, type Vcpu } from "@terrarium/api";

export default definePlugin({
  name: "stoptrigger",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Stops at an instruction count or at an address",
  options: {
    icount: { type: "integer", minimum: 0, description: "Stop when so many instructions have been executed" },
    addr: { type: "address", description: "Stop before the instruction at this address" },
    symbol: { type: "string", description: "Stop where this function begins" },
    hits: { type: "integer", default: 1, minimum: 1, description: "At the address: stop the so-manieth time" },
    action: {
      type: "string",
      default: "stop",
      choices: ["stop", "exit"],
      description: "Stop there, or end the program",
    },
    status: { type: "integer", default: 0, minimum: 0, maximum: 255, description: "Exit status of an ended program" },
  },
  install(vm, { icount, addr, symbol, hits, action, status }) {
    const address = addr ?? (symbol === undefined ? undefined : vm.addressOf(symbol));
    if (symbol !== undefined && address === undefined) throw new Error(`the program has no symbol "${symbol}"`);
    if (icount === undefined && address === undefined)
      throw new Error("nothing to stop at: give one of the options icount, addr and symbol");

    const triggered: { trigger: string; pc: bigint; instructions: bigint; action: string }[] = [];
    const trigger = (reason: string, pc: bigint, vcpu: Vcpu) => {
      // The instruction at hand counts as begun, and is not executed.
      triggered.push({ trigger: reason, pc, instructions: vcpu.instructionCount - 1n, action });
      if (action === "stop") vm.stop(reason);
      else vm.exit(status);
      return { pc };
    };

    const { instructions } = vm.values;
    if (icount !== undefined) {
      const begun = BigInt(icount) + 1n;
      const reason = `${icount} instructions have been executed`;
      /** Does the next block reach the count? Then it is translated once more, to be looked at more closely. */
      let isNear = false;
      const coarse = vm.onTranslate((tb) => {
        const { vaddr, instructions: insns } = tb;
        // At its entry the block's first instruction has begun.
        tb.onExecute(
          () => {
            if (isNear) return {};
            isNear = true;
            approach();
            return { pc: vaddr };
          },
          { setPc: true, when: instructions.add(insns.length).gt(begun) },
        );
      });
      const approach = () => {
        coarse.cancel();
        const close = vm.onTranslate((tb) => {
          for (const insn of tb.instructions) {
            const pc = insn.vaddr;
            insn.onExecute(
              (vcpu) => {
                close.cancel();
                return trigger(reason, pc, vcpu);
              },
              { setPc: true, when: instructions.eq(begun) },
            );
          }
        });
      };
    }

    const executions = vm.counter("executions");
    if (address !== undefined) {
      const place = symbol ?? `0x${address.toString(16)}`;
      const watch = vm.onTranslate((tb) => {
        for (const insn of tb.instructions) {
          if (insn.vaddr !== address) continue;
          insn.inline.add(executions, 1);
          insn.onExecute(
            (vcpu) => {
              watch.cancel();
              return trigger(hits === 1 ? `at ${place}` : `at ${place} for the ${hits}th time`, address, vcpu);
            },
            { setPc: true, when: executions.eq(hits) },
          );
        }
      });
    }

    vm.views.table("Triggers", () => triggered, {
      columns: { trigger: "text", pc: "address", instructions: "integer", action: "text" },
    });
  },
});
