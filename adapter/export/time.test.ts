// The formats of what took place over time: Chrome's traces, SimPoint's vectors.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bbv } from "./bbv.ts";
import { chromeTrace } from "./chrome-trace.ts";
import { intervals, sampleContext, series, timeline } from "./testing/samples.ts";

test("chrome-trace: lanes are threads, moments instants, figures counters", () => {
  const trace = JSON.parse(chromeTrace.write([timeline, series], sampleContext()) as string);
  assert.deepEqual(trace.otherData, {
    program: "/bin/sample.elf",
    guest: "riscv64",
    instructions: "1000",
    time: "one microsecond is one guest instruction",
  });
  const meta = { ph: "M", ts: 0 };
  const at = (pid: number, tid: number) => ({ pid, tid });
  const cat = "traps";
  assert.deepEqual(trace.traceEvents, [
    { name: "process_name", ...meta, ...at(1, 1), args: { name: "Traps (traps)" } },
    { name: "thread_name", ...meta, ...at(1, 1), args: { name: "syscalls" } },
    { name: "thread_sort_index", ...meta, ...at(1, 1), args: { sort_index: 1 } },
    {
      name: "write",
      cat,
      ...at(1, 1),
      ts: 100,
      args: { address: "0x10108", function: "main", source: "/src/main.c:11" },
      ph: "i",
      s: "t",
    },
    { name: "thread_name", ...meta, ...at(1, 2), args: { name: "CPU0" } },
    { name: "thread_sort_index", ...meta, ...at(1, 2), args: { sort_index: 2 } },
    { name: "outer", cat, ...at(1, 2), ts: 100, ph: "X", dur: 100 },
    { name: "inner", cat, ...at(1, 2), ts: 120, ph: "X", dur: 30 },
    // It overlaps the end of "outer", which one thread cannot show.
    { name: "thread_name", ...meta, ...at(1, 3), args: { name: "CPU0 (2)" } },
    { name: "thread_sort_index", ...meta, ...at(1, 3), args: { sort_index: 3 } },
    { name: "late", cat, ...at(1, 3), ts: 180, ph: "X", dur: 80 },
    { name: "process_name", ...meta, ...at(2, 1), args: { name: "Misses (cache)" } },
    { name: "Misses (misses)", ph: "C", ...at(2, 0), ts: 0, args: { data: 0, code: 0 } },
    { name: "Misses (misses)", ph: "C", ...at(2, 0), ts: 500, args: { data: 12, code: 3 } },
  ]);
});

test("bbv: a line for each interval, without the blocks that did not run", () => {
  assert.equal(bbv.write([intervals], sampleContext()), "T:1:50 :3:51 \nT\nT:2:100 \n");
});
