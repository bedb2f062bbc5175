import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { findGuestPrograms, type SearchBounds } from "./elf-finder.ts";
import { minimalElf } from "./testing/minimal-elf.ts";

/** File, bytes, age in seconds. */
const files: [name: string, bytes: Uint8Array, age: number][] = [
  ["old", minimalElf(), 300],
  ["build/new.elf", minimalElf(), 10],
  ["build/middle", minimalElf(), 100],
  ["build/other-machine.elf", minimalElf({ machine: 62 }), 1],
  ["build/part.o", minimalElf({ type: 1 }), 1],
  ["build/notes.txt", minimalElf(), 1],
  ["build/damaged", minimalElf().subarray(0, 20), 1],
  ["node_modules/pkg/tool", minimalElf(), 1],
  ["a/b/c/deep", minimalElf(), 200],
];

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "terrarium-find-"));
  for (const [name, bytes, age] of files) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
    const time = 1_700_000_000 - age;
    await utimes(file, time, time);
  }
  await symlink("..", path.join(folder, "a/loop"));
});
after(() => rm(folder, { recursive: true }));

const cases: [name: string, bounds: Partial<SearchBounds>, found: string[]][] = [
  ["programs, the newest first", {}, ["build/new.elf", "build/middle", "a/b/c/deep", "old"]],
  ["no deeper than told", { depth: 1 }, ["build/new.elf", "build/middle", "old"]],
  ["no more than told", { programs: 1 }, ["old"]],
  ["nothing when nothing may be looked at", { entries: 0 }, []],
];
for (const [name, bounds, expected] of cases) {
  test(name, async () => {
    const found = await findGuestPrograms([folder], bounds);
    assert.deepEqual(
      found.map((program) => path.relative(folder, program.path)),
      expected,
    );
  });
}

test("a folder that is not there holds nothing", async () => {
  assert.deepEqual(await findGuestPrograms([path.join(folder, "nowhere")]), []);
});
