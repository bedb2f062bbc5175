import assert from "node:assert/strict";
import { test } from "node:test";
import { PluginHost } from "../emulator/instrument/plugin-host.ts";
import type { EngineKind } from "../emulator/machine/api.ts";
import { fixtureMachine } from "../emulator/machine/testing/fixture-machine.ts";
import { fixtureRuns } from "../test-fixtures/fixtures.ts";
import { definePlugin, type SyscallName, use } from "./api/index.ts";
import syscalls from "./syscalls.ts";
import { engines, pluginRun } from "./testing/plugin-run.ts";

function runFiles(options: object, engine: EngineKind, ...more: unknown[]) {
  const run = fixtureRuns.find(({ program }) => program === "files/files.elf");
  assert.ok(run);
  const { machine } = fixtureMachine(run, { engine });
  const log: string[] = [];
  const host = new PluginHost(machine, { programPath: run.program, log: (...line) => log.push(line.join(" ")) });
  const request = (definition: unknown, given: object) => ({
    loaded: { definition },
    options: { ...given },
    source: "test",
  });
  host.installAll([request(syscalls, options), ...more.map((each) => request(each, {}))]);
  while (machine.run(100_000_000).kind !== "exited");
  assert.deepEqual(log, []);
  return host;
}

for (const engine of engines)
  test(`a log as strace writes it: ${engine}`, () => {
    const [table, timeline] = runFiles({ log: 1000 }, engine).views();
    assert.ok(table.kind === "table" && timeline.kind === "timeline");
    const lines = table.rows.map(([, , call, result]) => `${call} = ${result}`);
    // As qemu-riscv64 -strace has them, in its words.
    for (const line of [
      'openat(AT_FDCWD, "given.txt", 0, 00) = 3',
      'mkdirat(AT_FDCWD, "made", 0755) = 0',
      'mkdirat(AT_FDCWD, "made", 0755) = -1 EEXIST',
      'openat(AT_FDCWD, "made/out.txt", 0x241, 0666) = 3',
      'write(3, "line 0\\nline 1\\nline 2\\nline 3\\nline"..., 790) = 790',
      'write(3, "the end\\n", 8) = 8',
      "lseek(3, -8, 2) = 790",
      "dup(3) = 4",
      "close(4) = -1 EBADF",
      'renameat2(AT_FDCWD, "made/out.txt", AT_FDCWD, "made/renamed.txt", 0) = 0',
      'unlinkat(AT_FDCWD, "made", 0x200) = -1 ENOTEMPTY',
      "openat(AT_FDCWD, ?, 0, 00) = -1 EFAULT",
      'write(77, "x", 1) = -1 EBADF',
    ])
      assert.ok(lines.includes(line), `${line} is not among\n${lines.join("\n")}`);
    assert.match(lines.at(-1) ?? "", /^exit_group\(.*\) = \?$/);
    // A lane for each call; they begin when the log says.
    assert.deepEqual(new Set(timeline.lanes).size, timeline.lanes.length);
    assert.deepEqual(
      timeline.entries.map(({ start, label }) => [start, label]),
      table.rows.map(([at, , call]) => [at, call]),
    );
  });

test("the log keeps the last calls", () => {
  const all = runFiles({ log: 1000 }, "auto").views()[0];
  const some = runFiles({ log: 7 }, "auto").views()[0];
  assert.ok(all.kind === "table" && some.kind === "table");
  assert.deepEqual(some.rows, all.rows.slice(-7));
});

test("typed events; nothing is decoded unless somebody wants it", () => {
  const opened: [string | undefined, number, bigint, string | undefined][] = [];
  const written: bigint[] = [];
  const entered = new Map<SyscallName | undefined, number>();
  const again: string[] = [];
  const listening = definePlugin({
    name: "listening",
    version: "1.0.0",
    uses: { syscalls: use<typeof syscalls>("^1.0") },
    install(vm, _options, { syscalls: library }) {
      library.on("enter", ({ name, text, pc, instructions, vcpu }) => {
        entered.set(name, (entered.get(name) ?? 0) + 1);
        assert.equal(instructions, vcpu.instructionCount);
        if (name === "dup") again.push(`${text} ${pc > 0n}`);
      });
      library.on("return", (call) => {
        // The name tells which arguments there are, and what they are.
        if (call.name === "openat") opened.push([call.arguments.path, call.arguments.flags, call.result, call.error]);
        if (call.name === "write" && call.error === undefined) written.push(call.arguments.count - call.result);
        assert.ok(call.returned >= call.instructions);
      });
      vm.onSyscall((call) => {
        if (call.name !== "dup") return;
        again.push(library.exports.format(call), String(library.exports.decode(call).fd));
      });
    },
  });
  runFiles({}, "auto", listening);
  assert.deepEqual(opened.slice(0, 2), [
    ["given.txt", 0, 3n, undefined],
    ["made/out.txt", 0x241, 3n, undefined],
  ]);
  assert.deepEqual(opened.find(([, , , error]) => error === "ENOENT")?.[0], "nothing");
  assert.deepEqual(opened.find(([, , , error]) => error === "EFAULT")?.[0], undefined);
  assert.ok(written.length > 2 && written.every((rest) => rest === 0n));
  assert.deepEqual([entered.get("exit_group"), entered.get("dup")], [1, 1]);
  assert.deepEqual(again, ["dup(3) true", "dup(3)", "3"]);
});

test("nobody listens: it is not called, and shows nothing", () => {
  const run = pluginRun("hello/hello-O2.elf", [[syscalls]]).run();
  const [description] = run.host.list();
  // `install` alone.
  assert.deepEqual([description.cost.calls, description.views], [1, []]);
  assert.deepEqual(
    description.events.map(({ name, listeners }) => [name, listeners]),
    [
      ["enter", []],
      ["return", []],
    ],
  );
});
