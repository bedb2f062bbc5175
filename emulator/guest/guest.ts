// What every guest ISA provides: registers with names and roles, translation to IR, disassembly. The machine, the
// plugin host and the debugger see a guest through this interface only.
import type { Block, RegisterFile, RegisterIndex } from "../ir/types.ts";

export type RegisterGroup = "integer" | "float" | "vector" | "control";

/** The portable meaning of a register. Arguments count from 0. */
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

export interface RegisterDescriptor {
  /** Canonical name by the ABI: `a0`, `fa0`, `pc`, `fcsr`. */
  name: string;
  /** Other names by which it is found: `x10`. */
  aliases: readonly string[];
  group: RegisterGroup;
  /** Width in bits as the guest sees it. */
  bits: number;
  type: "integer" | "address" | "float" | "flags";
  /** Named bit fields of a `flags` register, low bit first. */
  fields?: readonly { name: string; low: number; bits: number }[];
  readOnly: boolean;
  roles: readonly RegisterRole[];
  /** Number in DWARF, where it has one. */
  dwarf?: number;
  /** Internal registers (a reservation, say) are not shown. */
  hidden: boolean;
}

/** Reads guest code: the 16 bits at an address, or undefined when they cannot be fetched. */
export type FetchHalf = (address: bigint) => number | undefined;

/** Thrown by `translate` when its first instruction cannot be fetched. */
export class FetchError extends Error {
  /** The first byte that cannot be fetched: not the pc where an instruction crosses into an unmapped page. */
  readonly address: bigint;

  constructor(address: bigint) {
    super(`no code can be fetched at 0x${address.toString(16)}`);
    this.name = "FetchError";
    this.address = address;
  }
}

export interface TranslateOptions {
  /** At most this many instructions; 1 to step. Left out: as many as the guest puts into one block. */
  maxInstructions?: number;
  /** Addresses before which a `breakpoint` op is put. */
  isBreakpoint?: (pc: bigint) => boolean;
}

/** What is known of an instruction without running it. */
export interface DecodedInstruction {
  pc: bigint;
  length: number;
  bits: number;
  /** As the manual and objdump write it, `no-aliases` style: `c.addi`, `fadd.d`. "unknown" when undefined. */
  mnemonic: string;
  /** Operands as text, ready to print. */
  operands: string;
  kind:
    | "alu"
    | "load"
    | "store"
    | "branch"
    | "jump"
    | "call"
    | "return"
    | "atomic"
    | "float"
    | "system"
    | "fence"
    | "unknown";
  /** Where a branch, direct jump or call goes. */
  target?: bigint;
  /** Registers it reads and writes (visible ones). */
  reads: readonly RegisterIndex[];
  writes: readonly RegisterIndex[];
}

/** What the hardware says of itself, for an operating system to pass on. */
export interface GuestHardware {
  /** Everything it can do, as the ISA names it: `rv64imafdc_zicbom_zba`. */
  isa: string;
  /** What an instruction on a cache block is about. */
  cacheBlockBytes: number;
  /** Of the clock that programs can read without a system call, in Hz. */
  clockFrequency: number;
}

export interface Guest {
  /** `riscv64`. */
  readonly name: string;
  /** ELF e_machine. */
  readonly elfMachine: number;
  readonly pointerBytes: 4 | 8;
  /** Index = RegisterIndex = the slot in the vCPU state. Includes the constant zero where the ISA has one. */
  readonly registers: readonly RegisterDescriptor[];
  readonly file: RegisterFile;
  readonly hardware: GuestHardware;
  /**
   * Translates one block from pc. Where a later instruction cannot be fetched the block ends before it.
   * @throws FetchError when the first one cannot.
   */
  translate(fetch: FetchHalf, pc: bigint, options: TranslateOptions): Block;
  decode(fetch: FetchHalf, pc: bigint): DecodedInstruction;
}

/** Finds a register by name or alias. */
export function findRegister(guest: Guest, name: string): RegisterIndex | undefined {
  const index = guest.registers.findIndex((r) => r.name === name || r.aliases.includes(name));
  return index < 0 ? undefined : index;
}

/** Finds the register with a role. */
export function registerWithRole(guest: Guest, role: RegisterRole): RegisterIndex | undefined {
  const index = guest.registers.findIndex((r) => r.roles.includes(role));
  return index < 0 ? undefined : index;
}

/** An instruction as a line of a listing: mnemonic and operands, or the bare bits of what is none. */
export function instructionText(decoded: DecodedInstruction, separator = " "): string {
  const { kind, length, bits, mnemonic, operands } = decoded;
  if (kind === "unknown") {
    const directive = length === 2 ? ".2byte" : length === 4 ? ".word" : `.${length}byte`;
    return `${directive}${separator}0x${bits.toString(16).padStart(2 * length, "0")}`;
  }
  return operands ? `${mnemonic}${separator}${operands}` : mnemonic;
}
