// How does what the program does differ from one part of its run to another? Basic block vectors, as SimPoint takes them
// to choose the parts that stand for the whole.
//
// Price: two inline additions and a comparison per executed block; a call at the end of each interval. Figures and
// numbers as in QEMU's plugin of this name: a block counts with all its instructions when it is entered; it is numbered,
// from 1, by its address in the order in which blocks were first translated; an interval ends with the first block that
// makes it full, and what is above its length counts for the next one; the last interval, which is not full, is left out.
import { definePlugin } from "@terrarium/api";

export default definePlugin({
  name: "bbv",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Basic block vectors, for SimPoint: what was executed in each interval of the run",
  options: {
    interval: {
      type: "integer",
      default: 100_000_000,
      minimum: 1,
      description: "Instructions of an interval",
    },
  },
  install(vm, { interval }) {
    const numbers = new Map<bigint, number>();
    const executed = vm.counters<number>("instructions of block");
    const elapsed = vm.counter("instructions of interval");
    /** By number, less one. */
    const addresses: bigint[] = [];
    const vectors: [block: number, instructions: bigint][][] = [];
    const rows: { interval: number; blocks: number; hottest: bigint; instructions: bigint }[] = [];

    const endInterval = () => {
      const vector = executed.entries().filter(([, instructions]) => instructions > 0n);
      const [hottest, instructions] = vector.reduce((a, b) => (b[1] > a[1] ? b : a));
      vectors.push(vector);
      rows.push({ interval: vectors.length, blocks: vector.length, hottest: addresses[hottest - 1], instructions });
      executed.clear();
      elapsed.value -= BigInt(interval);
    };

    vm.onTranslate((tb) => {
      let number = numbers.get(tb.vaddr);
      if (number === undefined) {
        number = addresses.push(tb.vaddr);
        numbers.set(tb.vaddr, number);
      }
      tb.inline.add(elapsed, tb.instructions.length);
      tb.inline.add(executed.at(number), tb.instructions.length);
      tb.onExecute(endInterval, { when: elapsed.ge(interval) });
    });

    vm.views.intervals("Basic block vectors", () => vectors);
    // With the block in which most was executed, and how much.
    vm.views.table("Intervals", () => rows, {
      columns: { interval: "integer", blocks: "integer", hottest: "address", instructions: "integer" },
    });
  },
});
