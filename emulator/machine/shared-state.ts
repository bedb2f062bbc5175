// The machine's shared memory as another thread may look at it: registers, memory and counts of a stopped (or
// running) guest, without a message to the thread that runs it.
import {
  CALLED_BY_GUEST,
  Control,
  GUEST_BASE,
  PAGE_SHIFT,
  PAGE_SIZE,
  PageFlag,
  READ_FLAGS,
  VCPU_BASE,
  Vcpu,
} from "./layout.ts";

/** How much of [address, address + length) is mapped without a gap, as a range of offsets into the shared memory. */
export function mappedRange(bytes: Uint8Array, address: bigint, length: number): { start: number; end: number } {
  const unsigned = BigInt.asUintN(64, address);
  const limit = bytes.length - GUEST_BASE;
  if (unsigned >= BigInt(limit)) return { start: 0, end: 0 };
  const from = Number(unsigned);
  const wanted = Math.min(from + length, limit);
  let end = from;
  while (end < wanted && !(bytes[READ_FLAGS + (end >>> PAGE_SHIFT)] & PageFlag.Unmapped))
    end = Math.min(wanted, ((end >>> PAGE_SHIFT) + 1) * PAGE_SIZE);
  return { start: GUEST_BASE + from, end: GUEST_BASE + end };
}

export class SharedState {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly control: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.control = new Int32Array(buffer, 0, 16);
  }

  /** A copy of guest memory, shorter than asked for where pages are not mapped. Ignores permissions. */
  readMemory(address: bigint, length: number): Uint8Array {
    const { start, end } = mappedRange(this.bytes, address, length);
    return this.bytes.slice(start, end);
  }

  /** Unsigned. Current while the guest is stopped; while it runs, the value of some moment before. */
  readRegister(index: number): bigint {
    return this.view.getBigUint64(VCPU_BASE + 8 * index, true);
  }

  instructionCount(): bigint {
    return this.view.getBigUint64(VCPU_BASE + Vcpu.icount, true);
  }

  /** Whose code is running: the index of the plugin, and whether the guest's code called it. */
  runningPlugin(): { index: number; calledByGuest: boolean } | undefined {
    const marker = Atomics.load(this.control, Control.plugin / 4);
    if (marker === 0) return undefined;
    return { index: (marker & (CALLED_BY_GUEST - 1)) - 1, calledByGuest: (marker & CALLED_BY_GUEST) !== 0 };
  }

  clearRunningPlugin(): void {
    Atomics.store(this.control, Control.plugin / 4, 0);
  }

  /** Has the engine come back at its next check. */
  requestStop(): void {
    Atomics.store(this.control, Control.stop / 4, 1);
  }

  clearStop(): void {
    Atomics.store(this.control, Control.stop / 4, 0);
  }
}
