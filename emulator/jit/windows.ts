// Windows make the check of a guest access cheap. A window is a range of guest memory in which every page is plain for
// loads (or for stores), as far as that was known when it was learnt: an access inside it needs no look at the page's
// flags. A window serves the accesses of one block through one base register, since these mostly go to one place (the
// stack, the heap). It lives in the shared memory, where generated code reads it at each access: that is as cheap as a
// register, of which there are too few.
//
// What lies outside the window is served by the page's flags (helpers.ts), which every so often ask for a better
// window: `left` counts such accesses down, `backoff` is what it starts from next time. Whoever takes plainness away
// clears the windows there.

import { MAX_DISPLACEMENT } from "../ir/passes/guards.ts";
import type { RegisterIndex } from "../ir/types.ts";
import { WINDOWS_BASE, WINDOWS_END } from "../machine/layout.ts";

/** Byte offsets within a window's home. */
export const WindowField = {
  /** i64: the first address. */
  low: 0,
  /** i64: from here on, for each of `SPANS`, how many addresses there are that begin so many bytes of the window. */
  lengths: 8,
  /** i32: accesses outside it that are not worth asking for another. */
  left: 32,
  /** i32 */
  backoff: 36,
} as const;

const WINDOW_BYTES = 40;
/** What is checked at once spans so many bytes, or fewer; the largest access is one of 8. */
const SPANS = [8, 128, 2048] as const;

/** The offset of the length for so many bytes checked at once. */
export function lengthFor(bytes: number): number {
  const index = SPANS.findIndex((span) => span >= bytes);
  if (index < 0) throw new Error(`${bytes} bytes are too many to be checked at once`);
  return WindowField.lengths + 8 * index;
}

const WINDOWS = Math.floor((WINDOWS_END - WINDOWS_BASE) / WINDOW_BYTES);
const MAX_BACKOFF = 4096;

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
  // An access is less than that from its base: one below zero is never taken for one just below 4 GiB.
  const low = Math.max(start, MAX_DISPLACEMENT);
  const at = home >> 2;
  words[at + (WindowField.low >> 2)] = low;
  SPANS.forEach((span, i) => {
    words[at + (WindowField.lengths >> 2) + 2 * i] = Math.max(end - low - span + 1, 0);
  });
  const backoff = Math.min(words[at + (WindowField.backoff >> 2)] * 2 + 1, MAX_BACKOFF);
  words[at + (WindowField.backoff >> 2)] = words[at + (WindowField.left >> 2)] = backoff;
}

/** Does the window hold a part of [start, end)? */
export function windowOverlaps(words: Int32Array, home: number, start: number, end: number): boolean {
  const low = words[(home + WindowField.low) >> 2] >>> 0;
  return low < end && low + words[(home + WindowField.lengths) >> 2] + SPANS[0] - 1 > start;
}

/** Empties a window, and has the next access ask for another. */
export function clearWindow(words: Int32Array, home: number): void {
  words.fill(0, home >> 2, (home + WINDOW_BYTES) >> 2);
}
