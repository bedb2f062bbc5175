// The plugin host on a running machine: what plugins see, what they may do, and what becomes of those that fail.
import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, type OptionDeclarations, type PluginDefinition, type Vm } from "../../plugins/api/index.ts";
import type { EngineKind } from "../machine/api.ts";
import { MemoryDoor } from "../machine/door/memory-door.ts";
import { testMachine } from "../machine/testing/test-machine.ts";
import { PluginHost } from "./plugin-host.ts";

const program = "reference/faults.elf";
/** Of `faults`: instructions executed, and the address of its loop's block, which runs 9 times. */
const instructions = 55n;
const loop = 0x1012cn;

interface Scene {
  host: PluginHost;
  log: string[];
  /** Runs the program to its end. */
  run(): { status: number; instructions: bigint; stdout: string };
}

function scene(name = program, engine: EngineKind = "interpreter"): Scene {
  const door = new MemoryDoor();
  const machine = testMachine(name, { engine, door });
  const log: string[] = [];
  const host = new PluginHost(machine, {
    programPath: name,
    log: (level, source, text) => log.push(`${level} ${source}: ${text}`),
  });
  const run = () => {
    for (;;) {
      const stop = machine.run(1_000_000);
      if (stop.kind === "exited")
        return { status: stop.status, instructions: machine.instructionCount(), stdout: door.output("stdout") };
    }
  };
  return { host, log, run };
}

function plugin(install: (vm: Vm) => void, name = "test"): { definition: PluginDefinition } {
  return { definition: definePlugin({ name, version: "1.0.0", install }) as PluginDefinition };
}

/** Counts executed instructions; the figure is read from its view. */
function witness(): { definition: PluginDefinition } {
  return plugin((vm) => {
    const executed = vm.counter("executed");
    vm.onTranslate((tb) => {
      for (const insn of tb.instructions) insn.inline.add(executed, 1n);
    });
    vm.views.table("executed", () => [{ executed: executed.value }]);
  }, "witness");
}

const failures: { where: string; install(vm: Vm): void }[] = [
  {
    where: "install",
    install() {
      throw new Error("no luck");
    },
  },
  {
    where: "translate callback",
    install: (vm) => {
      vm.onTranslate((tb) => {
        tb.onExecute(() => assert.fail("called after its plugin was removed"));
        throw new Error("no luck");
      });
    },
  },
  {
    where: "onExecute callback",
    install: (vm) => {
      vm.onTranslate((tb) => {
        const isLoop = tb.vaddr === loop;
        tb.onExecute(() => {
          if (isLoop) throw new Error("no luck");
        });
      });
    },
  },
  {
    where: "onMemory callback",
    install: (vm) => {
      vm.onTranslate((tb) => {
        for (const insn of tb.instructions)
          insn.onMemory(({ value }) => {
            if (value === 6n) throw new Error("no luck");
          });
      });
    },
  },
  {
    where: 'view "bad"',
    install: (vm) => {
      vm.views.table("bad", () => {
        throw new Error("no luck");
      });
    },
  },
  {
    where: "exit callback",
    install: (vm) => {
      vm.onExit(() => {
        throw new Error("no luck");
      });
    },
  },
];

for (const { where, install } of failures)
  for (const engine of ["interpreter", "jit"] as const)
    test(`a plugin that throws in its ${where} is removed, named, and harms nobody (${engine})`, () => {
      const { host, log, run } = scene(program, engine);
      host.install(plugin(install), {}, "./test.ts");
      host.install(witness(), {}, "witness");
      const end = run();
      const views = host.views();
      assert.deepEqual([end.status, end.instructions], [139, instructions]);
      assert.deepEqual(log, [`error test: the plugin is removed: ${where}: no luck`]);
      assert.deepEqual(
        views.map((view) => [view.plugin, view.kind === "table" && view.rows]),
        [["witness", [[Number(instructions)]]]],
      );
    });

