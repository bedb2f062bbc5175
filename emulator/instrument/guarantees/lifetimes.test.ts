// Handles die with their callback, instances are apart, and what plugins give wrongly is told, bounded and survived.
import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, event, use, type Vm } from "../../../plugins/api/index.ts";
import { engines, pluginRun } from "../../../plugins/testing/plugin-run.ts";

const plugin = (name: string, install: (vm: Vm) => unknown) => ({
  name,
  version: "1.0.0",
  install: (vm: Vm) => install(vm),
});

/** Each keeps something of a callback and uses it in a later one; the message names it and the plugin. */
const kept: { name: string; install(vm: Vm): void; message: RegExp }[] = [
  {
    name: "a block's operations",
    install: (vm) => {
      const counter = vm.counter("n");
      vm.onTranslate((tb) => {
        const { inline } = tb;
        tb.onExecute(() => inline.add(counter, 1));
      });
    },
    message: /the block at 0x10120 was used by plugin "keeper" after its onTranslate callback had returned/,
  },
  {
    name: "an instruction's operations",
    install: (vm) => {
      const counter = vm.counter("n");
      vm.onTranslate((tb) => {
        const { inline } = tb.instructions[1];
        tb.onExecute(() => inline.add(counter, 1));
      });
    },
    message: /the instruction at 0x10122 was used by plugin "keeper" after/,
  },
  {
    name: "a subscription to an instruction",
    install: (vm) => {
      vm.onTranslate((tb) => {
        const [insn] = tb.instructions;
        tb.onExecute(() => insn.onMemory(() => {}));
      });
    },
    message: /the instruction at 0x10120 was used by plugin "keeper" after/,
  },
  {
    name: "an access, with registers",
    install: (vm) => {
      let first: { readonly value: bigint } | undefined;
      vm.onTranslate((tb) => {
        for (const insn of tb.instructions)
          insn.onMemory(
            (access) => {
              void first?.value;
              first ??= access;
            },
            { registers: ["a0"] },
          );
      });
    },
    message: /the memory access of plugin "keeper" was used after its callback had returned/,
  },
];

for (const engine of engines)
  for (const { name, install, message } of kept)
    test(`what is used after its callback is named: ${name} (${engine})`, () => {
      const run = pluginRun("reference/faults.elf", [[plugin("keeper", install)]], { engine }).run();
      assert.equal(run.log.length, 1);
      assert.match(run.log[0], message);
      assert.equal(run.machine.instructionCount(), 55n);
    });

test("the columns of a batch may be copied, and the copies stay", () => {
  const copies: Uint32Array[] = [];
  const copier = definePlugin({
    name: "copier",
    version: "1.0.0",
    install(vm) {
      const blocks = vm.buffer("blocks", {
        fields: { at: "u32" },
        capacity: 1024,
        deliver: ({ columns }) => void copies.push(columns.at.slice()),
      });
      vm.onTranslate((tb) => tb.inline.append(blocks, { at: vm.values.instructions }));
    },
  });
  pluginRun("reference/mixed.elf", [[copier]]).run(20_000);
  assert.ok(copies.length > 2);
  const all = copies.flatMap((copy) => [...copy]);
  assert.ok(all.every((at, i) => i === 0 || at > all[i - 1]));
});

test("two instances of one file share nothing, whatever their names", () => {
  const define = (name: string) =>
    definePlugin({
      name,
      version: "1.0.0",
      options: { only: { type: "string", choices: ["loads", "stores"], default: "loads", description: "Which" } },
      install(vm, { only }) {
        const accesses = vm.counter("accesses");
        vm.onTranslate((tb) => {
          for (const insn of tb.instructions) insn.memoryInline.add(accesses, 1, { filter: only });
        });
        vm.views.table("accesses", () => [{ name, accesses: accesses.value }]);
      },
    });
  const run = pluginRun("reference/accesses.elf", [
    [define("one"), { only: "loads" }],
    [define("two"), { only: "stores" }],
    [define("one"), { only: "stores" }],
  ]).run();
  assert.deepEqual(
    run.log.map((line) => line.replace(/:.*/, "")),
    ["error test"],
  );
  assert.match(run.log[0], /a plugin named "one" is there already/);
  const figures = run.host.views().map((view) => view.kind === "table" && view.rows[0]);
  const [[, loads], [, stores]] = figures as [string, number][];
  assert.ok(loads > 0 && stores > 0 && loads !== stores);
  run.host.unload("one");
  assert.deepEqual(
    run.host.list().map(({ name }) => name),
    ["two"],
  );
  assert.deepEqual(run.rows("accesses"), [["two", stores]]);
});

