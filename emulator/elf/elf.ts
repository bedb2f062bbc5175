// Reads ELF files from bytes. Headers must be right, or it throws an ElfError; what only tools need (section headers,
// symbols, notes) may be missing or damaged, which is reported in `warnings` while the rest goes on working.
import { ElfClass, type ElfMachine, type ElfType, SectionFlag, SectionType, SegmentType } from "./constants.ts";
import { ElfError, ElfReader, hex, stringAt } from "./reader.ts";
import { type ElfSymbol, readSymbols } from "./symbols.ts";

export * from "./constants.ts";
export { ElfError } from "./reader.ts";
export type { ElfSymbol } from "./symbols.ts";

export interface ElfSegment {
  /** Position in the program header table. */
  index: number;
  type: SegmentType | number;
  /** `SegmentFlag` bits. */
  flags: number;
  offset: number;
  address: bigint;
  fileSize: number;
  memorySize: bigint;
  alignment: bigint;
  /** The segment's bytes in the file, not copied. Throws ElfError when they lie past its end. */
  data(): Uint8Array;
}

export interface ElfSection {
  index: number;
  name: string;
  type: SectionType | number;
  /** `SectionFlag` bits, of which only the low 32 are kept. */
  flags: number;
  address: bigint;
  offset: number;
  size: number;
  link: number;
  info: number;
  entrySize: number;
  /** SHF_COMPRESSED: `data()` begins with a compression header. */
  compressed: boolean;
  /** The section's bytes, not copied; empty for NOBITS. Throws ElfError when they lie past the end of the file. */
  data(): Uint8Array;
}

export interface ElfNote {
  /** Owner: `GNU`. */
  name: string;
  type: number;
  data: Uint8Array;
}

export interface ElfFile {
  name: string;
  bytes: Uint8Array;
  class: ElfClass;
  type: ElfType | number;
  machine: ElfMachine | number;
  flags: number;
  entry: bigint;
  /** Where the program header table is in the file, and how it is laid out. */
  programHeaders: { offset: number; entrySize: number; count: number };
  segments: readonly ElfSegment[];
  sections: readonly ElfSection[];
  /** .symtab, or .dynsym where there is no .symtab. */
  readonly symbols: readonly ElfSymbol[];
  readonly notes: readonly ElfNote[];
  /** Hex digits of the GNU build id, where there is one. */
  readonly buildId: string | undefined;
  /** What is damaged, in whole sentences. Grows when `symbols` is first asked for. */
  warnings: readonly string[];
  section(name: string): ElfSection | undefined;
}

/** True when the bytes begin as an ELF file does. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Reads a little-endian ELF32 or ELF64 file. `name` is for messages. Throws ElfError on headers that make no sense. */
export function parseElf(bytes: Uint8Array, name: string): ElfFile {
  if (!isElf(bytes)) throw new ElfError(name, 0, bytes.length === 0 ? "the file is empty" : "not an ELF file");
  if (bytes.length < 16) throw new ElfError(name, 0, `the ELF header is cut off (${bytes.length} bytes)`);
  if (bytes[4] !== ElfClass.Elf32 && bytes[4] !== ElfClass.Elf64)
    throw new ElfError(name, 4, `unknown ELF class ${bytes[4]} (1 is 32-bit, 2 is 64-bit)`);
  if (bytes[5] !== 1)
    throw new ElfError(
      name,
      5,
      bytes[5] === 2 ? "big-endian files are not supported" : `unknown byte order ${bytes[5]}`,
    );
  if (bytes[6] !== 1) throw new ElfError(name, 6, `unknown ELF version ${bytes[6]}`);
  const reader = new ElfReader(bytes, name, bytes[4] === ElfClass.Elf64 ? 8 : 4);
  const wide = reader.wordBytes === 8;
  reader.need(0, wide ? 64 : 52, "the ELF header");
  // After the entry: e_phoff, e_shoff (words), e_flags, then six 16-bit fields.
  const offsets = wide ? { ph: 32, sh: 40, flags: 48, ehsize: 52 } : { ph: 28, sh: 32, flags: 36, ehsize: 40 };
  const small = (index: number) => reader.u16(offsets.ehsize + 2 * index);
  const warnings: string[] = [];
  const programHeaders = { offset: reader.size(offsets.ph), entrySize: small(1), count: small(2) };
  const sectionHeaders = { offset: reader.size(offsets.sh), entrySize: small(3), count: small(4), names: small(5) };
  const segments = readSegments(reader, programHeaders);
  const sections = readSections(reader, sectionHeaders, warnings);

  let symbols: readonly ElfSymbol[] | undefined;
  let notes: readonly ElfNote[] | undefined;
  return {
    name,
    bytes,
    class: wide ? ElfClass.Elf64 : ElfClass.Elf32,
    type: reader.u16(16),
    machine: reader.u16(18),
    flags: reader.u32(offsets.flags),
    entry: reader.word(24),
    programHeaders,
    segments,
    sections,
    warnings,
    get symbols() {
      symbols ??= readSymbols(reader, sections, warnings);
      return symbols;
    },
    get notes() {
      notes ??= readNotes(reader, segments, sections, warnings);
      return notes;
    },
    get buildId() {
      const note = this.notes.find((candidate) => candidate.name === "GNU" && candidate.type === 3);
      return note && Array.from(note.data, (byte) => byte.toString(16).padStart(2, "0")).join("");
    },
    section: (wanted) => sections.find((section) => section.name === wanted),
  };
}

