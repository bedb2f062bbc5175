// Plugins that come, go, begin anew and change while the guest runs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, event, type Vm } from "../../plugins/api/index.ts";
import type { EngineKind } from "../machine/api.ts";
import { testMachine } from "../machine/testing/test-machine.ts";
import { PluginHost } from "./plugin-host.ts";

const engines: readonly EngineKind[] = ["interpreter", "auto", "jit"];
const instructions = 11_397_248n;

function scene(engine: EngineKind) {
  const machine = testMachine("reference/mixed.elf", { engine });
  const log: string[] = [];
  const host = new PluginHost(machine, { programPath: "mixed", log: (...line) => log.push(line.join(" ")) });
  const runTo = (count: bigint) => {
    while (machine.instructionCount() < count && machine.run(Number(count)).kind !== "exited");
  };
  return { machine, host, log, runTo };
}

/** Counts instructions; the figure is exact between slices. */
const counting = (version: string, reload?: "keep" | "clear") =>
  definePlugin({
    name: "counting",
    version,
    ...(reload ? { reload } : {}),
    install(vm) {
      const executed = vm.counter("executed");
      const pages = vm.array("pages", 16);
      const sizes = vm.histogram("sizes", { buckets: 8 });
      const buffer = vm.buffer("blocks", { fields: { pc: "u32" }, deliver: () => {} });
      vm.onTranslate((tb) => {
        tb.inline.append(buffer, { pc: tb.vaddr });
        for (const insn of tb.instructions) {
          insn.inline.add(executed, 1n);
          insn.inline.add(pages.at(insn.vaddr >> 12n), 1);
          insn.inline.count(sizes, insn.size);
        }
      });
      vm.views.table(`Counted by ${version}`, () => [
        { executed: executed.value, pages: pages.values().reduce((a, b) => a + b, 0n), sizes: sizes.total() },
      ]);
    },
  });

const figures = (host: PluginHost) =>
  host.views().map((view) => [view.title, ...(view.kind === "table" ? view.rows[0].map(Number) : [])]);

test("a plugin that is loaded in the middle counts from there, and one that is unloaded no more", () => {
  for (const engine of engines) {
    const { machine, host, log, runTo } = scene(engine);
    runTo(1_000_000n);
    const begin = Number(machine.instructionCount());
    assert.equal(host.install({ definition: counting("1.0.0") }, {}, "counting"), true);
    runTo(3_000_000n);
    const seen = Number(machine.instructionCount()) - begin;
    assert.deepEqual(figures(host), [["Counted by 1.0.0", seen, seen, seen]]);
    host.unload("counting");
    assert.deepEqual([host.views(), host.list()], [[], []]);
    assert.throws(() => host.unload("counting"), /no plugin "counting" is installed, nor any other/);
    runTo(instructions);
    assert.deepEqual([machine.exited?.status, machine.instructionCount(), log], [0, instructions, []]);
  }
});

test("a plugin that is loaded again begins at zero, or goes on with what it had", () => {
  for (const engine of engines) {
    const { machine, host, log, runTo } = scene(engine);
    host.install({ definition: counting("1.0.0") }, {}, "counting");
    runTo(1_000_000n);
    const first = Number(machine.instructionCount());
    assert.equal(host.reload("counting", { definition: counting("1.1.0", "keep") }), true);
    runTo(2_000_000n);
    const second = Number(machine.instructionCount());
    // The new version says what becomes of what the old one had.
    assert.deepEqual(figures(host), [["Counted by 1.1.0", second, second, second]]);
    assert.equal(host.reload("counting", { definition: counting("2.0.0", "clear") }), true);
    runTo(4_000_000n);
    const third = Number(machine.instructionCount()) - second;
    assert.deepEqual(figures(host), [["Counted by 2.0.0", third, third, third]]);
    assert.equal(host.restart("counting"), true);
    assert.deepEqual(figures(host), [["Counted by 2.0.0", 0, 0, 0]]);
    runTo(instructions);
    const last = Number(instructions) - second - third;
    assert.deepEqual(figures(host), [["Counted by 2.0.0", last, last, last]]);
    assert.ok(first > 0);
    assert.deepEqual(log, []);
  }
});

