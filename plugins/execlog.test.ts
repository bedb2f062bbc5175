// The sequence that QEMU's plugin of this name logs; the trace, whole, however the run ends.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PluginHost } from "../emulator/instrument/plugin-host.ts";
import type { LogData } from "../emulator/instrument/view-data.ts";
import type { EngineKind } from "../emulator/machine/api.ts";
import { testMachine } from "../emulator/machine/testing/test-machine.ts";
import { fixturePath } from "../test-fixtures/fixtures.ts";
import execlog from "./execlog.ts";
import { executedInstructions, traceLine } from "./support/execution-trace.ts";
import { readTraceFile } from "./support/trace-file.ts";

const engines: readonly EngineKind[] = ["interpreter", "auto", "jit"];

function run(program: string, engine: EngineKind, options: Record<string, unknown>) {
  const machine = testMachine(program, { engine });
  const log: string[] = [];
  const chunks: Buffer[] = [];
  const host = new PluginHost(machine, {
    programPath: program,
    log: (...line) => log.push(line.join(" ")),
    openFile: () => ({
      write: (data) => void chunks.push(typeof data === "string" ? Buffer.from(data) : Buffer.from(data.slice())),
      get size() {
        return Buffer.concat(chunks).length;
      },
    }),
  });
  host.install({ definition: execlog }, options, "execlog");
  return { machine, host, log, file: () => Buffer.concat(chunks) };
}

const linesOf = (host: PluginHost) => (host.views()[0] as LogData).lines.map(({ text }) => text);

/** Disassembly is not compared: everybody writes it in a way of his own. */
const comparable = (line: string) => line.replace(/"[^"]*"/, '""').replace(/\s+/g, " ");

for (const program of ["accesses", "faults"])
  for (const engine of engines)
    test(`${program} on ${engine}: QEMU's sequence`, () => {
      const text = readFileSync(fixturePath(`reference/${program}.qemu.txt`), "utf8");
      const section = text.split(/^## /m).find((part) => part.startsWith("execlog,reg=a0")) ?? "";
      const expected = section.trimEnd().split("\n").slice(1).map(comparable);
      assert.ok(expected.length > 50);
      const { machine, host, log } = run(`reference/${program}.elf`, engine, { reg: "a0" });
      while (machine.run(1_000_000).kind !== "exited");
      assert.deepEqual(linesOf(host).map(comparable), expected);
      assert.deepEqual(log, []);
    });

test("the file has every instruction, and the view the last of them", () => {
  for (const engine of engines) {
    const { machine, host, file } = run("reference/mixed.elf", engine, { file: "t", last: 100, values: true });
    while (machine.instructionCount() < 300_000n && machine.run(100_000).kind !== "exited");
    host.finish();
    const lines = linesOf(host);
    const { words, table } = readTraceFile(file(), (bytes) => Buffer.from(bytes).toString("utf8"));
    let count = 0;
    const last: string[] = [];
    for (const insn of executedInstructions(words, table)) {
      assert.equal(insn.count, ++count);
      last.push(traceLine(insn));
      if (last.length > 100) last.shift();
    }
    assert.equal(BigInt(count), machine.instructionCount());
    assert.deepEqual(lines, last);
    assert.ok(lines.some((line) => / = 0x/.test(line)));
  }
});

test("code outside a range leaves no trace", () => {
  const { machine, host } = run("reference/mixed.elf", "auto", { start: 0x102b8n, end: 0x102c0n, last: 10 });
  while (machine.run(10_000_000).kind !== "exited");
  assert.deepEqual([...new Set(linesOf(host).map((line) => line.split(", ")[1]))].sort(), [
    "0x102b8",
    "0x102ba",
    "0x102bc",
    "0x102be",
  ]);
});

test("a file without its table is refused with the reason", () => {
  const decode = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
  assert.throws(() => readTraceFile(Buffer.from("\x7fELF"), decode), /it is no execution trace/);
  assert.throws(
    () => readTraceFile(Buffer.from("terrarium execution trace 1\n    \x01\x02"), decode),
    /no table at its end/,
  );
});
