// Registers, by name and by what they are for.
import type { RegisterNames } from "./register-names.ts";

/** The guests that there are: `"riscv64"`. */
export type GuestName = keyof RegisterNames;

/** The names of a guest's registers, aliases included: `RegisterName<"riscv64">`. */
export type RegisterName<Guest extends GuestName = GuestName> = RegisterNames[Guest];

/** Where a debugger lists a register. */
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

/**
 * What is known of a register before any code has run.
 *
 *     const { name, bits, roles } = vm.register("x10"); // "a0", 64, ["argument 0", "return value"]
 */
export interface RegisterInfo {
  /** The name that the guest's ABI uses. */
  readonly name: string;
  /** Its other names. */
  readonly aliases: readonly string[];
  /** Where a debugger lists it. */
  readonly group: RegisterGroup;
  /** Width in bits. */
  readonly bits: number;
  /** What its bits mean. A `float` register's value is given as its bits, not as a number. */
  readonly type: "integer" | "address" | "float" | "flags";
  /** Named bits of a `flags` register, lowest first. */
  readonly fields: readonly { readonly name: string; readonly low: number; readonly bits: number }[];
  /** It cannot be written, as RISC-V's `zero`. */
  readonly readOnly: boolean;
  /** What it is for: none, one or several. */
  readonly roles: readonly RegisterRole[];
}
