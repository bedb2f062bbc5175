// Registers, by name and by what they are for.
import type { RegisterNames } from "./register-names.ts";

export type GuestName = keyof RegisterNames;

/** The names of a guest's registers, aliases included: `RegisterName<"riscv64">`. */
export type RegisterName<Guest extends GuestName = GuestName> = RegisterNames[Guest];

export type RegisterGroup = "integer" | "float" | "vector" | "control";

/** What a register is for, whatever the guest calls it. Arguments count from 0. */
export type RegisterRole =
  | "pc"
  | "sp"
  | "fp"
  | "ra"
  | "tp"
  | "gp"
  | "zero"
  | "return value"
  | "syscall number"
  | `argument ${number}`
  | `float argument ${number}`
  | "float flags"
  | "float rounding";

/** A register by name (`"a0"`), alias (`"x10"`) or role (`"argument 0"`). */
export type RegisterReference = RegisterName | RegisterRole;

/** The values of registers, in the order in which they are named: unsigned, 64 bits. */
export type RegisterValues<References extends readonly RegisterReference[]> = {
  readonly [Index in keyof References]: bigint;
};

export interface RegisterInfo {
  /** The name that the guest's ABI uses. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly group: RegisterGroup;
  /** Width in bits. */
  readonly bits: number;
  readonly type: "integer" | "address" | "float" | "flags";
  /** Named bits of a `flags` register, lowest first. */
  readonly fields: readonly { readonly name: string; readonly low: number; readonly bits: number }[];
  readonly readOnly: boolean;
  readonly roles: readonly RegisterRole[];
}
