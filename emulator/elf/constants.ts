// Numbers of the ELF format (System V gABI) that the reader, the loader and the symbol layers name.

export enum ElfClass {
  Elf32 = 1,
  Elf64 = 2,
}

export enum ElfType {
  None = 0,
  Relocatable = 1,
  Executable = 2,
  /** Shared objects and position-independent executables. */
  Shared = 3,
  Core = 4,
}

/** e_machine of the guests there are, and of those people hand us by mistake. */
export enum ElfMachine {
  X86 = 3,
  Arm = 40,
  X86_64 = 62,
  AArch64 = 183,
  RiscV = 243,
}

export enum SegmentType {
  Null = 0,
  Load = 1,
  Dynamic = 2,
  Interpreter = 3,
  Note = 4,
  ProgramHeaders = 6,
  Tls = 7,
  GnuStack = 0x6474e551,
}

/** p_flags. */
export enum SegmentFlag {
  Execute = 1,
  Write = 2,
  Read = 4,
}

export enum SectionType {
  Null = 0,
  ProgramBits = 1,
  SymbolTable = 2,
  StringTable = 3,
  Note = 7,
  NoBits = 8,
  DynamicSymbols = 11,
}

/** sh_flags. */
export enum SectionFlag {
  Write = 1,
  Allocate = 2,
  Execute = 4,
  Compressed = 0x800,
}

/** Section indices that mean something else in a symbol. */
export const UNDEFINED_SECTION = 0;

export enum SymbolType {
  None = 0,
  Object = 1,
  Function = 2,
  Section = 3,
  File = 4,
  Common = 5,
  Tls = 6,
  IndirectFunction = 10,
}

export enum SymbolBinding {
  Local = 0,
  Global = 1,
  Weak = 2,
}

const machineNames: Readonly<Record<number, string>> = {
  [ElfMachine.X86]: "x86",
  [ElfMachine.Arm]: "Arm",
  [ElfMachine.X86_64]: "x86-64",
  [ElfMachine.AArch64]: "AArch64",
  [ElfMachine.RiscV]: "RISC-V",
};

/** A machine as people call it: `RISC-V`, or `machine 8` for one not in the list. */
export function machineName(machine: number): string {
  return machineNames[machine] ?? `machine ${machine}`;
}
