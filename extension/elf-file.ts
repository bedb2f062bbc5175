// What an ELF file says about itself, as far as the editor shows it. No vscode import: tested on its own.
import { type FileHandle, open } from "node:fs/promises";

export interface ElfSegment {
  readonly kind: string;
  readonly address: bigint;
  readonly fileSize: bigint;
  readonly memorySize: bigint;
  /** As `readelf` writes them: `R E`, `RW `. */
  readonly permissions: string;
}

export interface ElfSummary {
  readonly bits: 32 | 64;
  readonly endianness: "little" | "big";
  readonly type: string;
  readonly machine: string;
  readonly entry: bigint;
  readonly segments: readonly ElfSegment[];
  readonly hasSymbols: boolean;
  readonly hasDebugInfo: boolean;
  /** Why Terrarium cannot run it; undefined when it can. */
  readonly unfit: string | undefined;
}

/** Says what is wrong with the file; its message is for the user. */
export class ElfError extends Error {}

const machines: Record<number, string> = { 3: "x86", 40: "Arm", 62: "x86-64", 183: "AArch64", 243: "RISC-V" };
const types: Record<number, string> = {
  1: "object file",
  2: "executable",
  3: "position-independent executable",
  4: "core file",
};
const segmentKinds: Record<number, string> = {
  1: "LOAD",
  2: "DYNAMIC",
  3: "INTERP",
  4: "NOTE",
  6: "PHDR",
  7: "TLS",
  1685382480: "EH_FRAME",
  1685382481: "STACK",
  1685382482: "RELRO",
  1685382483: "PROPERTY",
  1879048195: "RISCV_ATTRIBUTES",
};
const riscv = 243;
/** More of a table than this is not read: a real file has far less. */
const tableLimit = 4 << 20;

/** Reads headers only. Throws ElfError for what is no ELF file or a damaged one. */
export async function readElfSummary(path: string): Promise<ElfSummary> {
  const file = await open(path, "r");
  try {
    const head = await bytesAt(file, 0n, 64, "header");
    if (!hasElfMagic(head)) throw new ElfError("not an ELF file");
    const bits = head[4] === 1 ? 32 : head[4] === 2 ? 64 : undefined;
    if (bits === undefined)
      throw new ElfError(`ELF class ${head[4]} at offset 4 is neither 1 (32 bits) nor 2 (64 bits)`);
    if (head[5] !== 1 && head[5] !== 2)
      throw new ElfError(`ELF data encoding ${head[5]} at offset 5 is neither 1 nor 2`);
    const reader = new FieldReader(bits, head[5] === 1);
    const h = reader.header(head);
    const segments = await reader.segments(file, h);
    const sections = await reader.sectionNames(file, h);
    const dynamic = segments.some((segment) => segment.kind === "INTERP");
    return {
      bits,
      endianness: head[5] === 1 ? "little" : "big",
      type: types[h.type] ?? `type ${h.type}`,
      machine: machines[h.machine] ?? `machine ${h.machine}`,
      entry: h.entry,
      segments,
      hasSymbols: sections.includes(".symtab"),
      hasDebugInfo: sections.some((name) => /^\.z?debug_(info|line)$/.test(name)),
      unfit: whyUnfit(bits, head[5] === 1, h, dynamic),
    };
  } finally {
    await file.close();
  }
}

/** Is it an executable that Terrarium can run? Reads 64 bytes; anything unreadable is not. */
export async function isGuestProgram(path: string): Promise<boolean> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const { bytesRead, buffer } = await file.read(new Uint8Array(64), 0, 64, 0);
    if (bytesRead < 64 || !hasElfMagic(buffer) || buffer[4] !== 2 || buffer[5] !== 1) return false;
    return whyUnfit(64, true, new FieldReader(64, true).header(buffer), false) === undefined;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}

const hasElfMagic = (head: Uint8Array) => head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;

function whyUnfit(bits: number, little: boolean, header: Header, dynamic: boolean): string | undefined {
  if (header.machine !== riscv)
    return `it is for ${machines[header.machine] ?? `machine ${header.machine}`}, and Terrarium runs RISC-V`;
  if (bits !== 64 || !little) return "Terrarium runs 64-bit little-endian RISC-V";
  if (header.type !== 2 && header.type !== 3)
    return `it is an ${types[header.type] ?? "unknown ELF type"}: link it first`;
  if (header.entry === 0n) return "it has no entry point: a shared library, not a program";
  if (dynamic) return "it is linked dynamically: link it with -static or -static-pie";
  return undefined;
}

