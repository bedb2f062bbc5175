// What the debugger must know of a calling convention, by DWARF register numbers.

export interface Abi {
  /** Registers that a function gives back as it found them. All others are lost in a caller's frame. */
  calleeSaved: ReadonlySet<number>;
  stackPointer: number;
  framePointer: number;
  returnAddress: number;
  /** Where a frame pointer's frame keeps the caller's values, as offsets from the frame pointer, which is the CFA. */
  frameRecord: { returnAddress: bigint; framePointer: bigint };
  /** The first code a signal handler returns to, as bytes: the kernel's trampoline. */
  signalTrampoline: {
    code: readonly number[];
    /** Of the interrupted registers, from the stack pointer: integer registers, pc in the place of number 0. */
    registersOffset: bigint;
  };
}

const range = (low: number, high: number) => Array.from({ length: high - low + 1 }, (_, i) => low + i);

const riscv: Abi = {
  // gp and tp never change; s0-s11, fs0-fs11.
  calleeSaved: new Set([2, 3, 4, 8, 9, ...range(18, 27), 40, 41, ...range(50, 59)]),
  stackPointer: 2,
  framePointer: 8,
  returnAddress: 1,
  frameRecord: { returnAddress: -8n, framePointer: -16n },
  signalTrampoline: {
    // li a7, 139; ecall
    code: [0x93, 0x08, 0xb0, 0x08, 0x73, 0x00, 0x00, 0x00],
    // siginfo (128), then ucontext: flags, link, stack (40), mask (8) and its reserve (120), aligned to 16.
    registersOffset: 128n + 176n,
  },
};

const abis: Readonly<Record<string, Abi>> = { riscv64: riscv };

/** The calling convention of a guest; throws for one that the debugger does not know. */
export function abiOf(guestName: string): Abi {
  const abi = abis[guestName];
  if (!abi) throw new Error(`the debugger knows no calling convention for guest "${guestName}"`);
  return abi;
}
