// An executor over hand-made blocks: a guest whose "code" is a list of IR blocks, and a little memory.
import { FetchError, type Guest, type TranslateOptions } from "../../guest/guest.ts";
import { Exit } from "../../ir/exits.ts";
import { hostCall } from "../../ir/host-call.ts";
import { parseBlock } from "../../ir/parser.ts";
import { file } from "../../ir/testing/sandbox.ts";
import type { Block } from "../../ir/types.ts";
import { compileWith } from "../../jit/testing/host-compiler.ts";
import type { EngineKind } from "../api.ts";
import { Executor } from "../executor.ts";
import { COUNTERS_BASE, GUEST_BASE, VCPU_BASE, Vcpu } from "../layout.ts";
import { GuestMemory, Protection } from "../memory.ts";
import type { PartialTuning } from "../tuning.ts";

export { file };

/** Data: four pages one can read and write, one read-only. */
export const DATA = 0x2000;
export const DATA_WRITABLE = 0x4000;
export const DATA_END = DATA + DATA_WRITABLE + 0x1000;
/** Pages that blocks may claim to lie in; writable. */
export const CODE = 0x10000;
export const CODE_SIZE = 0x10000;

/** Parses blocks separated by blank lines. */
export function parseBlocks(text: string): Block[] {
  return text
    .split(/\n\s*\n/)
    .filter((part) => part.trim() !== "")
    .map((part) => parseBlock(part, file));
}

/** The first instructions of a block, ended by a goto. */
function cut(block: Block, instructions: number): Block {
  if (block.instructions.length <= instructions) return block;
  const { pc } = block.instructions[instructions];
  const end = block.ops.findIndex((op) => op.op === "insn" && op.index === instructions);
  return {
    ...block,
    size: Number(pc - block.pc),
    instructions: block.instructions.slice(0, instructions),
    ops: block.ops.slice(0, end),
    terminator: { op: "goto", target: pc, kind: "jump" },
  };
}

/** The block from one of its instructions on, where no Temp is carried over; undefined when none begins at pc. */
function suffix(block: Block, pc: bigint): Block | undefined {
  const from = block.instructions.findIndex((instruction) => instruction.pc === pc);
  if (from < 0) return undefined;
  const start = block.ops.findIndex((op) => op.op === "insn" && op.index === from);
  return {
    ...block,
    pc,
    size: block.size - Number(pc - block.pc),
    instructions: block.instructions.slice(from),
    ops: block.ops.slice(start).map((op) => (op.op === "insn" ? { ...op, index: op.index - from } : op)),
  };
}

export class BlockMachine {
  readonly memory = new GuestMemory();
  readonly executor: Executor;
  /** Each call made: arguments, pc and instruction count. */
  readonly calls: string[] = [];
  /** What host function 0 does instead of noting the call. */
  instead: (() => void) | undefined;
  private readonly blocks = new Map<bigint, Block>();

  constructor(engine: EngineKind, tuning: PartialTuning = {}) {
    const { memory } = this;
    memory.map(DATA, DATA_WRITABLE, Protection.Read | Protection.Write);
    memory.map(DATA + DATA_WRITABLE, 0x1000, Protection.Read);
    memory.map(CODE, CODE_SIZE, Protection.Read | Protection.Write | Protection.Execute);
    this.executor = new Executor(this.guest(), memory, { engine, tuning, compileModule: compileWith(true) });
    this.executor.callbacks.push(
      hostCall(() => (this.instead ? this.instead() : this.called())),
      hostCall(() => {
        this.called();
        this.setRegister(1, this.register(1) * 3n + 1n);
      }),
    );
  }

  private guest(): Guest {
    return {
      name: "blocks",
      elfMachine: 0,
      pointerBytes: 8,
      registers: [],
      file,
      hardware: { isa: "", cacheBlockBytes: 0, clockFrequency: 0 },
      translate: (_fetch, pc, options) => this.translate(pc, options),
      decode: () => {
        throw new Error("blocks are not decoded");
      },
    };
  }

  private translate(pc: bigint, { maxInstructions, isBreakpoint }: TranslateOptions): Block {
    let block = this.blocks.get(pc);
    for (const other of this.blocks.values()) block ??= suffix(other, pc);
    if (!block) throw new FetchError(pc);
    const ops = block.ops.flatMap((op) =>
      op.op === "insn" && isBreakpoint?.(op.pc) ? [{ op: "breakpoint", pc: op.pc } as const, op] : [op],
    );
    return maxInstructions === undefined ? { ...block, ops } : cut({ ...block, ops }, maxInstructions);
  }

  /** Replaces the program; the pc is set to its first block, everything else to zero. */
  load(blocks: readonly Block[]): void {
    this.executor.invalidateAll();
    this.blocks.clear();
    for (const block of blocks) this.blocks.set(block.pc, block);
    this.memory.bytes.fill(0, VCPU_BASE, VCPU_BASE + Vcpu.scratch);
    this.memory.bytes.fill(0, COUNTERS_BASE, COUNTERS_BASE + 64);
    this.memory.bytes.fill(0, GUEST_BASE + DATA, GUEST_BASE + DATA_END);
    this.calls.length = 0;
    this.setRegister(file.pc, blocks[0].pc);
  }

  /** Replaces one block without telling the executor, as a store to code would. */
  replace(block: Block): void {
    this.blocks.set(block.pc, block);
  }

  register(index: number): bigint {
    return this.memory.view.getBigInt64(VCPU_BASE + 8 * index, true);
  }

  setRegister(index: number, value: bigint): void {
    this.memory.view.setBigInt64(VCPU_BASE + 8 * index, value, true);
  }

  get icount(): bigint {
    return this.memory.view.getBigUint64(VCPU_BASE + Vcpu.icount, true);
  }

  /** Everything a run may change, readable in a diff. `exit` is what it returned. */
  state(exit: Exit): Record<string, unknown> {
    const { view, bytes } = this.memory;
    const registers = Object.fromEntries(
      file.registers.map(({ name }, i) => [name, BigInt.asUintN(64, this.register(i)).toString(16)]),
    );
    const fault =
      exit === Exit.Fault
        ? `access ${view.getInt32(VCPU_BASE + Vcpu.faultAccess, true)} cause ${view.getInt32(VCPU_BASE + Vcpu.faultCause, true)} at ${view.getBigUint64(VCPU_BASE + Vcpu.faultAddress, true).toString(16)}`
        : undefined;
    const next = exit >= Exit.Syscall ? view.getBigUint64(VCPU_BASE + Vcpu.next, true) : undefined;
    return {
      exit: Exit[exit],
      icount: this.icount,
      ...registers,
      fault,
      next,
      calls: [...this.calls],
      counters: bytes.slice(COUNTERS_BASE, COUNTERS_BASE + 64),
      data: bytes.slice(GUEST_BASE + DATA, GUEST_BASE + DATA_END),
    };
  }

  private called(): void {
    const { view } = this.memory;
    const args = [0, 8].map((at) => view.getBigInt64(VCPU_BASE + Vcpu.args + at, true)).join(" ");
    this.calls.push(`(${args}) r2=${this.register(2)} pc=${this.register(file.pc)} icount=${this.icount}`);
  }
}
