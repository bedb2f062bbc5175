// Where things are in the one shared WebAssembly.Memory. The emulator's worker, generated code and the adapter's
// thread all read it by these numbers. Byte offsets unless said otherwise.

export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;

/** Control words, 32-bit, at the bottom of memory. Byte offsets. */
export const Control = {
  /** Set to non-zero by any thread to have the running engine come back at its next check. */
  stop: 0x00,
  /** Why a region has to be left (jit/engine-state.ts). Beside `stop`, so that generated code sees both in one look. */
  leave: 0x04,
  /**
   * 1 + index of the plugin whose code is running, 0 when none: names the culprit of a hang. With CALLED_BY_GUEST when
   * the guest's code called it.
   */
  plugin: 0x08,
} as const;

export const CALLED_BY_GUEST = 0x10000;

/** The vCPU state: registers first (8 bytes each, in the order of the guest's register file), then these. */
export const VCPU_BASE = 0x1000;
export const Vcpu = {
  /** i64: instructions begun so far. Exact at every exit and every `call`. */
  icount: 0x800,
  /** i32: `Exit`. */
  exit: 0x810,
  /** i32: `Access`, i32: `FaultCause`, i64: address; valid after Exit.Fault. */
  faultAccess: 0x814,
  faultCause: 0x818,
  faultAddress: 0x820,
  /** i64: where to go on after a trap. */
  next: 0x828,
  /** i64: pc of the last block, when control left through an indirect jump without known target, or a region (else 0). */
  source: 0x830,
  /** i64: where an instrument has the guest go on; i64: not zero when it asks for that. */
  redirect: 0x838,
  redirected: 0x840,
  /** i64: where the guest goes on when an instrument that was called behind an instruction's work does not return; else 0. */
  resume: 0x848,
  /** 16 i64: arguments of `call`, in order. */
  args: 0x900,
  /** Scratch for generated code and helpers. */
  scratch: 0xa00,
} as const;

/** Where regions may be entered (jit/driver.ts). */
export const ENTRIES_BASE = 0x80000;
export const ENTRIES_END = 0x100000;
/**
 * One byte per guest page below 4 GiB: 0 means that a load (a store) may go straight to memory. Where a store may, a load may.
 */
export const READ_FLAGS = 0x100000;
export const WRITE_FLAGS = 0x200000;
/** Where accesses need no look at the flags (jit/windows.ts). */
export const WINDOWS_BASE = 0x300000;
export const WINDOWS_END = 0x400000;
/** Counters and trace buffers of instruments. */
export const COUNTERS_BASE = 0x400000;
export const COUNTERS_END = 0x3c00000;
/** One bit per line of guest memory below 2 GiB, set where there is translated code (code-lines.ts). */
export const LINE_SHIFT = 6;
export const CODE_LINES = 0x3c00000;
/** Guest address a lives at GUEST_BASE + a, as far as the memory reaches. */
export const GUEST_BASE = 0x4000000;

/** Bits of the page flag bytes. Any set bit sends the access to the slow path. */
export enum PageFlag {
  /** Nothing mapped. */
  Unmapped = 1,
  /** Mapped, but without this permission. */
  Protected = 2,
  /** Holds translated code (write flags only). */
  Code = 4,
}
