// Symbols and debug information of one program, from its ELF file: `openSymbols` is the way in, api.ts says what it gives.
import type { ElfFile } from "../../emulator/elf/elf.ts";
import type { Symbols, SymbolsOptions } from "./api.ts";
import { SymbolTable } from "./symbol-table.ts";

export type * from "./api.ts";
export { demangle } from "./demangle/demangle.ts";
export { loneRegister } from "./expression-source.ts";
export { matchPath, normalizePath } from "./source-path.ts";
export { byteSizeOf, stripped, typeName } from "./type-facts.ts";

/**
 * Opens the symbols of a program. Damaged or missing debug information is no error: `warnings` of the result says what
 * is missing. `name` is for messages.
 */
export function openSymbols(elf: ElfFile, name: string, options: SymbolsOptions = {}): Symbols {
  return new SymbolTable(elf, name, options);
}
