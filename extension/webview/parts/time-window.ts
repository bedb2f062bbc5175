// The part of a timeline that is in sight. No DOM: tested on its own.

export interface TimeWindow {
  from: number;
  to: number;
}

/** Zooms by a factor below 1 (in) or above (out) about a time, which stays where it is. */
export const zoomed = ({ from, to }: TimeWindow, factor: number, about: number): TimeWindow => ({
  from: about - (about - from) * factor,
  to: about + (to - about) * factor,
});

export const moved = ({ from, to }: TimeWindow, share: number): TimeWindow => ({
  from: from + (to - from) * share,
  to: to + (to - from) * share,
});

/** Within what there is; undefined when that is all of it. */
export function within({ from, to }: TimeWindow, all: TimeWindow): TimeWindow | undefined {
  const length = Math.max(1, to - from);
  if (length >= all.to - all.from) return undefined;
  const start = Math.max(all.from, Math.min(from, all.to - length));
  return { from: start, to: start + length };
}
