// The shipped plugins against what QEMU's plugins of the same names say of the same programs (test-fixtures/reference).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fixturePath } from "../test-fixtures/fixtures.ts";
import bb from "./bb.ts";
import bbv from "./bbv.ts";
import cflow from "./cflow.ts";
import hotblocks from "./hotblocks.ts";
import hotpages from "./hotpages.ts";
import insn from "./insn.ts";
import mem from "./mem.ts";
import syscall from "./syscall.ts";
import { engines, runFixture, type ViewOf } from "./testing/fixture-run.ts";

const programs = ["accesses", "faults", "mixed"];
const plugins = [
  [hotblocks, { limit: 20 }],
  [insn, { sizes: true }],
  [bb, {}],
  [bbv, { interval: 1_000_000 }],
  [cflow, { sort: "hottest", limit: 10 }],
  [hotpages, { sortby: "address" }],
  [mem, { log: 1000 }],
  [syscall, { print: true }],
] as const;

/** Sections of plugins whose own tests compare them. */
const elsewhere = /^(cache|execlog),/;

/** Sections of what QEMU said, by their titles. */
function reference(program: string): Map<string, string[]> {
  const text = readFileSync(fixturePath(`reference/${program}.qemu.txt`), "utf8");
  const sections = text.split(/^## /m).slice(1);
  return new Map(sections.map((section) => [section.split("\n")[0], section.trimEnd().split("\n").slice(1)]));
}

const address16 = (address: unknown) => `0x${String(address).slice(2).padStart(16, "0")}`;

/** The stack is elsewhere here than there: its page is called by its name. */
const pageName = (address: string) => (BigInt(address) >= 0x7000_0000n ? "stack" : address);

/** What our views would print in QEMU's words, by the title of its section. */
const inTheirWords: Record<string, (rows: Rows, theirs: string[], view: ViewOf) => string[]> = {
  insn: (rows) => rows("Instructions").map(([vcpu, insns]) => `${vcpu} insns: ${insns}`),
  "insn,sizes=on": (rows) => rows("Instruction sizes").map(([len, insns]) => `len ${len} bytes: ${insns} insns`),
  bb: (rows) => rows("Blocks").map(([vcpu, blocks, insns]) => `${vcpu}: bb's: ${blocks}, insns: ${insns}`),
  "hotblocks,inline=on": (rows, theirs) => [
    ...theirs.slice(0, 2),
    ...rows("Hot blocks").map(([pc, ...rest]) => [address16(pc), ...rest].join(", ")),
  ],
  // It leaves out the last page; what it said was kept up to the 40th line.
  "hotpages,sortby=address": (rows, theirs) => [
    theirs[0],
    ...rows("Hot pages")
      .slice(0, -1)
      .slice(0, 39)
      .map(([page, reads, writes]) =>
        [pageName(address16(page)), vcpus(reads), reads, vcpus(writes), writes].join(", "),
      ),
  ],
  "cflow,sort=hottest": (rows) => [
    `collected ${rows("Nodes")[0][0]} control flow nodes in the hash table`,
    ...rows("Branches").map(([address, , type, branches, early]) => {
      assert.equal(early, 0);
      const destinations = rows("Destinations").filter(([from]) => from === address);
      const to = destinations.map(([, target, count]) => `to ${target} (${count})`).sort();
      return [`${address} (${type})`, `branches ${branches}`, ...to].join(", ");
    }),
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
  // Of what it said, the first five vectors were kept.
  "bbv,interval=1000000": (_rows, _theirs, view) =>
    view("intervals", "Basic block vectors")
      .vectors.slice(0, 5)
      .map((vector) => vectorText(vector.map(([block, instructions]) => `${block}:${instructions}`))),
};

type Rows = (title: string) => Extract<ReturnType<ViewOf>, { kind: "table" }>["rows"];

const vcpus = (accesses: string | number) => (accesses === 0 ? "0x0000" : "0x0001");
const vectorText = (figures: string[]) => [...figures].sort().join(" ");

/** Brings what is theirs into a form in which it can be compared, where the words or their order are not figures. */
const theirForm: Record<string, (theirs: string[]) => string[]> = {
  "hotpages,sortby=address": (theirs) => theirs.map((line) => line.replace(/^0x[0-9a-f]+/, pageName)),
  // A line for each instruction, without its text.
  "cflow,sort=hottest": ([collected, ...lines]) => [
    collected,
    ...lines
      .map((line) => line.trim())
      .join("\n")
      .split(/^addr: /m)
      .slice(1)
      .map((node) => {
        const [at, branches, ...to] = node.trim().split("\n");
        return [at.replace(/^(0x[0-9a-f]+) .* (\([a-z ]+\))$/, "$1 $2"), branches, ...to.sort()].join(", ");
      }),
  ],
  "bbv,interval=1000000": (theirs) =>
    theirs.map((line) => vectorText([...line.matchAll(/:(\d+:\d+)/g)].map(([, figure]) => figure))),
};

/** QEMU puts rows with equal counts in no fixed order, so they are compared as a set. */
const unordered = ["hotblocks,inline=on", "cflow,sort=hottest"];

for (const program of programs)
  for (const engine of engines)
    test(`${program} on ${engine}: QEMU's figures`, () => {
      const view = runFixture(`reference/${program}.elf`, engine, plugins);
      const rows: Rows = (title) => view("table", title).rows;
      for (const [title, lines] of reference(program)) {
        if (elsewhere.test(title)) continue;
        const say = inTheirWords[title];
        assert.ok(say, `nothing here says what "${title}" does`);
        const ours = say(rows, lines, view);
        const theirs = theirForm[title]?.(lines) ?? lines;
        const [a, b] = unordered.includes(title) ? [ours.sort(), theirs.sort()] : [ours, theirs];
        assert.deepEqual(a, b, title);
      }
      // With the page that it leaves out, all accesses are there.
      const accesses = rows("Hot pages").reduce((sum, [, reads, writes]) => sum + Number(reads) + Number(writes), 0);
      assert.equal(accesses, rows("Memory accesses")[0][2]);
    });
