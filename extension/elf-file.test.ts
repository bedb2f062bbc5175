import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { isGuestProgram, readElfSummary } from "./elf-file.ts";
import { type ElfFields, minimalElf } from "./testing/minimal-elf.ts";

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "terrarium-elf-"));
});
after(() => rm(folder, { recursive: true }));

async function fileOf(bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, "program");
  await writeFile(file, bytes);
  return file;
}

test("a program's headers are read", async () => {
  const summary = await readElfSummary(await fileOf(minimalElf()));
  assert.deepEqual(summary, {
    bits: 64,
    endianness: "little",
    type: "executable",
    machine: "RISC-V",
    entry: 0x10078n,
    segments: [{ kind: "LOAD", address: 0x10000n, fileSize: 128n, memorySize: 128n, permissions: "R-X" }],
    hasSymbols: false,
    hasDebugInfo: false,
    unfit: undefined,
  });
});

const unfit: [name: string, fields: Partial<ElfFields>, reason: RegExp, isProgram: boolean][] = [
  ["another machine", { machine: 62 }, /x86-64.*runs RISC-V/, false],
  ["an unknown machine", { machine: 9999 }, /machine 9999/, false],
  ["an object file", { type: 1 }, /object file: link it/, false],
  ["a shared library", { type: 3, entry: 0n }, /no entry point/, false],
  // Only the header is looked at when searching, so that a search stays quick.
  ["a dynamically linked program", { segment: 3 }, /dynamically.*-static/, true],
];
for (const [name, fields, reason, isProgram] of unfit) {
  test(`${name} is refused with the reason`, async () => {
    const file = await fileOf(minimalElf(fields));
    assert.match((await readElfSummary(file)).unfit ?? "", reason);
    assert.equal(await isGuestProgram(file), isProgram);
  });
}

const damaged: [name: string, bytes: Uint8Array, message: RegExp][] = [
  ["an empty file", new Uint8Array(0), /truncated: header/],
  ["a text", new TextEncoder().encode("#!/bin/sh\n".repeat(20)), /not an ELF file/],
  ["a header alone", minimalElf().subarray(0, 70), /truncated: program headers \(56 bytes at offset 0x40\)/],
  ["a class that there is not", minimalElf({ class: 7 }), /ELF class 7 at offset 4/],
  ["program headers far outside", minimalElf({ phoff: 0xffff_ffff_ffff_ffffn }), /beyond the end of the file/],
];
for (const [name, bytes, message] of damaged) {
  test(`${name}: the message says what and where`, async () => {
    const file = await fileOf(bytes);
    await assert.rejects(readElfSummary(file), message);
  });
}
