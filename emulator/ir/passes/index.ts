// The passes over one block, by name, in the order that lets each find what the one before left.
import type { Block, RegisterFile } from "../types.ts";
import { boxing } from "./boxing.ts";
import { deadCode } from "./dead-code.ts";
import { deadPut } from "./dead-put.ts";
import { extensions } from "./extensions.ts";
import { fold } from "./fold.ts";
import { forward } from "./forward.ts";
import { guards } from "./guards.ts";
import { rotations } from "./rotations.ts";
import { shiftPairs } from "./shift-pairs.ts";

/** Gives a block that does the same; a valid block stays valid. `insn` operations are never removed or moved. */
export type Pass = (block: Block, file: RegisterFile) => Block;

export const PASSES = {
  forward,
  fold,
  boxing,
  "shift-pairs": shiftPairs,
  extensions,
  rotations,
  guards,
  "dead-put": deadPut,
  "dead-code": deadCode,
} as const satisfies Record<string, Pass>;

export type PassName = keyof typeof PASSES;

export const PASS_NAMES = Object.keys(PASSES) as readonly PassName[];

/** Runs the named passes, all of them by default. */
export function optimize(block: Block, file: RegisterFile, passes: readonly PassName[] = PASS_NAMES): Block {
  let result = block;
  for (const name of passes) result = (PASSES[name] as Pass)(result, file);
  return result;
}
