// The compiled regions of a program: which blocks go into one, when it is made, made again with more blocks or entries,
// joined with another, and forgotten.
import type { Guest } from "../guest/guest.ts";
import type { HostCall } from "../ir/host-call.ts";
import { optimize, type PassName } from "../ir/passes/index.ts";
import { isSeparable } from "../ir/rest.ts";
import type { Block } from "../ir/types.ts";
import { compileRegions, type RegionFunction } from "../jit/compile-region.ts";
import { staticTargets } from "../jit/region.ts";
import type { ExecutorStats } from "./api.ts";
import { type BlockProfile, Hints, type Profile } from "./profile.ts";
import { type GrownRegion, growRegion, type RegionBounds } from "./region-growth.ts";
import type { RegionRunner } from "./region-runner.ts";
import { type CompiledCode, countOne, type Translation, type TranslationCache } from "./translation-cache.ts";
import type { Tuning } from "./tuning.ts";

/** What is to happen more and more rarely is not put off more than so many times. */
const MAX_DELAY = 12;
/** At so many nearly hot blocks it is looked which of them have been forgotten. */
const MIN_WARM_LIMIT = 256;
/** Of the executions that make a block hot: so many are worth compiling it for, if only that had been known. */
const IN_RETROSPECT = 0.3;
/** Instructions of a small region. */
const SMALL = 16;
/** So many regions are compiled together at most. */
const AT_ONCE = 2000;
/** Of those that an earlier run is known to have had. */
const HINTED_AT_ONCE = 32;

/** What the regions need of the executor. */
export interface RegionsOptions {
  readonly guest: Guest;
  readonly cache: TranslationCache;
  readonly tuning: Tuning;
  readonly stats: ExecutorStats;
  readonly memoryPages: number;
  /** What `call` names. */
  readonly hostCalls: readonly HostCall[];
  /** What an earlier run of the program has taught. */
  readonly profile: Profile | undefined;
  /** Are blocks that have not run compiled, too? */
  readonly eager: boolean;
  now(): number;
  /** Instructions run so far. */
  count(): number;
  /** The translation at an address where there is code. */
  translate(pc: number): Translation | undefined;
  makeRunner(): RegionRunner;
}

/** What is to become a region. */
interface Plan {
  readonly seeds: readonly Translation[];
  readonly growths: number;
  readonly bounds?: RegionBounds;
  /** Is control rather to go to another region there? By default where the block belongs to another. */
  readonly isElsewhere?: (translation: Translation) => boolean;
}

const belongsElsewhere = (translation: Translation): boolean => translation.code !== undefined;

export class Regions {
  /** Made with the first region. */
  runner: RegionRunner | undefined;
  private readonly options: RegionsOptions;
  private readonly cache: TranslationCache;
  private readonly tuning: Tuning;
  private readonly stats: ExecutorStats;
  private readonly hints: Hints | undefined;
  /** How many regions were made as an earlier run had them. */
  private hinted = 0;
  private readonly warmAt: number;
  /** Blocks that are nearly hot, to be compiled with the next one that is. */
  private readonly warm: Translation[] = [];
  private warmLimit = MIN_WARM_LIMIT;
  private readonly byNumber: (CompiledCode | undefined)[] = [];
  /** Numbers of regions that were forgotten while one was running. */
  private readonly late: number[] = [];

  constructor(options: RegionsOptions) {
    this.options = options;
    this.cache = options.cache;
    this.tuning = options.tuning;
    this.stats = options.stats;
    this.hints = options.profile && new Hints(options.profile);
    this.warmAt = Math.ceil(options.tuning.hot * options.tuning.warm);
  }

  /** The region that ran last, even if it has been forgotten. To be asked once, after each run. */
  ranLast(): CompiledCode | undefined {
    for (let number = this.late.pop(); number !== undefined; number = this.late.pop()) this.release(number);
    return this.byNumber[this.runner?.region ?? -1];
  }

  private release(number: number): void {
    if (number !== this.runner?.region && !this.byNumber[number]?.valid) this.byNumber[number] = undefined;
  }

