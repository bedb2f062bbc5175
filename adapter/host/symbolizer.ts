// Where run-time addresses come from, by the program's own symbols and line tables. Opened when first asked.
import { parseElf } from "../../emulator/elf/elf.ts";
import type { CoverageData } from "../../emulator/instrument/view-data.ts";
import { inflate } from "../dap/inflate.ts";
import { CoverageSummarizer, type CoverageSummary } from "../debugger/coverage-summary.ts";
import { openSymbols, type Symbols } from "../symbols/index.ts";

export interface Place {
  /** `main+0x12`, when a symbol covers the address; demangled. */
  symbol?: string;
  /** As the compiler wrote it. */
  file?: string;
  /** From 1. */
  line?: number;
}

/** `main`, or `main+0x12` inside it. */
export function symbolText({ name, offset }: { name: string; offset: bigint }): string {
  return offset === 0n ? name : `${name}+0x${offset.toString(16)}`;
}

/** Never fails: a program without symbols gives no answers. */
export class Symbolizer {
  private readonly program: Uint8Array;
  private readonly loadBias: bigint;
  private symbols: Symbols | undefined;
  private failed = false;

  constructor(program: Uint8Array, loadBias: bigint) {
    this.program = program;
    this.loadBias = loadBias;
  }

  locate(address: bigint): Place | undefined {
    const symbols = this.open();
    if (!symbols) return undefined;
    const at = address - this.loadBias;
    const symbol = symbols.symbolAt(at);
    const line = symbols.lineForAddress(at);
    if (!symbol && !line) return undefined;
    return {
      symbol: symbol && symbolText({ name: symbol.displayName, offset: symbol.offset }),
      file: line?.path,
      line: line?.line,
    };
  }

  /** Where a function or an object of the program is. */
  addressOf(symbol: string): bigint | undefined {
    const address = this.open()?.addressOf(symbol);
    return address === undefined ? undefined : address + this.loadBias;
  }

  /** `main+0x12 at src/main.c:34`, or what is known of that. */
  describe(address: bigint): string | undefined {
    const { symbol, file, line } = this.locate(address) ?? {};
    const place = file && `${file}:${line}`;
    return symbol && place ? `${symbol} at ${place}` : (symbol ?? place);
  }

  /** Undefined for a program that cannot be read. */
  coverage(blocks: CoverageData["blocks"]): CoverageSummary | undefined {
    const symbols = this.open();
    return symbols && new CoverageSummarizer(symbols, this.loadBias).summarize(blocks);
  }

  /** All that is known of the program; undefined when that cannot be read. */
  open(): Symbols | undefined {
    if (this.failed) return undefined;
    try {
      this.symbols ??= openSymbols(parseElf(this.program, "program"), "program", { inflate });
    } catch {
      this.failed = true;
    }
    return this.symbols;
  }
}
