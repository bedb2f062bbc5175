import assert from "node:assert/strict";
import { test } from "node:test";
import { Symbolizer } from "../adapter/host/symbolizer.ts";
import type { FlameNode } from "../emulator/instrument/view-data.ts";
import { readFixture } from "../test-fixtures/fixtures.ts";
import { definePlugin } from "./api/index.ts";
import callstack from "./callstack.ts";
import flame from "./flame.ts";
import { engines, type PluginRunOptions, pluginRun } from "./testing/plugin-run.ts";

/** Runs a program; addresses are told by its symbols. */
function flameRun(
  program: string,
  options: Record<string, unknown>,
  runOptions: PluginRunOptions,
  more: unknown[] = [],
) {
  const symbols = new Symbolizer(readFixture(program), 0n);
  const run = pluginRun(program, [[callstack], [flame, options], ...more.map((each) => [each] as const)], {
    host: () => ({ locate: (pc) => symbols.locate(pc) }),
    ...runOptions,
  }).run();
  assert.deepEqual(run.log, []);
  const view = run.view("Flame graph");
  assert.ok(view.kind === "flame");
  const rows = run.rows("Cost by function") as [address: string, self: number, total: number, calls: number][];
  const named = rows.map(([address, ...figures]) => [symbols.locate(BigInt(address))?.symbol, figures]);
  return { run, view, rows, functions: new Map(named as [string, number[]][]) };
}

const sum = (node: FlameNode): number => node.self + node.children.reduce((total, each) => total + sum(each), 0);
const deepest = (node: FlameNode): number => 1 + Math.max(0, ...node.children.map(deepest));

const programs: readonly [program: string, args?: string[]][] = [
  ["recursion/recursion.elf", ["7"]],
  ["recursion/recursion-O2.elf", ["7"]],
  ["reference/faults.elf"],
  ["hello/hello-O2.elf"],
  ["signals/signals.elf"],
  ["rust/inventory.elf"],
];

for (const [program, args = []] of programs)
  for (const engine of engines)
    test(`every instruction counts once: ${program} on ${engine}`, () => {
      const { run, view, rows } = flameRun(program, { limit: 10_000 }, { engine, machine: { args } });
      const executed = Number(run.machine.instructionCount());
      assert.equal(sum(view.root), executed);
      assert.equal(
        rows.reduce((total, [, self]) => total + self, 0),
        executed,
      );
      assert.equal(Math.max(...rows.map(([, , total]) => total)), executed);
      // The same again: looking changes nothing.
      assert.deepEqual(run.view("Flame graph"), view);
    });

for (const engine of engines)
  test(`instructions by function are those that were executed in it: ${engine}`, () => {
    // Where every call returns by itself and no function goes on as another, the pc says as much.
    const counted = new Map<string, number>();
    const symbols = new Symbolizer(readFixture("recursion/recursion.elf"), 0n);
    const counting = definePlugin({
      name: "counting",
      version: "1.0.0",
      install(vm) {
        vm.onTranslate((tb) => {
          for (const insn of tb.instructions) {
            const name = symbols.locate(insn.vaddr)?.symbol?.split("+")[0] ?? "";
            insn.onExecute(() => void counted.set(name, (counted.get(name) ?? 0) + 1));
          }
        });
      },
    });
    const { functions, view } = flameRun("recursion/recursion.elf", {}, { engine, machine: { args: ["7"] } }, [
      counting,
    ]);
    assert.deepEqual([...functions].map(([name, [self]]) => [name, self]).sort(), [...counted].sort());
    const calls = (name: string) => functions.get(name)?.[2];
    assert.deepEqual(["fib", "hanoi", "even", "odd", "main"].map(calls), [41, 255, 36, 35, 1]);
    // main's share is what it and all below it took.
    const start = view.root.children[0].children[0];
    const main = start.children.find(({ name }) => name === "main");
    assert.equal(main?.total, functions.get("main")?.[1]);
  });

test("what is deeper than the maximum counts for the last frame; frames as wide as calls", () => {
  const machine = { args: ["7"] };
  const whole = flameRun("recursion/recursion.elf", {}, { machine });
  const cut = flameRun("recursion/recursion.elf", { depth: 3 }, { machine });
  assert.ok(deepest(whole.view.root) > 20);
  // The root, the outermost function, three calls.
  assert.equal(deepest(cut.view.root), 5);
  assert.equal(sum(cut.view.root), sum(whole.view.root));
  const calls = flameRun("recursion/recursion.elf", { unit: "calls" }, { machine });
  const all = [...calls.functions.values()].reduce((total, [, , each]) => total + each, 0);
  assert.deepEqual([calls.view.unit, sum(calls.view.root)], ["calls", all]);
});