function readSegments(reader: ElfReader, table: ElfFile["programHeaders"]): ElfSegment[] {
  if (table.count === 0) return [];
  const wide = reader.wordBytes === 8;
  const least = wide ? 56 : 32;
  if (table.entrySize < least)
    reader.fail(wide ? 54 : 42, `program headers of ${table.entrySize} bytes each are too small (${least} needed)`);
  reader.need(table.offset, table.entrySize * table.count, `the program header table (${table.count} entries)`);
  return Array.from({ length: table.count }, (_, index) => {
    const at = table.offset + index * table.entrySize;
    // ELF64 moved p_flags up beside p_type, so that the words are aligned.
    const words = wide ? [8, 16, 32, 40, 48] : [4, 8, 16, 20, 28];
    const segment = {
      index,
      type: reader.u32(at),
      flags: reader.u32(at + (wide ? 4 : 24)),
      offset: reader.size(at + words[0]),
      address: reader.word(at + words[1]),
      fileSize: reader.size(at + words[2]),
      memorySize: reader.word(at + words[3]),
      alignment: reader.word(at + words[4]),
    };
    return { ...segment, data: () => reader.slice(segment.offset, segment.fileSize, `program header ${index}`) };
  });
}

interface SectionHeaderTable {
  offset: number;
  entrySize: number;
  count: number;
  names: number;
}

function readSections(reader: ElfReader, table: SectionHeaderTable, warnings: string[]): ElfSection[] {
  if (table.offset === 0) return [];
  const wide = reader.wordBytes === 8;
  const least = wide ? 64 : 40;
  let { count, names } = table;
  if (table.entrySize < least) {
    warnings.push(`Section headers are ignored: ${table.entrySize} bytes each are too few (${least} needed).`);
    return [];
  }
  const fits = (entries: number) => table.offset + table.entrySize * entries <= reader.bytes.length;
  if (!fits(Math.max(count, 1))) {
    warnings.push(
      `Section headers are ignored: ${count} at file offset ${hex(table.offset)} lie past the end of the file (${hex(reader.bytes.length)} bytes).`,
    );
    return [];
  }
  // Too many sections for 16 bits: the real figures are in the first header.
  if (count === 0) count = reader.size(table.offset + (wide ? 32 : 20));
  if (names === 0xffff) names = reader.u32(table.offset + (wide ? 40 : 24));
  if (!fits(count)) {
    warnings.push(`Section headers are ignored: their number, ${count}, is more than the file can hold.`);
    return [];
  }
  const headers = Array.from({ length: count }, (_, index) => readSectionHeader(reader, table, index));
  const nameTable = headers[names]?.data;
  let text: Uint8Array = new Uint8Array(0);
  try {
    if (nameTable) text = nameTable();
    else warnings.push(`Sections have no names: there is no section ${names} to hold them.`);
  } catch (error) {
    warnings.push(`Sections have no names: ${(error as Error).message}.`);
  }
  return headers.map(({ nameOffset, ...header }) => {
    const name = stringAt(text, nameOffset);
    if (name === undefined && text.length > 0)
      warnings.push(`Section ${header.index} has no name: offset ${hex(nameOffset)} lies outside the name table.`);
    return { ...header, name: name ?? "" };
  });
}

function readSectionHeader(reader: ElfReader, table: SectionHeaderTable, index: number) {
  const at = table.offset + index * table.entrySize;
  const step = reader.wordBytes;
  const word = (position: number) => at + 8 + position * step;
  // sh_name, sh_type (32 bits), then flags, address, offset, size (words), link, info (32 bits), align, entsize.
  const tail = word(4);
  const flags = Number(BigInt.asUintN(32, reader.word(word(0))));
  const header = {
    index,
    nameOffset: reader.u32(at),
    type: reader.u32(at + 4),
    flags,
    address: reader.word(word(1)),
    offset: reader.size(word(2)),
    size: reader.size(word(3)),
    link: reader.u32(tail),
    info: reader.u32(tail + 4),
    entrySize: reader.size(tail + 8 + step),
    compressed: (flags & SectionFlag.Compressed) !== 0,
  };
  const data = () =>
    header.type === SectionType.NoBits || header.type === SectionType.Null
      ? new Uint8Array(0)
      : reader.slice(header.offset, header.size, `section ${index}`);
  return { ...header, data };
}

function readNotes(
  reader: ElfReader,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
  warnings: string[],
): ElfNote[] {
  const fromSegments = segments.filter((segment) => segment.type === SegmentType.Note);
  const sources = fromSegments.length > 0 ? fromSegments : sections.filter((s) => s.type === SectionType.Note);
  const notes: ElfNote[] = [];
  for (const source of sources) {
    try {
      const bytes = source.data();
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = 0; at + 12 <= bytes.length; ) {
        const nameSize = view.getUint32(at, true);
        const dataSize = view.getUint32(at + 4, true);
        const dataAt = at + 12 + pad4(nameSize);
        if (dataAt + dataSize > bytes.length)
          reader.fail(source.offset + at, `a note of ${nameSize} + ${dataSize} bytes runs past the end of its section`);
        const name = stringAt(bytes.subarray(at + 12, at + 12 + nameSize), 0) ?? "";
        notes.push({ name, type: view.getUint32(at + 8, true), data: bytes.subarray(dataAt, dataAt + dataSize) });
        at = dataAt + pad4(dataSize);
      }
    } catch (error) {
      warnings.push(`Notes are incomplete: ${(error as Error).message}.`);
    }
  }
  return notes;
}

function pad4(size: number): number {
  return Math.ceil(size / 4) * 4;
}
