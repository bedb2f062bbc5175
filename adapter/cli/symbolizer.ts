// Addresses to `function+0x12 at file.c:34`, from the program's own symbols and line tables.
import { inflateSync } from "node:zlib";
import { parseElf } from "../../emulator/elf/elf.ts";
import { openSymbols } from "../symbols/index.ts";
import type { Symbolizer } from "./report.ts";

/** Never fails: a program without symbols gives no answers. */
export function openSymbolizer(program: Uint8Array, loadBias: bigint): Symbolizer {
  try {
    const symbols = openSymbols(parseElf(program, "program"), "program", { inflate: (data) => inflateSync(data) });
    return (address) => {
      const symbol = symbols.symbolAt(address - loadBias);
      const line = symbols.lineForAddress(address - loadBias);
      const name = symbol && (symbol.offset === 0n ? symbol.name : `${symbol.name}+0x${symbol.offset.toString(16)}`);
      const place = line && `${line.path}:${line.line}`;
      return name && place ? `${name} at ${place}` : (name ?? place);
    };
  } catch {
    return () => undefined;
  }
}
