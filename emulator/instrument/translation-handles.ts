// A block and its instructions as an `onTranslate` callback sees them.
import type {
  BlockInline,
  Edges,
  ExecuteCallback,
  ExecuteOptions,
  HardwareAddress,
  Inline,
  Instruction,
  InstructionKind,
  MemoryAccess,
  MemoryCallback,
  MemoryInline,
  MemoryOptions,
  RegisterInfo,
  RegisterReference,
  SourceLocation,
  TranslationBlock,
  Values,
  Vcpu,
} from "../../plugins/api/index.ts";
import type { DecodedInstruction, Guest } from "../guest/guest.ts";
import type { Block, RegisterIndex } from "../ir/types.ts";
import type { BlockPlan, Call, Insertion } from "./block-plan.ts";
import { checkedFilter, conditionOf, InlineRequests } from "./inline-requests.ts";
import { notInUserMode } from "./memory-access.ts";
import type { PluginCallbacks } from "./plugin-callbacks.ts";

/** What the handles of one announcement of a block to one plugin share. */
export interface Announcement {
  readonly block: Block;
  readonly plan: BlockPlan;
  readonly guest: Guest;
  readonly plugin: { readonly index: number; readonly name: string; readonly callbacks: PluginCallbacks };
  readonly values: Values;
  readonly locate: (pc: bigint) => SourceLocation | undefined;
  readonly register: (index: RegisterIndex) => RegisterInfo;
  /** A system call of this block was asked to be reported when it has returned. */
  readonly afterSyscall: (pc: bigint, call: Call) => void;
  /** False when the callback has returned. */
  live: boolean;
}

type Registers = readonly RegisterReference[];
/** Whatever registers it wants. */
type AnyExecute = (vcpu: Vcpu, registers: never) => unknown;
type AnyAccessed = (access: MemoryAccess, vcpu: Vcpu, registers: never) => void;
type AnyOptions = ExecuteOptions<Registers, RegisterReference, boolean>;

function checkLive({ live, plugin }: Announcement, handle: string, pc: bigint, example: string): void {
  if (!live)
    throw new Error(
      `the ${handle} at 0x${pc.toString(16)} was used by plugin "${plugin.name}" after its onTranslate callback had returned: copy what is needed later (const pc = ${example}.vaddr)`,
    );
}

function call({ plugin }: Announcement, method: string, callback: AnyExecute, options: AnyOptions): Insertion & Call {
  const called = callback as ExecuteCallback<Registers, RegisterReference, boolean>;
  return { plugin: plugin.index, ...plugin.callbacks.execute(method, called, options) };
}

class BlockInlineRequests extends InlineRequests implements BlockInline {
  readonly #announcement: () => Announcement;

  constructor(announcement: () => Announcement) {
    super((request) => {
      const { plan, plugin } = announcement();
      plan.atEntry.push({ ...request, plugin: plugin.index });
    }, announcement().values);
    this.#announcement = announcement;
  }

  edge(edges: Edges): void {
    const { block, plan, plugin } = this.#announcement();
    const last = block.instructions.length - 1;
    const { entry, end } = InlineRequests.edge(edges, block.pc, block.instructions[last].pc);
    plan.atEntry.push({ ...entry, plugin: plugin.index });
    plan.addBefore(last, { ...end, plugin: plugin.index });
  }
}

export class BlockHandle implements TranslationBlock {
  readonly #announcement: Announcement;
  #instructions: readonly InstructionHandle[] | undefined;
  #inline: BlockInline | undefined;

  constructor(announcement: Announcement) {
    this.#announcement = announcement;
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

  get inline(): BlockInline {
    this.#inline ??= new BlockInlineRequests(() => this.#live());
    return this.#inline;
  }

  onExecute(callback: AnyExecute, options: AnyOptions = {}): void {
    const announcement = this.#live();
    announcement.plan.atEntry.push(call(announcement, "onExecute", callback, options));
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

  get index(): number {
    this.#live();
    return this.#index;
  }

  get size(): number {
    return this.#translated().length;
  }

  get bits(): number {
    return this.#translated().bits;
  }

  get data(): Uint8Array {
    const { bits, length } = this.#translated();
    return Uint8Array.from({ length }, (_, i) => Math.floor(bits / 2 ** (8 * i)) & 0xff);
  }

  get hardware(): HardwareAddress {
    return notInUserMode(this.#translated().pc);
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

  get reads(): readonly RegisterInfo[] {
    return this.#decoded().reads.map(this.#announcement.register);
  }

  get writes(): readonly RegisterInfo[] {
    return this.#decoded().writes.map(this.#announcement.register);
  }

  get symbol(): string | undefined {
    return this.source.symbol;
  }

  get source(): SourceLocation {
    return this.#live().locate(this.#translated().pc) ?? {};
  }

  // Made when asked for: most instructions of a block are only looked at.
  get inline(): Inline {
    return this.#requests((plan, insertion) => plan.addBefore(this.#index, insertion));
  }

  get inlineAfter(): Inline {
    if (this.#isSyscall())
      throw new Error(`inlineAfter of a system call: use onExecuted, which is called when it has returned`);
    return this.#requests((plan, insertion) => plan.addAfter(this.#index, insertion));
  }

  get memoryInline(): MemoryInline {
    return new InlineRequests((request, options) => {
      const { plan, plugin } = this.#live();
      plan.addMemory(this.#index, { ...request, plugin: plugin.index, filter: checkedFilter(options) });
    }, this.#live().values);
  }

  onExecute(callback: AnyExecute, options: AnyOptions = {}): void {
    const announcement = this.#live();
    announcement.plan.addBefore(this.#index, call(announcement, "onExecute", callback, options));
  }

  onExecuted(callback: AnyExecute, options: AnyOptions = {}): void {
    const announcement = this.#live();
    if (options.setPc) throw new TypeError("onExecuted cannot set the pc: the instruction has been executed");
    const insertion = call(announcement, "onExecuted", callback, options);
    if (!this.#isSyscall()) announcement.plan.addAfter(this.#index, insertion);
    else if (options.when === undefined) announcement.afterSyscall(this.vaddr, insertion);
    else throw new Error("onExecuted of a system call takes no `when`");
  }

  onMemory(callback: AnyAccessed, options: MemoryOptions<Registers> = {}): void {
    const { plan, plugin, values } = this.#live();
    const { index, callbacks } = plugin;
    plan.addMemory(this.#index, {
      plugin: index,
      filter: checkedFilter(options),
      when: conditionOf(options, values),
      ...callbacks.memory(callback as MemoryCallback<Registers>, options),
    });
  }

  #requests(add: (plan: BlockPlan, insertion: Insertion) => void): Inline {
    return new InlineRequests((request) => {
      const { plan, plugin } = this.#live();
      add(plan, { ...request, plugin: plugin.index });
    }, this.#live().values);
  }

  /** Is it the block's last instruction, and a system call? */
  #isSyscall(): boolean {
    const { terminator, instructions } = this.#live().block;
    return terminator.op === "trap" && terminator.trap === "syscall" && this.#index === instructions.length - 1;
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