const misuses: { name: string; install(vm: Vm): void; message: RegExp }[] = [
  {
    name: "a block after its callback",
    install: (vm) => {
      vm.onTranslate((tb) => tb.onExecute(() => void tb.vaddr));
    },
    message: /the block at 0x10120 was used by plugin "test" after its onTranslate callback had returned/,
  },
  {
    name: "an instruction after its callback",
    install: (vm) => {
      vm.onTranslate((tb) => {
        const [insn] = tb.instructions;
        tb.onExecute(() => void insn.mnemonic);
      });
    },
    message: /the instruction at 0x10120 was used by plugin "test" after/,
  },
  {
    name: "an access after its callback",
    install: (vm) => {
      let kept: { readonly vaddr: bigint } | undefined;
      vm.onTranslate((tb) => {
        for (const insn of tb.instructions)
          insn.onMemory((access) => {
            void kept?.vaddr;
            kept = access;
          });
      });
    },
    message: /the memory access of plugin "test" was used after its callback had returned/,
  },
  {
    name: "a register that does not exist",
    install: (vm) => {
      vm.onTranslate((tb) => tb.onExecute(() => {}, { registers: ["a9" as "a0"] }));
    },
    message: /riscv64 has no register "a9": did you mean "x9" or "a0" or "a1"\?/,
  },
  {
    name: "a write to the program counter",
    install: (vm) => {
      vm.onTranslate((tb) => tb.onExecute(() => ({ pc: 0n }), { writes: ["pc"] }));
    },
    message: /the register "pc" cannot be written/,
  },
  {
    name: "a value for a register that is not declared",
    install: (vm) => {
      vm.onTranslate((tb) => tb.onExecute(() => ({ a1: 0n }) as { a0?: bigint }, { writes: ["a0"] }));
    },
    message: /returned a value for "a1", which its `writes` does not name/,
  },
  {
    name: "uninstall within install",
    install: (vm) => {
      void vm.uninstall();
    },
    message: /vm.uninstall\(\) cannot be called in install/,
  },
  {
    name: "an asynchronous install",
    install: (async () => {}) as unknown as (vm: Vm) => void,
    message: /install must not be asynchronous/,
  },
];

for (const { name, install, message } of misuses)
  test(`an error says what is wrong: ${name}`, () => {
    const { host, log, run } = scene();
    host.install(plugin(install), {}, "./test.ts");
    assert.equal(run().instructions, instructions);
    assert.equal(log.length, 1);
    assert.match(log[0], message);
  });

test("inline and callback counts of the same question agree, on every engine", () => {
  for (const engine of ["interpreter", "auto", "jit"] as const) {
    const { host, run, log } = scene("reference/mixed.elf", engine);
    const called = { blocks: 0n, instructions: 0n, accesses: 0n };
    const counted: Record<string, bigint> = {};
    host.install(
      plugin((vm) => {
        const blocks = vm.counter("blocks");
        const insns = vm.counter("instructions");
        const accesses = vm.counter("accesses");
        vm.onTranslate((tb) => {
          tb.inline.add(blocks, 1n);
          tb.onExecute(() => {
            called.blocks++;
          });
          for (const insn of tb.instructions) {
            insn.inline.add(insns, 1n);
            insn.onExecute(() => {
              called.instructions++;
            });
            insn.memoryInline.add(accesses, 1n);
            insn.onMemory(() => {
              called.accesses++;
            });
          }
        });
        vm.onExit(() => {
          Object.assign(counted, { blocks: blocks.value, instructions: insns.value, accesses: accesses.value });
        });
      }),
      {},
      "test",
    );
    const end = run();
    assert.deepEqual(log, []);
    assert.deepEqual(called, counted);
    assert.equal(called.instructions, end.instructions);
    assert.equal(end.stdout, "00000001265e6949\n");
  }
});

test("callbacks come in order, and across plugins in the order of installation", () => {
  const { host, run } = scene();
  const seen: string[] = [];
  const observer = (name: string) =>
    plugin((vm) => {
      vm.onVcpuInit(({ index }) => seen.push(`${name} init ${index}`));
      vm.onTranslate((tb) => {
        if (tb.vaddr !== loop) return;
        seen.push(`${name} block`);
        const [load] = tb.instructions;
        let times = 0;
        load.onMemory(({ vaddr }) => void (times++ || seen.push(`${name} access 0x${vaddr.toString(16)}`)));
        load.onExecute(() => void (times || seen.push(`${name} instruction`)));
        tb.onExecute(() => void (times || seen.push(`${name} entered`)));
      });
      vm.onVcpuExit(({ index }) => seen.push(`${name} exit ${index}`));
      vm.onExit(({ status, signal }) => seen.push(`${name} ends ${status} ${signal}`));
    }, name);
  host.install(observer("one"), {}, "one");
  host.install(observer("two"), {}, "two");
  run();
  host.finish();
  const both = (event: string) => ["one", "two"].map((name) => `${name} ${event}`);
  assert.deepEqual(seen, [
    ...["init 0", "block", "entered", "instruction", "access 0x11148"].flatMap(both),
    ...["one", "two"].flatMap((name) => [`${name} exit 0`, `${name} ends 139 SIGSEGV`]),
  ]);
});

