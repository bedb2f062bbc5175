// Disassembly around an address with exact instruction boundaries, symbols and source lines.
import type { SourceLine, Symbols } from "../symbols/index.ts";
import type { Instruction, Target } from "./target.ts";
import { symbolText } from "./text.ts";

export interface DisassembledLine {
  /** Run-time address. */
  address: bigint;
  /** Empty where nothing is mapped. */
  bytes: Uint8Array;
  text: string;
  /** Is there an instruction at all? */
  isValid: boolean;
  /** `main`, on the first instruction of a function. */
  symbol?: string;
  /** Where the instruction comes from. */
  line?: SourceLine;
}

/** Step back that finds a boundary when no function start is known: by then decoding is in step again. */
const RESYNC_BYTES = 64n;
/** Smallest instruction. */
const UNIT = 2n;

export class Disassembler {
  private readonly target: Target;
  private readonly symbols: Symbols;

  constructor(target: Target, symbols: Symbols) {
    this.target = target;
    this.symbols = symbols;
  }

  /** Exactly `count` lines, of which line number -offset is the one at `address`. Unmapped memory gives invalid lines. */
  lines(address: bigint, offset: number, count: number): DisassembledLine[] {
    const before = offset < 0 ? this.before(address, -offset) : [];
    const found: Instruction[] = before.slice(0, count);
    if (found.length < count) {
      const skip = Math.max(0, offset);
      found.push(...this.after(address, skip + count - found.length).slice(skip));
    }
    return found.map((instruction) => this.describe(instruction));
  }

  private describe(instruction: Instruction): DisassembledLine {
    const { address, bytes, text } = instruction;
    const elf = this.elf(address);
    const isValid = bytes.length > 0;
    const symbol = isValid ? this.symbols.symbolAt(elf) : undefined;
    const line = isValid ? this.symbols.lineForAddress(elf) : undefined;
    return {
      address,
      bytes,
      text: isValid ? this.withSymbol(instruction) : text,
      isValid,
      symbol: symbol?.offset === 0n ? symbol.displayName : undefined,
      line: line && line.line > 0 ? line : undefined,
    };
  }

  /** The operand text, and the name of what a branch, jump or call goes to. */
  private withSymbol({ text, target }: Instruction): string {
    const symbol = target === undefined ? undefined : this.symbols.symbolAt(this.elf(target));
    return symbol && !text.includes("<") ? `${text} <${symbolText(symbol)}>` : text;
  }

  private elf(address: bigint): bigint {
    return BigInt.asUintN(64, address - this.target.loadBias);
  }

  private after(address: bigint, count: number): Instruction[] {
    const found = this.target.disassemble(address, count);
    let at = found.length === 0 ? address : end(found.at(-1)!);
    while (found.length < count) {
      const more = this.target.disassemble(at, count - found.length);
      found.push(...(more.length > 0 ? more : [unmapped(at)]));
      at = more.length > 0 ? end(more.at(-1)!) : BigInt.asUintN(64, at + UNIT);
    }
    return found;
  }

  /** The `count` instructions that end where `address` begins. */
  private before(address: bigint, count: number): Instruction[] {
    let found: Instruction[] = [];
    for (let at = address; found.length < count; ) {
      const chunk = this.chunkEndingAt(at, count - found.length);
      found = [...chunk, ...found];
      at = chunk[0].address;
    }
    return found.slice(-count);
  }

  /** Some instructions (at least one) that end at `limit`, from the nearest known boundary before it. */
  private chunkEndingAt(limit: bigint, wanted: number): Instruction[] {
    if (limit < UNIT) return Array.from({ length: wanted }, () => unmapped(0n));
    const start = this.boundaryBefore(limit);
    const decoded: Instruction[] = [];
    for (const instruction of this.target.disassemble(start, Number((limit - start) / UNIT) + 1)) {
      if (end(instruction) > limit) break;
      decoded.push(instruction);
    }
    const reached = decoded.length === 0 ? start : end(decoded.at(-1)!);
    // What cannot be decoded up to the limit (an unmapped gap, data): two bytes at a time.
    for (let at = reached; at < limit; at += UNIT) decoded.push(this.filler(at));
    return decoded.slice(-Math.max(wanted, 1));
  }

  private boundaryBefore(limit: bigint): bigint {
    const symbol = this.symbols.symbolAt(this.elf(limit - UNIT));
    const start = symbol && BigInt.asUintN(64, symbol.start + this.target.loadBias);
    // A huge symbol is data, or a function long enough that decoding is in step well before the limit.
    if (start !== undefined && start < limit && limit - start < 0x10000n) return start;
    const back = limit > RESYNC_BYTES ? limit - RESYNC_BYTES : 0n;
    // Of the possible starts, the first whose decoding arrives exactly at the limit.
    for (let from = back; from < limit; from += UNIT) {
      const decoded = this.target.disassemble(from, Number((limit - from) / UNIT));
      if (decoded.some((instruction) => end(instruction) === limit)) return from;
    }
    return limit - UNIT;
  }

  private filler(address: bigint): Instruction {
    const bytes = this.target.readMemory(address, Number(UNIT));
    return bytes.length === 0 ? unmapped(address) : { address, bytes, text: "(part of an instruction)" };
  }
}

const end = (instruction: Instruction) => instruction.address + BigInt(instruction.bytes.length);
const unmapped = (address: bigint): Instruction => ({ address, bytes: new Uint8Array(0), text: "(not mapped)" });
