import assert from "node:assert/strict";
import { test } from "node:test";
import callstack from "./callstack.ts";
import heap from "./heap.ts";
import memcheck from "./memcheck-lite.ts";
import { heapRun, machineRun, placeOf } from "./testing/heap-run.ts";
import { engines } from "./testing/plugin-run.ts";

for (const engine of engines)
  test(`the bad accesses of the fixture, and no others: ${engine}`, () => {
    const run = heapRun([[callstack], [heap], [memcheck]], engine).run();
    assert.deepEqual(run.log, []);
    const rows = run.rows("Bad accesses").map((row) => {
      const [error, pc, address, size, times, where, block, allocatedAt, , freedAt] = row;
      const offset = Number(BigInt(address) - BigInt(block));
      return [placeOf(pc), error, size, times, where, offset, placeOf(allocatedAt), freedAt && placeOf(freedAt)];
    });
    assert.deepEqual(rows, [
      ["write after", "write", 1, 1, "right after a block of 10 bytes", 10, "badly", ""],
      ["read after", "read", 1, 1, "2 bytes after a block of 10 bytes", 12, "badly", ""],
      ["read before", "read", 1, 1, "3 bytes before a block of 10 bytes", -3, "badly", ""],
      ["never written", "never written", 4, 1, "byte 4 of a block of 64 bytes", 4, "badly", ""],
      ["read freed", "read of freed", 4, 1, "byte 32 of a freed block of 64 bytes", 32, "badly", "badly"],
      ["write freed", "write of freed", 4, 1, "byte 36 of a freed block of 64 bytes", 36, "badly", "badly"],
    ]);
    const log = run.view("Memory check");
    assert.ok(log.kind === "log");
    assert.match(
      log.lines[0].text,
      /^write: 1 byte, right after a block of 10 bytes, allocated at badly\+0x[0-9a-f]+ < /,
    );
  });

for (const program of ["cxx/cxx.elf", "hello/hello-O2.elf", "files/files.elf", "rust/inventory.elf"])
  test(`nothing is wrong: ${program}`, () => {
    const run = machineRun(program, [[callstack], [heap], [memcheck]]);
    assert.deepEqual(run.log, []);
    assert.deepEqual(run.rows("Bad accesses"), []);
    assert.deepEqual(run.rows("Errors"), []);
    assert.ok(Number(run.rows("Totals")[0][0]) > 0);
  });
