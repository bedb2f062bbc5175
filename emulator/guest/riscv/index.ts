// The riscv64 guest: RV64GC in user mode.
import type { Guest } from "../guest.ts";
import { describe } from "./describe.ts";
import { registerFile, registers } from "./registers.ts";
import { translate } from "./translate.ts";

export const riscv64: Guest = {
  name: "riscv64",
  elfMachine: 243,
  pointerBytes: 8,
  registers,
  file: registerFile,
  translate,
  decode: describe,
};
