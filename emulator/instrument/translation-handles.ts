// A block and its instructions as an `onTranslate` callback sees them.
import type {
  BlockInline,
  Counter,
  ExecuteCallback,
  ExecuteOptions,
  Instruction,
  InstructionKind,
  MemoryCallback,
  MemoryInline,
  MemoryOptions,
  RegisterReference,
  SourceLocation,
  TranslationBlock,
} from "../../plugins/api/index.ts";
import type { DecodedInstruction, Guest } from "../guest/guest.ts";
import type { Block } from "../ir/types.ts";
import type { BlockPlan, Insertion } from "./block-plan.ts";
import { SharedCounter } from "./counters.ts";
import { checkedFilter, type PluginCallbacks } from "./plugin-callbacks.ts";

/** What the handles of one announcement of a block to one plugin share. */
export interface Announcement {
  readonly block: Block;
  readonly plan: BlockPlan;
  readonly guest: Guest;
  readonly plugin: { readonly index: number; readonly name: string; readonly callbacks: PluginCallbacks };
  readonly locate: (pc: bigint) => SourceLocation | undefined;
  /** False when the callback has returned. */
  live: boolean;
}

type Registers = readonly RegisterReference[];

function checkLive({ live, plugin }: Announcement, handle: string, pc: bigint, example: string): void {
  if (!live)
    throw new Error(
      `the ${handle} at 0x${pc.toString(16)} was used by plugin "${plugin.name}" after its onTranslate callback had returned: copy what is needed later (const pc = ${example}.vaddr)`,
    );
}

function addition(announcement: Announcement, counter: Counter, value: bigint | number) {
  return {
    kind: "add" as const,
    plugin: announcement.plugin.index,
    counter: SharedCounter.offsetOf(counter),
    value: BigInt(value),
  };
}

function call<Reads extends Registers, Writes extends RegisterReference>(
  announcement: Announcement,
  callback: ExecuteCallback<Reads, Writes>,
  options: ExecuteOptions<Reads, Writes>,
): Insertion {
  const { plugin } = announcement;
  return {
    kind: "call",
    plugin: plugin.index,
    ...plugin.callbacks.execute(callback as ExecuteCallback<Registers>, options),
  };
}

export class BlockHandle implements TranslationBlock {
  readonly #announcement: Announcement;
  #instructions: readonly InstructionHandle[] | undefined;
  readonly inline: BlockInline;

  constructor(announcement: Announcement) {
    this.#announcement = announcement;
    this.inline = {
      add: (counter, value) => {
        const { plan } = this.#live();
        plan.atEntry.push(addition(announcement, counter, value));
      },
    };
  }

  get vaddr(): bigint {
    return this.#live().block.pc;
  }

  get size(): number {
    return this.#live().block.size;
  }

  get instructions(): readonly Instruction[] {
    const announcement = this.#live();
    this.#instructions ??= announcement.block.instructions.map(
      (_, index) => new InstructionHandle(announcement, index),
    );
    return this.#instructions;
  }

  onExecute<const Reads extends Registers = readonly [], const Writes extends RegisterReference = never>(
    callback: ExecuteCallback<Reads, Writes>,
    options: ExecuteOptions<Reads, Writes> = {},
  ): void {
    const announcement = this.#live();
    announcement.plan.atEntry.push(call(announcement, callback, options));
  }

  #live(): Announcement {
    checkLive(this.#announcement, "block", this.#announcement.block.pc, "tb");
    return this.#announcement;
  }
}

class InstructionHandle implements Instruction {
  readonly #announcement: Announcement;
  readonly #index: number;
  #decodedOnce: DecodedInstruction | undefined;

  constructor(announcement: Announcement, index: number) {
    this.#announcement = announcement;
    this.#index = index;
  }

  get vaddr(): bigint {
    return this.#translated().pc;
  }

  get size(): number {
    return this.#translated().length;
  }

  get bits(): number {
    return this.#translated().bits;
  }

  get mnemonic(): string {
    return this.#decoded().mnemonic;
  }

  get operands(): string {
    return this.#decoded().operands;
  }

  get disassembly(): string {
    const { mnemonic, operands } = this.#decoded();
    return operands === "" ? mnemonic : `${mnemonic} ${operands}`;
  }

  get kind(): InstructionKind {
    return this.#decoded().kind;
  }

  get target(): bigint | undefined {
    return this.#decoded().target;
  }

  get symbol(): string | undefined {
    return this.source.symbol;
  }

  get source(): SourceLocation {
    return this.#live().locate(this.#translated().pc) ?? {};
  }

  // Made when asked for: most instructions of a block are only looked at.
  get inline(): BlockInline {
    return {
      add: (counter, value) => {
        const announcement = this.#live();
        announcement.plan.addBefore(this.#index, addition(announcement, counter, value));
      },
    };
  }

  get memoryInline(): MemoryInline {
    return {
      add: (counter, value, options = {}) => {
        const announcement = this.#live();
        const filter = checkedFilter(options);
        announcement.plan.addMemory(this.#index, { ...addition(announcement, counter, value), filter });
      },
    };
  }

  onExecute<const Reads extends Registers = readonly [], const Writes extends RegisterReference = never>(
    callback: ExecuteCallback<Reads, Writes>,
    options: ExecuteOptions<Reads, Writes> = {},
  ): void {
    const announcement = this.#live();
    announcement.plan.addBefore(this.#index, call(announcement, callback, options));
  }

  onMemory<const Reads extends Registers = readonly []>(
    callback: MemoryCallback<Reads>,
    options: MemoryOptions<Reads> = {},
  ): void {
    const { plan, plugin } = this.#live();
    const { index: owner, callbacks } = plugin;
    plan.addMemory(this.#index, { plugin: owner, ...callbacks.memory(callback as MemoryCallback<Registers>, options) });
  }

  #live(): Announcement {
    const { block } = this.#announcement;
    checkLive(this.#announcement, "instruction", block.instructions[this.#index].pc, "insn");
    return this.#announcement;
  }

  #translated() {
    return this.#live().block.instructions[this.#index];
  }

  #decoded(): DecodedInstruction {
    if (!this.#decodedOnce) {
      const { pc, bits, length } = this.#translated();
      const fetch = (address: bigint) => {
        const at = Number(address - pc);
        return at >= 0 && at < length ? (bits >>> (8 * at)) & 0xffff : undefined;
      };
      this.#decodedOnce = this.#announcement.guest.decode(fetch, pc);
    }
    this.#live();
    return this.#decodedOnce;
  }
}
