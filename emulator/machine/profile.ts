// What a run of a program teaches about it: how often blocks run, where their indirect jumps go, and where the regions
// begin that it ended with. The next run makes these regions when it first comes by, instead of finding them again. A
// profile is no more than a hint: code is translated from memory as it is, whatever the profile says.

export interface BlockProfile {
  readonly pc: number;
  readonly executions: number;
  /** Of an indirect jump: where it went, and how often that was seen. */
  readonly targets: readonly (readonly [pc: number, count: number])[];
  readonly isHotCallee: boolean;
  readonly isUnguarded: boolean;
}

export interface Profile {
  readonly blocks: readonly BlockProfile[];
  /** Of each region: the blocks it is grown from. */
  readonly regions: readonly (readonly number[])[];
}

/** So much of what one run did not come by is kept for the ones after it. */
const MAX_OTHERS = 5000;

/** A profile as text; of what stands in a list the order says what it is. */
export function printProfile({ blocks, regions }: Profile): string {
  const rows = blocks.map(({ pc, executions, targets, isHotCallee, isUnguarded }) => [
    pc,
    executions,
    (isHotCallee ? 1 : 0) + (isUnguarded ? 2 : 0),
    ...targets.flat(),
  ]);
  return JSON.stringify({ blocks: rows, regions });
}

/** Undefined when the text is not that of a profile. */
export function parseProfile(text: string): Profile | undefined {
  try {
    const { blocks, regions } = JSON.parse(text) as { blocks: unknown; regions: unknown };
    if (!isListOfLists(blocks) || !isListOfLists(regions) || blocks.some(({ length }) => length % 2 === 0))
      return undefined;
    return { blocks: blocks.map(blockOf), regions };
  } catch {
    return undefined;
  }
}

function blockOf([pc, executions, flags, ...counts]: readonly number[]): BlockProfile {
  const targets: [number, number][] = [];
  for (let i = 0; i + 1 < counts.length; i += 2) targets.push([counts[i], counts[i + 1]]);
  return { pc, executions, targets, isHotCallee: (flags & 1) !== 0, isUnguarded: (flags & 2) !== 0 };
}

/** Of natural numbers below 2^32, at least one in each. */
function isListOfLists(value: unknown): value is number[][] {
  const isNumber = (item: unknown) => typeof item === "number" && item >>> 0 === item;
  return Array.isArray(value) && value.every((list) => Array.isArray(list) && list.length > 0 && list.every(isNumber));
}

/** A profile by address. */
export class Hints {
  private readonly blocks: ReadonlyMap<number, BlockProfile>;
  private readonly regions: readonly (readonly number[])[];
  /** By seed: the index of its region, until that is taken. */
  private readonly regionOf = new Map<number, number>();

  constructor({ blocks, regions }: Profile) {
    this.blocks = new Map(blocks.map((block) => [block.pc, block]));
    this.regions = regions;
    for (const [index, seeds] of regions.entries()) for (const seed of seeds) this.regionOf.set(seed, index);
  }

  block(pc: number): BlockProfile | undefined {
    return this.blocks.get(pc);
  }

  /** Blocks but for those of which something else is known, the latter ones of too many. */
  others(isKnown: (pc: number) => boolean): BlockProfile[] {
    return [...this.blocks.values()].filter(({ pc }) => !isKnown(pc)).slice(-MAX_OTHERS);
  }

  /** The regions that have not been taken. */
  rest(): (readonly number[])[] {
    return this.regions
      .filter((seeds, index) => seeds.some((seed) => this.regionOf.get(seed) === index))
      .slice(-MAX_OTHERS);
  }

  /** Does a region begin here that has not been taken? */
  isSeed(pc: number): boolean {
    return this.regionOf.has(pc);
  }

  /** Takes the region with this seed and, up to `most` in all, those behind it: their seeds. */
  take(pc: number, most: number): (readonly number[])[] {
    const first = this.regionOf.get(pc);
    const taken: (readonly number[])[] = [];
    for (let index = first ?? this.regions.length; index < this.regions.length && taken.length < most; index++) {
      const seeds = this.regions[index];
      if (!seeds.some((seed) => this.regionOf.get(seed) === index)) continue;
      for (const seed of seeds) this.regionOf.delete(seed);
      taken.push(seeds);
    }
    return taken;
  }
}
