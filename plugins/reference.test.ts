// The shipped plugins against what QEMU's plugins of the same names say of the same programs (test-fixtures/reference).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PluginHost } from "../emulator/instrument/plugin-host.ts";
import type { TableData } from "../emulator/instrument/view-data.ts";
import type { EngineKind } from "../emulator/machine/api.ts";
import { testMachine } from "../emulator/machine/testing/test-machine.ts";
import { fixturePath } from "../test-fixtures/fixtures.ts";
import bb from "./bb.ts";
import hotblocks from "./hotblocks.ts";
import insn from "./insn.ts";
import mem from "./mem.ts";
import syscall from "./syscall.ts";

const programs = ["accesses", "faults", "mixed"];
const engines: readonly EngineKind[] = ["interpreter", "auto"];
const pluginOptions = new Map<unknown, Record<string, unknown>>([
  [hotblocks, { limit: 20 }],
  [insn, { sizes: true }],
  [bb, {}],
  [mem, { log: 1000 }],
  [syscall, { print: true }],
]);

/** Sections of what QEMU said, by their titles. */
function reference(program: string): Map<string, string[]> {
  const text = readFileSync(fixturePath(`reference/${program}.qemu.txt`), "utf8");
  const sections = text.split(/^## /m).slice(1);
  return new Map(sections.map((section) => [section.split("\n")[0], section.trimEnd().split("\n").slice(1)]));
}

function run(program: string, engine: EngineKind): (title: string) => TableData["rows"] {
  const machine = testMachine(`reference/${program}.elf`, { engine });
  const log: string[] = [];
  const host = new PluginHost(machine, { programPath: program, log: (...line) => log.push(line.join(" ")) });
  for (const [definition, options] of pluginOptions) host.install({ definition }, options, program);
  while (machine.run(100_000_000).kind !== "exited");
  const views = host.views();
  assert.deepEqual(log, []);
  return (title) => {
    const view = views.find((v) => v.title === title);
    assert.ok(view?.kind === "table", `no table "${title}"`);
    return view.rows;
  };
}

/** What our views would print in QEMU's words, by the title of its section. */
const inTheirWords: Record<string, (rows: (title: string) => TableData["rows"], theirs: string[]) => string[]> = {
  insn: (rows) => rows("Instructions").map(([vcpu, insns]) => `${vcpu} insns: ${insns}`),
  "insn,sizes=on": (rows) => rows("Instruction sizes").map(([len, insns]) => `len ${len} bytes: ${insns} insns`),
  bb: (rows) => rows("Blocks").map(([vcpu, blocks, insns]) => `${vcpu}: bb's: ${blocks}, insns: ${insns}`),
  "hotblocks,inline=on": (rows, theirs) => [
    ...theirs.slice(0, 2),
    ...rows("Hot blocks").map(([pc, ...rest]) => [`0x${String(pc).slice(2).padStart(16, "0")}`, ...rest].join(", ")),
  ],
  "syscall,print=on": (rows) =>
    rows("Log of system calls").flatMap(([number, , returned]) => [
      `syscall #${number}`,
      ...(returned === "" ? [] : [`syscall #${number} returned -> ${returned}`]),
    ]),
  "mem,callback=on": (rows) => [`mem accesses: ${rows("Memory accesses")[0][2]}`],
  "mem,callback=on,print-accesses=on": (rows, theirs) => [
    theirs[0],
    ...rows("Log of memory accesses").map(([insn_vaddr, ...access]) =>
      [insn_vaddr, "_start", access[0], "0x0", ...access.slice(1)].join(","),
    ),
    `mem accesses: ${rows("Memory accesses")[0][2]}`,
  ],
};

/** QEMU puts rows with equal counts in no fixed order, so they are compared as a set. */
const unordered = ["hotblocks,inline=on"];

for (const program of programs)
  for (const engine of engines)
    test(`${program} on ${engine}: QEMU's figures`, () => {
      const rows = run(program, engine);
      const sections = reference(program);
      for (const [title, say] of Object.entries(inTheirWords)) {
        const theirs = sections.get(title);
        if (!theirs) continue;
        const ours = say(rows, theirs);
        const [a, b] = unordered.includes(title) ? [ours.sort(), theirs.sort()] : [ours, theirs];
        assert.deepEqual(a, b, title);
      }
    });
