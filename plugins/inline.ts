// Do the three ways of counting agree: inline operations, callbacks, and callbacks under a condition?
//
// Asks each question in all three ways and compares: a test of the emulator, which may be run on any program.
//
// Price: that of two callbacks per block, instruction and access; most of it is the callbacks without a condition.
import { type Counter, definePlugin } from "@terrarium/api";

/** One question, asked in three ways. */
interface Subject {
  readonly name: string;
  /** By inline operations. */
  readonly inline: Counter;
  /** The same with the condition decided when guest code runs. */
  readonly conditional: Counter;
  /** Since the last callback under the condition that this is `every` at least. */
  readonly since: Counter;
  /** By callbacks. */
  called: bigint;
  /** By callbacks under the condition: what `since` was at each. */
  collected: bigint;
  isReported: boolean;
}

export default definePlugin({
  name: "inline",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Self-check: inline, conditional and callback counts agree",
  options: {
    every: {
      type: "integer",
      default: 100,
      minimum: 1,
      maximum: 1_000_000,
      description: "Conditional callbacks come when so much has been counted",
    },
  },
  install(vm, { every }) {
    const subject = (name: string): Subject => ({
      name,
      inline: vm.counter(name),
      conditional: vm.counter(`${name}, conditional`),
      since: vm.counter(`${name}, since`),
      called: 0n,
      collected: 0n,
      isReported: false,
    });
    const blocks = subject("blocks");
    const instructions = subject("instructions");
    const loads = subject("loads");
    const stores = subject("stores");
    const loaded = subject("bytes loaded");
    const stored = subject("bytes stored");
    const subjects = [blocks, instructions, loads, stores, loaded, stored];
    const { isStore, size } = vm.values;
    const always = vm.values.constant(1);
    const isLoad = isStore.eq(0);

    const collect = (subject: Subject) => {
      subject.collected += subject.since.value;
      subject.since.value = 0n;
    };

    vm.onTranslate((tb) => {
      tb.inline.add(blocks.inline, 1);
      tb.inline.add(blocks.conditional, 1, { when: always });
      tb.inline.add(blocks.since, 1);
      tb.onExecute(() => {
        blocks.called++;
      });
      tb.onExecute(() => collect(blocks), { when: blocks.since.ge(every) });

      for (const insn of tb.instructions) {
        insn.inline.add(instructions.inline, 1);
        insn.inline.add(instructions.conditional, 1, { when: always });
        insn.inline.add(instructions.since, 1);
        insn.onExecute(() => {
          instructions.called++;
        });
        insn.onExecute(() => collect(instructions), { when: instructions.since.ge(every) });

        for (const [count, bytes, filter, when] of [
          [loads, loaded, "loads", isLoad],
          [stores, stored, "stores", isStore],
        ] as const) {
          const ops = insn.memoryInline;
          ops.add(count.inline, 1, { filter });
          ops.add(bytes.inline, size, { filter });
          ops.add(count.conditional, 1, { when });
          ops.add(bytes.conditional, size, { when });
          ops.add(count.since, 1, { filter });
          ops.add(bytes.since, size, { filter });
          insn.onMemory(() => collect(count), { filter, when: count.since.ge(every) });
          insn.onMemory(() => collect(bytes), { filter, when: bytes.since.ge(every) });
        }
        insn.onMemory((access) => {
          const [count, bytes] = access.isStore ? [stores, stored] : [loads, loaded];
          count.called++;
          bytes.called += BigInt(access.size);
        });
      }
    });

    const figures = (subject: Subject) => [
      subject.inline.value,
      subject.conditional.value,
      subject.called,
      subject.collected + subject.since.value,
    ];
    const agrees = (subject: Subject) => new Set(figures(subject)).size === 1;
    const check = () => {
      for (const subject of subjects) {
        if (subject.isReported || agrees(subject)) continue;
        subject.isReported = true;
        vm.log(`${subject.name}: the counts disagree: ${figures(subject).join(", ")}`, "error");
      }
    };
    vm.onExit(check);

    vm.views.table(
      "Counts",
      () => {
        check();
        return subjects.map((subject) => {
          const [inline, conditional, callbacks, collected] = figures(subject);
          return {
            what: subject.name,
            inline,
            "inline, conditional": conditional,
            callbacks,
            "callbacks, conditional": collected,
            verdict: agrees(subject) ? "agree" : "DISAGREE",
          };
        });
      },
      {
        columns: {
          what: "text",
          inline: "integer",
          "inline, conditional": "integer",
          callbacks: "integer",
          "callbacks, conditional": "integer",
          verdict: "text",
        },
      },
    );
  },
});
