// Symbols and debug information of one program, from its ELF file: `openSymbols` is the way in, api.ts says what it gives.
export type * from "./api.ts";
