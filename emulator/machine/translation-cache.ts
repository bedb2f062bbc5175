// The translations of guest code: by address, and by lines of memory so that exactly those that a change touches are
// forgotten.
import type { Prepared } from "../ir/interpreter.ts";
import type { Block } from "../ir/types.ts";
import type { ExitSite } from "../jit/engine-state.ts";
import { translationCost } from "./code-budget.ts";
import type { CodeLines } from "./code-lines.ts";
import { LINE_SHIFT } from "./layout.ts";

/** A compiled region. */
export interface CompiledCode {
  /** Of its function in the function table. */
  readonly number: number;
  /** Of WebAssembly. */
  readonly bytes: number;
  readonly sites: readonly ExitSite[];
  /** All translations it was made from. */
  readonly blocks: ReadonlySet<Translation>;
  /** Those that are its own, not copies of what belongs elsewhere. */
  readonly own: ReadonlySet<Translation>;
  /** Where it may be entered, by the number of the entry. */
  readonly entries: readonly Translation[];
  /** Those of them that it is to have when it is compiled again. */
  readonly seeds: readonly Translation[];
  /** How often it has been compiled again with more blocks. */
  readonly growths: number;
  /** How often a jump of its own went to a block of its own that it did not know as a target. */
  misses: number;
  /** By where control went from this region to another: how often that was seen. */
  readonly changes: Map<Translation, number>;
  /** Has it been entered since it was marked (code-budget.ts)? */
  used: boolean;
  /** False once it has been forgotten. */
  valid: boolean;
}

/** What is known of the code at one address. */
export interface Translation {
  /** Below 2^32, as code is. */
  readonly pc: number;
  readonly block: Block;
  /** For the interpreter; made when first run. */
  prepared: Prepared | undefined;
  /** The same for parts of it, by the number of their first instruction. */
  rests: Map<number, Prepared> | undefined;
  /** After the optimisation passes; made when first compiled. */
  optimised: Block | undefined;
  /** How often compiled code left it to the interpreter; and is that not to happen any more, at the price of slower accesses? */
  guardFailures: number;
  isUnguarded: boolean;
  /** How often the interpreter ran it, and how often it had when it was marked (code-budget.ts). */
  executions: number;
  marked: number;
  /** Of a block that ends in an indirect jump: where it went, and how often that was seen. */
  readonly targets: Map<number, number>;
  /** It is compiled when it has run so often. */
  compileAt: number;
  /** The region that control left to come here. */
  leftFrom: CompiledCode | undefined;
  /** Is a function that begins here called so often that it is worth a copy even if it is not small? */
  isHotCallee: boolean;
  /** The region it belongs to. */
  code: CompiledCode | undefined;
  /** How often control came here from a region, and could not enter another. */
  misses: number;
  /** The region that may be entered here, which need not be the one it belongs to, and the number of the entry. */
  entry: { readonly code: CompiledCode; readonly number: number } | undefined;
  /** False once it has been forgotten. */
  valid: boolean;
}

export class TranslationCache {
  private readonly byPc = new Map<number, Translation>();
  private readonly byLine = new Map<number, Translation[]>();
  /** The regions that a translation is in, for forgetting them with it. */
  private readonly regionsOf = new Map<Translation, Set<CompiledCode>>();
  private readonly allRegions = new Set<CompiledCode>();
  private bytesOfTranslations = 0;
  private bytesOfRegions = 0;

  /** `lines` is kept up to date; `removed` is told of each translation's block that is forgotten. */
  constructor(
    private readonly lines: CodeLines,
    private readonly removed: (block: Block) => void = () => {},
  ) {}

  /** What all translations take, about. */
  get bytes(): number {
    return this.bytesOfTranslations;
  }

  /** What all regions take, as WebAssembly. */
  get regionBytes(): number {
    return this.bytesOfRegions;
  }

  /** Oldest first. */
  translations(): Iterable<Translation> {
    return this.byPc.values();
  }

  /** Oldest first. */
  regions(): Iterable<CompiledCode> {
    return this.allRegions;
  }

  /** Is it in a region that has been entered since it was marked? */
  isInUsedRegion(translation: Translation): boolean {
    for (const code of this.regionsOf.get(translation) ?? []) if (code.used) return true;
    return false;
  }

  get(pc: number): Translation | undefined {
    return this.byPc.get(pc);
  }

  /** Is this, or what it is a beginning of, still known? */
  holds({ pc, block }: Translation): boolean {
    const known = this.byPc.get(pc);
    return known !== undefined && known.block.size >= block.size;
  }

  add(block: Block, compileAt: number): Translation {
    const pc = Number(block.pc);
    const translation: Translation = {
      pc,
      block,
      prepared: undefined,
      rests: undefined,
      optimised: undefined,
      guardFailures: 0,
      isUnguarded: false,
      executions: 0,
      marked: 0,
      compileAt,
      leftFrom: undefined,
      isHotCallee: false,
      targets: new Map(),
      code: undefined,
      misses: 0,
      entry: undefined,
      valid: true,
    };
    this.byPc.set(pc, translation);
    this.bytesOfTranslations += translationCost(block);
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

  addCode(code: CompiledCode): void {
    this.allRegions.add(code);
    this.bytesOfRegions += code.bytes;
    for (const block of code.blocks) {
      const set = this.regionsOf.get(block);
      if (set) set.add(code);
      else this.regionsOf.set(block, new Set([code]));
    }
    for (const block of code.own) {
      block.code = code;
      block.leftFrom = undefined;
    }
    code.entries.forEach((entry, number) => {
      entry.entry = { code, number };
      entry.misses = 0;
    });
  }

  /** Forgets a region, not its translations. */
  removeCode(code: CompiledCode): void {
    if (!this.allRegions.delete(code)) return;
    this.bytesOfRegions -= code.bytes;
    for (const block of code.blocks) {
      const set = this.regionsOf.get(block);
      set?.delete(code);
      if (set?.size === 0) this.regionsOf.delete(block);
    }
    for (const block of code.own) block.code = undefined;
    for (const entry of code.entries) if (entry.entry?.code === code) entry.entry = undefined;
    // What is gone holds on to nothing.
    code.changes.clear();
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

  remove(translation: Translation, dropped: (code: CompiledCode) => void): void {
    translation.valid = false;
    translation.leftFrom = undefined;
    this.byPc.delete(translation.pc);
    this.bytesOfTranslations -= translationCost(translation.block);
    this.removed(translation.block);
    for (let line = firstLine(translation); line <= lastLine(translation); line++) {
      const others = this.byLine.get(line)?.filter((other) => other !== translation);
      if (others && others.length > 0) this.byLine.set(line, others);
      else {
        this.byLine.delete(line);
        this.lines.unmark(line);
      }
    }
    for (const code of this.regionsOf.get(translation) ?? []) {
      dropped(code);
      this.removeCode(code);
    }
  }
}

/** So many different things are counted at most. */
const MAX_COUNTED = 256;

/** Counts one more of a thing; of too many the rare half is forgotten. Gives the count. */
export function countOne<Thing>(counts: Map<Thing, number>, thing: Thing): number {
  const seen = (counts.get(thing) ?? 0) + 1;
  counts.set(thing, seen);
  if (counts.size > MAX_COUNTED) {
    const rarest = [...counts].sort(([, a], [, b]) => a - b).slice(0, MAX_COUNTED / 2);
    for (const [rare] of rarest) if (rare !== thing) counts.delete(rare);
  }
  return seen;
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