test("callbacks read registers by name, alias and role, and write those they declare", () => {
  for (const engine of ["interpreter", "jit"] as const) {
    const { host, run, log } = scene(program, engine);
    const values: bigint[][] = [];
    host.install(
      plugin((vm) => {
        vm.onTranslate((tb) => {
          if (tb.vaddr !== loop) return;
          // The loop counts a5 up to a2: it is shown the end at its second pass.
          tb.onExecute(
            (vcpu, registers) => {
              values.push([...registers, vcpu.register("a5"), vcpu.instructionCount]);
              return values.length === 2 ? { a2: 4n } : undefined;
            },
            { registers: ["a5", "x12", "pc"], writes: ["a2"] },
          );
        });
      }),
      {},
      "test",
    );
    const end = run();
    assert.deepEqual(log, []);
    assert.deepEqual(values, [
      [1n, 10n, loop, 1n, 10n],
      [2n, 10n, loop, 2n, 15n],
      [3n, 4n, loop, 3n, 20n],
    ]);
    assert.equal(end.instructions, instructions - 30n);
  }
});

test("a subscription made while the guest runs takes effect at once, and so does its end", () => {
  for (const engine of ["interpreter", "jit"] as const) {
    const { host, run, log } = scene(program, engine);
    const seen: string[] = [];
    host.install(
      plugin((vm) => {
        let passes = 0;
        vm.onTranslate((tb) => {
          if (tb.vaddr !== loop) return;
          tb.onExecute(() => {
            seen.push(`pass ${++passes}`);
            if (passes === 2)
              vm.onTranslate((late) => {
                if (late.vaddr === loop) late.onExecute(() => void seen.push("late"));
              });
            if (passes === 4) void vm.uninstall(() => seen.push("gone"));
          });
        });
      }),
      {},
      "test",
    );
    assert.equal(run().instructions, instructions);
    assert.deepEqual(log, []);
    assert.deepEqual(
      seen.filter((line) => line !== "gone"),
      ["pass 1", "pass 2", "pass 3", "late", "pass 4"],
    );
    assert.deepEqual(host.list(), []);
  }
});

test("a plugin that has uninstalled itself is not called again, by the same instruction neither", () => {
  for (const engine of ["interpreter", "jit"] as const) {
    const { host, run, log } = scene(program, engine);
    let calls = 0;
    host.install(
      plugin((vm) => {
        vm.onTranslate((tb) => {
          if (tb.vaddr !== loop) return;
          tb.onExecute(() => {
            if (++calls === 3) void vm.uninstall();
          });
          tb.onExecute(() => assert.ok(calls < 3));
        });
      }),
      {},
      "test",
    );
    assert.equal(run().instructions, instructions);
    assert.deepEqual([calls, log], [3, []]);
  }
});

test("uninstalling is told when it is done, and resetting leaves the plugin able to subscribe anew", async () => {
  const { host, run } = scene();
  const seen: string[] = [];
  let vm!: Vm;
  host.install(
    plugin((given) => {
      vm = given;
      vm.views.table("view", () => []);
      vm.views.series("series", () => ({ a: 1 }));
      vm.onExit(() => void seen.push("first"));
    }),
    {},
    "test",
  );
  host.sampleSeries();
  await vm.reset(() => void vm.onExit(() => void seen.push("second")));
  assert.deepEqual(host.views(), []);
  run();
  vm.views.series("series", () => ({ b: 2 }));
  const [series] = host.views();
  assert.deepEqual(series.kind === "series" && series.points, [[Number(instructions), 2]]);
  await vm.uninstall(() => void seen.push("done"));
  assert.deepEqual(seen, ["second", "done"]);
  assert.throws(() => vm.counter("more"), /plugin "test" used its vm after it had been removed/);
});

test("a plugin that is abandoned from outside is removed", () => {
  const { host, log, run } = scene();
  host.install(
    plugin((vm) => void vm.onTranslate((tb) => tb.onExecute(() => {}))),
    {},
    "./test.ts",
  );
  host.abandon(0, false, "did not return within 5000 ms");
  assert.deepEqual(log, ["error test: the plugin is removed: did not return within 5000 ms"]);
  assert.ok(host.isEmpty);
  assert.equal(run().instructions, instructions);
});

const options: OptionDeclarations = {
  limit: { type: "integer", default: 20, minimum: 1, maximum: 100, description: "Rows to show" },
  ratio: { type: "number", description: "A ratio" },
  mode: { type: "string", default: "rw", choices: ["r", "w", "rw"], description: "What to watch" },
  label: { type: "string", description: "A name" },
  quiet: { type: "boolean", default: false, description: "Say less" },
  from: { type: "address", description: "First address" },
};

