// The call stack of the stopped guest: by call frame information, else by the chain of frame pointers, else (for the
// innermost frame) by the return address register.

import type {
  Expression,
  FunctionInfo,
  Location,
  LocationContext,
  RegisterRule,
  SourceLine,
  Symbols,
  UnwindRow,
  VisibleScope,
} from "../symbols/index.ts";
import type { Abi } from "./abi.ts";
import { enteredCalls } from "./inlined-calls.ts";
import type { Target } from "./target.ts";

/** No stack is followed further. */
export const MAX_FRAMES = 10_000;

/** One physical frame: registers as they are (innermost) or will be when control is back (callers). */
export interface PhysicalFrame {
  /** Run-time address: the next instruction, or the return address. */
  pc: bigint;
  /** ELF address within the instruction that the frame is at: before a return address. */
  lookup: bigint;
  /** Canonical frame address; undefined when nothing tells it. */
  cfa: bigint | undefined;
  /** By DWARF number, unsigned. Registers whose value is lost are not in it. */
  registers: ReadonlyMap<number, bigint>;
  function: FunctionInfo | undefined;
  isSignalTrampoline: boolean;
  /** The frame that called this one; undefined: not known, or there is none. */
  caller(): PhysicalFrame | undefined;
}

/** A frame as a person counts them: inlined calls are frames of their own. */
export interface Frame {
  /** 0 is the innermost. */
  index: number;
  physical: PhysicalFrame;
  /** How many inlined calls of the physical frame are inside this one. */
  inlineDepth: number;
  isInlined: boolean;
  name: string;
  /** Where the frame is in the source: for callers and inlined callers, the call. */
  line: SourceLine | undefined;
}

/** Values on entry may need the caller's own values on entry; no further than this. */
const MAX_ENTRY_DEPTH = 8;

/** What variables and expressions of a frame see. */
export function locationContext(target: Target, symbols: Symbols, frame: PhysicalFrame, depth = 0): LocationContext {
  return {
    loadBias: target.loadBias,
    readRegister: (number) => frame.registers.get(number),
    readMemory: (address, length) => target.readMemory(address, length),
    cfa: () => frame.cfa,
    tls: (offset) => {
      const tp = target.registers.find((r) => r.roles.includes("tp"))?.dwarf;
      const base = tp === undefined ? undefined : frame.registers.get(tp);
      return base === undefined ? undefined : BigInt.asUintN(64, base + offset);
    },
    entryValue: (expression) => {
      const register = registerNamedBy(expression);
      const caller = depth < MAX_ENTRY_DEPTH && register !== undefined ? frame.caller() : undefined;
      if (!caller || register === undefined) return undefined;
      const value = symbols.callSiteValue(BigInt.asUintN(64, caller.pc - target.loadBias), register);
      return value && wordOf(symbols.evaluate(value, locationContext(target, symbols, caller, depth + 1)));
    },
  };
}

/** The register of an expression that is just DW_OP_reg0 to DW_OP_reg31. */
function registerNamedBy({ bytes }: Expression): number | undefined {
  return bytes.length === 1 && bytes[0] >= 0x50 && bytes[0] <= 0x6f ? bytes[0] - 0x50 : undefined;
}

