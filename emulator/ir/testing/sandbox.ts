// A small machine for tests of the IR: memory laid out like the real one, a register file, 64 KiB of guest memory.
import { Environment, type InterpreterLayout, type SlowMemory } from "../environment.ts";
import { Access, FaultCause } from "../exits.ts";
import { hostCall } from "../host-call.ts";
import type { Block, RegisterFile } from "../types.ts";
import { type RandomBlockOptions, randomFrom, randomValue } from "./random-block.ts";

/** 16 integer and 8 floating-point registers, then the special ones. */
export const file: RegisterFile = {
  registers: [
    ...Array.from({ length: 16 }, (_, i) => ({ name: `r${i}` })),
    ...Array.from({ length: 8 }, (_, i) => ({ name: `f${i}` })),
    { name: "pc" },
    { name: "fflags" },
    { name: "frm" },
  ],
  pc: 24,
  stackPointer: 2,
  floatFlags: 25,
  floatRounding: 26,
};

export const layout: InterpreterLayout = {
  vcpu: 0x1000,
  icount: 0x1800,
  exit: 0x1810,
  faultAccess: 0x1814,
  faultCause: 0x1818,
  faultAddress: 0x1820,
  next: 0x1828,
  source: 0x1830,
  args: 0x1900,
  scratch: 0x2000,
  scratchEnd: 0x100000,
  readFlags: 0x100000,
  writeFlags: 0x200000,
  guestBase: 0x310000,
};

/** Where counters may be. */
export const COUNTERS = 0x300000;
/** Guest memory: four pages one can read and write, one read-only, the rest not mapped. */
export const GUEST_START = 0x2000;
export const GUEST_WRITABLE = 0x4000;
export const GUEST_END = GUEST_START + GUEST_WRITABLE + 0x1000;

class SandboxMemory implements SlowMemory {
  fault: SlowMemory["fault"];

  constructor(private readonly bytes: Uint8Array) {}

  load(address: bigint, size: number): bigint {
    this.fault = this.check(address, size, Access.Load);
    let value = 0n;
    if (!this.fault)
      for (let i = size - 1; i >= 0; i--)
        value = (value << 8n) | BigInt(this.bytes[layout.guestBase + Number(address) + i]);
    return value;
  }

  store(address: bigint, size: number, value: bigint): void {
    this.fault = this.check(address, size, Access.Store);
    if (this.fault) return;
    for (let i = 0; i < size; i++)
      this.bytes[layout.guestBase + Number(address) + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  }

  isHarmless(address: number, size: number, isStore: boolean): boolean {
    return this.check(BigInt(address), size, isStore ? Access.Store : Access.Load) === undefined;
  }

  private check(address: bigint, size: number, access: Access): SlowMemory["fault"] {
    for (let at = address; at < address + BigInt(size); at++) {
      if (at < BigInt(GUEST_START) || at >= BigInt(GUEST_END))
        return { address: at, access, cause: FaultCause.Unmapped };
      if (access === Access.Store && at >= BigInt(GUEST_START + GUEST_WRITABLE))
        return { address: at, access, cause: FaultCause.Protected };
    }
    return undefined;
  }
}

/** What a run left behind, for comparison. */
export interface State {
  exit: number;
  registers: string[];
  icount: bigint;
  /** The fields of the exit that are valid. */
  detail: string;
  calls: string[];
  memory: Uint8Array;
  counters: Uint8Array;
}

export class Sandbox {
  readonly env: Environment;
  readonly bytes: Uint8Array;
  readonly longs: BigInt64Array;
  readonly words: Int32Array;
  /** Each call made: arguments, pc and instruction count. */
  readonly calls: string[] = [];

