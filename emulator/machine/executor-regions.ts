// Which blocks go into a region: from its entry, over static successors and learnt indirect targets, hottest first.
import type { Block, RegisterFile } from "../ir/types.ts";
import { type Region, staticTargets } from "../jit/region.ts";
import type { Translation } from "./translation-cache.ts";

/** What bounds a region; V8's compile time grows a little faster than the number of blocks. */
export interface RegionBounds {
  blocks: number;
  instructions: number;
  /** Learnt targets of one indirect jump. */
  targets: number;
  /** Blocks that ran more rarely than this are left out; they come in when the region is compiled again, if they warm up. */
  heat: number;
}

/** Targets of a block's indirect jump, most frequent first. */
export function learntTargets(translation: Translation, limit: number): number[] {
  return [...translation.targets]
    .sort(([, a], [, b]) => b - a)
    .slice(0, limit)
    .map(([pc]) => pc);
}

/**
 * The translations of the region at `entry`. `find` gives the translation at an address that the region may include,
 * or undefined.
 */
export function growRegion(
  entry: Translation,
  find: (pc: number) => Translation | undefined,
  bounds: RegionBounds,
): Set<Translation> {
  const chosen = new Set<Translation>();
  const candidates = new Set<Translation>([entry]);
  let instructions = 0;
  while (candidates.size > 0 && chosen.size < bounds.blocks && instructions < bounds.instructions) {
    let hottest = entry;
    let heat = -1;
    for (const candidate of candidates)
      if (candidate.executions > heat) {
        hottest = candidate;
        heat = candidate.executions;
      }
    candidates.delete(hottest);
    chosen.add(hottest);
    instructions += hottest.block.instructions.length;
    const successors = staticTargets(hottest.block).filter((pc) => pc < 1n << 32n);
    for (const pc of [...successors.map(Number), ...learntTargets(hottest, bounds.targets)]) {
      const next = find(pc);
      if (next && next.executions >= bounds.heat && !chosen.has(next)) candidates.add(next);
    }
  }
  return chosen;
}

/** The region as the JIT takes it. */
export function describeRegion(
  entry: Translation,
  chosen: ReadonlySet<Translation>,
  optimised: (translation: Translation) => Block,
  file: RegisterFile,
  bounds: RegionBounds,
): Region {
  const blocks = new Map<bigint, Block>();
  const targets = new Map<bigint, bigint[]>();
  for (const translation of chosen) {
    blocks.set(translation.block.pc, optimised(translation));
    if (translation.targets.size > 0)
      targets.set(translation.block.pc, learntTargets(translation, bounds.targets).map(BigInt));
  }
  return { entry: entry.block.pc, blocks, targets, file };
}
