// The ELF symbol table by address and by name.
import {
  type ElfFile,
  type ElfSymbol,
  SectionFlag,
  SymbolBinding,
  SymbolType,
  UNDEFINED_SECTION,
} from "../../emulator/elf/elf.ts";
import type { SymbolName } from "./api.ts";
import { demangle } from "./demangle/demangle.ts";
import { compare } from "./intervals.ts";

export class ElfSymbols {
  private sorted: readonly ElfSymbol[] | undefined;
  private names: Map<string, bigint> | undefined;
  private displayNames: Map<string, bigint> | undefined;

  constructor(private readonly elf: ElfFile) {}

  /** The symbol that covers the address: by its size, or, when it has none, up to the next symbol of its section. */
  at(address: bigint): SymbolName | undefined {
    const index = this.indexAt(address);
    const symbol = index === undefined ? undefined : this.addressed()[index];
    if (!symbol) return undefined;
    return {
      name: symbol.name,
      displayName: demangle(symbol.name),
      offset: address - symbol.address,
      start: symbol.address,
      size: BigInt(symbol.size),
    };
  }

  /** Is the symbol at the address one of code? Assembler code often has symbols without a type. */
  isFunctionAt(address: bigint): boolean {
    const index = this.indexAt(address);
    if (index === undefined) return false;
    const symbol = this.addressed()[index];
    const flags = this.elf.sections[symbol.section]?.flags ?? 0;
    return isFunction(symbol) || (symbol.type === SymbolType.None && (flags & SectionFlag.Execute) !== 0);
  }

  /** First address past the symbol's extent; the next symbol bounds one without a size. */
  endOf(address: bigint): bigint | undefined {
    const index = this.indexAt(address);
    if (index === undefined) return undefined;
    const symbol = this.addressed()[index];
    return symbol.size > 0 ? symbol.address + BigInt(symbol.size) : this.limit(index);
  }

  addressOf(name: string): bigint | undefined {
    if (!this.names) {
      this.names = new Map();
      // Global names win over local ones.
      for (const symbol of this.addressed())
        if (symbol.binding !== SymbolBinding.Local || !this.names.has(symbol.name))
          this.names.set(symbol.name, symbol.address);
    }
    const exact = this.names.get(name);
    if (exact !== undefined) return exact;
    if (!this.displayNames) {
      this.displayNames = new Map();
      for (const [mangled, address] of this.names) {
        const display = demangle(mangled);
        if (display === mangled) continue;
        this.displayNames.set(display, address);
        const bare = display.replace(/\(.*$/s, "");
        if (!this.displayNames.has(bare)) this.displayNames.set(bare, address);
      }
    }
    return this.displayNames.get(name);
  }

  private indexAt(address: bigint): number | undefined {
    const sorted = this.addressed();
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle].address <= address) low = middle + 1;
      else high = middle;
    }
    let sizeless: number | undefined;
    // Symbols nest now and then (a function and a label in it): look back over a few.
    for (let i = low - 1; i >= 0 && i >= low - 64; i--) {
      const symbol = sorted[i];
      if (symbol.size > 0 && address < symbol.address + BigInt(symbol.size)) return this.best(i);
      if (symbol.size === 0 && sizeless === undefined && address < this.limit(i)) sizeless = i;
    }
    return sizeless === undefined ? undefined : this.best(sizeless);
  }

  /** Among symbols of the same address and extent: functions and objects, then plain names, then global ones. */
  private best(index: number): number {
    const sorted = this.addressed();
    const { address, size } = sorted[index];
    let best = index;
    const consider = (i: number) => {
      if (preference(sorted[i]) > preference(sorted[best])) best = i;
    };
    for (let i = index - 1; i >= 0 && sorted[i].address === address; i--) if (sorted[i].size === size) consider(i);
    return best;
  }

  /** Where a symbol without a size ends at the latest. */
  private limit(index: number): bigint {
    const sorted = this.addressed();
    const { address, section } = sorted[index];
    const owner = this.elf.sections[section];
    const sectionEnd = owner ? owner.address + BigInt(owner.size) : address + 1n;
    let next = index + 1;
    while (next < sorted.length && sorted[next].address === address) next++;
    const following = sorted[next]?.address ?? sectionEnd;
    return following < sectionEnd ? following : sectionEnd;
  }

  private addressed(): readonly ElfSymbol[] {
    this.sorted ??= this.elf.symbols
      .filter((symbol) => isAddress(symbol))
      .sort((a, b) => compare(a.address, b.address));
    return this.sorted;
  }
}

function isFunction(symbol: ElfSymbol): boolean {
  return symbol.type === SymbolType.Function || symbol.type === SymbolType.IndirectFunction;
}

/** Does the symbol name a place in memory? Mapping symbols (`$x`) and local labels do not count. */
function isAddress(symbol: ElfSymbol): boolean {
  if (symbol.name === "" || symbol.section === UNDEFINED_SECTION || symbol.section >= 0xff00) return false;
  if (symbol.type === SymbolType.Section || symbol.type === SymbolType.File || symbol.type === SymbolType.Tls)
    return false;
  return !/^(\$[xdat](\.|$)|\$xrv|\.L)/.test(symbol.name);
}

function preference(symbol: ElfSymbol): number {
  const typed = isFunction(symbol) || symbol.type === SymbolType.Object ? 8 : 0;
  // `malloc` rather than `__libc_malloc`.
  const plain = symbol.name.startsWith("_") && !symbol.name.startsWith("_Z") ? 0 : 4;
  const bound = symbol.binding === SymbolBinding.Global ? 2 : symbol.binding === SymbolBinding.Weak ? 1 : 0;
  return typed + plain + bound;
}
