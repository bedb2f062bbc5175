// System calls by name.
import type { GuestName } from "./registers.ts";
import type { SyscallNames } from "./syscall-names.ts";

/** The names of a guest's system calls under Linux: `SyscallName<"riscv64">`. */
export type SyscallName<Guest extends GuestName = GuestName> = SyscallNames[Guest];
