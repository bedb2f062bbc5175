// From guest code to one translation block of IR.
import { BlockBuilder } from "../../ir/builder.ts";
import type { Block, Terminator } from "../../ir/types.ts";
import { FetchError, type FetchHalf, type TranslateOptions } from "../guest.ts";
import { decode, instructionLength } from "./decode.ts";
import { type Emit, type EmitTable, InstructionEmitter } from "./instruction-emitter.ts";
import { rows } from "./table-parser.ts";
import { bitInstructions } from "./translate-bitmanip.ts";
import { cacheInstructions } from "./translate-cache.ts";
import { controlInstructions } from "./translate-control.ts";
import { floatInstructions } from "./translate-float.ts";
import { integerInstructions } from "./translate-integer.ts";
import { memoryInstructions } from "./translate-memory.ts";

/** A block holds at most this many instructions, whatever the options say. */
const MAX_BLOCK_INSTRUCTIONS = 512;

const PAGE_SIZE = 4096;

/** Emit functions by the id of the row; compressed rows have none, they are expanded. */
const emitters: readonly (Emit | undefined)[] = collectEmitters({
  ...integerInstructions,
  ...bitInstructions,
  ...memoryInstructions,
  ...floatInstructions,
  ...controlInstructions,
  ...cacheInstructions,
});

function collectEmitters(table: EmitTable): (Emit | undefined)[] {
  return rows.map((row) => {
    if (row.expansion) return undefined;
    const emit = table[row.mnemonic];
    if (!emit) throw new Error(`no translation for the instruction ${row.mnemonic}`);
    return emit;
  });
}

/**
 * Translates from pc to the first instruction that may go elsewhere, the end of the page, or the limit of
 * instructions. An instruction across two pages stands alone in its block.
 * @throws FetchError when the first instruction cannot be fetched.
 */
export function translate(fetch: FetchHalf, pc: bigint, options: TranslateOptions): Block {
  const builder = new BlockBuilder(pc);
  const emitter = new InstructionEmitter(builder);
  const limit = Math.min(options.maxInstructions ?? MAX_BLOCK_INSTRUCTIONS, MAX_BLOCK_INSTRUCTIONS);
  const start = Number(pc & 0xfffn);
  for (let count = 0, at = start; count < limit && at < PAGE_SIZE; count++) {
    emitter.pc = BigInt.asUintN(64, pc + BigInt(at - start));
    const bits = fetchInstruction(fetch, emitter.pc, count > 0 && at === PAGE_SIZE - 2);
    if (bits === undefined) {
      if (count === 0) throw new FetchError(fetch(emitter.pc) === undefined ? emitter.pc : emitter.relative(2));
      break;
    }
    const length = instructionLength(bits);
    emitter.next = emitter.relative(length);
    if (options.isBreakpoint?.(emitter.pc)) builder.breakpoint(emitter.pc);
    builder.insn(emitter.pc, length, bits);
    const terminator = emitInstruction(emitter, bits);
    if (terminator) return builder.finish(terminator);
    at += length;
  }
  return builder.finish({ op: "goto", target: BigInt.asUintN(64, pc + BigInt(builder.size)), kind: "jump" });
}

/** The instruction's bits, unsigned; undefined when they cannot be fetched, or lie in two pages and may not. */
export function fetchInstruction(fetch: FetchHalf, pc: bigint, withinPage = false): number | undefined {
  const low = fetch(pc);
  if (low === undefined || instructionLength(low) === 2) return low;
  const high = withinPage ? undefined : fetch(BigInt.asUintN(64, pc + 2n));
  return high === undefined ? undefined : (low | (high << 16)) >>> 0;
}

function emitInstruction(emitter: InstructionEmitter, bits: number): Terminator | undefined {
  const decoded = decode(bits);
  const emit = decoded && emitters[decoded.row.id];
  return emit ? emit(emitter, decoded) : emitter.illegal();
}
