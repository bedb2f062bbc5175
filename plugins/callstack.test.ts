import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { abiOf } from "../adapter/debugger/abi.ts";
import { LocalTarget } from "../adapter/debugger/testing/local-target.ts";
import { Unwinder } from "../adapter/debugger/unwind.ts";
import { Symbolizer } from "../adapter/host/symbolizer.ts";
import { openSymbols } from "../adapter/symbols/index.ts";
import { parseElf } from "../emulator/elf/elf.ts";
import { PluginHost } from "../emulator/instrument/plugin-host.ts";
import { readFixture } from "../test-fixtures/fixtures.ts";
import { definePlugin, use } from "./api/index.ts";
import callstack, { type Call, type Frame, type Return } from "./callstack.ts";
import { engines, pluginRun } from "./testing/plugin-run.ts";

const symbolsOf = (program: string) =>
  openSymbols(parseElf(readFixture(program), program), program, { inflate: (data) => inflateSync(data) });

/** Asks for the stack from outside. */
function asker() {
  let ask: ((limit?: number) => { callers: bigint[]; functions: bigint[]; depth: number; current: Frame }) | undefined;
  const definition = definePlugin({
    name: "asker",
    version: "1.0.0",
    uses: { callstack: use<typeof callstack>("^1.0") },
    install(_vm, _options, { callstack: { exports } }) {
      ask = (limit) => ({
        callers: exports.callers(limit),
        functions: exports.functions(limit),
        depth: exports.depth(),
        current: exports.current(),
      });
      ask();
    },
  });
  return { definition, ask: (limit?: number) => ask?.(limit) as ReturnType<NonNullable<typeof ask>> };
}

/** Programs, every how many instructions to look, and how many looks see `main` called (some have no need to). */
const unwound: readonly [program: string, every: number, sawMain: number, args?: string[]][] = [
  ["recursion/recursion.elf", 97, 150, ["7"]],
  ["recursion/recursion-O2.elf", 13, 100, ["7"]],
  ["hello/hello-O2.elf", 3, 15],
  ["cxx/cxx.elf", 9973, 100],
  ["rust/inventory.elf", 53, 100],
  ["signals/signals.elf", 5, 100],
];

/** It writes other return addresses into the stack, for a jump that is still to come. */
const rewritesStack = "uw_install_context_1";

for (const [program, every, sawMain, args] of unwound)
  test(`the callers that call frame information tells: ${program}`, () => {
    const log: string[] = [];
    const ignore = () => {};
    const target = new LocalTarget(program, {
      args,
      engine: "auto",
      events: { stopped: ignore, output: ignore, log: (...line) => log.push(line.join(" ")), views: ignore },
    });
    const { machine } = target;
    const symbols = symbolsOf(program);
    const symbolizer = new Symbolizer(readFixture(program), 0n);
    const host = new PluginHost(machine, {
      programPath: program,
      log: (...line) => log.push(line.join(" ")),
      locate: (pc) => symbolizer.locate(pc),
    });
    const { definition, ask } = asker();
    host.installAll(
      [callstack, definition].map((each) => ({ loaded: { definition: each }, options: {}, source: "test" })),
    );
    const unwinder = new Unwinder(target, symbols, abiOf("riscv64"));
    const main = symbols.functionsNamed("main")[0].ranges[0];
    /** What there is below `main`, by our account: that never changes. */
    const below = new Set<string>();
    /** Where the innermost function is another than that of the pc. */
    const strangers: string[] = [];
    let looks = 0;
    for (;;) {
      const stop = machine.run(every);
      if (stop.kind === "exited") break;
      const physical = [...unwinder.physicalFrames()];
      const theirs = physical.slice(1).map(({ pc }) => pc);
      const { callers, depth } = ask();
      const text = (pcs: bigint[]) => pcs.map((pc) => `0x${pc.toString(16)} ${symbols.symbolAt(pc)?.name}`).join("\n");
      const where = () =>
        `at ${machine.instructionCount()}, ${text([physical[0].pc])}\n${text(theirs)}\n-- not:\n${text(callers)}`;
      assert.equal(depth, callers.length);
      const inMain = physical.findIndex(({ lookup }) => lookup >= main.low && lookup < main.high);
      // In code without such information the unwinder guesses.
      if (symbols.symbolAt(physical[0].pc)?.name === rewritesStack) continue;
      if (inMain < 0 || physical.slice(0, inMain).some(({ lookup }) => !symbols.unwindRow(lookup))) continue;
      // A call is 2 or 4 bytes before where it returns to; what a signal interrupts goes on where it was.
      for (let i = 0; i <= inMain && i < theirs.length; i++)
        assert.ok([0n, 2n, 4n].includes(theirs[i] - callers[i]), where());
      const fn = symbols.symbolAt(physical[0].pc)?.start;
      if (fn !== ask().current.function)
        strangers.push(`${text([physical[0].pc])} in ${text([ask().current.function])}`);
      below.add(text(callers.slice(inMain)));
      looks++;
    }
    assert.deepEqual(log, []);
    // Tail calls through a register are not seen.
    assert.ok(strangers.length * 20 <= looks, strangers.join("\n"));
    assert.equal(below.size, 1, [...below].join("\n\n"));
    assert.ok(looks > sawMain, `main was seen ${looks} times`);
  });

