// Which blocks go into a region, and in how many copies. A region is about a function: it grows from its entries over
// static successors and learnt targets of indirect jumps, hottest first. A call of a small function takes a copy of
// that function in, in a context that knows where it returns to; any other call leaves the region, which is entered
// again where the call returns.
import type { Block, RegisterFile } from "../ir/types.ts";
import { hasBreakpoint, type Region, type RegionNode } from "../jit/region.ts";
import type { Translation } from "./translation-cache.ts";

/** What bounds a region; V8's compile time grows a little faster than the number of blocks. */
export interface RegionBounds {
  blocks: number;
  instructions: number;
  /** Learnt targets of one indirect jump. */
  targets: number;
  /** Blocks that ran more rarely than this are left out; they come in when the region is compiled again, if they warm up. */
  heat: number;
  /** Instructions of a function that is copied into its callers. */
  inline: number;
  /** The same for one that is known to be called very often. */
  hotInline: number;
  /** How deeply such functions are nested. */
  depth: number;
}

/** A function that was taken into its caller. */
interface Context {
  readonly id: number;
  /** Address of the function. */
  readonly callee: number;
  readonly returnTo: number;
  /** The caller's context, undefined for the region's own function. */
  readonly caller: Context | undefined;
  readonly depth: number;
}

interface Place {
  readonly translation: Translation;
  readonly context: Context | undefined;
}

/** Where control goes from a place: addresses, each in the context it then has. */
interface Successor {
  readonly pc: number;
  readonly context: Context | undefined;
  /** Does the region follow it? Otherwise it is an edge only if something else brings the place in. */
  readonly follow: boolean;
}

/** Targets of a block's indirect jump, most frequent first. */
function learntTargets(translation: Translation, limit: number): number[] {
  return [...translation.targets]
    .sort(([, a], [, b]) => b - a)
    .slice(0, limit)
    .map(([pc]) => pc);
}

export interface GrownRegion {
  readonly region: Region;
  /** Every translation in it. */
  readonly blocks: ReadonlySet<Translation>;
  /** Those of the region's own function. */
  readonly own: ReadonlySet<Translation>;
  /** By the number of the entry. */
  readonly entries: readonly Translation[];
  /** Those of them that are not in copies. */
  readonly seeds: readonly Translation[];
}

export interface GrowthOptions {
  /** The translation at an address that a region may include, or undefined. */
  find: (pc: number) => Translation | undefined;
  /** Is control rather to go to another region there? A copy of a small function may hold it all the same. */
  isElsewhere: (translation: Translation) => boolean;
  optimised: (translation: Translation) => Block;
  bounds: RegionBounds;
  file: RegisterFile;
}

export function growRegion(seeds: readonly Translation[], options: GrowthOptions): GrownRegion {
  return new Growth(options).grow(seeds);
}

class Growth {
  private readonly options: GrowthOptions;
  private readonly places = new Map<string, Place>();
  private readonly candidates = new Map<string, Place>();
  /** One for each address. */
  private readonly entries = new Map<Translation, Place>();
  private readonly sizes = new Map<number, number>();
  private readonly contexts = new Map<string, Context>();
  private instructions = 0;

  constructor(options: GrowthOptions) {
    this.options = options;
  }

  grow(seeds: readonly Translation[]): GrownRegion {
    const { bounds } = this.options;
    for (const seed of seeds) this.enter({ translation: seed, context: undefined });
    while (this.candidates.size > 0 && this.places.size < bounds.blocks && this.instructions < bounds.instructions)
      this.take(this.hottest());
    return this.describe();
  }

  private hottest(): Place {
    let best: Place | undefined;
    for (const place of this.candidates.values()) if (!best || this.heat(place) > this.heat(best)) best = place;
    return best!;
  }

  /** Entries come first. */
  private heat({ translation, context }: Place): number {
    return this.entries.get(translation)?.context === context ? Number.POSITIVE_INFINITY : translation.executions;
  }

  private enter(place: Place): void {
    this.entries.set(place.translation, place);
    this.offer(place);
  }

  private offer(place: Place): void {
    const key = keyOf(place.translation.pc, place.context);
    if (!this.places.has(key)) this.candidates.set(key, place);
  }

  private take(place: Place): void {
    const key = keyOf(place.translation.pc, place.context);
    this.candidates.delete(key);
    this.places.set(key, place);
    this.instructions += place.translation.block.instructions.length;
    for (const { pc, context, follow } of this.successors(place)) {
      const next = follow ? this.warm(pc) : undefined;
      if (next && (context || !this.options.isElsewhere(next))) this.offer({ translation: next, context });
    }
    const after = this.returnPoint(place);
    const next = after === undefined ? undefined : this.warm(after);
    if (!next || this.entries.has(next)) return;
    // A call in a copy returns to this copy if nowhere else: should another have been meant, the copy's own return tells.
    if (place.context ? next.entry !== undefined : this.options.isElsewhere(next)) return;
    this.enter({ translation: next, context: place.context });
  }

  private warm(pc: number): Translation | undefined {
    const translation = this.options.find(pc);
    return translation && translation.executions >= this.options.bounds.heat ? translation : undefined;
  }

