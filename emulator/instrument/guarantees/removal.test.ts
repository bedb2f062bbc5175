// A plugin may uninstall itself from wherever it is called: it is gone at once, nothing of it is called afterwards, and
// the guest goes on as if it had never been there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, event, use, type Vm } from "../../../plugins/api/index.ts";
import { engines, pluginRun } from "../../../plugins/testing/plugin-run.ts";

/** Subscribes to everything; `called` is told from where it is called. */
function everywhere(vm: Vm, called: (where: string) => void): void {
  const records = vm.buffer("records", { fields: { pc: "u32" }, capacity: 1024, deliver: () => called("deliver") });
  const noted = vm.counter("blocks");
  vm.onTranslate((tb) => {
    tb.inline.append(records, { pc: tb.vaddr });
    tb.inline.add(noted, 1);
    tb.onExecute(() => void called("block"));
    tb.onExecute(() => void called("block, once more"), { when: noted.gt(3), registers: ["sp"] });
    for (const insn of tb.instructions) {
      insn.onExecute(() => void called("execute"));
      insn.onExecuted(() => void called("executed"));
      insn.onMemory(() => void called("memory"));
      insn.onMemory(() => void called("memory, with registers"), { registers: ["a0"] });
    }
    called("translate");
  });
  vm.onSyscall(() => called("syscall"));
  vm.filterSyscalls(() => {
    called("filter");
    return undefined;
  });
  vm.onSyscallReturn(() => called("syscall return"));
  vm.onDiscontinuity(() => called("discontinuity"));
  vm.onVcpuExit(() => called("vcpu exit"));
  vm.onExit(() => called("exit"));
  vm.views.table("view", () => {
    called("view");
    return [];
  });
}

const places = [
  ...["translate", "block", "block, once more", "execute", "executed", "memory", "memory, with registers", "deliver"],
  ...["syscall", "filter", "syscall return", "discontinuity", "listener", "view", "vcpu exit", "exit"],
];

function runWith(place: string | undefined, means: "uninstall" | "reset", engine: (typeof engines)[number]) {
  const calls: string[] = [];
  let left = 0;
  let asked = false;
  let gone = false;
  let vm!: Vm;
  const called = (where: string) => {
    if (gone) calls.push(where);
    if (where !== place || asked) return;
    asked = true;
    // What was recorded so far is delivered on the way.
    void vm[means](() => {
      left++;
    });
    gone = true;
  };
  const source = definePlugin({
    name: "source",
    version: "1.0.0",
    events: { block: event<bigint>("A block was executed") },
    install(own) {
      own.onTranslate((tb) => {
        const at = tb.vaddr;
        tb.onExecute(() => own.events.block.emit(at));
      });
    },
  });
  const leaver = definePlugin({
    name: "leaver",
    version: "1.0.0",
    uses: { source: use<typeof source>("^1.0") },
    install(own, _options, { source }) {
      vm = own as unknown as Vm;
      everywhere(vm, called);
      source.on("block", () => called("listener"));
    },
  });
  const plugins = place === undefined ? [] : ([[source], [leaver]] as const);
  const run = pluginRun("recursion/recursion.elf", plugins, { engine });
  run.run(1500);
  run.host.views();
  run.run();
  run.host.views();
  const { machine, door, host, log } = run;
  return {
    result: {
      exited: machine.exited,
      instructions: machine.instructionCount(),
      output: door.output("stdout"),
      registers: machine.guest.registers.map((_, i) => machine.readRegister(i)),
      log,
    },
    gone,
    calls,
    left: () => left,
    installed: host.list().map(({ name }) => name),
  };
}

for (const engine of engines) {
  const plain = runWith(undefined, "uninstall", engine).result;
  for (const place of places)
    for (const means of ["uninstall", "reset"] as const)
      test(`${means} from ${place} (${engine})`, async () => {
        const { result, gone, calls, left, installed } = runWith(place, means, engine);
        assert.ok(gone, "it came by");
        assert.deepEqual(calls, []);
        assert.deepEqual(result, plain);
        assert.deepEqual(installed, means === "uninstall" ? ["source"] : ["source", "leaver"]);
        await Promise.resolve();
        assert.equal(left(), 1);
      });
}