  /** Takes a region that is forgotten out of what runs. */
  readonly drop = (code: CompiledCode): void => {
    code.valid = false;
    this.runner?.remove(code.number);
    // It may be the one that is running.
    if (this.runner?.isRunning) this.late.push(code.number);
    else this.release(code.number);
    for (const { pc } of code.entries) this.runner?.clearEntry(pc);
  };

  forget(code: CompiledCode): void {
    this.drop(code);
    this.cache.removeCode(code);
  }

  /** A block was translated: what an earlier run knew of it holds for this one. */
  translated(translation: Translation): void {
    const hint = this.hints?.block(translation.pc);
    if (!hint) return;
    translation.executions = translation.marked = hint.executions;
    translation.isHotCallee = hint.isHotCallee;
    translation.isUnguarded = hint.isUnguarded;
    for (const [pc, count] of hint.targets) translation.targets.set(pc, count);
    translation.compileAt = translation.executions + (this.hints?.isSeed(translation.pc) ? 1 : this.tuning.hot);
  }

  /** A block has been interpreted so many times. */
  interpreted(translation: Translation): void {
    if (translation.executions !== this.warmAt || translation.code) return;
    this.warm.push(translation);
    if (this.warm.length < this.warmLimit) return;
    // Some may be forgotten before any becomes hot: nothing holds on to them.
    const left = this.warm.splice(0).filter(({ valid, code }) => valid && !code);
    this.warmLimit = Math.max(MIN_WARM_LIMIT, 2 * left.length);
    this.warm.push(...left);
  }

  /** What has been learnt, for another run of the program; undefined when that is little more than was known before. */
  profile(): Profile | undefined {
    if (this.stats.regions <= this.hinted * 1.25) return undefined;
    const blocks: BlockProfile[] = this.hints?.others((pc) => this.cache.get(pc) !== undefined) ?? [];
    for (const { pc, executions, targets, isHotCallee, isUnguarded } of this.cache.translations())
      if (executions >= this.tuning.bounds.heat)
        blocks.push({ pc, executions, targets: [...targets], isHotCallee, isUnguarded });
    const regions = new Map<CompiledCode, number[]>([...this.cache.regions()].map((code) => [code, []]));
    // A way into the middle of a region had better be an entry of it.
    for (const code of regions.keys()) for (const seed of code.seeds) regions.get(seed.code ?? code)?.push(seed.pc);
    const grown = [...regions.values()].filter((seeds) => seeds.length > 0);
    return { blocks, regions: [...grown, ...(this.hints?.rest() ?? []), ...this.inRetrospect()] };
  }

  /** Blocks that did not become hot and ran so often that it would have been better to compile them at once, by address. */
  private inRetrospect(): number[][] {
    return [...this.cache.translations()]
      .filter(({ code, executions }) => !code && executions >= this.tuning.hot * IN_RETROSPECT)
      .map(({ pc }) => pc)
      .sort((a, b) => a - b)
      .map((pc) => [pc]);
  }

  /** Accesses of the region's blocks whose guards have failed are to be checked one by one. */
  removeGuards(code: CompiledCode): void {
    for (const translation of code.blocks) {
      if (translation.guardFailures === 0) continue;
      translation.isUnguarded = true;
      translation.optimised = undefined;
    }
    this.recompile(code);
  }

  /** A region was left, at the end of a block, for one where none may be entered. */
  left(code: CompiledCode, from: Translation | undefined, to: Translation | undefined): void {
    // One with an entry was only displaced in the driver's table.
    if (!from || !to || to.entry) return;
    const { terminator } = from.block;
    if (to.code === code && terminator.op === "jump" && terminator.kind === "jump") {
      // A target of its own that it does not know.
      const often = this.tuning.misses * priceOf(code) * 2 ** Math.min(code.growths, MAX_DELAY);
      if (++code.misses >= often && this.mayRecompile()) this.recompile(code);
    } else if (to.code) {
      if (++to.misses >= this.tuning.misses * priceOf(to.code)) this.addEntry(to, to.code);
    } else if (code.valid && !isCallOrReturn(from.block)) to.leftFrom = code;
  }

