// What plugins asked for in one block, in the order of plugins and of their requests, before it becomes IR.
import type { MemoryFilter, Operand } from "../../plugins/api/index.ts";
import type { HostCall } from "../ir/host-call.ts";
import type { RegisterIndex } from "../ir/types.ts";
import type { Computation, Emission } from "./expressions.ts";
import type { AppendEmission, SharedBuffer } from "./trace-buffer.ts";

/** Adds a constant to a counter. */
interface Addition {
  kind: "add";
  counter: number;
  value: bigint;
}

/** Does something in the memory of instruments. */
export interface InlineOperation {
  kind: "inline";
  when: Operand | undefined;
  /** Reads no cell, and writes none that others read: a record of constants, say. */
  isApart: boolean;
  /** Appends a record to it each time. */
  buffer: SharedBuffer | undefined;
  emit(emission: Emission & AppendEmission, computation: Computation): void;
}

/** What a callback sees and may change of the registers. */
export interface CalledRegisters {
  reads: readonly RegisterIndex[];
  writes: readonly RegisterIndex[];
  /** May it send the guest elsewhere? */
  setsPc: boolean;
}

export interface Call extends CalledRegisters {
  kind: "call";
  when: Operand | undefined;
  callback: HostCall;
}

/** Something to do at a point of the block, and the plugin (by index) that wants it. */
export type Insertion = { plugin: number } & (Addition | InlineOperation | Call);

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

export interface MemoryCall {
  kind: "call";
  when: Operand | undefined;
  reads: readonly RegisterIndex[];
  /** What to call after an access of this shape; address and value are in the first two argument slots. */
  callbackFor(shape: AccessShape): HostCall;
}

/** Something to do after an access that `filter` lets pass. */
export type MemoryInsertion = { plugin: number; filter: MemoryFilter | undefined } & (
  | Addition
  | InlineOperation
  | MemoryCall
);

export class BlockPlan {
  readonly atEntry: Insertion[] = [];
  /** By instruction. */
  readonly before: (Insertion[] | undefined)[] = [];
  readonly memory: (MemoryInsertion[] | undefined)[] = [];
  readonly after: (Insertion[] | undefined)[] = [];

  get isEmpty(): boolean {
    return [this.atEntry, this.before, this.memory, this.after].every((list) => list.length === 0);
  }

  addBefore(instruction: number, insertion: Insertion): void {
    (this.before[instruction] ??= []).push(insertion);
  }

  addMemory(instruction: number, insertion: MemoryInsertion): void {
    (this.memory[instruction] ??= []).push(insertion);
  }

  addAfter(instruction: number, insertion: Insertion): void {
    (this.after[instruction] ??= []).push(insertion);
  }

  /** Takes back all that a plugin asked for. */
  without(plugin: number): BlockPlan {
    const plan = new BlockPlan();
    const others = (insertion: { plugin: number }) => insertion.plugin !== plugin;
    const copy = <T extends { plugin: number }>(from: readonly (T[] | undefined)[], to: (T[] | undefined)[]) => {
      from.forEach((list, i) => {
        const kept = list?.filter(others) ?? [];
        if (kept.length > 0) to[i] = kept;
      });
    };
    plan.atEntry.push(...this.atEntry.filter(others));
    copy(this.before, plan.before);
    copy(this.memory, plan.memory);
    copy(this.after, plan.after);
    return plan;
  }
}
