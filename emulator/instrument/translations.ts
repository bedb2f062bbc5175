// Shows every block that is translated to the plugins that want to see it, and puts what they ask for into it.
import type { SourceLocation, Values } from "../../plugins/api/index.ts";
import type { Block } from "../ir/types.ts";
import type { MachineLike } from "../machine/api.ts";
import { BlockPlan, type Call } from "./block-plan.ts";
import { CallbackNumbers } from "./callback-numbers.ts";
import type { InstalledPlugin } from "./installed-plugin.ts";
import type { InstrumentMemory } from "./instrument-memory.ts";
import type { PluginCallbacks } from "./plugin-callbacks.ts";
import type { RegisterLookup } from "./register-lookup.ts";
import { type Announcement, BlockHandle } from "./translation-handles.ts";
import { weave } from "./weave.ts";

export interface TranslationServices {
  readonly machine: MachineLike;
  readonly memory: InstrumentMemory;
  readonly registers: RegisterLookup;
  readonly values: Values;
  plugins(): readonly InstalledPlugin[];
  callbacks(plugin: InstalledPlugin): PluginCallbacks;
  locate(pc: bigint): SourceLocation | undefined;
}

/** A plugin that subscribes anew at each block that it is shown is shown it so many times. */
const MOST_ROUNDS = 20;

interface SyscallEnd {
  readonly plugin: InstalledPlugin;
  readonly call: Call;
}

export class Translations {
  private readonly services: TranslationServices;
  private readonly numbers: CallbackNumbers;
  /** Counts how often all code was to be translated anew. */
  private turn = 0;
  /** By the address of a system call: whom to tell when it has returned. */
  private readonly syscallEnds = new Map<bigint, SyscallEnd[]>();

  constructor(services: TranslationServices) {
    const { executor } = services.machine;
    this.services = services;
    this.numbers = new CallbackNumbers(executor.callbacks);
    executor.forgotten = (block) => this.numbers.release(block);
  }

  /** Has all code translated anew, for the plugins that want to see it now. */
  redo(): void {
    const { executor } = this.services.machine;
    const plugins = this.services.plugins();
    const wanted = plugins.some((plugin) => plugin.listensTo("translate"));
    if (!wanted && !executor.instrument) return;
    this.turn++;
    this.syscallEnds.clear();
    executor.instrument = wanted ? (block) => this.instrument(block) : undefined;
    for (const plugin of plugins) if (plugin.listensTo("flush")) plugin.tell("flush", undefined);
  }

  /** The system call at an address has returned. */
  syscallReturned(pc: bigint): void {
    for (const { plugin, call } of this.syscallEnds.get(pc) ?? [])
      if (plugin.active) call.callback.run(...call.callback.values);
  }

  private instrument(block: Block): Block {
    this.services.memory.settle();
    let rounds = 0;
    let turn: number;
    let announced: { plan: BlockPlan; ends: SyscallEnd[] };
    // Who subscribes, is reset or removed while the block is shown has all code redone: that begins with this block.
    do {
      turn = this.turn;
      announced = this.announce(block);
    } while (this.turn !== turn && ++rounds < MOST_ROUNDS);
    const { plan, ends } = announced;
    const plugins = this.services.plugins();
    const { terminator, instructions } = block;
    if (terminator.op === "trap" && terminator.trap === "syscall") {
      const { pc } = instructions[instructions.length - 1];
      if (ends.length > 0) this.syscallEnds.set(pc, ends);
      else this.syscallEnds.delete(pc);
    }
    if (plan.isEmpty) return block;
    const count = (index: number, ops: number) => {
      const plugin = plugins[index];
      if (plugin) plugin.opsAdded += ops;
    };
    try {
      return this.numbers.assign((numberOf) => weave(block, plan, numberOf, count));
    } catch (error) {
      // What was asked for cannot be done: the first plugin without which it can is to blame.
      const culprit = plugins.find((plugin) => plugin.active && this.isToBlame(block, plan, plugin)) ?? plugins[0];
      culprit.failed(error, "operations of an onTranslate callback");
      return this.numbers.assign((numberOf) => weave(block, plan.without(culprit.index), numberOf, count));
    }
  }

  /** Shows a block to the plugins: what they ask for. */
  private announce(block: Block): { plan: BlockPlan; ends: SyscallEnd[] } {
    const { services } = this;
    let plan = new BlockPlan();
    const ends: SyscallEnd[] = [];
    for (const plugin of services.plugins()) {
      if (!plugin.listensTo("translate")) continue;
      const announcement: Announcement = {
        block,
        plan,
        guest: services.machine.guest,
        plugin: { index: plugin.index, name: plugin.name, callbacks: services.callbacks(plugin) },
        values: services.values,
        locate: (pc) => services.locate(pc),
        register: (index) => services.registers.infoOf(index),
        afterSyscall: (_pc, call) => ends.push({ plugin, call }),
        live: true,
      };
      plugin.tell("translate", new BlockHandle(announcement));
      announcement.live = false;
      if (!plugin.active) plan = plan.without(plugin.index);
    }
    return { plan, ends };
  }

  private isToBlame(block: Block, plan: BlockPlan, { index }: InstalledPlugin): boolean {
    try {
      weave(block, plan.without(index), () => 0);
      return true;
    } catch {
      return false;
    }
  }
}