  /** One of many changes from region to region: the frequent ones are worth a larger region. */
  sampled(code: CompiledCode, from: Translation | undefined, to: Translation | undefined): void {
    this.runner?.sampleAfter(this.tuning.sample);
    if (!from || !to?.code || !code.valid || !code.blocks.has(from)) return;
    const { terminator } = from.block;
    if ("kind" in terminator && terminator.kind === "return") return;
    const often = this.tuning.samples * Math.max(priceOf(code), priceOf(to.code));
    if (countOne(code.changes, to) < often || !this.mayRecompile()) return;
    code.changes.delete(to);
    if (!isCallOrReturn(from.block)) this.join(code, to);
    else if (!to.isHotCallee) {
      to.isHotCallee = true;
      this.recompile(code);
    }
  }

  /** Makes one region of two, if it is not too large: control often goes from the first to the block in the second. */
  private join(code: CompiledCode, to: Translation): void {
    const other = to.code;
    if (!other || other === code || sizeOf(code) + sizeOf(other) > this.tuning.bounds.instructions) {
      return;
    }
    const reached = new Set([code, other].flatMap(({ own }) => [...own].flatMap(({ block }) => staticTargets(block))));
    const others = other.seeds.filter((entry) => !reached.has(BigInt(entry.pc)));
    this.forget(other);
    this.forget(code);
    this.compile(
      [...code.seeds, ...others].filter(({ valid }) => valid),
      Math.max(code.growths, other.growths) + 1,
    );
  }

  /** A block has become hot: it gets a region, or comes into the one that control left for it. */
  compileAt(translation: Translation): void {
    const { code, leftFrom } = translation;
    const growths = code?.growths ?? leftFrom?.growths ?? 0;
    translation.compileAt = translation.executions + Math.max(this.tuning.hot, 1) * 2 ** Math.min(growths, MAX_DELAY);
    if (code) {
      this.addEntry(translation, code);
      return;
    }
    if (leftFrom?.valid && sizeOf(leftFrom) < this.tuning.bounds.instructions && this.mayRecompile()) {
      this.recompile(leftFrom);
      if (translation.code) return;
    }
    if (this.hints?.isSeed(translation.pc)) this.compileHinted(translation.pc);
    if (!translation.code) this.compile([translation], 0);
  }

  /** Compiles the region that an earlier run had here, and others. */
  private compileHinted(pc: number): void {
    const plans: Plan[] = [];
    for (const seeds of this.hints?.take(pc, HINTED_AT_ONCE) ?? []) {
      const known = seeds.map((seed) => this.candidate(seed)).filter((seed) => seed !== undefined);
      const free = known.filter(({ code }) => !code);
      if (free.length > 0) plans.push({ seeds: free, growths: 0 });
    }
    if (plans.length > 0) this.hinted += this.compileAll(plans);
  }

  /**
   * A way into regions from a block in the middle of one: the region is compiled again with another entry, or, where
   * that has happened too often, a small region is made that goes on to where others may be entered.
   */
  private addEntry(translation: Translation, code: CompiledCode): void {
    if (this.mayRecompile()) {
      this.recompile(code, translation);
      return;
    }
    const { bounds } = this.tuning;
    const blocks = Math.min(bounds.blocks, this.tuning.trace);
    const isElsewhere = (other: Translation) => other.entry !== undefined;
    this.compileAll([{ seeds: [translation], growths: 0, bounds: { ...bounds, blocks }, isElsewhere }]);
  }

  /** Compiling again is an investment: so much code may be made as the instructions run so far have paid for. */
  private mayRecompile(): boolean {
    const { freeBytes, instructionsPerByte } = this.tuning;
    return this.stats.wasmBytes < freeBytes + this.options.count() / instructionsPerByte;
  }

  /** Compiles a region again, with what is known by now and perhaps another entry. */
  private recompile(code: CompiledCode, entry?: Translation): void {
    const entries = code.seeds.filter(({ valid }) => valid);
    this.forget(code);
    this.compile(entry ? [...entries, entry] : entries, code.growths + 1);
  }

  private compile(seeds: readonly Translation[], growths: number): void {
    this.compileAll([{ seeds, growths }]);
  }

