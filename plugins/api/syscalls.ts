// System calls by name.
import type { GuestName } from "./registers.ts";
import type { SyscallSignatures } from "./syscall-arguments.ts";
import type { SyscallNames } from "./syscall-names.ts";

/** The names of a guest's system calls under Linux: `SyscallName<"riscv64">`. */
export type SyscallName<Guest extends GuestName = GuestName> = SyscallNames[Guest];

/** What an argument may be, and what it is decoded as. */
export interface SyscallArgumentValues {
  /** A file that is open, from 0; signed. */
  fd: number;
  /** A directory that a path begins in; -100: the current one. */
  dirfd: number;
  /** 32 bits, signed. */
  int: number;
  /** 32 bits, unsigned. */
  uint: number;
  /** Bytes: 64 bits, unsigned. */
  size: bigint;
  /** A place in a file: 64 bits, signed. */
  offset: bigint;
  /** A guest address. */
  pointer: bigint;
  /** The text; `undefined` where it cannot be read. */
  path: string | undefined;
  /** Bits: 32, unsigned. */
  flags: number;
  /** Rights of a file: 0o644. */
  mode: number;
  /** The number of a signal. */
  signal: number;
}

type Signatures = SyscallSignatures[GuestName];

/** The decoded arguments of a call, by name; of one whose arguments are not known, none. */
export type SyscallArguments<Name extends SyscallName> = Name extends keyof Signatures
  ? {
      readonly [Argument in keyof Signatures[Name]]: SyscallArgumentValues[Signatures[Name][Argument] &
        keyof SyscallArgumentValues];
    }
  : Record<never, never>;
