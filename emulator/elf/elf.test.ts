// The ELF reader on good files and on damaged ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixturePrograms, readFixture } from "../../test-fixtures/fixtures.ts";
import { ElfError, ElfMachine, ElfType, parseElf, SectionType, SegmentType, SymbolType } from "./elf.ts";

const tiny = "structs/structs-O0.elf";

/** A copy of a fixture with some bytes replaced. */
function patched(name: string, ...patches: [offset: number, ...bytes: number[]][]): Uint8Array {
  const bytes = readFixture(name).slice();
  for (const [offset, ...data] of patches) bytes.set(data, offset);
  return bytes;
}

test("header, segments, sections, symbols", () => {
  const elf = parseElf(readFixture(tiny), tiny);
  assert.equal(elf.machine, ElfMachine.RiscV);
  assert.equal(elf.type, ElfType.Executable);
  assert.equal(elf.segments.filter((segment) => segment.type === SegmentType.Load).length, 2);
  const text = elf.section(".text")!;
  assert.equal(text.type, SectionType.ProgramBits);
  assert.equal(text.data().length, text.size);
  const main = elf.symbols.find((symbol) => symbol.name === "main")!;
  assert.equal(main.type, SymbolType.Function);
  assert.ok(main.address >= text.address && main.address < text.address + BigInt(text.size));
  assert.equal(elf.sections[main.section], text);
  assert.equal(elf.section(".bss")!.data().length, 0);
  assert.match(elf.buildId ?? "", /^[0-9a-f]{40}$/);
  assert.deepEqual(elf.warnings, []);
});

test("position-independent, compressed and stripped files", () => {
  assert.equal(parseElf(readFixture("pie/pie.elf"), "pie").type, ElfType.Shared);
  const compressed = parseElf(readFixture("structs/structs-compressed.elf"), "compressed");
  assert.equal(compressed.section(".debug_info")?.compressed, true);
  const stripped = parseElf(readFixture("structs/structs-stripped.elf"), "stripped");
  assert.deepEqual(stripped.symbols, []);
  assert.deepEqual(stripped.warnings, []);
});

// What the file is, and what is said of it.
const rejected: [what: string, bytes: Uint8Array, message: RegExp][] = [
  ["empty", new Uint8Array(0), /^f: at file offset 0x0: the file is empty$/],
  ["not an ELF file", new TextEncoder().encode("#!/bin/sh\n"), /^f: at file offset 0x0: not an ELF file$/],
  ["only the magic", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1]), /the ELF header is cut off \(6 bytes\)/],
  [
    "half a header",
    readFixture(tiny).subarray(0, 40),
    /the ELF header: file range 0x0\+0x40 lies past the end of the file \(0x28 bytes\)/,
  ],
  ["class 3", patched(tiny, [4, 3]), /at file offset 0x4: unknown ELF class 3/],
  ["big-endian", patched(tiny, [5, 2]), /at file offset 0x5: big-endian files are not supported/],
  ["version", patched(tiny, [6, 7]), /at file offset 0x6: unknown ELF version 7/],
  [
    "program headers far away",
    patched(tiny, [38, 0x10]),
    /the program header table \(\d entries\): file range 0x1[0-9a-f]+\+0x[0-9a-f]+ lies past the end/,
  ],
  [
    "program headers too small",
    patched(tiny, [54, 8, 0]),
    /program headers of 8 bytes each are too small \(56 needed\)/,
  ],
];

for (const [what, bytes, message] of rejected)
  test(`rejected: ${what}`, () => assert.throws(() => parseElf(bytes, "f"), { name: "ElfError", message }));

// Damage that costs only what it hits: the warning, and that segments still read.
const tolerated: [what: string, bytes: Uint8Array, warning: RegExp][] = [
  [
    "section headers far away",
    patched(tiny, [46, 0x10]),
    /^Section headers are ignored: \d+ at file offset 0x1[0-9a-f]+ lie past the end/,
  ],
  ["section headers too small", patched(tiny, [58, 8, 0]), /^Section headers are ignored: 8 bytes each are too few/],
  ["too many sections", patched(tiny, [60, 0xff, 0x7f]), /^Section headers are ignored: 32767 at/],
  ["no name table", patched(tiny, [62, 0xf0, 0]), /^Sections have no names: there is no section 240/],
];

for (const [what, bytes, warning] of tolerated)
  test(`tolerated: ${what}`, () => {
    const elf = parseElf(bytes, "f");
    assert.match(elf.warnings.join("\n"), warning);
    for (const segment of elf.segments) segment.data();
    assert.ok(elf.symbols.length >= 0);
  });

test("no section headers at all is no fault", () => {
  const elf = parseElf(patched(tiny, [40, 0, 0, 0, 0, 0, 0, 0, 0], [60, 0, 0, 0, 0]), "f");
  assert.deepEqual(elf.sections, []);
  assert.deepEqual(elf.symbols, []);
  assert.deepEqual(elf.warnings, []);
});

/** Touches everything a file has; only ElfError may come out. */
function readAll(bytes: Uint8Array): void {
  try {
    const elf = parseElf(bytes, "f");
    for (const part of [...elf.segments, ...elf.sections]) {
      try {
        part.data();
      } catch (error) {
        if (!(error instanceof ElfError)) throw error;
      }
    }
    assert.ok(elf.symbols && elf.notes);
    assert.equal(typeof elf.buildId === "string" || elf.buildId === undefined, true);
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
  }
}

test("cut off anywhere: an ElfError or less to see", () => {
  const bytes = readFixture(tiny);
  for (let length = 0; length < bytes.length; length += length < 600 ? 1 : 37) readAll(bytes.subarray(0, length));
});

test("any byte of the headers damaged: an ElfError or less to see", () => {
  const bytes = readFixture(tiny).slice();
  const view = new DataView(bytes.buffer);
  const sections = Number(view.getBigUint64(40, true));
  const offsets = [...Array(400).keys(), ...Array.from({ length: bytes.length - sections }, (_, i) => sections + i)];
  for (const offset of offsets) {
    const before = bytes[offset];
    for (const value of [0, 0xff, before ^ 0x10]) {
      bytes[offset] = value;
      readAll(bytes);
    }
    bytes[offset] = before;
  }
});

test("every fixture reads without a warning", () => {
  for (const name of fixturePrograms()) {
    const elf = parseElf(readFixture(name), name);
    const stripped = name.includes("stripped") || name.startsWith("bench/");
    assert.equal(elf.symbols.length === 0, stripped, name);
    assert.deepEqual(elf.warnings, [], name);
  }
});