  /**
   * Compiles regions, and with them what is nearly hot: a module costs as much as a small region. Gives their number: what
   * grew into one that comes before it needs none of its own.
   */
  private compileAll(plans: readonly Plan[]): number {
    const { memoryPages, hostCalls, now } = this.options;
    const started = now();
    const runner = (this.runner ??= this.options.makeRunner());
    const claimed = new Set<Translation>();
    const planned: { plan: Plan; grown: GrownRegion }[] = [];
    for (const plan of plans) {
      if (plan.seeds.every((seed) => claimed.has(seed))) continue;
      planned.push({ plan, grown: this.grow(plan, claimed) });
    }
    let looked = 0;
    for (; looked < this.warm.length && planned.length < AT_ONCE; looked++) {
      const warm = this.warm[looked];
      if (!warm.valid || warm.entry || warm.code || claimed.has(warm)) continue;
      const plan = { seeds: [warm], growths: 0 };
      planned.push({ plan, grown: this.grow(plan, claimed) });
    }
    this.warm.splice(0, looked);
    const regions = planned.map(({ grown }) => grown.region);
    const module = compileRegions(regions, { memoryPages, fused: () => runner.fused, hostCalls });
    for (const [i, number] of runner.add(module).entries()) {
      const { plan, grown } = planned[i];
      this.enterRegion(number, module.functions[i], grown, plan.growths);
    }
    this.stats.wasmBytes += module.bytes.length;
    this.stats.compileMs += now() - started;
    return planned.length;
  }

  /** `claimed` are the blocks of regions that are compiled together with it. */
  private grow({ seeds, bounds, isElsewhere = belongsElsewhere }: Plan, claimed: Set<Translation>): GrownRegion {
    const grown = growRegion(seeds, {
      find: (pc) => this.candidate(pc),
      isElsewhere: (translation) => claimed.has(translation) || isElsewhere(translation),
      optimised: (translation) => this.optimised(translation),
      bounds: bounds ?? this.tuning.bounds,
      file: this.options.guest.file,
    });
    for (const translation of grown.own) claimed.add(translation);
    return grown;
  }

  private enterRegion(number: number, { bytes, sites }: RegionFunction, grown: GrownRegion, growths: number): void {
    const code: CompiledCode = {
      number,
      bytes,
      sites,
      blocks: grown.blocks,
      own: new Set([...grown.own].filter((translation) => !translation.code)),
      entries: grown.entries,
      seeds: grown.seeds,
      growths,
      misses: 0,
      changes: new Map(),
      used: true,
      valid: true,
    };
    this.byNumber[number] = code;
    this.cache.addCode(code);
    // Control may be on its way in the middle of it: that is no reason to compile again before it has been through an entry.
    const patience = Math.min(this.tuning.hot, this.tuning.misses) * priceOf(code);
    for (const own of code.own) own.compileAt = own.executions + patience;
    for (const [entry, { pc }] of code.entries.entries()) this.runner?.setEntry(pc, number, entry);
    this.stats.regions++;
  }

  /** A block that a region may include: one that has run, in an earlier run at least, or when eager any. */
  private candidate(pc: number): Translation | undefined {
    const known = this.cache.get(pc);
    if (known) return known;
    return this.options.eager || this.hints?.block(pc) ? this.options.translate(pc) : undefined;
  }

  private optimised(translation: Translation): Block {
    translation.optimised ??= optimize(translation.block, this.options.guest.file, this.passesFor(translation));
    return translation.optimised;
  }

  private passesFor({ block, isUnguarded }: Translation): readonly PassName[] {
    const { passes } = this.tuning;
    return isUnguarded || !isSeparable(block) ? passes.filter((name) => name !== "guards") : passes;
  }
}

function isCallOrReturn({ terminator }: Block): boolean {
  return "kind" in terminator && terminator.kind !== "jump";
}

/**
 * What it costs to compile a region again, the cost of a small one being 1: so much more often than for that it has to be
 * left or entered in a way that would be quicker then.
 */
function priceOf(code: CompiledCode): number {
  return Math.max(1, sizeOf(code) / SMALL);
}

/** Instructions of a region's own blocks. */
function sizeOf({ own }: CompiledCode): number {
  let size = 0;
  for (const { block } of own) size += block.instructions.length;
  return size;
}
