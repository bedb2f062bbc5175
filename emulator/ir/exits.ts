// What an engine reports when it hands control back to the machine. Numbers, because generated code writes them.

export enum Exit {
  /** The slice is used up, or a stop was asked for; pc is the next instruction. */
  Budget = 0,
  /** Control reached `pc`, for which this engine has no code. */
  Untranslated = 1,
  /** A load, store or fetch failed: see the fault fields. pc is the faulting instruction (for a fetch: the target). */
  Fault = 2,
  /** A `breakpoint` op: pc is the instruction about to run. */
  Breakpoint = 3,
  /** Terminator `trap`: pc is the trapping instruction, `next` the following one. */
  Syscall = 4,
  Ebreak = 5,
  Illegal = 6,
  FenceI = 7,
  Misaligned = 8,
  /** An instrument has the guest go on elsewhere (machine/layout.ts has where): the instruction is not carried out. */
  Redirect = 9,
}

/** What a failed access was for. */
export enum Access {
  Load = 0,
  Store = 1,
  Fetch = 2,
}

/** Why an access failed. */
export enum FaultCause {
  Unmapped = 0,
  Protected = 1,
}
