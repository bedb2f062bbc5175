// Misses as QEMU's plugin counts them, and the model against a simple one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PluginHost } from "../emulator/instrument/plugin-host.ts";
import { localAnalysis } from "../emulator/instrument/testing/local-analysis.ts";
import type { TableData, ViewData } from "../emulator/instrument/view-data.ts";
import type { EngineKind } from "../emulator/machine/api.ts";
import { testMachine } from "../emulator/machine/testing/test-machine.ts";
import { fixturePath } from "../test-fixtures/fixtures.ts";
import cache from "./cache.ts";
import { CacheModel, type Eviction } from "./support/cache-model.ts";

function run(program: string, engine: EngineKind, options: Record<string, unknown>): readonly ViewData[] {
  // The stack begins where it has no line in common with one of the program's own in its set, as in QEMU.
  const machine = testMachine(`reference/${program}.elf`, { engine, env: [["A", "x".repeat(40)]] });
  const log: string[] = [];
  const host = new PluginHost(machine, {
    programPath: program,
    log: (...line) => log.push(line.join(" ")),
    startAnalysis: localAnalysis,
  });
  host.install({ definition: cache }, options, "cache");
  while (machine.run(100_000_000).kind !== "exited");
  const views = host.views();
  assert.deepEqual(log, []);
  return views;
}

const table = (views: readonly ViewData[], title: string) =>
  views.find((view): view is TableData => view.title === title && view.kind === "table")?.rows ?? [];

/** Sections of what QEMU said, by title. */
function reference(program: string): [options: Record<string, unknown>, lines: string[]][] {
  const text = readFileSync(fixturePath(`reference/${program}.qemu.txt`), "utf8");
  return text
    .split(/^## /m)
    .filter((section) => section.startsWith("cache"))
    .map((section) => {
      const [title, ...lines] = section.trimEnd().split("\n");
      const pairs = title
        .split(",")
        .slice(1)
        .map((pair) => pair.split("="));
      const options = pairs.map(([name, value]) => [name, /^\d+$/.test(value) ? Number(value) : value]);
      return [Object.fromEntries(options), lines];
    });
}

for (const program of ["accesses", "faults", "mixed"])
  for (const engine of ["interpreter", "auto"] as const)
    test(`${program} on ${engine}: QEMU's figures`, () => {
      const sections = reference(program);
      assert.equal(sections.length, 2);
      for (const [options, lines] of sections) {
        const views = run(program, engine, options);
        const [, dataAccesses, dataMisses, dataRate, fetches, codeMisses, codeRate] = lines[1].trim().split(/\s+/);
        const percent = (rate: string) => Number(rate.slice(0, -1));
        const caches = table(views, "Caches").map(([name, accesses, misses, rate]) => [
          name,
          String(accesses),
          String(misses),
          Number(Number(rate).toFixed(4)),
        ]);
        assert.deepEqual(caches, [
          ["data", dataAccesses, dataMisses, percent(dataRate)],
          ["instruction", fetches, codeMisses, percent(codeRate)],
        ]);
        // Rows with equal counts come in no fixed order: which of them are shown is chance.
        const theirs = (head: string) => {
          const from = lines.findIndex((line) => line.startsWith(`address, ${head}`)) + 1;
          const end = lines.indexOf("", from);
          const rows = lines.slice(from, end < 0 ? undefined : end).map((line) => line.split(", "));
          return rows.map(([address, misses]) => [address.split(" ")[0], Number(misses)] as const);
        };
        for (const [title, head] of [
          ["Data misses by instruction", "data misses"],
          ["Fetch misses by instruction", "fetch misses"],
        ]) {
          const ours = table(views, title).map(([pc, misses]) => [String(pc), Number(misses)] as const);
          assert.deepEqual(
            ours.map(([, misses]) => misses),
            theirs(head).map(([, misses]) => misses),
          );
          const last = ours.at(-1)?.[1] ?? 0;
          const sure = (rows: readonly (readonly [string, number])[]) =>
            rows
              .filter(([, misses]) => misses > last)
              .map((row) => row.join(" "))
              .sort();
          assert.deepEqual(sure(ours), sure(theirs(head)));
        }
      }
    });

test("the second level sees what the first misses, and cannot miss more", () => {
  const views = run("mixed", "auto", { l2: true, limit: 3 });
  const [data, code, second] = table(views, "Caches");
  assert.equal(second[1], Number(data[2]) + Number(code[2]));
  assert.ok(Number(second[2]) > 0 && Number(second[2]) < Number(second[1]) / 100);
  assert.equal(table(views, "Second-level misses by instruction").length, 3);
});

test("a shape that cannot be is refused with the reason", () => {
  const log: string[] = [];
  const machine = testMachine("reference/accesses.elf", { engine: "interpreter" });
  const host = new PluginHost(machine, { programPath: "a", log: (...line) => log.push(line.join(" ")) });
  assert.equal(host.install({ definition: cache }, { dcachesize: 3000 }, "cache"), false);
  assert.match(log[0], /data cache: 3000 bytes are no whole number of blocks of 64/);
});

/** A cache as the textbook has it: a list per set. */
function simple(sets: number, ways: number, eviction: Exclude<Eviction, "rand">): (line: number) => boolean {
  const lists: number[][] = Array.from({ length: sets }, () => []);
  return (line) => {
    const list = lists[line % sets];
    const at = list.indexOf(line);
    if (at >= 0 && eviction === "fifo") return true;
    if (at >= 0) list.splice(at, 1);
    list.push(line);
    if (list.length > ways) list.shift();
    return at >= 0;
  };
}

test("the model against lists, on random lines", () => {
  for (const eviction of ["lru", "fifo"] as const)
    for (const [sets, ways] of [
      [1, 1],
      [4, 2],
      [16, 8],
      [2, 3],
    ]) {
      const model = new CacheModel({ size: 64 * sets * ways, ways, block: 64 }, eviction);
      const expected = simple(sets, ways, eviction);
      let state = 1;
      for (let i = 0; i < 20_000; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const line = (state >>> 8) % (3 * sets * ways);
        assert.equal(model.access(line), expected(line), `${eviction} ${sets}x${ways} access ${i}`);
      }
    }
});
