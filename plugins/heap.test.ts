import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, use } from "./api/index.ts";
import callstack from "./callstack.ts";
import heap from "./heap.ts";
import { heapRun, placeOf } from "./testing/heap-run.ts";
import { engines } from "./testing/plugin-run.ts";

for (const engine of engines)
  test(`what is alive at the end, by the calls that led to it: ${engine}`, () => {
    const run = heapRun([[callstack], [heap]], engine).run();
    assert.deepEqual(run.log, []);
    // 1000 bytes, five times 100 on five levels of recursion, three times 40: all through one function.
    const sites = run.rows("Alive").map(([site, ...rest]) => [placeOf(site), ...rest.slice(0, 3)] as const);
    // The C library keeps something of its start.
    const ours = sites.filter(([place]) => place === "make");
    const started = sites.filter(([place]) => place.startsWith("_dl_"));
    assert.equal(ours.length + started.length, sites.length);
    const startedBytes = started.reduce((sum, [, size]) => sum + Number(size), 0);
    assert.deepEqual(ours, [["make", 1000, 1, 1], ["make", 120, 3, 3], ...Array(5).fill(["make", 100, 1, 1])]);
    // Each level of the recursion by itself.
    const callers = run
      .rows("Alive")
      .filter(([site]) => placeOf(site) === "make")
      .map((row) =>
        String(row[4])
          .replaceAll(/\+0x[0-9a-f]+/g, "")
          .split(" < "),
      );
    assert.deepEqual(
      callers
        .slice(2)
        .map((names) => names.filter((name) => name === "deep").length)
        .sort(),
      [1, 2, 3, 4, 5],
    );
    assert.deepEqual(run.rows("Errors"), []);
    // well: 13 of 14, and 3 that go on as others; leak: 9; badly: 2; main: 1.
    const [[allocations, frees, bytes, peak, blocks, aliveBytes]] = run.rows("Totals");
    assert.deepEqual([Number(allocations) - Number(frees), blocks, aliveBytes], [9 + 4, 9 + 4, 1620 + startedBytes]);
    assert.equal(allocations, 13 + 9 + 2 + 1 + 4);
    assert.equal(
      bytes,
      14 + 80 + 20 + 2000 + 200000 + 600000 + 32 + 2 * 16 + 128 + 300 + 77 + 7 + 1620 + 10 + 64 + 48 + startedBytes,
    );
    assert.equal(peak, 600000 + 14 + 80 + 2000 + 32 + 2 * 16 + 128 + 300 + 77 + startedBytes);
    assert.equal(run.view("Bytes alive").kind, "series");
  });

for (const [kind, error] of [
  ["double", "double free"],
  ["stray", "free of no block"],
])
  test(`${error}`, () => {
    const run = heapRun([[callstack], [heap]], "auto", [kind]).run();
    assert.deepEqual(run.log, []);
    assert.equal(run.machine.exited?.signal, "SIGABRT");
    const [[, what, , site, , freedBefore, allocatedAt], ...more] = run.rows("Errors");
    assert.deepEqual([what, placeOf(site), more], [error, kind, []]);
    if (kind === "double") assert.deepEqual([placeOf(freedBefore), placeOf(allocatedAt)], ["main", "make"]);
  });

test("events and exports for others", () => {
  const told: string[] = [];
  let depth = 0;
  const listening = definePlugin({
    name: "listening",
    version: "1.0.0",
    uses: { heap: use<typeof heap>("^1.0") },
    install(_vm, _options, { heap: library }) {
      library.on("enter", (name) => {
        depth++;
        told.push(name);
      });
      library.on("leave", () => void depth--);
      library.on("allocate", ({ block, isZeroed, from }) => {
        assert.equal(library.exports.blockAt(block.address), block);
        const last = block.address + BigInt(block.size) - 1n;
        assert.equal(library.exports.near(last)?.block, block);
        assert.equal(library.exports.near(block.address - 1n)?.block.address !== undefined, true);
        told.push(`${isZeroed ? "zeroed " : ""}${block.size}${from ? ` from ${from.size}` : ""}`);
      });
      library.on("free", (block) => {
        assert.equal(library.exports.blockAt(block.address), undefined);
        assert.equal(library.exports.near(block.address)?.freed?.block, block);
        told.push(`gone ${block.size}`);
      });
    },
  });
  assert.deepEqual(heapRun([[callstack], [heap], [listening]]).run().log, []);
  assert.equal(depth, 0);
  const story = told.join(", ");
  assert.match(
    story,
    /malloc, 14, calloc, zeroed 80, malloc, 20, realloc, 2000 from 20, malloc, 200000, realloc, 600000 from 200000/,
  );
  assert.match(story, /aligned_alloc, 128, posix_memalign, 300, reallocarray, 77, realloc, 7 from 77, free, gone 14/);
  assert.match(story, /free, gone 7, free, malloc, 40, malloc, 40, malloc, 40, malloc, 1000, malloc, 100/);
});

test("other names for the functions", () => {
  const run = heapRun([
    [callstack],
    [heap, { names: "malloc=make calloc= realloc= free= memalign= aligned_alloc= posix_memalign= reallocarray=" }],
  ]).run();
  // Those that are called by `make`, by who calls that.
  assert.deepEqual(
    run.rows("Alive").map(([, bytes]) => bytes),
    [1000, 120, 100, 100, 100, 100, 100, 48],
  );
  const wrong = heapRun([[callstack], [heap, { names: "mallok=make" }]]);
  assert.match(wrong.log.join(), /"mallok=make" is not one of malloc, calloc/);
});
