// In which order things happen at run time: within a block, within an instruction, across plugins.
import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, use, type Vm } from "../../../plugins/api/index.ts";
import { engines, pluginRun } from "../../../plugins/testing/plugin-run.ts";
import { writeElf } from "../../testing/elf-writer.ts";
import { addi, amo, ecall, lui } from "../../testing/encode.ts";

const plugin = (name: string, install: (vm: Vm) => void, uses: Record<string, string> = {}) =>
  definePlugin({ name, version: "1.0.0", uses, install: (vm) => install(vm as unknown as Vm) });

/** Of `faults`: the loop's block, whose first instruction loads, and the load that faults. */
const loop = 0x1012cn;
const fault = 0x10138n;

/** Notes all that takes place at the loop's first instruction in its first pass, and at the load that faults. */
function observer(name: string, seen: string[], uses?: Record<string, string>) {
  return plugin(
    name,
    (vm) => {
      const order = vm.counter("order");
      /** What inline operations did before, as the callback sees it. */
      const note = (what: string) => seen.push(`${name} ${what} ${order.value}`);
      vm.onVcpuInit(() => note("vcpu init"));
      let passes = 0;
      vm.onTranslate((tb) => {
        if (tb.vaddr !== loop && tb.vaddr !== fault) return;
        if (passes === 0 && tb.vaddr === loop) note("translate");
        const at = tb.vaddr;
        const once = (what: string) => {
          if (at === fault || passes === 1) note(what);
        };
        const [insn] = tb.instructions;
        // Asked for from the last to the first: that changes nothing.
        insn.onExecuted(() => once("executed"));
        insn.inlineAfter.add(order, 1000);
        insn.onMemory(({ isStore }) => once(isStore ? "store" : "load"));
        insn.memoryInline.add(order, 100);
        insn.inline.add(order, 10);
        insn.onExecute(() => once("execute"));
        insn.inline.add(order, 10);
        tb.onExecute(() => {
          passes++;
          once("block");
        });
        tb.inline.add(order, 1);
      });
      vm.onDiscontinuity(({ kind, cause }) => note(`${kind} ${cause}`));
      vm.onVcpuExit(() => note("vcpu exit"));
      vm.onExit(() => note("exit"));
    },
    uses,
  );
}

/** Where plugins stand behind each other, each has its own cells: what it sees does not depend on the others. */
const firstPass = ["block 0", "execute 11", "load 21", "executed 121"];
/** Per pass: 1 + 20 + 100 + 1000; nine passes of the loop's own block, and the first instructions of the faulting one. */
const nine = 9 * 1121;
const atFault = [`block ${nine}`, `execute ${nine + 11}`, `exception SIGSEGV ${nine + 21}`];

for (const engine of engines) {
  test(`a block, its instruction, the access, and a fault (${engine})`, () => {
    const seen: string[] = [];
    pluginRun("reference/faults.elf", [[observer("a", seen)]], { engine }).run();
    const expected = ["vcpu init 0", "translate 0", ...firstPass, ...atFault];
    expected.push(`vcpu exit ${nine + 21}`, `exit ${nine + 21}`);
    assert.deepEqual(
      seen,
      expected.map((line) => `a ${line}`),
    );
  });

  test(`across plugins: what is used first, then the order of the launch configuration (${engine})`, () => {
    const seen: string[] = [];
    const { host, machine } = pluginRun("reference/faults.elf", [], { engine });
    const request = (definition: unknown, source: string) => ({ loaded: { definition }, options: {}, source });
    host.installAll([
      request(observer("user", seen, { library: use("^1.0") }), "user"),
      request(observer("other", seen), "other"),
      request(observer("library", seen), "library"),
    ]);
    while (machine.run(1000).kind !== "exited");
    const order = ["library", "user", "other"];
    const inTurn = (events: string[]) => events.flatMap((event) => order.map((name) => `${name} ${event}`));
    assert.deepEqual(seen.slice(3, -6), inTurn(["translate 0", ...firstPass, ...atFault]));
    assert.deepEqual(seen.slice(0, 3), inTurn(["vcpu init 0"]));
    assert.deepEqual(
      seen.slice(-6).map((line) => line.replace(/ \d+$/, "")),
      order.flatMap((name) => [`${name} vcpu exit`, `${name} exit`]),
    );
  });

  test(`an atomic reports its load, then its store, then that it is done (${engine})`, () => {
    const [zero, t0, s0, a0, a1, a7] = [0, 5, 8, 10, 11, 17];
    const program = writeElf(0x10000, [
      {
        address: 0x10000,
        flags: 5,
        bytes: new Uint8Array(
          Uint32Array.from([
            lui(s0, 0x20),
            addi(t0, zero, 5),
            amo(0, true, a1, s0, t0),
            addi(a0, zero, 0),
            addi(a7, zero, 93),
            ecall,
          ]).buffer,
        ),
      },
      { address: 0x20000, flags: 6, bytes: Uint8Array.from([37, 0, 0, 0, 0, 0, 0, 0]) },
    ]);
    const seen: string[] = [];
    const watcher = plugin("watcher", (vm) => {
      vm.onTranslate((tb) => {
        for (const insn of tb.instructions) {
          if (insn.kind !== "atomic") continue;
          insn.onMemory(
            ({ isStore, value, vaddr }) => void seen.push(`${isStore ? "store" : "load"} ${value} ${vaddr}`),
          );
          insn.onExecute(() => void seen.push("execute"));
          insn.onExecuted((_vcpu, [old]) => void seen.push(`executed ${old}`), { registers: ["a1"] });
        }
      });
    });
    pluginRun(program, [[watcher]], { engine }).run();
    assert.deepEqual(seen, ["execute", "load 37 131072", "store 42 131072", "executed 37"]);
  });

  test(`an atomic that faults reports neither (${engine})`, () => {
    const program = writeElf(0x10000, [
      {
        address: 0x10000,
        flags: 5,
        bytes: new Uint8Array(Uint32Array.from([lui(8, 0x10), amo(0, true, 11, 8, 5)]).buffer),
      },
    ]);
    const seen: string[] = [];
    const watcher = plugin("watcher", (vm) => {
      vm.onTranslate((tb) => {
        for (const insn of tb.instructions) {
          insn.onMemory(({ isStore }) => void seen.push(isStore ? "store" : "load"));
          if (insn.kind === "atomic") insn.onExecute(() => void seen.push("execute"));
        }
      });
      vm.onDiscontinuity(({ cause }) => void seen.push(cause));
    });
    pluginRun(program, [[watcher]], { engine }).run();
    assert.deepEqual(seen, ["execute", "SIGSEGV"]);
  });
}
