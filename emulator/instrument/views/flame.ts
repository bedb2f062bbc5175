// Flame graphs: a tree of calls from samples of call stacks.
import type { FlameData, FlameNode } from "../view-data.ts";
import { keepFirst, omission } from "./bounds.ts";
import type { FunctionNames } from "./function-names.ts";
import { addressText, type Given } from "./given.ts";

const MAX_STACKS = 200_000;
const MAX_FRAMES = 1000;

/** Functions of the whole tree: stacks that begin alike share theirs. */
const MAX_NODES = 500_000;

interface Node {
  name: string;
  address: string | undefined;
  self: number;
  calls: number | undefined;
  children: Map<string, Node>;
}

interface Frame {
  name: string;
  address: string | undefined;
}

export function flameData(given: Given, value: unknown, functions: FunctionNames): Pick<FlameData, "root" | "omitted"> {
  const { items, omitted } = keepFirst(given.iterable(value), MAX_STACKS);
  const tree = new Tree();
  const part = given.part("sample");
  let left = omitted;
  for (const item of items) {
    const sample = part.object(item);
    const own = Number(part.amount("value", sample.value));
    const calls = sample.calls === undefined ? undefined : Number(part.amount("calls", sample.calls));
    const frames = framesOf(given, sample.stack, functions);
    if (!tree.add(frames, own, calls)) left++;
  }
  return { root: finished(tree.root), ...omission(left) };
}

function framesOf(given: Given, stack: unknown, functions: FunctionNames): Frame[] {
  const frames: Frame[] = [];
  for (const frame of given.part("stack").iterable(stack)) {
    if (frames.length === MAX_FRAMES) {
      // What is deeper counts for the function that is furthest in.
      frames[MAX_FRAMES - 1] = { name: "… deeper calls", address: undefined };
      break;
    }
    frames.push(frameOf(given, frame, functions));
  }
  return frames;
}

function frameOf(given: Given, frame: unknown, functions: FunctionNames): Frame {
  if (typeof frame === "string") return { name: given.text("frame", frame), address: undefined };
  if (typeof frame === "bigint") {
    given.address("frame", frame);
    const { name, start } = functions.at(frame);
    return { name, address: addressText(start) };
  }
  if (typeof frame !== "object" || frame === null)
    return given.part("frame").fail("a string, a bigint or an object with a name", frame);
  const { name, address } = frame as Record<string, unknown>;
  return {
    name: given.text("name of a frame", name),
    address: address === undefined ? undefined : given.address("address of a frame", address),
  };
}

class Tree {
  readonly root = newNode({ name: "all", address: undefined });
  private size = 1;

  /** False when the tree is full. */
  add(frames: readonly Frame[], own: number, calls: number | undefined): boolean {
    let node = this.root;
    for (const frame of frames) {
      let child = node.children.get(frame.name);
      if (!child) {
        if (this.size >= MAX_NODES) return false;
        this.size++;
        node.children.set(frame.name, (child = newNode(frame)));
      }
      node = child;
    }
    node.self += own;
    if (calls !== undefined) node.calls = (node.calls ?? 0) + calls;
    return true;
  }
}

const newNode = ({ name, address }: Frame): Node => ({ name, address, self: 0, calls: undefined, children: new Map() });

function finished({ name, address, self, calls, children: own }: Node): FlameNode {
  const children = [...own.values()].map(finished).sort((a, b) => b.total - a.total);
  const total = children.reduce((sum, child) => sum + child.total, self);
  return {
    name,
    ...(address === undefined ? {} : { address }),
    self,
    total,
    ...(calls === undefined ? {} : { calls }),
    children,
  };
}
