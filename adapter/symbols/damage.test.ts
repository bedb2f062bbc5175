// Damaged debug information: nothing throws, nothing hangs, and what the answers lack is said.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type ElfFile, parseElf } from "../../emulator/elf/elf.ts";
import type { LocationContext, Scope, Type } from "./api.ts";
import { openSymbols, typeName } from "./index.ts";
import { fixturePath, inflate } from "./testing/programs.ts";

/** More in a long run: TERRARIUM_FUZZ_ROUNDS. */
const ROUNDS = Number(process.env.TERRARIUM_FUZZ_ROUNDS ?? 60);
const PROGRAMS = ["structs/structs-O2.elf", "structs/structs-dwarf4.elf", "rust/inventory.elf"];

const context: LocationContext = {
  loadBias: 0n,
  readRegister: (number) => BigInt(number) * 8n,
  readMemory: (_, length) => new Uint8Array(Math.min(length, 16)),
  cfa: () => 0x1000n,
};

/** The same numbers for the same seed on every machine. */
function randomNumbers(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1);
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The file with changed bytes in one debug section. */
function damaged(original: Uint8Array, elf: ElfFile, random: (below: number) => number): Uint8Array {
  const bytes = original.slice();
  const sections = elf.sections.filter((section) => /^\.(debug_|eh_frame)/.test(section.name) && section.size > 0);
  const section = sections[random(sections.length)];
  for (let count = 1 + random(8); count > 0; count--) {
    // Near the start is where headers are.
    const at = random(random(2) ? section.size : Math.min(64, section.size));
    bytes[section.offset + at] = random(3) ? random(256) : random(2) * 255;
  }
  return bytes;
}

/** Asks everything, as an editor might. */
function askEverything(elf: ElfFile, addresses: readonly bigint[]): readonly string[] {
  const symbols = openSymbols(elf, "damaged", { inflate });
  const files = symbols.sourceFiles();
  for (const file of files.slice(0, 4)) {
    symbols.breakpointLocations(file, 1, 200);
    for (let line = 1; line < 120; line += 17) symbols.addressesForLine(file, line);
  }
  const shown = (type: Type, depth = 0): void => {
    typeName(type);
    if (depth > 3) return;
    if ("target" in type) shown(type.target, depth + 1);
    if ("element" in type) shown(type.element, depth + 1);
    if ("members" in type) for (const member of type.members.slice(0, 10)) shown(member.type, depth + 1);
    if ("variants" in type) type.variants?.variants.length;
  };
  for (const address of addresses) {
    symbols.lineForAddress(address);
    symbols.lineRangeContaining(address);
    symbols.lineRanges(address);
    symbols.symbolAt(address);
    symbols.inlinedCallsAt(address);
    const row = symbols.unwindRow(address);
    if (row?.cfa.kind === "expression") symbols.evaluate(row.cfa.expression, context);
    const fn = symbols.functionAt(address);
    if (fn) symbols.bodyStart(fn);
    for (const { variables } of symbols.visibleScopes(address, true))
      for (const variable of variables) {
        variable.locate(address, context);
        shown(variable.type);
      }
    const walk = (scope: Scope, depth: number): void => {
      for (const child of depth < 5 ? scope.children : []) walk(child, depth + 1);
      assert.ok(Array.isArray(scope.variables));
      assert.ok(scope.callSite === undefined || scope.callSite.line >= 0);
    };
    if (fn) walk(fn.body, 0);
  }
  for (const name of ["main", "nodes", "add", "node", "struct point", "calls"]) {
    symbols.functionsNamed(name);
    symbols.globalsNamed(name, addresses[0]);
    const type = symbols.typeNamed(name);
    if (type) shown(type);
  }
  symbols.unitGlobals(addresses[0]);
  return symbols.warnings;
}

for (const name of PROGRAMS)
  test(`${name}, ${ROUNDS} damaged copies`, () => {
    const original = new Uint8Array(readFileSync(fixturePath(name)));
    const elf = parseElf(original, name);
    const text = elf.section(".text")!;
    const addresses = Array.from(
      { length: 12 },
      (_, i) => text.address + BigInt(Math.floor((text.size * i) / 12) & ~1),
    );
    assert.deepEqual(askEverything(elf, addresses), []);
    let noticed = 0;
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const bytes = damaged(original, elf, randomNumbers(seed));
      const warnings = askEverything(parseElf(bytes, name), addresses);
      if (warnings.length > 0) noticed++;
      // Damage is described in the terms of the format; an error of our own would look different.
      for (const warning of warnings)
        assert.doesNotMatch(warning, /undefined|not a function|BigInt|Invalid/, `seed ${seed}`);
    }
    assert.ok(noticed > ROUNDS / 10, `${noticed} copies gave warnings`);
  });

test("sections that are cut off", () => {
  const original = new Uint8Array(readFileSync(fixturePath(PROGRAMS[0])));
  const elf = parseElf(original, PROGRAMS[0]);
  const text = elf.section(".text")!;
  for (const section of elf.sections) {
    if (!section.name.startsWith(".debug_")) continue;
    for (const size of [0, 1, 3, 11, section.size >> 1, section.size - 1]) {
      const cut = { ...section, size, data: () => section.data().subarray(0, size) };
      const sections = elf.sections.map((candidate) => (candidate === section ? cut : candidate));
      const find = (name: string) => sections.find((candidate) => candidate.name === name);
      askEverything({ ...elf, symbols: elf.symbols, notes: elf.notes, sections, section: find }, [text.address]);
    }
  }
});

test("compressed sections without a way to decompress them are named", () => {
  const bytes = new Uint8Array(readFileSync(fixturePath("structs/structs-compressed.elf")));
  const symbols = openSymbols(parseElf(bytes, "z"), "z");
  assert.equal(symbols.functionsNamed("main").length, 1, "from the symbol table");
  assert.match(
    symbols.warnings.join("\n"),
    /\.debug_info is compressed, and no way to decompress it was given; section \.debug_info is missing/,
  );
});
