// The debug sections of one file, decompressed where needed.
import { ElfClass, type ElfFile, SectionFlag } from "../../emulator/elf/elf.ts";
import type { SymbolsOptions } from "./api.ts";
import { ByteReader } from "./byte-reader.ts";
import type { Warnings } from "./warnings.ts";

const CODE = SectionFlag.Allocate | SectionFlag.Execute;
const ELFCOMPRESS_ZLIB = 1;
/** Larger claims are damage: no tool chain writes such sections. */
const MAX_INFLATED = 2 ** 31;

export class DebugSections {
  private readonly cache = new Map<string, Uint8Array>();
  /** Code: addresses outside it are leftovers of functions that the linker threw away. */
  private readonly code: { low: bigint; high: bigint }[];

  constructor(
    private readonly elf: ElfFile,
    private readonly options: SymbolsOptions,
    private readonly warnings: Warnings,
  ) {
    this.code = elf.sections
      .filter((section) => (section.flags & CODE) === CODE)
      .map((section) => ({ low: section.address, high: section.address + BigInt(section.size) }));
  }

  has(name: string): boolean {
    return this.get(name).length > 0;
  }

  /** Contents; empty when the section is missing or cannot be read, with a warning in the latter case. */
  get(name: string): Uint8Array {
    let bytes = this.cache.get(name);
    if (bytes === undefined) {
      bytes = this.warnings.guard(`section ${name} is missing`, new Uint8Array(0), () => this.load(name));
      this.cache.set(name, bytes);
    }
    return bytes;
  }

  /** sh_addr of a section; 0 when it is missing. */
  address(name: string): bigint {
    return this.elf.section(name)?.address ?? 0n;
  }

  reader(name: string, offset = 0, end?: number): ByteReader {
    const bytes = this.get(name);
    return new ByteReader(bytes, name, offset, end ?? bytes.length);
  }

  /** The NUL-terminated string at an offset of a string section. */
  string(name: string, offset: number): string {
    return this.reader(name, offset).string();
  }

  /** Could this be the address of code? */
  isCode(address: bigint): boolean {
    return this.code.length === 0 || this.code.some((range) => address >= range.low && address < range.high);
  }

  private load(name: string): Uint8Array {
    const section = this.elf.section(name);
    if (section) {
      const data = section.data();
      return section.compressed ? this.inflate(name, data) : data;
    }
    // The older GNU way: .zdebug_info with "ZLIB" and a big-endian size.
    const old = this.elf.section(name.replace(/^\.debug/, ".zdebug"));
    if (!old || old.name === name) return new Uint8Array(0);
    const data = old.data();
    const reader = new ByteReader(data, old.name);
    if (reader.u32() !== 0x42494c5a) reader.fail("the compression header is not ZLIB", 0);
    const size = new DataView(data.buffer, data.byteOffset).getBigUint64(4);
    return this.expand(old.name, data.subarray(12), size);
  }

  private inflate(name: string, data: Uint8Array): Uint8Array {
    const reader = new ByteReader(data, name);
    const type = reader.u32();
    if (type !== ELFCOMPRESS_ZLIB) reader.fail(`compression type ${type} is not supported (1, zlib, is)`, 0);
    const wide = this.elf.class === ElfClass.Elf64;
    if (wide) reader.skip(4);
    const size = wide ? reader.u64() : BigInt(reader.u32());
    reader.skip(wide ? 8 : 4);
    return this.expand(name, data.subarray(reader.offset), size);
  }

  private expand(name: string, data: Uint8Array, size: bigint): Uint8Array {
    if (size > BigInt(MAX_INFLATED)) throw new Error(`${name}: a decompressed size of ${size} bytes is absurd`);
    if (!this.options.inflate) throw new Error(`${name} is compressed, and no way to decompress it was given`);
    const bytes = this.options.inflate(data, Number(size));
    if (bytes.length !== Number(size))
      throw new Error(`${name}: ${bytes.length} bytes after decompression, ${size} expected`);
    return bytes;
  }
}
