// Where the boxes of a flame graph are. No DOM: tested on its own.
import type { DataOf } from "../messages.ts";

export type FlameNode = DataOf<"flame">["root"];

export interface FlameBox {
  node: FlameNode;
  /** Names from the outermost function to this; none for the whole. */
  path: readonly string[];
  depth: number;
  /** Shares of the width. */
  left: number;
  width: number;
}

/** The node at the end of a path of names, or as far as there are such. */
export function nodeAt(
  root: FlameNode,
  path: readonly string[],
): { node: FlameNode; path: string[]; line: FlameNode[] } {
  let node = root;
  const found: string[] = [];
  const line = [root];
  for (const name of path) {
    const child = node.children.find((other) => other.name === name);
    if (!child) break;
    node = child;
    found.push(name);
    line.push(node);
  }
  return { node, path: found, line };
}

/**
 * Boxes level by level, without those that are narrower than `least`. What is zoomed to takes the whole width, and so
 * do those that it is in.
 */
export function layoutFlame(root: FlameNode, zoom: readonly string[], least: number): FlameBox[] {
  const { line, path } = nodeAt(root, zoom);
  const boxes: FlameBox[] = line.map((node, depth) => ({ node, path: path.slice(0, depth), depth, left: 0, width: 1 }));
  for (let i = line.length - 1; i < boxes.length; i++) {
    const box = boxes[i];
    let { left } = box;
    for (const node of box.node.children) {
      const width = box.node.total > 0 ? (box.width * node.total) / box.node.total : 0;
      if (width >= least) boxes.push({ node, path: [...box.path, node.name], depth: box.depth + 1, left, width });
      left += width;
    }
  }
  return boxes;
}

/** What was spent in functions whose name matches, with what they call; nothing twice. */
export function matchedTotal(root: FlameNode, matches: (name: string) => boolean): number {
  let total = 0;
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node !== root && matches(node.name)) total += node.total;
    else for (const child of node.children) waiting.push(child);
  }
  return total;
}
