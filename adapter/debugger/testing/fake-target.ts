// A target without a machine: a few bytes of memory and registers that tests set.
import type { RegisterDescriptor } from "../../../emulator/guest/guest.ts";
import { riscv64 } from "../../../emulator/guest/riscv/index.ts";
import type { FunctionInfo, Symbols } from "../../symbols/index.ts";
import type { Instruction, Target } from "../target.ts";

export class FakeTarget implements Target {
  readonly guestName = "riscv64";
  readonly registers: readonly RegisterDescriptor[] = riscv64.registers;
  readonly pointerBytes = 8;
  readonly loadBias = 0n;
  readonly values: bigint[] = riscv64.registers.map(() => 0n);
  private readonly memory = new Map<bigint, number>();

  set(register: string, value: bigint): this {
    this.values[this.registers.findIndex((r) => r.name === register)] = value;
    return this;
  }

  /** Maps bytes, little-endian words of 8 bytes for bigints. */
  map(address: bigint, ...items: (bigint | readonly number[])[]): this {
    let at = address;
    for (const item of items) {
      const bytes =
        typeof item === "bigint" ? Array.from({ length: 8 }, (_, i) => Number((item >> BigInt(8 * i)) & 0xffn)) : item;
      for (const byte of bytes) this.memory.set(at++, byte);
    }
    return this;
  }

  readRegisters(): bigint[] {
    return [...this.values];
  }

  async writeRegister(index: number, value: bigint): Promise<void> {
    this.values[index] = value;
  }

  readMemory(address: bigint, length: number): Uint8Array {
    const bytes: number[] = [];
    for (let i = 0; i < length; i++) {
      const byte = this.memory.get(address + BigInt(i));
      if (byte === undefined) break;
      bytes.push(byte);
    }
    return Uint8Array.from(bytes);
  }

  async writeMemory(address: bigint, data: Uint8Array): Promise<number> {
    const length = this.readMemory(address, data.length).length;
    this.map(address, [...data.subarray(0, length)]);
    return length;
  }

  disassemble(address: bigint, count: number): Instruction[] {
    const found: Instruction[] = [];
    const fetch = (at: bigint) => {
      const half = this.readMemory(at, 2);
      return half.length === 2 ? half[0] | (half[1] << 8) : undefined;
    };
    for (let at = address; found.length < count && fetch(at) !== undefined; ) {
      const { mnemonic, operands, length, kind, target } = riscv64.decode(fetch, at);
      const bytes = this.readMemory(at, length);
      found.push({ address: at, bytes, text: `${mnemonic} ${operands}`.trim(), kind, target });
      at += BigInt(length);
    }
    return found;
  }

  async setBreakpoints(): Promise<void> {}
  async resume(): Promise<void> {}
  async runTo(): Promise<void> {}
  async stepInstruction(): Promise<void> {}
  async pause(): Promise<void> {}
  input(): void {}
  async views() {
    return [];
  }
  instructionCount(): bigint {
    return 0n;
  }
  async dispose(): Promise<void> {}
}

/** Symbols of a program of which nothing is known but the starts of functions. */
export function fakeSymbols(functions: Readonly<Record<string, bigint>> = {}): Symbols {
  const sorted = Object.entries(functions).sort(([, a], [, b]) => Number(b - a));
  return {
    name: "fake",
    warnings: [],
    hasDebugInfo: false,
    sourceFiles: () => [],
    findSourceFile: () => undefined,
    lineForAddress: () => undefined,
    codeLines: () => [],
    lineRangeContaining: () => undefined,
    lineRanges: () => [],
    addressesForLine: () => undefined,
    breakpointLocations: () => [],
    functionAt: (): FunctionInfo | undefined => undefined,
    functionsNamed: () => [],
    functionRange: () => undefined,
    bodyStart: (fn) => fn.entry,
    inlinedCallsAt: () => [],
    visibleScopes: () => [],
    globalsNamed: () => [],
    unitGlobals: () => [],
    typeNamed: () => undefined,
    unwindRow: () => undefined,
    callSiteValue: () => undefined,
    evaluate: () => ({ kind: "optimizedOut", reason: "nothing is known" }),
    symbolAt: (address) => {
      const found = sorted.find(([, start]) => start <= address && address < start + 0x1000n);
      return found && { name: found[0], displayName: found[0], offset: address - found[1], start: found[1], size: 0n };
    },
    addressOf: (name) => functions[name],
  };
}