/** The address or number that an evaluated expression means, whichever way it says it. */
function wordOf(location: Location): bigint | undefined {
  if (location.kind === "memory") return location.address;
  if (location.kind !== "value") return undefined;
  return location.bytes.slice(0, 8).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

export class Unwinder {
  private readonly target: Target;
  private readonly symbols: Symbols;
  private readonly abi: Abi;

  constructor(target: Target, symbols: Symbols, abi: Abi) {
    this.target = target;
    this.symbols = symbols;
    this.abi = abi;
  }

  /** The innermost frame. */
  innermost(): PhysicalFrame {
    const values = this.target.readRegisters();
    const registers = new Map<number, bigint>();
    let pc = 0n;
    for (const [index, register] of this.target.registers.entries()) {
      if (register.roles.includes("pc")) pc = values[index];
      if (register.dwarf !== undefined) registers.set(register.dwarf, values[index]);
    }
    return this.frame(pc, false, registers, undefined);
  }

  /** Physical frames, innermost first, computed as they are asked for. */
  *physicalFrames(): Generator<PhysicalFrame, void> {
    let frame: PhysicalFrame | undefined = this.innermost();
    for (let count = 0; frame && count < MAX_FRAMES; count++) {
      yield frame;
      frame = frame.caller();
    }
  }

  /** All frames, innermost first, inlined calls unfolded. */
  *frames(): Generator<Frame, void> {
    let index = 0;
    for (const physical of this.physicalFrames()) {
      const entered = enteredCalls(this.symbols, physical.lookup);
      const depth = this.symbols.inlinedCallsAt(physical.lookup).length;
      let line = this.symbols.lineForAddress(physical.lookup);
      if (line?.line === 0) line = undefined;
      for (const [n, call] of entered.entries()) {
        const inlineDepth = depth - entered.length + n;
        yield { index: index++, physical, inlineDepth, isInlined: true, name: call.name, line };
        line = call.callSite;
      }
      yield {
        index: index++,
        physical,
        inlineDepth: depth,
        isInlined: false,
        name: this.nameOf(physical),
        line,
      };
    }
  }

  private nameOf(frame: PhysicalFrame): string {
    if (frame.isSignalTrampoline) return "<signal handler called>";
    if (frame.function) return frame.function.displayName;
    return this.symbols.symbolAt(frame.lookup)?.displayName ?? `0x${frame.pc.toString(16)}`;
  }

  /** `isReturn`: pc is a return address, so that the frame's place is the call before it. */
  private frame(
    pc: bigint,
    isReturn: boolean,
    registers: ReadonlyMap<number, bigint>,
    knownCfa: bigint | undefined,
  ): PhysicalFrame {
    const lookup = BigInt.asUintN(64, pc - this.target.loadBias - (isReturn ? 1n : 0n));
    const frame: PhysicalFrame = {
      pc,
      lookup,
      cfa: knownCfa,
      registers,
      function: this.symbols.functionAt(lookup),
      isSignalTrampoline: this.isTrampoline(pc),
      caller: () => this.caller(frame, !isReturn),
    };
    frame.cfa ??= this.cfaOf(frame);
    return frame;
  }

  private isTrampoline(pc: bigint): boolean {
    const { code } = this.abi.signalTrampoline;
    const bytes = this.target.readMemory(pc, code.length);
    return bytes.length === code.length && code.every((byte, i) => bytes[i] === byte);
  }

  private cfaOf(frame: PhysicalFrame): bigint | undefined {
    const row = this.symbols.unwindRow(frame.lookup);
    if (!row) return undefined;
    if (row.cfa.kind === "register") {
      const base = frame.registers.get(row.cfa.register);
      return base === undefined ? undefined : BigInt.asUintN(64, base + row.cfa.offset);
    }
    return wordOf(this.symbols.evaluate(row.cfa.expression, locationContext(this.target, this.symbols, frame)));
  }

  private caller(frame: PhysicalFrame, innermost: boolean): PhysicalFrame | undefined {
    if (frame.isSignalTrampoline) return this.interrupted(frame);
    const row = this.symbols.unwindRow(frame.lookup);
    const next = row
      ? this.byCallFrameInformation(frame, row)
      : (this.byFramePointer(frame) ?? (innermost ? this.byReturnAddress(frame) : undefined));
    if (!next || next.pc === 0n) return undefined;
    const sp = frame.registers.get(this.abi.stackPointer);
    const nextSp = next.registers.get(this.abi.stackPointer);
    // A stack grows downwards: a caller below its callee is a cycle or nonsense (a signal stack may lie anywhere).
    if (sp !== undefined && nextSp !== undefined && !row?.isSignalFrame) {
      if (nextSp < sp || (nextSp === sp && next.pc === frame.pc && !innermost)) return undefined;
    }
    return next;
  }

  private byCallFrameInformation(frame: PhysicalFrame, row: UnwindRow): PhysicalFrame | undefined {
    const { cfa } = frame;
    if (cfa === undefined) return undefined;
    const registers = new Map<number, bigint>();
    for (const [number, value] of frame.registers)
      if (row.isSignalFrame || this.abi.calleeSaved.has(number)) registers.set(number, value);
    registers.set(this.abi.stackPointer, cfa);
    for (const [number, rule] of row.registers) {
      const value = this.recovered(frame, cfa, number, rule);
      if (value === undefined) registers.delete(number);
      else registers.set(number, value);
    }
    const column = row.returnAddressRegister;
    const pc = row.registers.has(column) ? registers.get(column) : frame.registers.get(column);
    return pc === undefined ? undefined : this.frame(pc, !row.isSignalFrame, registers, undefined);
  }

  private recovered(frame: PhysicalFrame, cfa: bigint, number: number, rule: RegisterRule): bigint | undefined {
    switch (rule.kind) {
      case "undefined":
        return undefined;
      case "sameValue":
        return frame.registers.get(number);
      case "offset":
        return this.word(BigInt.asUintN(64, cfa + rule.offset));
      case "valOffset":
        return BigInt.asUintN(64, cfa + rule.offset);
      case "register":
        return frame.registers.get(rule.register);
      case "expression":
      case "valExpression": {
        const context = locationContext(this.target, this.symbols, frame);
        const address = wordOf(this.symbols.evaluate(rule.expression, context, [cfa]));
        return address === undefined || rule.kind === "valExpression" ? address : this.word(address);
      }
    }
  }

  private byFramePointer(frame: PhysicalFrame): PhysicalFrame | undefined {
    const { framePointer, returnAddress, stackPointer, frameRecord } = this.abi;
    const base = frame.registers.get(framePointer);
    const sp = frame.registers.get(stackPointer);
    if (base === undefined || sp === undefined || base <= sp || base % 8n !== 0n) return undefined;
    const pc = this.word(base + frameRecord.returnAddress);
    const saved = this.word(base + frameRecord.framePointer);
    if (pc === undefined || saved === undefined || !this.isCode(pc)) return undefined;
    frame.cfa ??= base;
    const registers = new Map([
      [framePointer, saved],
      [stackPointer, base],
      [returnAddress, pc],
    ]);
    return this.frame(pc, true, registers, undefined);
  }

  private byReturnAddress(frame: PhysicalFrame): PhysicalFrame | undefined {
    const pc = frame.registers.get(this.abi.returnAddress);
    if (pc === undefined || pc === frame.pc || !this.isCode(pc)) return undefined;
    const registers = new Map([...frame.registers].filter(([number]) => this.abi.calleeSaved.has(number)));
    return this.frame(pc, true, registers, undefined);
  }

  /** Behind the kernel's trampoline: the registers that the signal interrupted are on the stack. */
  private interrupted(frame: PhysicalFrame): PhysicalFrame | undefined {
    const sp = frame.registers.get(this.abi.stackPointer);
    if (sp === undefined) return undefined;
    const base = sp + this.abi.signalTrampoline.registersOffset;
    const pc = this.word(base);
    if (pc === undefined) return undefined;
    const registers = new Map<number, bigint>([[0, 0n]]);
    for (let number = 1; number < 32; number++) {
      const value = this.word(base + 8n * BigInt(number));
      if (value !== undefined) registers.set(number, value);
    }
    return this.frame(pc, false, registers, undefined);
  }

  /** Can control be there? Without symbols, any mapped even address. */
  private isCode(address: bigint): boolean {
    if (address % 2n !== 0n) return false;
    if (this.symbols.symbolAt(BigInt.asUintN(64, address - this.target.loadBias - 1n))) return true;
    return this.target.disassemble(address, 1).length === 1;
  }

  private word(address: bigint): bigint | undefined {
    const bytes = this.target.readMemory(BigInt.asUintN(64, address), this.target.pointerBytes);
    if (bytes.length < this.target.pointerBytes) return undefined;
    return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }
}

/**
 * The scopes whose variables belong to a frame, innermost first: for an inlined frame those of its own call, for its
 * caller those around it. `visibleScopes` with callers lists them all, each call's ending with its inlined scope.
 */
export function scopesOf(symbols: Symbols, frame: Frame): readonly VisibleScope[] {
  const groups: VisibleScope[][] = [[]];
  for (const visible of symbols.visibleScopes(frame.physical.lookup, true)) {
    groups.at(-1)!.push(visible);
    if (visible.scope.kind === "inlined") groups.push([]);
  }
  return groups[frame.inlineDepth] ?? [];
}
