// terrarium disassemble against objdump, line by line, on every fixture. Left out of the comparison: objdump's comments
// (`# address <symbol>`), which of several names of one address it prints, zeros (it prints
// `...` for padding) and the width of the address column.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fixturePath, fixturePrograms } from "../../test-fixtures/fixtures.ts";
import { terrarium } from "./testing/terrarium.ts";

const objdump = "riscv64-linux-gnu-objdump";
const missing = spawnSync(objdump, ["--version"]).status !== 0;
const skip = missing && !process.env.CI_REFERENCES ? `${objdump} is not installed` : false;

/** Only instructions, without names of addresses. */
const lines = (text: string) =>
  text
    .split("\n")
    .filter((line) => /^ *[0-9a-f]+:\t/.test(line) && !line.includes("\t0000 "))
    .map((line) =>
      line
        .replace(/ *# (0x)?[0-9a-f]+( <.*)?$/, "")
        .replace(/ <[^>]*>$/, "")
        .replace(/(j|jal|b\w+)(\t.*)\b0x([0-9a-f]+)$/, "$1$2$3") // a target without a name
        .trim(),
    );

for (const program of fixturePrograms()) {
  test(`${program} disassembles as objdump has it`, { skip }, () => {
    const file = fixturePath(program);
    const theirs = spawnSync(objdump, ["-d", "-M", "no-aliases", file], { encoding: "utf8", maxBuffer: 1 << 28 });
    const ours = terrarium(["disassemble", file]);
    assert.equal(ours.status, 0, ours.stderr);
    const [expected, actual] = [lines(theirs.stdout), lines(ours.stdout)];
    const at = expected.findIndex((line, i) => line !== actual[i]);
    assert.deepEqual([at, actual[at], actual.length], [-1, undefined, expected.length], `expected: ${expected[at]}`);
  });
}
