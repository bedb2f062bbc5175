// A flame view as a tree of functions: without offsets in their names, and with the callees of one name put together.
import type { FlameNode } from "../../emulator/instrument/view-data.ts";
import type { ExportContext, ViewOf } from "./exporter.ts";

export interface FunctionNode {
  name: string;
  address: bigint | undefined;
  file: string | undefined;
  line: number | undefined;
  self: number;
  /** With the callees. */
  total: number;
  /** Undefined where nobody counted them. */
  calls: number | undefined;
  children: FunctionNode[];
}

/** The outermost functions. What was spent outside of any function is one of its own. */
export function functionTree({ root }: ViewOf<"flame">, context: ExportContext): FunctionNode[] {
  const outermost = merged(root.children, context);
  if (root.self > 0) outermost.push({ ...unplaced("(no function)"), self: root.self, total: root.self });
  return outermost;
}

/** `main+0x12` is in `main`. */
export function functionName(symbol: string): string {
  return symbol.replace(/\+0x[0-9a-f]+$/, "");
}

/** Every node after its caller, with its depth from 0. Not recursive: stacks may be deeper than ours. */
export function* walk(outermost: readonly FunctionNode[]): Generator<{ node: FunctionNode; depth: number }> {
  const waiting = outermost.map((node) => ({ node, depth: 0 })).reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    const { children } = next.node;
    for (let i = children.length - 1; i >= 0; i--) waiting.push({ node: children[i], depth: next.depth + 1 });
  }
}

function merged(outermost: readonly FlameNode[], context: ExportContext): FunctionNode[] {
  const result: FunctionNode[] = [];
  const waiting: { nodes: readonly FlameNode[]; into: FunctionNode[] }[] = [{ nodes: outermost, into: result }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const byName = new Map<string, { node: FunctionNode; children: FlameNode[] }>();
    for (const flame of next.nodes) {
      const placed = place(flame, context);
      const same = byName.get(placed.name);
      if (same) {
        same.node.self += flame.self;
        same.node.total += flame.total;
        if (flame.calls !== undefined) same.node.calls = (same.node.calls ?? 0) + flame.calls;
        for (const child of flame.children) same.children.push(child);
      } else byName.set(placed.name, { node: placed, children: [...flame.children] });
    }
    for (const { node, children } of byName.values()) {
      next.into.push(node);
      if (children.length > 0) waiting.push({ nodes: children, into: node.children });
    }
  }
  return result;
}

function place({ name, address: text, self, total, calls }: FlameNode, context: ExportContext): FunctionNode {
  const address = text === undefined ? undefined : BigInt(text);
  const { file, line, function: covering } = address === undefined ? {} : context.locate(address);
  return { name: called(name, address, covering, context), address, file, line, self, total, calls, children: [] };
}

/** As the source has it: neither an address nor the linker's name where better is known. */
function called(
  given: string,
  address: bigint | undefined,
  covering: string | undefined,
  context: ExportContext,
): string {
  const name = functionName(given);
  if (address === undefined || covering === undefined) return name;
  const isAddress = name === "" || /^0x[0-9a-f]+$/.test(name);
  return isAddress || name === context.functionAt(address)?.linkageName ? covering : name;
}

const unplaced = (name: string): FunctionNode => ({
  name,
  address: undefined,
  file: undefined,
  line: undefined,
  self: 0,
  total: 0,
  calls: undefined,
  children: [],
});
