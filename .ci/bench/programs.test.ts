// The benchmark's programs are there, recorded, small and each of its own.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { elfFile, folder, programs, readRecorded } from "../../test-fixtures/bench/programs.ts";

test("every program has its source, its ELF file and its record, and no record is left over", () => {
  const recorded = readRecorded();
  assert.deepEqual(
    Object.keys(recorded),
    programs.map(({ name }) => name),
  );
  for (const program of programs) {
    assert.ok(existsSync(path.join(folder, program.source)), program.source);
    assert.ok(existsSync(elfFile(program)), elfFile(program));
    const { stdout, instructions } = recorded[program.name];
    assert.match(stdout, /^[0-9a-f]{16}\n$/, program.name);
    assert.ok(Number.isSafeInteger(instructions) && instructions > 1e8, `${program.name}: ${instructions}`);
  }
  assert.ok(programs.filter(({ libc }) => libc).length >= 3);
});

test("the ELF files stay below 5 MiB in all, and no two are the same", () => {
  const sizes = programs.map((program) => statSync(elfFile(program)).size);
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 5 * 2 ** 20);
  assert.equal(new Set(programs.map((program) => readFileSync(elfFile(program), "latin1"))).size, programs.length);
});