  /** Where a call that is not taken in will return to. */
  private returnPoint({ translation, context }: Place): number | undefined {
    const { terminator } = translation.block;
    if (hasBreakpoint(translation.block) || !("returnAddress" in terminator) || terminator.kind !== "call")
      return undefined;
    const { returnAddress } = terminator;
    if (returnAddress === undefined || returnAddress >= 1n << 32n) return undefined;
    const all = this.successors({ translation, context });
    const complete = terminator.op === "goto" && all.every((successor) => successor.context);
    return complete ? undefined : Number(returnAddress);
  }

  private successors({ translation, context }: Place, block = translation.block): Successor[] {
    const { bounds } = this.options;
    const { terminator } = block;
    if (hasBreakpoint(block)) return [];
    const here = (pc: bigint | number): Successor => ({ pc: Number(pc), context, follow: Number(pc) < 2 ** 32 });
    switch (terminator.op) {
      case "trap":
        return [];
      case "branch":
        return [here(terminator.taken), here(terminator.fallthrough)];
      case "goto":
        if (terminator.kind !== "call") return [here(terminator.target)];
        return [this.callee(Number(terminator.target), terminator.returnAddress, context)];
      case "jump": {
        if (terminator.kind === "return" && context)
          return [{ pc: context.returnTo, context: context.caller, follow: true }];
        const targets = learntTargets(translation, bounds.targets);
        if (terminator.kind === "call") return targets.map((pc) => this.callee(pc, terminator.returnAddress, context));
        return targets.map((pc) => ({ pc, context, follow: terminator.kind === "jump" }));
      }
    }
  }

  /** A called function: a copy of it, or itself where the region holds it for another reason (it calls itself). */
  private callee(pc: number, returnAddress: bigint | undefined, caller: Context | undefined): Successor {
    const depth = (caller?.depth ?? 0) + 1;
    const isOpen = () => {
      for (let at = caller; at; at = at.caller) if (at.callee === pc) return true;
      return [...this.entries.keys()].some((entry) => entry.pc === pc);
    };
    if (returnAddress === undefined || depth > this.options.bounds.depth || isOpen() || !this.isSmall(pc))
      return { pc, context: undefined, follow: false };
    const returnTo = Number(returnAddress);
    const key = `${keyOf(pc, caller)} ${returnTo}`;
    let context = this.contexts.get(key);
    if (!context) {
      context = { id: this.contexts.size + 1, callee: pc, returnTo, caller, depth };
      this.contexts.set(key, context);
    }
    return { pc, context, follow: true };
  }

  /** Does the function at pc return, within few instructions of warm code? */
  private isSmall(pc: number): boolean {
    const { inline, hotInline } = this.options.bounds;
    const limit = this.options.find(pc)?.isHotCallee ? hotInline : inline;
    let size = this.sizes.get(pc);
    if (size === undefined) {
      size = this.measure(pc, limit);
      this.sizes.set(pc, size);
    }
    return size <= limit;
  }

  private measure(pc: number, limit: number): number {
    const seen = new Set<number>();
    const work = [pc];
    let size = 0;
    let returns = false;
    for (let at = work.pop(); at !== undefined && size <= limit; at = work.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const translation = this.warm(at);
      if (!translation) continue;
      const { block } = translation;
      size += block.instructions.length;
      const { terminator } = block;
      if (terminator.op === "branch") work.push(Number(terminator.taken), Number(terminator.fallthrough));
      else if (terminator.op === "goto")
        work.push(Number(terminator.kind === "call" ? terminator.returnAddress : terminator.target));
      else if (terminator.op === "jump") {
        if (terminator.kind === "return") returns = true;
        else if (terminator.kind === "call") work.push(Number(terminator.returnAddress));
        else work.push(...learntTargets(translation, this.options.bounds.targets));
      }
    }
    return returns ? size : Number.POSITIVE_INFINITY;
  }

  private describe(): GrownRegion {
    const numbers = new Map<string, number>();
    for (const key of this.places.keys()) numbers.set(key, numbers.size);
    const nodes = [...this.places.values()].map((place): RegionNode => {
      const block = this.options.optimised(place.translation);
      const successors = this.successors(place, block);
      return {
        block,
        targets: targetsOf(block, successors),
        edges: successors.map(({ pc, context }) => numbers.get(keyOf(pc, context))),
      };
    });
    const own = new Set<Translation>();
    const blocks = new Set<Translation>();
    for (const { translation, context } of this.places.values()) {
      blocks.add(translation);
      if (!context) own.add(translation);
    }
    const entries: Translation[] = [];
    const seeds: Translation[] = [];
    const entryNodes: number[] = [];
    for (const [translation, { context }] of this.entries) {
      const node = numbers.get(keyOf(translation.pc, context));
      if (node === undefined) continue;
      entries.push(translation);
      entryNodes.push(node);
      if (!context) seeds.push(translation);
    }
    return { region: { nodes, entries: entryNodes, file: this.options.file }, blocks, own, entries, seeds };
  }
}

/** The addresses as the code has them: static ones may lie where no region does. */
function targetsOf(block: Block, successors: readonly Successor[]): readonly bigint[] {
  const { terminator } = block;
  if (hasBreakpoint(block)) return [];
  if (terminator.op === "goto") return [terminator.target];
  if (terminator.op === "branch") return [terminator.taken, terminator.fallthrough];
  return successors.map(({ pc }) => BigInt(pc));
}

function keyOf(pc: number, context: Context | undefined): string {
  return `${pc}/${context?.id ?? 0}`;
}