const exportsGiven: [given: unknown, message: RegExp][] = [
  [{ depth: 5 }, /the export "depth" must be a function, not number/],
  [{ depth: null }, /the export "depth" must be a function, not null/],
  [[() => 1], /install must return its exports as an object of functions, or nothing/],
  ["depth", /install must return its exports as an object of functions, or nothing/],
];

for (const [given, message] of exportsGiven)
  test(`exports that are no functions: ${JSON.stringify(given)}`, () => {
    const run = pluginRun("reference/faults.elf", [[plugin("giver", () => given)]]).run();
    assert.match(run.log.join("\n"), message);
    assert.ok(run.host.isEmpty);
  });

test("a listener that throws is removed with its plugin; the others are called, and the emitter goes on", () => {
  const heard = { first: 0, last: 0 };
  const emitter = definePlugin({
    name: "emitter",
    version: "1.0.0",
    events: { block: event<bigint>("A block") },
    install(vm) {
      vm.onTranslate((tb) => {
        const at = tb.vaddr;
        tb.onExecute(() => vm.events.block.emit(at));
      });
    },
  });
  const listener = (name: string, listen: () => void) =>
    definePlugin({
      name,
      version: "1.0.0",
      uses: { emitter: use<typeof emitter>("^1.0") },
      install: (_vm, _options, used) => void used.emitter.on("block", listen),
    });
  const thrower = () => {
    throw new Error("no luck");
  };
  const run = pluginRun("reference/faults.elf", [
    [emitter],
    [listener("first", () => void heard.first++)],
    [listener("thrower", thrower)],
    [listener("last", () => void heard.last++)],
  ]).run();
  assert.deepEqual(heard, { first: 11, last: 11 });
  assert.deepEqual(run.log, ['error thrower: the plugin is removed: listener of emitter\'s event "block": no luck']);
  assert.deepEqual(
    run.host.list().map(({ name }) => name),
    ["emitter", "first", "last"],
  );
});

test("a view of a million rows is cut at its bound, in time", () => {
  const many = plugin("many", (vm) => {
    vm.views.table("rows", function* () {
      for (let n = 0; n < 1_000_000; n++) yield { n };
    });
  });
  const run = pluginRun("reference/faults.elf", [[many]]).run();
  assert.equal(run.rows("rows").length, 100_000);
  assert.deepEqual(run.log, []);
});

test("a cyclic value in a view removes the plugin, and says so", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const run = pluginRun("reference/faults.elf", [
    [plugin("cyclic", (vm) => vm.views.table("t", () => [cyclic as never]))],
  ]);
  run.run();
  const views = run.host.views();
  assert.deepEqual(views, []);
  assert.match(
    run.log.join(),
    /the plugin is removed: view "t": .*"self" must be a text, a number or empty, not an object/,
  );
});

for (const engine of engines)
  test(`records written faster than they are read: the guest waits, none is lost, memory stays bounded (${engine})`, () => {
    let delivered = 0;
    let expected = 0;
    let largest = 0;
    const slow = plugin("slow", (vm) => {
      const trace = vm.buffer("trace", {
        fields: { pc: "u32" },
        capacity: 1024,
        deliver: ({ length, first }) => {
          assert.equal(first, expected);
          expected = first + length;
          largest = Math.max(largest, length);
          delivered += length;
        },
      });
      vm.onTranslate((tb) => {
        for (const insn of tb.instructions) insn.inline.append(trace, { pc: insn.vaddr });
      });
    });
    const run = pluginRun("recursion/recursion.elf", [[slow]], { engine }).run();
    assert.deepEqual(run.log, []);
    assert.equal(BigInt(delivered), run.machine.instructionCount());
    assert.ok(largest <= 1024);
  });
