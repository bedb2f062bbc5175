// Windows make the check of a guest access cheap. A window is a range of guest memory in which every page is plain for
// loads (or for stores), as far as that was known when it was learnt: an access inside it needs no look at the page's
// flags. Each guest register that a region uses as a base has one window for loads and one for stores, since what is
// addressed through one register mostly lies in one place (the stack, the heap).
//
// A window's home is in the shared memory; a region takes it into locals when it is entered. What lies outside the
// window is served by the page's flags (helpers.ts), which every so often asks for a better window: `left` counts such
// accesses down, `backoff` is what it starts from next time. Whoever takes plainness away clears the windows there.
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
/** Bases of a region: the guest's registers below this by number, all else as number 0. */
const BASES = 32;
const REGION_BYTES = BASES * 2 * WINDOW_BYTES;
const REGIONS = Math.floor((WINDOWS_END - WINDOWS_BASE) / REGION_BYTES);
const MAX_BACKOFF = 4096;
/** The displacement of an access; its base is then at least this far below the window's accesses. */
export const MAX_DISPLACEMENT = 2048;

/** Of a region (by its entry) and a base register: the home of its window. Regions may share one: it then serves both. */
export function windowHome(entry: bigint, base: RegisterIndex | undefined, isStore: boolean): number {
  const region = Number((entry >> 1n) % BigInt(REGIONS));
  const number = base !== undefined && base < BASES ? base : 0;
  return WINDOWS_BASE + region * REGION_BYTES + (2 * number + (isStore ? 1 : 0)) * WINDOW_BYTES;
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
