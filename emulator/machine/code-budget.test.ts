// The memory of translated code stays within its limits, and what is forgotten is really gone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import v8 from "node:v8";
import vm from "node:vm";
import { definePlugin, type PluginDefinition, type Vcpu } from "../../plugins/api/index.ts";
import { PluginHost } from "../instrument/plugin-host.ts";
import { generatedSum, generatingProgram, largeProgram, largeSum } from "../testing/endless-programs.ts";
import type { MachineOptions } from "./api.ts";
import type { CodeLimits } from "./code-budget.ts";
import type { Machine } from "./machine.ts";
import { testMachine } from "./testing/test-machine.ts";

const bounds = { blocks: 8, instructions: 200, targets: 4, heat: 1 };
const engines: Record<string, Partial<MachineOptions>> = {
  interpreter: { engine: "interpreter" },
  auto: { engine: "auto", tuning: { hot: 5, bounds, misses: 5 } },
  jit: { engine: "jit", tuning: { bounds: { ...bounds, heat: 0 } } },
};

/** Runs to the end; gives the exit status, and the most that code took between slices. */
function run(machine: Machine, slice = 2000): { status: number; most: CodeLimits } {
  const most = { translationBytes: 0, regionBytes: 0 };
  for (;;) {
    const stop = machine.run(slice);
    const { translationBytes, regionBytes } = machine.executor.codeBytes;
    most.translationBytes = Math.max(most.translationBytes, translationBytes);
    most.regionBytes = Math.max(most.regionBytes, regionBytes);
    if (stop.kind === "exited") return { status: stop.status, most };
  }
}

const limits = { translationBytes: 300_000, regionBytes: 30_000 };
/** A region, and all blocks that it might have had, are made before room is made again. */
const slack = { translationBytes: 100_000, regionBytes: 10_000 };

const programs = {
  "generated code": { elf: generatingProgram(400, 20, 0x8000), status: generatedSum(400, 20) },
  "much code": { elf: largeProgram(100_000, 3), status: largeSum(100_000, 3) },
};

for (const [engine, options] of Object.entries(engines))
  for (const [name, { elf, status }] of Object.entries(programs))
    test(`${name} stays within the limits (${engine})`, () => {
      const free = run(testMachine(elf, options));
      const { most, ...limited } = run(testMachine(elf, { ...options, limits }));
      assert.deepEqual([free.status, limited.status], [status, status]);
      assert.ok(free.most.translationBytes > 2 * limits.translationBytes, "the program would take more");
      if (engine === "jit") assert.ok(free.most.regionBytes > 2 * limits.regionBytes, "so would its regions");
      for (const kind of ["translationBytes", "regionBytes"] as const)
        assert.ok(most[kind] <= limits[kind] + slack[kind], `${kind}: ${most[kind]}`);
    });

test("what is run again and again is kept", () => {
  // The generating program's own loops are hot, what it generates is not.
  const elf = generatingProgram(2000, 3, 0x100000);
  const { machine, most } = ((machine: Machine) => ({ machine, ...run(machine) }))(
    testMachine(elf, { engine: "auto", tuning: { hot: 100, bounds }, limits }),
  );
  const { stats } = machine.executor;
  assert.ok(most.translationBytes > 0.7 * limits.translationBytes);
  assert.ok(stats.blocks > 6000, `${stats.blocks} blocks, of which three belong to each generated function`);
  assert.ok(stats.blocks < 6300, `${stats.blocks} blocks: those of the loops are not made again and again`);
  assert.ok(stats.regions < 20, `${stats.regions} regions: nor are they`);
});

/** Bytes in use after a collection; what frees modules runs between two. */
async function heap(): Promise<number> {
  v8.setFlagsFromString("--expose-gc");
  const collect = vm.runInNewContext("gc") as () => void;
  for (let n = 0; n < 3; n++) {
    collect();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

for (const [engine, options] of Object.entries(engines))
  test(`what is forgotten can be collected (${engine})`, async () => {
    const machine = testMachine(generatingProgram(1500, 10, 0x1000), { ...options, limits });
    const until = (blocks: number) => {
      while (machine.executor.stats.blocks < blocks) assert.equal(machine.run(2000).kind, "budget");
      return heap();
    };
    const early = await until(1500);
    const late = await until(4000);
    assert.ok(late - early < 1_400_000, `${late - early} bytes more after 2500 blocks more`);
  });

for (const [engine, options] of Object.entries(engines))
  test(`callbacks of blocks that are forgotten are forgotten, too, and their numbers call nothing else (${engine})`, async () => {
    const machine = testMachine(generatingProgram(600, 10, 0x4000), { ...options, limits });
    let called = 0;
    let subscribed = 0;
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    const definition = definePlugin({
      name: "caller",
      version: "1.0.0",
      install(host) {
        host.onTranslate((tb) => {
          for (const insn of tb.instructions) {
            const { vaddr } = insn;
            const callback = (vcpu: Vcpu) => {
              called++;
              assert.equal(vcpu.register("pc"), vaddr);
            };
            registry.register(callback, undefined);
            subscribed++;
            insn.onExecute(callback);
          }
        });
      },
    }) as PluginDefinition;
    const host = new PluginHost(machine, { log: (...line) => assert.fail(line.join(" ")), programPath: "program" });
    host.install({ definition }, {}, "test");
    const { status } = run(machine);
    assert.equal(status, generatedSum(600, 10));
    assert.equal(BigInt(called), machine.instructionCount());
    assert.ok(machine.executor.callbacks.length < 2500, `${machine.executor.callbacks.length} callbacks are kept`);
    await heap();
    assert.ok(subscribed - collected < 1000, `${subscribed - collected} of ${subscribed} callbacks are held`);
  });