  constructor() {
    const buffer = new SharedArrayBuffer(layout.guestBase + 0x10000);
    this.bytes = new Uint8Array(buffer);
    this.longs = new BigInt64Array(buffer);
    this.words = new Int32Array(buffer);
    this.bytes.fill(1, layout.readFlags, layout.readFlags + 0x200000);
    this.bytes.fill(0, layout.readFlags + (GUEST_START >> 12), layout.readFlags + (GUEST_END >> 12));
    const writable = layout.writeFlags + (GUEST_START >> 12);
    this.bytes.fill(0, writable, writable + (GUEST_WRITABLE >> 12));
    this.env = new Environment({
      buffer,
      layout,
      file,
      memory: new SandboxMemory(this.bytes),
      callbacks: [hostCall(() => this.called()), hostCall(() => this.called(true))],
    });
  }

  /** Registers, fields, temps and guest memory to zero; constants stay. */
  clear(): void {
    this.bytes.fill(0, layout.vcpu, layout.scratch);
    this.bytes.fill(0, COUNTERS, this.bytes.length);
    this.calls.length = 0;
  }

  register(index: number): bigint {
    return this.longs[(layout.vcpu >> 3) + index];
  }

  setRegister(index: number, value: bigint): void {
    this.longs[(layout.vcpu >> 3) + index] = value;
  }

  /** Everything that a run may change. `exit` is what it returned. */
  state(exit: number): State {
    const field = (offset: number) => this.words[offset >> 2];
    const detail =
      exit === 2
        ? `fault ${field(layout.faultAccess)} ${field(layout.faultCause)} ${this.longs[layout.faultAddress >> 3]}`
        : exit < 0
          ? `source ${this.longs[layout.source >> 3]}`
          : `next ${exit === 3 ? "" : this.longs[layout.next >> 3]} exit ${field(layout.exit)}`;
    return {
      exit,
      registers: file.registers.map(
        ({ name }, index) => `${name}=${BigInt.asUintN(64, this.register(index)).toString(16)}`,
      ),
      icount: this.longs[layout.icount >> 3],
      detail,
      calls: [...this.calls],
      memory: this.bytes.slice(layout.guestBase + GUEST_START, layout.guestBase + GUEST_END),
      counters: this.bytes.slice(COUNTERS, COUNTERS + 64),
    };
  }

  /** Host function 0 notes; number 1 also changes r1 (`writes` of the call). */
  private called(writes = false): void {
    const args = this.longs.slice(layout.args >> 3, (layout.args >> 3) + 2).join(" ");
    this.calls.push(
      `(${args}) r2=${this.register(2)} pc=${this.register(file.pc)} icount=${this.longs[layout.icount >> 3]}`,
    );
    if (writes) this.setRegister(1, this.register(1) * 3n + 1n);
  }
}

/** For random blocks that run in a sandbox. */
export const randomBlockOptions: RandomBlockOptions = {
  registers: Array.from({ length: file.pc }, (_, i) => i),
  floatFlags: file.floatFlags,
  floatRounding: file.floatRounding,
  memory: { base: BigInt(GUEST_START), size: GUEST_WRITABLE },
  counters: [COUNTERS, COUNTERS + 8],
  calls: [
    { id: 0, writes: [] },
    { id: 1, writes: [1] },
  ],
};

let shared: Sandbox | undefined;

/** Fills registers and memory from a seed, runs the block and gives what is left. */
export function outcome(block: Block, seed: number, run: (block: Block, sandbox: Sandbox) => number): State {
  const random = randomFrom(seed);
  const sandbox = (shared ??= new Sandbox());
  sandbox.clear();
  for (let i = 0; i < file.pc; i++) sandbox.setRegister(i, randomValue(random));
  sandbox.setRegister(file.floatFlags, random() < 0.5 ? 1n : 0n);
  sandbox.setRegister(file.floatRounding, random() < 0.7 ? 0n : BigInt(Math.floor(random() * 5)));
  for (let at = GUEST_START; at < GUEST_END; at += 8)
    sandbox.longs[(layout.guestBase + at) >> 3] = BigInt(Math.imul(at, 0x9e3779b1)) * 0x100000001n;
  return sandbox.state(run(block, sandbox));
}
