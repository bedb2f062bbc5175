// Paths of source files as compilers record them, and which recorded one a user's path means.

/** `path` below `directory`, without `.` and `..`; an absolute path stands for itself. */
export function joinPath(directory: string, path: string): string {
  if (path === "") return normalizePath(directory);
  return normalizePath(directory === "" || isAbsolute(path) ? path : `${directory}/${path}`);
}

function isAbsolute(path: string): boolean {
  return /^([/\\]|[A-Za-z]:[/\\])/.test(path);
}

/** Forward slashes; `.`, `..` and repeated slashes resolved as far as that goes without looking at files. */
export function normalizePath(path: string): string {
  const windows = /^[A-Za-z]:[/\\]/.test(path) || (path.includes("\\") && !path.includes("/"));
  const text = windows ? path.replaceAll("\\", "/") : path;
  const rooted = text.startsWith("/");
  const parts: string[] = [];
  for (const part of text.split("/")) {
    if (part === "" || part === ".") continue;
    const last = parts[parts.length - 1];
    if (part === ".." && last !== undefined && last !== "..") parts.pop();
    else if (part !== ".." || !rooted) parts.push(part);
  }
  return (rooted ? "/" : "") + parts.join("/");
}

/**
 * The recorded path that `wanted` means: the same after normalization, else the one with the longest common ending
 * (at least the file name), so that trees which were moved after the build still work. Undefined when several are
 * equally good.
 */
export function matchPath(wanted: string, recorded: readonly string[]): string | undefined {
  const normal = normalizePath(wanted);
  if (recorded.includes(normal)) return normal;
  const parts = normal.split("/");
  let best: string | undefined;
  let bestLength = 0;
  let tie = false;
  for (const candidate of recorded) {
    const length = commonEnding(parts, candidate.split("/"));
    if (length === 0 || length < bestLength) continue;
    tie = length === bestLength;
    best = candidate;
    bestLength = length;
  }
  return tie ? undefined : best;
}

function commonEnding(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}
