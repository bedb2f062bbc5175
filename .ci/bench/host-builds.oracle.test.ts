// A benchmark program built for this machine prints what QEMU printed of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { programs, readRecorded } from "../../test-fixtures/bench/programs.ts";
import { HostBuilds } from "./host-builds.ts";
import { measure } from "./measure.ts";

const some = ["crc", "virtual", "fma", "libc-numbers"];

test("programs built for this machine print what was recorded", (t) => {
  const notes: string[] = [];
  const builds = new HostBuilds((text) => notes.push(text));
  if (builds.compiler === undefined) return t.skip("no C compiler");
  const recorded = readRecorded();
  for (const program of programs.filter(({ name }) => some.includes(name))) {
    const built = builds.build(program);
    if (built === undefined) return t.skip(notes.join("\n"));
    const { stdout } = measure(built, [String(program.rounds)], "/");
    assert.equal(stdout, recorded[program.name].stdout, program.name);
    // It is kept: the second time nothing is built.
    notes.length = 0;
    assert.equal(builds.build(program), built);
    assert.deepEqual(notes, []);
  }
});

test("what cannot be built is said, and left out", () => {
  const notes: string[] = [];
  const builds = new HostBuilds((text) => notes.push(text));
  const built = builds.build({ name: "nothing", source: "no-such-source.c", subject: "", rounds: 1 });
  assert.equal(built, undefined);
  if (builds.compiler !== undefined) assert.match(notes.join("\n"), /not built for this machine: .*no-such-source/);
});