test("new code that cannot be installed leaves the old one running, and says why", () => {
  const { machine, host, log, runTo } = scene("auto");
  host.install({ definition: counting("1.0.0") }, {}, "./counting.ts");
  runTo(1_000_000n);
  assert.equal(host.reload("counting", { definition: { name: "counting" } }), false);
  assert.equal(
    host.reload("counting", { definition: definePlugin({ ...counting("2.0.0"), uses: { other: "^1.0" } }) }),
    false,
  );
  assert.deepEqual(log, [
    'error ./counting.ts `version` must be a semantic version such as "1.0.0", not nothing',
    'error ./counting.ts not reloaded: it uses plugin "other" ^1.0, and there is no plugin of this name',
  ]);
  runTo(2_000_000n);
  const seen = Number(machine.instructionCount());
  assert.deepEqual(figures(host), [["Counted by 1.0.0", seen, seen, seen]]);
});

/** A library that announces every thousandth block, only while somebody listens. */
const library = (version: string) =>
  definePlugin({
    name: "library",
    version,
    events: { block: event<{ version: string }>("A thousand blocks") },
    install(vm) {
      let translations: { cancel(): void } | undefined;
      vm.events.block.onListeners((listeners) => {
        if (listeners === 0) {
          translations?.cancel();
          translations = undefined;
        } else
          translations ??= vm.onTranslate((tb) => {
            const blocks = vm.counter("blocks");
            tb.inline.add(blocks, 1);
            tb.onExecute(
              () => {
                blocks.value = 0n;
                vm.events.block.emit({ version });
              },
              { when: blocks.ge(1000) },
            );
          });
      });
      return { version: () => version };
    },
  });

const listener = (heard: string[]) =>
  definePlugin({
    name: "listener",
    version: "1.0.0",
    uses: { library: "^1.0" },
    install(_vm, _options, { library: used }) {
      used.on("block", (payload) => {
        heard.push((payload as { version: string }).version);
      });
      heard.push(`uses ${(used.exports.version as () => string)()}`);
    },
  });

test("a library that is loaded again takes those that use it along; in use it is not unloaded; idle it costs nothing", () => {
  for (const engine of engines) {
    const { machine, host, log, runTo } = scene(engine);
    const heard: string[] = [];
    assert.deepEqual(
      host.installAll([
        { loaded: { definition: listener(heard) }, options: {}, source: "listener" },
        { loaded: { definition: library("1.0.0") }, options: {}, source: "library" },
      ]),
      [true, true],
    );
    assert.deepEqual(
      host.list().map(({ name, events }) => [name, events.map(({ name: of, listeners }) => [of, listeners])]),
      [
        ["library", [["block", ["listener"]]]],
        ["listener", []],
      ],
    );
    runTo(500_000n);
    assert.throws(() => host.unload("library"), /plugin "library" is in use by "listener": unload that first/);
    assert.equal(host.reload("library", { definition: library("1.5.0") }), true);
    runTo(1_000_000n);
    assert.deepEqual([...new Set(heard)], ["uses 1.0.0", "1.0.0", "uses 1.5.0", "1.5.0"]);
    assert.equal(host.reload("library", { definition: library("2.0.0") }), false);
    assert.match(log.pop() ?? "", /not reloaded: it uses plugin "library" \^1.0, and version 2.0.0 is there/);
    host.unload("listener");
    const { operations } = host.list()[0].cost;
    const { length } = heard;
    runTo(2_000_000n);
    assert.equal(machine.executor.instrument, undefined);
    assert.deepEqual([host.list()[0].cost.operations, heard.length, log], [operations, length, []]);
  }
});

test("memory of plugins that are gone is used again, and what is left of them in it is not seen", () => {
  const { host, log, runTo } = scene("auto");
  for (let round = 0; round < 30; round++) {
    let vm: Vm | undefined;
    const definition = definePlugin({
      name: "large",
      version: "1.0.0",
      install: (given) => {
        vm = given as unknown as Vm;
      },
    });
    assert.equal(host.install({ definition }, {}, "large"), true);
    const cells = vm?.array("cells", 1 << 20);
    assert.equal(cells?.get(12_345), 0n);
    cells?.fill(7n);
    vm?.onTranslate((tb) => tb.inline.add(cells?.at(1) as never, 1));
    runTo(BigInt(10_000 * (round + 1)));
    host.unload("large");
  }
  assert.deepEqual(log, []);
});
