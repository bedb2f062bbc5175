// Semantic versions and ranges of them, as far as plugins use them.

type Version = readonly [major: number, minor: number, patch: number];

const versionPattern = /^(\d+)\.(\d+)\.(\d+)(?:[-+][0-9A-Za-z.+-]*)?$/;
const partPattern = /^(\^|~|>=|<=|>|<|=)?v?(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?(?:[-+][0-9A-Za-z.+-]*)?$/;

export function isVersion(text: string): boolean {
  return versionPattern.test(text);
}

export function isRange(text: string): boolean {
  return alternatives(text).every((parts) => parts.every((part) => part === "*" || partPattern.test(part)));
}

/** Does the version lie in the range? Both must be well-formed; a version's pre-release tag is ignored. */
export function satisfies(version: string, range: string): boolean {
  const [, major, minor, patch] = versionPattern.exec(version) as RegExpExecArray;
  const given: Version = [Number(major), Number(minor), Number(patch)];
  return alternatives(range).some((parts) => parts.every((part) => part === "*" || matches(given, part)));
}

/** `a b || c`: alternatives of parts that must all hold. */
function alternatives(range: string): string[][] {
  return range.split("||").map((text) =>
    text
      .trim()
      .replace(/(\^|~|>=|<=|>|<|=)\s+/g, "$1")
      .split(/\s+/),
  );
}

function matches(given: Version, part: string): boolean {
  const [, operator = "", ...numbers] = partPattern.exec(part) as RegExpExecArray;
  const known = numbers.map((n) => (n === undefined || n === "x" || n === "*" ? undefined : Number(n)));
  const low: Version = [known[0] ?? 0, known[1] ?? 0, known[2] ?? 0];
  const upTo = next(low, known, operator);
  switch (operator) {
    case ">=":
      return compare(given, low) >= 0;
    case "<":
      return compare(given, low) < 0;
    case ">":
      return compare(given, upTo) >= 0;
    case "<=":
      return compare(given, upTo) < 0;
    default:
      return compare(given, low) >= 0 && compare(given, upTo) < 0;
  }
}

/** The first version past what is meant: past the numbers given, or past the compatible ones. */
function next(low: Version, known: readonly (number | undefined)[], operator: string): Version {
  if (operator === "^") {
    if (low[0] > 0 || known[1] === undefined) return [low[0] + 1, 0, 0];
    return low[1] > 0 || known[2] === undefined ? [0, low[1] + 1, 0] : [0, 0, low[2] + 1];
  }
  if (known[1] === undefined) return [low[0] + 1, 0, 0];
  if (known[2] === undefined || operator === "~") return [low[0], low[1] + 1, 0];
  return [low[0], low[1], low[2] + 1];
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
