// The translations of guest code: by address, and by page so that exactly those that a change touches are forgotten.
import type { Prepared } from "../ir/interpreter.ts";
import type { Block } from "../ir/types.ts";
import type { ExitSite } from "../jit/engine-state.ts";
import { PAGE_SHIFT } from "./layout.ts";

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
  private readonly byPage = new Map<number, Set<Translation>>();
  /** Regions' blocks, for forgetting a region with any of its blocks. */
  private readonly entries = new Map<Translation, Set<Translation>>();

  get(pc: number): Translation | undefined {
    return this.byPc.get(pc);
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
    for (const page of pagesOf(translation)) {
      const set = this.byPage.get(page);
      if (set) set.add(translation);
      else this.byPage.set(page, new Set([translation]));
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
    const collect = (set: Set<Translation>) => {
      for (const translation of set)
        if (translation.pc < end && translation.pc + Math.max(translation.block.size, 1) > start)
          found.add(translation);
    };
    const first = Math.floor(start / (1 << PAGE_SHIFT));
    const last = Math.floor((end - 1) / (1 << PAGE_SHIFT));
    if (last - first < this.byPage.size)
      for (let page = first; page <= last; page++) {
        const set = this.byPage.get(page);
        if (set) collect(set);
      }
    else for (const set of this.byPage.values()) collect(set);
    return [...found];
  }

  private remove(translation: Translation, dropped: (code: CompiledCode) => void): void {
    translation.valid = false;
    this.byPc.delete(translation.pc);
    for (const page of pagesOf(translation)) {
      const set = this.byPage.get(page);
      set?.delete(translation);
      if (set?.size === 0) this.byPage.delete(page);
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

function pagesOf({ pc, block }: Translation): number[] {
  const pages: number[] = [];
  for (let page = pc >>> PAGE_SHIFT; page <= (pc + Math.max(block.size, 1) - 1) >>> PAGE_SHIFT; page++)
    pages.push(page);
  return pages;
}
