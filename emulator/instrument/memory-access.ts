// Guest memory as plugins read and write it, and what they are told of hardware addresses.
import type { GuestMemory, HardwareAddress, MemoryFailure, MemoryRead, MemoryWrite } from "../../plugins/api/index.ts";
import { Access, FaultCause } from "../ir/exits.ts";
import type { GuestMemory as MachineMemory } from "../machine/memory.ts";

const MAX_BYTES = 1 << 24;
const MAX_STRING = 4096;
const utf8 = new TextDecoder();

export function notInUserMode(address: bigint): MemoryFailure {
  return { ok: false, reason: "not in user mode", address };
}

export class PluginMemoryAccess implements GuestMemory {
  readonly #memory: MachineMemory;
  readonly #checkWrite: () => void;

  /** `checkWrite` throws when the guest's memory may not be changed now. */
  constructor(memory: MachineMemory, checkWrite: () => void) {
    this.#memory = memory;
    this.#checkWrite = checkWrite;
  }

  read(vaddr: bigint, length: number): MemoryRead {
    if (!Number.isInteger(length) || length < 0 || length > MAX_BYTES)
      throw new RangeError(`memory.read takes 0 to ${MAX_BYTES} bytes, not ${length}`);
    const bytes = this.#memory.read(BigInt.asUintN(64, vaddr), length);
    if (bytes.length === length) return { ok: true, bytes };
    return { ok: false, reason: "unmapped", address: BigInt.asUintN(64, vaddr + BigInt(bytes.length)) };
  }

  write(vaddr: bigint, bytes: Uint8Array): MemoryWrite {
    this.#checkWrite();
    const address = BigInt.asUintN(64, vaddr);
    const fault = bytes.length > 0 ? this.#memory.check(address, bytes.length, Access.Store) : undefined;
    if (fault)
      return {
        ok: false,
        reason: fault.cause === FaultCause.Unmapped ? "unmapped" : "protected",
        address: fault.address,
      };
    this.#memory.write(address, bytes);
    return { ok: true };
  }

  readString(vaddr: bigint, limit = MAX_STRING): { ok: true; text: string } | MemoryFailure {
    const bytes = this.#memory.read(BigInt.asUintN(64, vaddr), Math.min(limit, MAX_BYTES));
    const end = bytes.indexOf(0);
    if (end < 0 && bytes.length < limit)
      return { ok: false, reason: "unmapped", address: BigInt.asUintN(64, vaddr + BigInt(bytes.length)) };
    return { ok: true, text: utf8.decode(end < 0 ? bytes : bytes.subarray(0, end)) };
  }

  translate(vaddr: bigint): HardwareAddress {
    return notInUserMode(vaddr);
  }
}
