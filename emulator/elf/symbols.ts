// Symbol tables.
import { SectionType, type SymbolBinding, type SymbolType } from "./constants.ts";
import type { ElfSection } from "./elf.ts";
import { type ElfReader, stringAt } from "./reader.ts";

export interface ElfSymbol {
  name: string;
  address: bigint;
  size: number;
  type: SymbolType | number;
  binding: SymbolBinding | number;
  /** st_shndx: 0 undefined, 0xfff1 absolute. */
  section: number;
}

/** The symbols of .symtab, or of .dynsym when that is all there is. The null symbol is left out. */
export function readSymbols(reader: ElfReader, sections: readonly ElfSection[], warnings: string[]): ElfSymbol[] {
  const table =
    sections.find((section) => section.type === SectionType.SymbolTable) ??
    sections.find((section) => section.type === SectionType.DynamicSymbols);
  if (!table) return [];
  try {
    const bytes = table.data();
    const names = sections[table.link]?.data() ?? new Uint8Array(0);
    if (names.length === 0) warnings.push(`Symbols have no names: section ${table.link} holds none.`);
    return decode(bytes, names, reader.wordBytes === 8);
  } catch (error) {
    warnings.push(`Symbols are ignored: ${(error as Error).message}.`);
    return [];
  }
}

function decode(bytes: Uint8Array, names: Uint8Array, wide: boolean): ElfSymbol[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entry = wide ? 24 : 16;
  const symbols: ElfSymbol[] = [];
  for (let at = entry; at + entry <= bytes.length; at += entry) {
    const info = view.getUint8(at + (wide ? 4 : 12));
    symbols.push({
      name: stringAt(names, view.getUint32(at, true)) ?? "",
      address: wide ? view.getBigUint64(at + 8, true) : BigInt(view.getUint32(at + 4, true)),
      size: wide ? Number(view.getBigUint64(at + 16, true)) : view.getUint32(at + 8, true),
      type: info & 15,
      binding: info >> 4,
      section: view.getUint16(at + (wide ? 6 : 14), true),
    });
  }
  return symbols;
}
