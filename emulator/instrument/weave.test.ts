// What plugins ask for, as IR: each case is a block in, a plugin, and the block out (weave.golden.txt).
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { definePlugin, type Instruction, type Vm } from "../../plugins/api/index.ts";
import { PluginHost } from "./plugin-host.ts";
import { blockMachine } from "./testing/block-machine.ts";

const straight = `block 0x10000 +12
  insn 0x10000 +4 (0x00053583)
  %0 = get a0
  %1 = load.u64 [%0]
  put a1, %1
  insn 0x10004 +4 (0x00158593)
  %2 = get a1
  %3 = const 1
  %4 = add %2, %3
  put a1, %4
  insn 0x10008 +4 (0x00b53023)
  %5 = get a1
  %6 = get a0
  store.u64 [%6], %5
  goto 0x1000c
`;

const atomic = `block 0x10000 +4
  insn 0x10000 +4 (0x00b5252f)
  %0 = get a0
  %1 = get a1
  %2 = load.s32 [%0]
  %3 = add %2, %1
  store.u32 [%0], %3
  put a0, %2
  goto 0x10004
`;

const conditional = `block 0x10000 +4
  insn 0x10000 +4 (0x18b5252f)
  %0 = get a0
  %1 = get a1
  if %1
    %2 = load.s32 [%0]
    if %2
      store.u32 [%0], %1
    end
  end
  goto 0x10004
`;

const storeFirst = `block 0x10000 +8
  insn 0x10000 +4 (0x00b53023)
  %0 = get a1
  %1 = get a0
  store.u64 [%1], %0
  insn 0x10004 +4 (0x00158593)
  %2 = const 1
  put a1, %2
  goto 0x10008
`;

const stopped = `block 0x10000 +4
  breakpoint 0x10000
  insn 0x10000 +2 (0x0001)
  breakpoint 0x10002
  insn 0x10002 +2 (0x0001)
  goto 0x10004
`;

function everyInstruction(vm: Vm, visit: (insn: Instruction) => void): void {
  vm.onTranslate((tb) => {
    for (const insn of tb.instructions) visit(insn);
  });
}

const cases: { name: string; block: string; install(vm: Vm): void }[] = [
  {
    name: "a plugin that asks for nothing leaves the block as it is",
    block: straight,
    install: (vm) => vm.onTranslate(() => {}),
  },
  {
    name: "an addition per block, after the first insn",
    block: straight,
    install(vm) {
      const executions = vm.counter("executions");
      vm.onTranslate((tb) => tb.inline.add(executions, 1n));
    },
  },
  {
    name: "additions per instruction: those that nothing can tell apart are one",
    block: straight,
    install(vm) {
      const executed = vm.counter("executed");
      everyInstruction(vm, (insn) => insn.inline.add(executed, 1n));
    },
  },
  {
    name: "a breakpoint finds all counted that ran before it",
    block: stopped,
    install(vm) {
      const executed = vm.counter("executed");
      everyInstruction(vm, (insn) => insn.inline.add(executed, 1n));
    },
  },
  {
    name: "callbacks with registers, the block's before the instruction's",
    block: straight,
    install(vm) {
      vm.onTranslate((tb) => {
        tb.instructions[0].onExecute(() => {}, { registers: ["a0", "sp"] });
        tb.onExecute(() => ({ a1: 2n }), { registers: ["argument 0"], writes: ["a1"] });
      });
    },
  },
  {
    name: "a callback sees what was counted before it",
    block: straight,
    install(vm) {
      const executed = vm.counter("executed");
      vm.onTranslate((tb) => {
        tb.inline.add(executed, 3n);
        tb.instructions[1].onExecute(() => {});
      });
    },
  },
  {
    name: "loads and stores",
    block: straight,
    install: (vm) => everyInstruction(vm, (insn) => insn.onMemory(() => {})),
  },
  {
    name: "stores only, and an addition for loads",
    block: straight,
    install(vm) {
      const loads = vm.counter("loads");
      everyInstruction(vm, (insn) => {
        insn.onMemory(() => {}, { filter: "stores" });
        insn.memoryInline.add(loads, 1n, { filter: "loads" });
      });
    },
  },
  {
    name: "a store may be over the block itself, which is then left: what was counted is added before the next insn",
    block: storeFirst,
    install(vm) {
      const [accesses, executed] = [vm.counter("accesses"), vm.counter("executed")];
      everyInstruction(vm, (insn) => {
        insn.inline.add(executed, 1n);
        insn.memoryInline.add(accesses, 1n);
      });
    },
  },
  {
    name: "an atomic reports its load when its store has succeeded",
    block: atomic,
    install: (vm) => vm.onTranslate((tb) => tb.instructions[0].onMemory(() => {})),
  },
  {
    name: "accesses under a condition are reported under it",
    block: conditional,
    install(vm) {
      const accesses = vm.counter("accesses");
      vm.onTranslate((tb) => {
        tb.instructions[0].memoryInline.add(accesses, 1n);
        tb.instructions[0].onMemory(() => {}, { filter: "stores" });
      });
    },
  },
];

test("plugins' requests as IR", () => {
  const file = new URL("./weave.golden.txt", import.meta.url);
  const texts = cases.map(({ name, block, install }) => {
    const machine = blockMachine();
    const log: string[] = [];
    const host = new PluginHost(machine, { programPath: "test", log: (...line) => log.push(line.join(" ")) });
    host.install({ definition: definePlugin({ name: "test", version: "1.0.0", install }) }, {}, "test");
    const text = machine.translate(block);
    assert.deepEqual(log, [], name);
    return `# ${name}\n${text}`;
  });
  const all = texts.join("\n");
  if (process.env.TERRARIUM_BLESS === "1") writeFileSync(file, all);
  assert.equal(all, readFileSync(file, "utf8"));
});