const optionCases: { given: Record<string, unknown>; values?: Record<string, unknown>; error?: string }[] = [
  { given: {}, values: { limit: 20, ratio: undefined, mode: "rw", label: undefined, quiet: false, from: undefined } },
  {
    given: { limit: 5, ratio: 0.5, mode: "r", label: 7, quiet: true, from: "0x8000000000000000" },
    values: { limit: 5, ratio: 0.5, mode: "r", label: "7", quiet: true, from: 1n << 63n },
  },
  { given: { limt: 5 }, error: 'unknown option "limt": did you mean "limit"?' },
  {
    given: { zzzzzzzz: 5 },
    error: 'unknown option "zzzzzzzz": known are limit, ratio, mode, label, quiet, from',
  },
  { given: { limit: 0 }, error: 'option "limit" must be an integer from 1 to 100, not 0 (Rows to show)' },
  { given: { limit: "5" }, error: 'option "limit" must be an integer from 1 to 100, not "5" (Rows to show)' },
  { given: { mode: "x" }, error: 'option "mode" must be one of r, w, rw, not "x" (What to watch)' },
  { given: { quiet: 1 }, error: 'option "quiet" must be true or false, not 1 (Say less)' },
  { given: { from: -1 }, error: 'option "from" must be an address such as "0x10000", not -1 (First address)' },
];

test("a default that its own declaration forbids is an error", () => {
  const { host, log } = scene();
  const options: OptionDeclarations = { n: { type: "integer", default: 0, minimum: 1, description: "Rows" } };
  assert.equal(
    host.install({ definition: { name: "test", version: "1.0.0", options, install } }, {}, "./test.ts"),
    false,
  );
  assert.deepEqual(log, ['error ./test.ts: option "n" must be an integer, 1 or more, not 0 (Rows)']);
});

test("options are checked before install", () => {
  for (const { given, values, error } of optionCases) {
    const { host, log } = scene();
    let got: unknown;
    const definition = { name: "test", version: "1.0.0", options, install: (_: Vm, o: unknown) => void (got = o) };
    assert.equal(host.install({ definition }, given, "./test.ts"), error === undefined);
    assert.deepEqual(got, values);
    assert.deepEqual(log, error === undefined ? [] : [`error ./test.ts: ${error}`]);
  }
});

const install = () => {};
const definitionCases: { definition: unknown; error: string }[] = [
  { definition: undefined, error: "the default export must be a plugin: export default definePlugin({ ... })" },
  {
    definition: { name: "A", version: "1.0.0", install },
    error: '`name` must be small letters, digits and hyphens, a letter first, not "A"',
  },
  {
    definition: { name: "a", version: "1", install },
    error: '`version` must be a semantic version such as "1.0.0", not "1"',
  },
  {
    definition: { name: "a", version: "1.0.0", api: "^2.0", install },
    error: "it needs version ^2.0 of the plugin API, and this is 1.0.0",
  },
  {
    definition: { name: "a", version: "1.0.0", license: "MTI", install },
    error: '`license` "MTI": "MTI" is no known licence',
  },
  {
    definition: { name: "a", version: "1.0.0", licence: "MIT", install },
    error: 'a plugin has no `licence`: did you mean "license"?',
  },
  { definition: { name: "a", version: "1.0.0" }, error: "`install` must be a function, not nothing" },
  {
    definition: { name: "witness", version: "2.0.0", install },
    error:
      'a plugin named "witness" is there already: version 1.0.0 from witness, and this is version 2.0.0 from ./test.ts',
  },
  {
    definition: { name: "a", version: "1.0.0", uses: { other: "^1.0" }, install },
    error: 'it uses plugin "other" ^1.0, and there is no plugin of this name: known are witness',
  },
  {
    definition: { name: "a", version: "1.0.0", uses: { witness: "^2.0" }, install },
    error: 'it uses plugin "witness" ^2.0, and version 1.0.0 is there (from witness)',
  },
  {
    definition: { name: "a", version: "1.0.0", options: { n: { type: "int", description: "" } }, install },
    error: '`options.n`: `type` must be one of integer, number, boolean, string, address, not "int"',
  },
];

test("a definition is checked: the message names what is wrong", () => {
  for (const { definition, error } of definitionCases) {
    const { host, log } = scene();
    host.install(witness(), {}, "witness");
    assert.equal(host.install({ definition }, {}, "./test.ts"), false);
    assert.deepEqual(log, [`error ./test.ts: ${error}`]);
  }
});
