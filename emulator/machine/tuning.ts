// What decides when code is compiled, and how much of it together.
import { PASS_NAMES, type PassName } from "../ir/passes/index.ts";
import type { RegionBounds } from "./region-growth.ts";

export type PartialTuning = Partial<Omit<Tuning, "bounds">> & { bounds?: Partial<RegionBounds> };

export interface Tuning {
  /** The passes over what is compiled. */
  passes: readonly PassName[];
  /** Executions in the interpreter after which a block is the entry of a region. */
  hot: number;
  /** The part of them after which it comes into a module with one that is. */
  warm: number;
  bounds: RegionBounds;
  /** How often control has to come from a region to the middle of one, for a way in to be made. */
  misses: number;
  /** Blocks of such a way. */
  trace: number;
  /** One of so many changes from region to region is looked at, and so many of one kind join the two. */
  sample: number;
  samples: number;
  /** Guards that fail so often in a block are taken out of it. */
  guardFailures: number;
  /** Regions are compiled again as long as no more code has been made than this, and one byte for so many instructions. */
  freeBytes: number;
  instructionsPerByte: number;
}

export const defaultTuning: Tuning = {
  passes: PASS_NAMES,
  hot: 1000,
  warm: 0.3,
  bounds: { blocks: 200, instructions: 2500, targets: 64, heat: 20, inline: 60, hotInline: 200, depth: 4 },
  misses: 50,
  trace: 12,
  sample: 500,
  samples: 3,
  guardFailures: 20,
  freeBytes: 150_000,
  instructionsPerByte: 20_000,
};

/** Engine "jit" compiles everything at first sight, so in small pieces. */
export const eagerTuning: Tuning = {
  ...defaultTuning,
  hot: 0,
  bounds: { blocks: 16, instructions: 500, targets: 8, heat: 0, inline: 40, hotInline: 40, depth: 2 },
};
