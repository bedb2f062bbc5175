// Windows make the check of a guest access cheap. A window is a range of guest memory in which every page is plain for
// loads (or for stores), as far as that was known when it was learnt: an access inside it needs no look at the page's
// flags. A window serves the accesses of one block through one base register, since these mostly go to one place (the
// stack, the heap). It lives in the shared memory, where generated code reads it at each access: that is as cheap as a
// register, of which there are too few.
//
// What lies outside the window is served by the page's flags (helpers.ts), which every so often ask for a better
// window: `left` counts such accesses down, `backoff` is what it starts from next time. Whoever takes plainness away
// clears the windows there.
import type { RegisterIndex } from "../ir/types.ts";
import { WINDOWS_BASE, WINDOWS_END } from "../machine/layout.ts";

/** Byte offsets within a window's home. */
export const WindowField = {
  /** i64: the first address. */
  low: 0,
  /** i64: its size less 7 bytes, so that an access of any size that begins within lies inside. */
  length: 8,
  /** i32: accesses outside it that are not worth asking for another. */
  left: 16,
  /** i32 */
  backoff: 20,
} as const;

const WINDOW_BYTES = 24;
const WINDOWS = Math.floor((WINDOWS_END - WINDOWS_BASE) / WINDOW_BYTES);
const MAX_BACKOFF = 4096;
/** Below it in size is the displacement of an access: its base is not further than this from the window. */
export const MAX_DISPLACEMENT = 2048;

/**
 * The home of the window for accesses of the block at `pc` through a register (undefined: through none). Those through
 * the stack pointer have one in common. Where two happen to be the same, it serves both.
 */
export function windowHome(
  pc: bigint,
  base: RegisterIndex | undefined,
  stackPointer: RegisterIndex,
  isStore: boolean,
): number {
  const number =
    base === stackPointer ? 0 : 1 + ((Number(BigInt.asUintN(32, pc >> 1n)) * 67 + (base ?? 0)) % (WINDOWS / 2 - 1));
  return WINDOWS_BASE + (2 * Math.floor(number) + (isStore ? 1 : 0)) * WINDOW_BYTES;
}

/** Sets a window to [start, end), or to nothing where that is too small to be one. */
export function setWindow(words: Int32Array, home: number, start: number, end: number): void {
  // A base below zero is never taken for one just below 4 GiB.
  const low = Math.max(start, MAX_DISPLACEMENT);
  const at = home >> 2;
  words[at + (WindowField.low >> 2)] = low;
  words[at + (WindowField.length >> 2)] = Math.max(end - low - 7, 0);
  const backoff = Math.min(words[at + (WindowField.backoff >> 2)] * 2 + 1, MAX_BACKOFF);
  words[at + (WindowField.backoff >> 2)] = words[at + (WindowField.left >> 2)] = backoff;
}

/** Does the window hold a part of [start, end)? */
export function windowOverlaps(words: Int32Array, home: number, start: number, end: number): boolean {
  const low = words[(home + WindowField.low) >> 2] >>> 0;
  return low < end && low + words[(home + WindowField.length) >> 2] + 7 > start;
}

/** Empties a window, and has the next access ask for another. */
export function clearWindow(words: Int32Array, home: number): void {
  words.fill(0, home >> 2, (home + WINDOW_BYTES) >> 2);
}