/** Listens to all that there is to hear. */
function listener() {
  const told: (({ called: true } & Call) | ({ called: false } & Return))[] = [];
  const arguments0: bigint[] = [];
  const definition = definePlugin({
    name: "listener",
    version: "1.0.0",
    uses: { callstack: use<typeof callstack>("^1.0") },
    install(vm, _options, { callstack: library }) {
      library.on("call", (call) => {
        told.push({ called: true, ...call });
        arguments0.push(vm.vcpus[0].register("argument 0"));
        assert.deepEqual(library.exports.callers(1), [call.site]);
        assert.equal(library.exports.depth(), call.depth);
      });
      library.on("return", (left) => told.push({ called: false, ...left }));
    },
  });
  return { definition, told, arguments0 };
}

for (const engine of engines)
  test(`calls and returns one by one, when they happen: ${engine}`, () => {
    const { definition, told, arguments0 } = listener();
    const run = pluginRun("recursion/recursion.elf", [[callstack], [definition]], { engine, machine: { args: ["7"] } });
    assert.deepEqual(run.run().log, []);
    const symbols = symbolsOf("recursion/recursion.elf");
    const calls = (name: string) => told.filter((each) => each.called && each.function === symbols.addressOf(name));
    // fib(n) takes 2 fib(n + 1) - 1 calls, the towers of Hanoi 2^(n + 1) - 1.
    let ackermann = 0;
    const compute = (m: number, n: number): number => {
      ackermann++;
      return m === 0 ? n + 1 : compute(m - 1, n === 0 ? 1 : compute(m, n - 1));
    };
    compute(2, 7);
    assert.deepEqual(
      ["fib", "hanoi", "even", "odd", "ackermann"].map((name) => calls(name).length),
      [41, 255, 36, 35, ackermann],
    );
    // Deeper by one with every call, less deep by one with every return, which is that of the innermost call.
    const active: Call[] = [];
    let before = 0n;
    for (const each of told) {
      assert.ok(each.instructions > before);
      before = each.instructions;
      if (each.called) {
        assert.equal(each.caller, active.at(-1)?.function ?? symbols.addressOf("_start"));
        assert.equal(each.depth, active.push(each));
      } else {
        const call = active.pop();
        const { function: fn, site, calledAt, depth, unwound } = each;
        assert.deepEqual(
          [fn, site, calledAt, depth, unwound],
          [call?.function, call?.site, call?.instructions, active.length, false],
        );
      }
    }
    assert.deepEqual(
      active.map((each) => symbols.symbolAt(each.function)?.name),
      ["tiny_start", "tiny_exit", "tiny_syscall"],
    );
    // Registers are those of the call.
    const discs = told
      .filter((each) => each.called)
      .flatMap((each, i) => (each.function === symbols.addressOf("hanoi") ? [arguments0[i]] : []));
    assert.deepEqual(discs.slice(0, 9), [7n, 6n, 5n, 4n, 3n, 2n, 1n, 0n, 0n]);
  });

test("jumps out of signal handlers and of functions leave those that were active", () => {
  const { definition, told } = listener();
  const run = pluginRun("signals/signals.elf", [[callstack], [definition]], { machine: { args: ["", "exit"] } });
  assert.deepEqual(run.run().log, []);
  const symbols = symbolsOf("signals/signals.elf");
  const of = (name: string) => told.filter((each) => each.function === symbols.addressOf(name));
  // Three faults are left by siglongjmp, each with the frame below its handler.
  const faults = of("fault");
  assert.deepEqual(
    faults.map((each) => [each.called, !each.called && each.unwound]),
    Array(3)
      .fill([
        [true, false],
        [false, true],
      ])
      .flat(),
  );
  // Two signals raised, two unblocked.
  assert.deepEqual(
    of("count").map((each) => !each.called && each.unwound),
    Array(8).fill(false),
  );
  assert.equal(
    new Set(
      of("count")
        .filter((each) => each.called)
        .map((each) => each.caller),
    ).size,
    1,
  );
});

test("nothing is instrumented until somebody listens or asks, nor when nobody does any more", () => {
  let subscription: { cancel(): void } | undefined;
  const operations: number[] = [];
  const late = definePlugin({
    name: "late",
    version: "1.0.0",
    uses: { callstack: use<typeof callstack>("^1.0") },
    install(vm, _options, { callstack: library }) {
      vm.onSyscall(({ name }) => {
        if (name !== "write") return;
        operations.push(ops() ?? 0);
        if (operations.length === 2) subscription?.cancel();
        else subscription ??= library.on("changes", () => {});
      });
    },
  });
  const run = pluginRun("recursion/recursion.elf", [[callstack], [late]], { engine: "auto", machine: { args: ["7"] } });
  const ops = () => run.host.list().find(({ name }) => name === "callstack")?.cost.operations;
  run.run();
  // The first write has it begin, the second has it end.
  assert.equal(operations[0], 0);
  assert.ok(operations[1] > 0);
  assert.deepEqual(operations.slice(2), Array(operations.length - 2).fill(operations[1]));
  assert.deepEqual(run.log, []);
});

test("what it shows", () => {
  const run = pluginRun("recursion/recursion.elf", [[callstack, { show: true }]], { machine: { args: ["7"] } });
  const symbols = symbolsOf("recursion/recursion.elf");
  const name = (address: string | number) => symbols.symbolAt(BigInt(address))?.name;
  run.run();
  assert.deepEqual(
    run.rows("Call stack").map(([depth, fn, kind]) => [depth, name(fn), kind]),
    [
      [3, "tiny_syscall", "call"],
      [2, "tiny_exit", "call"],
      [1, "tiny_start", "call"],
      [0, "_start", "start"],
    ],
  );
  const called = new Map(run.rows("Functions called").map(([fn, calls]) => [name(fn), calls]));
  assert.deepEqual([called.get("fib"), called.get("hanoi"), called.get("main")], [41, 255, 1]);
});
