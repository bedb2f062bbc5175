// Words that resemble a wrong one, for messages.

/** Insertions, deletions, replacements and swaps of neighbours between two words. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.length];
}

/** At most three of the known words, the nearest first; none when nothing resembles it. */
export function nearest(wrong: string, known: readonly string[]): string[] {
  const limit = Math.max(1, Math.floor(wrong.length / 2));
  return known
    .map((word) => ({ word, far: distance(wrong.toLowerCase(), word.toLowerCase()) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ word }) => word);
}

/** `: did you mean "a" or "b"?`, or what there is when nothing resembles it. */
export function suggestion(wrong: string, known: readonly string[]): string {
  const near = nearest(wrong, known);
  if (near.length > 0) return `: did you mean ${near.map((word) => `"${word}"`).join(" or ")}?`;
  return known.length === 0 ? "" : `: known are ${known.join(", ")}`;
}