interface Header {
  type: number;
  machine: number;
  entry: bigint;
  phoff: bigint;
  phentsize: number;
  phnum: number;
  shoff: bigint;
  shentsize: number;
  shnum: number;
  shstrndx: number;
}

/** Fields of both classes and byte orders. */
class FieldReader {
  constructor(
    private readonly bits: 32 | 64,
    private readonly little: boolean,
  ) {}

  header(head: Uint8Array): Header {
    const v = view(head);
    const half = (at32: number, at64: number) => v.getUint16(this.bits === 64 ? at64 : at32, this.little);
    return {
      type: v.getUint16(16, this.little),
      machine: v.getUint16(18, this.little),
      entry: this.word(v, 24),
      phoff: this.word(v, this.bits === 64 ? 32 : 28),
      shoff: this.word(v, this.bits === 64 ? 40 : 32),
      phentsize: half(42, 54),
      phnum: half(44, 56),
      shentsize: half(46, 58),
      shnum: half(48, 60),
      shstrndx: half(50, 62),
    };
  }

  async segments(file: FileHandle, h: Header): Promise<ElfSegment[]> {
    const wide = this.bits === 64;
    if (h.phnum === 0) return [];
    if (h.phentsize < (wide ? 56 : 32)) throw new ElfError(`program headers of ${h.phentsize} bytes are too short`);
    const table = view(await bytesAt(file, h.phoff, h.phnum * h.phentsize, "program headers"));
    return Array.from({ length: h.phnum }, (_, i) => {
      const at = i * h.phentsize;
      const kind = table.getUint32(at, this.little);
      const flags = table.getUint32(at + (wide ? 4 : 24), this.little);
      return {
        kind: segmentKinds[kind] ?? `0x${kind.toString(16)}`,
        address: this.word(table, at + (wide ? 16 : 8)),
        fileSize: this.word(table, at + (wide ? 32 : 16)),
        memorySize: this.word(table, at + (wide ? 40 : 20)),
        permissions: `${flags & 4 ? "R" : "-"}${flags & 2 ? "W" : "-"}${flags & 1 ? "X" : "-"}`,
      };
    });
  }

  /** Empty when there are none or the table is damaged: what they would tell is optional. */
  async sectionNames(file: FileHandle, h: Header): Promise<string[]> {
    const wide = this.bits === 64;
    if (h.shnum === 0 || h.shstrndx >= h.shnum || h.shentsize < (wide ? 64 : 40)) return [];
    try {
      const table = view(await bytesAt(file, h.shoff, h.shnum * h.shentsize, "section headers"));
      const at = h.shstrndx * h.shentsize;
      const [offset, size] = [this.word(table, at + (wide ? 24 : 16)), this.word(table, at + (wide ? 32 : 20))];
      const strings = Buffer.from(await bytesAt(file, offset, Number(size), "section names"));
      return Array.from({ length: h.shnum }, (_, i) => {
        const start = table.getUint32(i * h.shentsize, this.little);
        const end = strings.indexOf(0, start);
        return strings.toString("latin1", start, end < 0 ? strings.length : end);
      });
    } catch (error) {
      if (error instanceof ElfError) return [];
      throw error;
    }
  }

  private word(v: DataView, at: number): bigint {
    return this.bits === 64 ? v.getBigUint64(at, this.little) : BigInt(v.getUint32(at, this.little));
  }
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

async function bytesAt(file: FileHandle, offset: bigint, length: number, what: string): Promise<Uint8Array> {
  const place = `${what} (${length} bytes at offset 0x${offset.toString(16)})`;
  if (length > tableLimit) throw new ElfError(`${place}: larger than any real file's`);
  if (offset > BigInt(Number.MAX_SAFE_INTEGER)) throw new ElfError(`${place}: beyond the end of the file`);
  const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, Number(offset));
  if (bytesRead < length) throw new ElfError(`truncated: ${place} reach beyond the end of the file`);
  return buffer;
}
