// Keeps the memory that translated code takes within limits, whatever the guest runs or writes: some of what has not been
// used for a while is forgotten, and translated again should it be wanted.
//
// What is used shows: a block that is interpreted counts its executions, and a region has to be entered by way of the
// executor once, since the driver's table of entries is emptied when everything is marked. At a limit a part of what
// shows no use goes, by chance: of a loop over more code than there is room for, what is oldest is what is wanted next.
import type { Block } from "../ir/types.ts";
import type { CompiledCode, Translation, TranslationCache } from "./translation-cache.ts";

export interface CodeLimits {
  /** Bytes that translations may take, by `translationCost`. */
  translationBytes: number;
  /** Bytes of the WebAssembly of all regions; the machine code made of it takes about twice as much. */
  regionBytes: number;
}

export const defaultLimits: CodeLimits = { translationBytes: 192 << 20, regionBytes: 64 << 20 };

/** At a limit so much is forgotten that this share of it is left. */
const LEFT = 0.75;

/** About how many bytes a translation takes with all that is made of it, as measured. */
export function translationCost({ instructions, ops }: Block): number {
  return 1000 + 200 * instructions.length + 130 * ops.length;
}

export interface Forgetting {
  translation(translation: Translation): void;
  region(code: CompiledCode): void;
  /** Has every region that is entered next come by the executor. */
  clearEntries(): void;
}

export class CodeBudget {
  private readonly cache: TranslationCache;
  private readonly limits: CodeLimits;
  private readonly forget: Forgetting;
  private random = 1;

  constructor(cache: TranslationCache, limits: CodeLimits, forget: Forgetting) {
    this.cache = cache;
    this.limits = limits;
    this.forget = forget;
  }

  /** To be called now and then, while no code is running. */
  keep(): void {
    const { cache, limits } = this;
    if (cache.bytes <= limits.translationBytes && cache.regionBytes <= limits.regionBytes) return;
    this.forgetRegions();
    this.forgetTranslations();
    for (const translation of cache.translations()) translation.marked = translation.executions;
    for (const code of cache.regions()) code.used = false;
    this.forget.clearEntries();
  }

  private forgetRegions(): void {
    const { cache, limits, forget } = this;
    if (cache.regionBytes <= limits.regionBytes) return;
    const excess = cache.regionBytes - LEFT * limits.regionBytes;
    const left = this.thin(
      [...cache.regions()].filter(({ used }) => !used),
      excess,
      bytesOf,
      forget.region,
    );
    if (left > 0) this.thin([...cache.regions()], left, bytesOf, forget.region);
  }

  private forgetTranslations(): void {
    const { cache, limits, forget } = this;
    if (cache.bytes <= limits.translationBytes) return;
    const excess = cache.bytes - LEFT * limits.translationBytes;
    const unused = [...cache.translations()].filter(
      (translation) => translation.executions === translation.marked && !cache.isInUsedRegion(translation),
    );
    const left = this.thin(unused, excess, costOf, forget.translation);
    if (left > 0) this.thin([...cache.translations()], left, costOf, forget.translation);
  }

  /** Forgets about so many bytes of these, each with the same chance; gives how many bytes are still to go. */
  private thin<Item>(
    items: readonly Item[],
    excess: number,
    cost: (item: Item) => number,
    forget: (item: Item) => void,
  ): number {
    const all = items.reduce((sum, item) => sum + cost(item), 0);
    const chance = excess / all;
    let left = excess;
    for (const item of items) {
      if (chance < 1 && this.draw() >= chance) continue;
      left -= cost(item);
      forget(item);
    }
    return chance < 1 ? 0 : left;
  }

  /** A number in [0, 1): the same in each run. */
  private draw(): number {
    this.random = (Math.imul(this.random, 1664525) + 1013904223) | 0;
    return (this.random >>> 0) / 2 ** 32;
  }
}

function bytesOf({ bytes }: CompiledCode): number {
  return bytes;
}

function costOf({ block }: Translation): number {
  return translationCost(block);
}
