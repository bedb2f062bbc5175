// What plugins asked for in one block, in the order of plugins and of their requests, before it becomes IR.
import type { MemoryFilter } from "../../plugins/api/index.ts";
import type { HostCall } from "../ir/host-call.ts";
import type { RegisterIndex } from "../ir/types.ts";

/** Something to do at a point of the block, and the plugin (by index) that wants it. */
export type Insertion =
  | { kind: "add"; plugin: number; counter: number; value: bigint }
  | {
      kind: "call";
      plugin: number;
      callback: HostCall;
      reads: readonly RegisterIndex[];
      writes: readonly RegisterIndex[];
    };

/** What is known of an access before it runs. */
export interface AccessShape {
  /** Bytes. */
  size: number;
  isStore: boolean;
  isSigned: boolean;
}

const shapes = new Map<string, AccessShape>();

/** The same object for the same shape: generated code holds on to those it hands over. */
export function accessShape(size: number, isStore: boolean, isSigned: boolean): AccessShape {
  const key = `${size} ${isStore} ${isSigned}`;
  let shape = shapes.get(key);
  if (!shape) shapes.set(key, (shape = { size, isStore, isSigned }));
  return shape;
}

/** Something to do after an access that `filter` lets pass. */
export type MemoryInsertion = { plugin: number; filter: MemoryFilter | undefined } & (
  | { kind: "add"; counter: number; value: bigint }
  | {
      kind: "call";
      reads: readonly RegisterIndex[];
      /** What to call after an access of this shape; address and value are in the first two argument slots. */
      callbackFor(shape: AccessShape): HostCall;
    }
);

export class BlockPlan {
  readonly atEntry: Insertion[] = [];
  /** By instruction. */
  readonly before: (Insertion[] | undefined)[] = [];
  readonly memory: (MemoryInsertion[] | undefined)[] = [];

  get isEmpty(): boolean {
    return this.atEntry.length === 0 && this.before.length === 0 && this.memory.length === 0;
  }

  addBefore(instruction: number, insertion: Insertion): void {
    (this.before[instruction] ??= []).push(insertion);
  }

  addMemory(instruction: number, insertion: MemoryInsertion): void {
    (this.memory[instruction] ??= []).push(insertion);
  }

  /** Takes back all that a plugin asked for. */
  without(plugin: number): BlockPlan {
    const plan = new BlockPlan();
    const others = (insertion: { plugin: number }) => insertion.plugin !== plugin;
    plan.atEntry.push(...this.atEntry.filter(others));
    this.before.forEach((list, i) => {
      for (const insertion of list?.filter(others) ?? []) plan.addBefore(i, insertion);
    });
    this.memory.forEach((list, i) => {
      for (const insertion of list?.filter(others) ?? []) plan.addMemory(i, insertion);
    });
    return plan;
  }
}
