// The engines that made-up programs are run in, with what the seed draws for each: thresholds so low that a short
// program is interpreted, compiled and compiled again, slices that end anywhere, and what watches.
import type { EngineKind, MachineOptions } from "../../machine/api.ts";
import type { Random } from "../random.ts";
import type { Instrument, RunOptions } from "./run.ts";

export const engines: readonly EngineKind[] = ["interpreter", "auto", "jit"];

function randomTuning(random: Random, engine: EngineKind): MachineOptions["tuning"] {
  const hot = engine === "jit" ? 0 : 2 + random.below(random.pick([6, 50, 300]));
  return {
    hot,
    bounds: {
      blocks: random.pick([1, 2, 4, 16, 64]),
      instructions: random.pick([10, 100, 500, 2500]),
      targets: random.pick([1, 2, 8, 16]),
      heat: random.below(hot + 1),
      inline: random.pick([0, 10, 60]),
      hotInline: random.pick([0, 60, 400]),
      depth: random.below(5),
    },
    misses: 1 + random.below(random.pick([3, 30, 300])),
    trace: random.pick([1, 4, 12]),
    sample: random.pick([1, 5, 50]),
    samples: random.pick([1, 3, 20]),
    warm: random.pick([0.2, 0.5, 1]),
    guardFailures: random.pick([1, 3, 20, 1000]),
    freeBytes: random.pick([0, 100_000, 1e9]),
  };
}

export function randomRun(random: Random, engine: EngineKind): RunOptions & { instrument: Instrument } {
  return {
    engine,
    tuning: engine === "interpreter" ? undefined : randomTuning(random, engine),
    // Now and then so little that most is forgotten before it is used again.
    limits: random.chance(0.4)
      ? { translationBytes: random.pick([5000, 50_000, 500_000]), regionBytes: random.pick([1000, 20_000, 200_000]) }
      : undefined,
    instrument: random.pick<Instrument>(["none", "none", "none", "counters", "callbacks"]),
    again: engine === "auto" && random.chance(0.3),
    slice: random.chance(0.5) ? { most: random.pick([200, 5000, 100_000]), seed: random.below(1e9) } : undefined,
  };
}
