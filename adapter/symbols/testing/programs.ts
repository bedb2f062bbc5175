// For tests: the fixture programs with debug information, and the reference tools.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";
import { type ElfFile, parseElf } from "../../../emulator/elf/elf.ts";
import { openSymbols, type Symbols } from "../index.ts";

const fixtures = fileURLToPath(new URL("../../../test-fixtures", import.meta.url));

/** Absolute path of a fixture: `structs/structs-O0.elf`. */
export function fixturePath(name: string): string {
  return join(fixtures, name);
}

/** Fixtures that are ELF files, by name; more from the folders in TERRARIUM_EXTRA_PROGRAMS. */
export function programs(): { name: string; path: string }[] {
  const found: { name: string; path: string }[] = [];
  for (const folder of readdirSync(fixtures, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const file of readdirSync(join(fixtures, folder.name)))
      if (file.endsWith(".elf"))
        found.push({ name: `${folder.name}/${file}`, path: join(fixtures, folder.name, file) });
  }
  const extra = process.env.TERRARIUM_EXTRA_PROGRAMS;
  for (const folder of extra ? extra.split(":") : [])
    for (const file of readdirSync(folder))
      if (file.endsWith(".elf")) found.push({ name: file, path: join(folder, file) });
  return found;
}

export function load(path: string): { elf: ElfFile; symbols: Symbols } {
  const elf = parseElf(new Uint8Array(readFileSync(path)), path);
  return { elf, symbols: openSymbols(elf, path, { inflate }) };
}

export function inflate(data: Uint8Array): Uint8Array {
  return new Uint8Array(inflateSync(data));
}

/** Output of a reference tool; undefined when it is not installed (an error when CI_REFERENCES=1). */
export function reference(tool: string, args: readonly string[], input?: string): string | undefined {
  const result = spawnSync(tool, args, {
    encoding: "utf8",
    input,
    maxBuffer: 2 ** 29,
    env: { ...process.env, LC_ALL: "C" },
  });
  if (result.error) {
    if (process.env.CI_REFERENCES === "1") throw new Error(`${tool} is needed: ${result.error.message}`);
    return undefined;
  }
  return result.stdout;
}

/** An ELF file of nothing but sections: 64-bit, with code everywhere. */
export function elfOfSections(contents: Readonly<Record<string, Uint8Array>>): ElfFile {
  const sections = Object.entries(contents).map(([name, bytes], index) => ({
    index,
    name,
    type: 1,
    flags: 0,
    address: 0x8000n,
    offset: 0,
    size: bytes.length,
    link: 0,
    info: 0,
    entrySize: 0,
    compressed: false,
    data: () => bytes,
  }));
  return {
    name: "test",
    bytes: new Uint8Array(),
    class: 2,
    type: 2,
    machine: 243,
    flags: 0,
    entry: 0n,
    programHeaders: { offset: 0, entrySize: 0, count: 0 },
    segments: [],
    sections,
    symbols: [],
    notes: [],
    buildId: undefined,
    warnings: [],
    section: (wanted) => sections.find((section) => section.name === wanted),
  };
}
