// What the interpreter needs of the machine around it. emulator/ir may not know the machine's layout, so the executor
// hands the numbers in once.
import type { Access, FaultCause } from "./exits.ts";
import type { HostCall } from "./host-call.ts";
import type { RegisterFile } from "./types.ts";

/** Byte offsets into the shared memory (machine/layout.ts has the values). All multiples of 8. */
export interface InterpreterLayout {
  /** The vCPU state; register r is the i64 at vcpu + 8 * r. */
  vcpu: number;
  /** Fields of the vCPU state, absolute offsets: i64 instructions begun. */
  icount: number;
  /** i32 `Exit`. */
  exit: number;
  /** i32 `Access`, i32 `FaultCause`, i64 address. */
  faultAccess: number;
  faultCause: number;
  faultAddress: number;
  /** i64: where to go on after a trap. */
  next: number;
  /** i64: pc of the block that ended in an indirect jump, else 0. */
  source: number;
  /** 16 i64: arguments of `call`. */
  args: number;
  /** Memory of the interpreter's own, for temps and constants: at least 448 KiB, below 1 GiB. [scratch, scratchEnd) */
  scratch: number;
  scratchEnd: number;
  /** A byte per 4 KiB guest page below 4 GiB, zero meaning a plain access. */
  readFlags: number;
  writeFlags: number;
  /** Guest address a of a plain access is at guestBase + a. */
  guestBase: number;
}

/** Accesses that are not plain; GuestMemory in machine/memory.ts is one. */
export interface SlowMemory {
  /** Of the last access: why it failed, or undefined when it did not. */
  fault: { readonly address: bigint; readonly access: Access; readonly cause: FaultCause } | undefined;
  /** Little-endian, zero-extended. The address is taken modulo 2^64. */
  load(address: bigint, size: number): bigint;
  /** The low 8 * size bits of value. */
  store(address: bigint, size: number, value: bigint): void;
  /** Below 4 GiB: may the bytes be read (written) as in a plain access, though the flags or a second page ask for care? */
  isHarmless(address: number, size: number, isStore: boolean): boolean;
}

export interface EnvironmentOptions {
  buffer: ArrayBufferLike;
  layout: InterpreterLayout;
  file: RegisterFile;
  memory: SlowMemory;
  /** By the `id` of `call`; looked up at each call. */
  callbacks: readonly HostCall[];
}

/** Temps a block may use at once. */
const TEMP_SLOTS = 32768;
/** Bytes: the temps, and room for constants. */
const MIN_SCRATCH = 0x70000;

/** One vCPU as the interpreter sees it. A "slot" is the index, in 32-bit words from 0, of a 64-bit value in memory. */
export class Environment {
  readonly layout: InterpreterLayout;
  readonly file: RegisterFile;
  readonly memory: SlowMemory;
  readonly callbacks: readonly HostCall[];
  /** A breakpoint at the first instruction of the next block executed is passed. The caller clears it after that block. */
  passBreakpoint = false;
  /**
   * Set (by what a store or a host function calls) when the block that is running is not to be run on: it is left when
   * the instruction is done. The caller clears it before a block.
   */
  interrupted = false;
  /** From byte 0 to the end of the scratch memory. */
  readonly words: Int32Array;
  readonly longs: BigInt64Array;
  readonly floats: Float32Array;
  readonly doubles: Float64Array;
  readonly readFlags: Uint8Array;
  readonly writeFlags: Uint8Array;
  readonly guestBase: number;
  /** The whole memory. */
  readonly view: DataView;
  /** Slots of what every block touches. */
  readonly pcSlot: number;
  readonly icountSlot: number;
  readonly sourceSlot: number;
  readonly flagsSlot: number;
  readonly roundingSlot: number;
  /** A slot that holds zero. */
  readonly zeroSlot: number;
  /** First slot for temps; `maxTemps` of them. */
  readonly tempSlot: number;
  readonly maxTemps = TEMP_SLOTS;
  private readonly constants = new Map<bigint, number>();
  private nextConstant: number;

  constructor({ buffer, layout, file, memory, callbacks }: EnvironmentOptions) {
    if (layout.scratchEnd - layout.scratch < MIN_SCRATCH)
      throw new Error(
        `the interpreter needs ${MIN_SCRATCH} bytes of scratch memory, not ${layout.scratchEnd - layout.scratch}`,
      );
    this.layout = layout;
    this.file = file;
    this.memory = memory;
    this.callbacks = callbacks;
    this.words = new Int32Array(buffer, 0, layout.scratchEnd >> 2);
    this.longs = new BigInt64Array(buffer, 0, layout.scratchEnd >> 3);
    this.floats = new Float32Array(buffer, 0, layout.scratchEnd >> 2);
    this.doubles = new Float64Array(buffer, 0, layout.scratchEnd >> 3);
    this.readFlags = new Uint8Array(buffer, layout.readFlags, 1 << 20);
    this.writeFlags = new Uint8Array(buffer, layout.writeFlags, 1 << 20);
    this.view = new DataView(buffer);
    this.guestBase = layout.guestBase;
    this.pcSlot = this.registerSlot(file.pc);
    this.icountSlot = layout.icount >> 2;
    this.sourceSlot = layout.source >> 2;
    this.flagsSlot = this.registerSlot(file.floatFlags);
    this.roundingSlot = this.registerSlot(file.floatRounding);
    this.tempSlot = layout.scratch >> 2;
    this.zeroSlot = this.tempSlot + 2 * TEMP_SLOTS;
    this.nextConstant = this.zeroSlot;
    this.constantSlot(0n);
  }

  /** The slot of a register's home. */
  registerSlot(reg: number): number {
    return (this.layout.vcpu >> 2) + 2 * reg;
  }

  /** A slot that holds the constant for ever, or undefined when there is no room for another. */
  constantSlot(value: bigint): number | undefined {
    const known = this.constants.get(value);
    if (known !== undefined) return known;
    const slot = this.nextConstant;
    if (slot + 2 > this.words.length) return undefined;
    this.nextConstant += 2;
    this.longs[slot >> 1] = value;
    this.constants.set(value, slot);
    return slot;
  }
}
