// Guest memory: the accesses that guest code makes, and those that a plugin makes itself.

/** `"loads"`, `"stores"`; left out: both. */
export type MemoryFilter = "loads" | "stores";

/**
 * Why memory could not be read or written: nothing is mapped there; it is mapped, and the guest may not write it; there
 * are no hardware addresses in user mode.
 */
export type MemoryErrorReason = "unmapped" | "protected" | "not in user mode";

/** Memory that could not be read or written. */
export interface MemoryFailure {
  /** Tells it from a success. */
  readonly ok: false;
  /** What is in the way. */
  readonly reason: MemoryErrorReason;
  /** The first byte concerned. */
  readonly address: bigint;
}

/** The bytes, which are a copy, or why there are none. */
export type MemoryRead = { readonly ok: true; readonly bytes: Uint8Array } | MemoryFailure;
/** Whether all was written; nothing was where it was not. */
export type MemoryWrite = { readonly ok: true } | MemoryFailure;

/** What is behind an address in the hardware: in user mode, nothing that is known. */
export type HardwareAddress =
  | { readonly ok: true; readonly address: bigint; readonly isDevice: boolean; readonly device: string | undefined }
  | MemoryFailure;

/**
 * The guest's memory by virtual address. Reading has no effect on the guest; it sees the bytes as they are, whatever
 * the guest itself may do there. Errors are values. Cost: some hundred nanoseconds and the copying.
 *
 *     vm.onSyscall(({ name, args }) => {
 *       if (name !== "write") return;
 *       const read = vm.memory.read(args[1], Number(args[2]));
 *       vm.log(read.ok ? `${read.bytes.length} bytes` : `${read.reason} at ${read.address}`);
 *     });
 */
export interface GuestMemory {
  /**
   * All `length` bytes, or why not: `{ ok: false, reason: "unmapped", address }`.
   * @throws RangeError for a length that is no integer from 0 to 16,777,216 (16 MiB).
   */
  read(vaddr: bigint, length: number): MemoryRead;
  /**
   * All bytes are written, or none. Changes what the guest computes: only for plugins whose purpose that is. Pages
   * that the guest may not write are refused, as `protected`. Code that is written over is translated again.
   * @throws Error while a buffer's records are delivered.
   */
  write(vaddr: bigint, bytes: Uint8Array): MemoryWrite;
  /** The text up to a zero byte, as UTF-8; at most `limit` bytes (default: 4,096), then cut. */
  readString(vaddr: bigint, limit?: number): { readonly ok: true; readonly text: string } | MemoryFailure;
  /** The hardware address of a virtual one. In user mode: `{ ok: false, reason: "not in user mode" }`. */
  translate(vaddr: bigint): HardwareAddress;
}

/**
 * One access to memory. Valid during the callback it is given to; a use after that throws. Nothing is computed before
 * it is asked for.
 *
 *     insn.onMemory(({ vaddr, size, isStore, value }) => {
 *       if (isStore && size === 8 && value === 0n) vm.log(`zero at 0x${vaddr.toString(16)}`);
 *     });
 */
export interface MemoryAccess {
  /** First byte accessed. */
  readonly vaddr: bigint;
  /** Bytes: 1, 2, 4 or 8. */
  readonly size: number;
  /** The same as a power of two: 0 to 3. */
  readonly sizeShift: number;
  /** A store, else a load. */
  readonly isStore: boolean;
  /** Does the load extend the sign of what it reads? */
  readonly isSigned: boolean;
  /** The order of its bytes. Always false on RISC-V. */
  readonly isBigEndian: boolean;
  /** The bits read or written, `size` bytes of them, unsigned. */
  readonly value: bigint;
  /** The same bits as a signed number. */
  readonly signedValue: bigint;
  /** What is behind the address. In user mode: `{ ok: false, reason: "not in user mode" }`. */
  readonly hardware: HardwareAddress;
}
