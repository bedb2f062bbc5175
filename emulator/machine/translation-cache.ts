// The translations of guest code: by address, and by lines of memory so that exactly those that a change touches are
// forgotten.
import type { Prepared } from "../ir/interpreter.ts";
import type { Block } from "../ir/types.ts";
import type { ExitSite } from "../jit/engine-state.ts";
import type { CodeLines } from "./code-lines.ts";
import { LINE_SHIFT } from "./layout.ts";

/** A compiled region, entered at one address. */
export interface CompiledCode {
  /** Runs from the vCPU state and gives the index of the site where it left. */
  readonly run: () => number;
  readonly sites: readonly ExitSite[];
  readonly blocks: ReadonlySet<Translation>;
  /** How often control left it for want of code. */
  misses: number;
  /** How often it has been compiled again with more blocks. */
  readonly growths: number;
  /** At so many misses it is looked at again. */
  missLimit: number;
}

/** What is known of the code at one address. */
export interface Translation {
  /** Below 2^32, as code is. */
  readonly pc: number;
  readonly block: Block;
  /** For the interpreter; made when first run. */
  prepared: Prepared | undefined;
  /** After the optimisation passes; made when first compiled. */
  optimised: Block | undefined;
  /** How often the interpreter ran it. */
  executions: number;
  /** Of a block that ends in an indirect jump: where it went, and how often that was seen. */
  readonly targets: Map<number, number>;
  /** The region that begins here. */
  code: CompiledCode | undefined;
  /** False once it has been forgotten. */
  valid: boolean;
}

export class TranslationCache {
  private readonly byPc = new Map<number, Translation>();
  private readonly byLine = new Map<number, Translation[]>();
  /** Regions' blocks, for forgetting a region with any of its blocks. */
  private readonly entries = new Map<Translation, Set<Translation>>();

  /** `lines` is kept up to date. */
  constructor(private readonly lines: CodeLines) {}

  get(pc: number): Translation | undefined {
    return this.byPc.get(pc);
  }

  /** Is this, or what it is a beginning of, still known? */
  holds({ pc, block }: Translation): boolean {
    const known = this.byPc.get(pc);
    return known !== undefined && known.block.size >= block.size;
  }

  add(block: Block): Translation {
    const pc = Number(block.pc);
    const translation: Translation = {
      pc,
      block,
      prepared: undefined,
      optimised: undefined,
      executions: 0,
      targets: new Map(),
      code: undefined,
      valid: true,
    };
    this.byPc.set(pc, translation);
    for (let line = firstLine(translation); line <= lastLine(translation); line++) {
      const others = this.byLine.get(line);
      if (others) others.push(translation);
      else {
        this.byLine.set(line, [translation]);
        this.lines.mark(line);
      }
    }
    return translation;
  }

  /** Gives a translation its region, in place of the one it had. */
  setCode(entry: Translation, code: CompiledCode): void {
    this.dropCode(entry);
    entry.code = code;
    for (const block of code.blocks) {
      const set = this.entries.get(block);
      if (set) set.add(entry);
      else this.entries.set(block, new Set([entry]));
    }
  }

  /** Forgets what overlaps [start, end); calls `dropped` with each region that goes. */
  invalidate(start: number, end: number, dropped: (code: CompiledCode) => void): void {
    for (const translation of this.overlapping(start, end)) this.remove(translation, dropped);
  }

  clear(dropped: (code: CompiledCode) => void): void {
    for (const translation of [...this.byPc.values()]) this.remove(translation, dropped);
  }

  private overlapping(start: number, end: number): Translation[] {
    const found = new Set<Translation>();
    const collect = (translations: readonly Translation[]) => {
      for (const translation of translations)
        if (translation.pc < end && endOf(translation) > start) found.add(translation);
    };
    const first = Math.floor(start / (1 << LINE_SHIFT));
    const last = Math.floor((end - 1) / (1 << LINE_SHIFT));
    if (last - first < this.byLine.size)
      for (let line = first; line <= last; line++) collect(this.byLine.get(line) ?? []);
    else for (const translations of this.byLine.values()) collect(translations);
    return [...found];
  }

  private remove(translation: Translation, dropped: (code: CompiledCode) => void): void {
    translation.valid = false;
    this.byPc.delete(translation.pc);
    for (let line = firstLine(translation); line <= lastLine(translation); line++) {
      const others = this.byLine.get(line)?.filter((other) => other !== translation);
      if (others && others.length > 0) this.byLine.set(line, others);
      else {
        this.byLine.delete(line);
        this.lines.unmark(line);
      }
    }
    for (const entry of [...(this.entries.get(translation) ?? []), translation]) {
      if (!entry.code) continue;
      dropped(entry.code);
      this.dropCode(entry);
    }
    this.entries.delete(translation);
  }

  private dropCode(entry: Translation): void {
    for (const block of entry.code?.blocks ?? []) this.entries.get(block)?.delete(entry);
    entry.code = undefined;
  }
}

/** A translation of nothing (there is an exit at its pc) counts as one byte. */
function endOf({ pc, block }: Translation): number {
  return pc + Math.max(block.size, 1);
}

function firstLine({ pc }: Translation): number {
  return pc >>> LINE_SHIFT;
}

function lastLine(translation: Translation): number {
  return (endOf(translation) - 1) >>> LINE_SHIFT;
}
