import type { FlameData, FlameNode } from "../../../emulator/instrument/view-data.ts";
import { aligned, percent, rounded } from "./columns.ts";

/** Lines at most, and the least share of the whole that has one. */
const MAX_LINES = 100;
const LEAST_SHARE = 0.005;

/** The hottest paths as an indented tree. */
export function flameText({ root, unit }: FlameData): string[] {
  if (root.total === 0) return [`(no ${unit} yet)`];
  const wanted = hottest(root);
  const rows: string[][] = [];
  const write = (node: FlameNode, depth: number) => {
    rows.push([
      percent(node.total, root.total),
      percent(node.self, root.total),
      rounded(node.total),
      `${"  ".repeat(depth)}${node.name}`,
    ]);
    for (const child of node.children) if (wanted.has(child)) write(child, depth + 1);
  };
  write(root, 0);
  const lines = aligned([["total", "self", unit, ""], ...rows], ["right", "right", "right", "left"]);
  return [...lines, "(paths that come to less are not shown)"].slice(0, isAll(root, wanted.size) ? -1 : undefined);
}

/** The nodes with the largest totals, always with those that they are in. */
function hottest(root: FlameNode): Set<FlameNode> {
  const wanted = new Set<FlameNode>();
  const candidates = [root];
  while (candidates.length > 0 && wanted.size < MAX_LINES) {
    const next = candidates.reduce((best, node, i) => (node.total > candidates[best].total ? i : best), 0);
    const [node] = candidates.splice(next, 1);
    wanted.add(node);
    candidates.push(...node.children.filter((child) => child.total >= root.total * LEAST_SHARE));
  }
  return wanted;
}

function isAll(root: FlameNode, shown: number): boolean {
  let count = 0;
  const waiting = [root];
  for (let node = waiting.pop(); node && count <= shown; node = waiting.pop()) {
    count++;
    for (const child of node.children) waiting.push(child);
  }
  return count === shown;
}
