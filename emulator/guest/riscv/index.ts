// The riscv64 guest: RV64GC and more (isa.ts) in user mode.
import type { Guest } from "../guest.ts";
import { CLOCK_FREQUENCY } from "./csr.ts";
import { describe } from "./describe.ts";
import { isa } from "./isa.ts";
import { registerFile, registers } from "./registers.ts";
import { translate } from "./translate.ts";
import { CACHE_BLOCK_BYTES } from "./translate-cache.ts";

export const riscv64: Guest = {
  name: "riscv64",
  elfMachine: 243,
  pointerBytes: 8,
  registers,
  file: registerFile,
  hardware: { isa, cacheBlockBytes: CACHE_BLOCK_BYTES, clockFrequency: CLOCK_FREQUENCY },
  translate,
  decode: describe,
};
