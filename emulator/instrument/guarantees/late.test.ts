// What is subscribed late takes effect at once: the next block is the first that is seen, on every engine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, event, use, type Vm } from "../../../plugins/api/index.ts";
import { engines, pluginRun } from "../../../plugins/testing/plugin-run.ts";

/** Of `mixed`: compiled long before this many blocks have been executed. */
const AFTER = 500_000n;

/** Counts blocks from a moment on, which `begin` chooses, beside a count of all. */
function lateCounter(begin: (vm: Vm, start: () => void) => void) {
  const figures = { all: 0n, before: 0n, late: 0n };
  const definition = definePlugin({
    name: "late",
    version: "1.0.0",
    install(given) {
      const vm = given as unknown as Vm;
      const all = vm.counter("all");
      const late = vm.counter("late");
      vm.onTranslate((tb) => tb.inline.add(all, 1));
      begin(vm, () => {
        figures.before = all.value;
        vm.onTranslate((tb) => tb.inline.add(late, 1));
      });
      vm.onExit(() => Object.assign(figures, { all: all.value, late: late.value }));
    },
  });
  return { definition, figures };
}

const begins: Record<string, (vm: Vm, start: () => void) => void> = {
  "a callback of a block": (vm, start) => {
    const blocks = vm.counter("blocks");
    vm.onTranslate((tb) => {
      tb.inline.add(blocks, 1);
      tb.onExecute(start, { when: blocks.eq(AFTER) });
    });
  },
  "a callback of an access": (vm, start) => {
    const loads = vm.counter("loads");
    vm.onTranslate((tb) => {
      for (const insn of tb.instructions) {
        insn.memoryInline.add(loads, 1, { filter: "loads" });
        insn.onMemory(start, { filter: "loads", when: loads.eq(AFTER) });
      }
    });
  },
  "the delivery of records": (vm, start) => {
    let deliveries = 0;
    const records = vm.buffer("records", {
      fields: { pc: "u32" },
      deliver: () => {
        if (++deliveries === 5) start();
      },
    });
    vm.onTranslate((tb) => tb.inline.append(records, { pc: tb.vaddr }));
  },
};

for (const engine of engines) {
  for (const [from, begin] of Object.entries(begins))
    test(`from ${from} (${engine})`, () => {
      const { definition, figures } = lateCounter(begin);
      const run = pluginRun("reference/mixed.elf", [[definition]], { engine }).run();
      assert.deepEqual(run.log, []);
      assert.ok(figures.before > 100_000n && figures.late > 100_000n);
      // The block at hand has been counted, but for records: those are delivered as it is entered.
      const atHand = from === "the delivery of records" ? 1n : 0n;
      assert.equal(figures.all, figures.before + atHand + figures.late);
    });

  test(`from another plugin's event, while the guest is in compiled code (${engine})`, () => {
    const source = definePlugin({
      name: "source",
      version: "1.0.0",
      events: { moment: event<undefined>("It is time") },
      install(vm) {
        const blocks = vm.counter("blocks");
        vm.onTranslate((tb) => {
          tb.inline.add(blocks, 1);
          tb.onExecute(() => vm.events.moment.emit(undefined), { when: blocks.eq(AFTER) });
        });
      },
    });
    const counts = { before: 0n, late: 0n, all: 0n };
    const listener = definePlugin({
      name: "listener",
      version: "1.0.0",
      uses: { source: use<typeof source>("*") },
      install(vm, _options, { source }) {
        const all = vm.counter("all");
        const late = vm.counter("late");
        vm.onTranslate((tb) => tb.inline.add(all, 1));
        source.on("moment", () => {
          counts.before = all.value;
          vm.onTranslate((tb) => tb.inline.add(late, 1));
        });
        vm.onExit(() => Object.assign(counts, { all: all.value, late: late.value }));
      },
    });
    const run = pluginRun("reference/mixed.elf", [[source], [listener]], { engine }).run();
    assert.deepEqual(run.log, []);
    // The source comes first: the listener counts the block that both are in, and sees it no more.
    assert.equal(counts.before, AFTER - 1n);
    assert.equal(counts.all, counts.before + 1n + counts.late);
  });
}
