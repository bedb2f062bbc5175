// The plugins of a session: installs them, shows them every block that is translated, carries events to them, collects
// their views, and removes those that throw or hang.
import type { LogLevel, SourceLocation, Vcpu, VmInfo } from "../../plugins/api/index.ts";
import type { Block } from "../ir/types.ts";
import type { MachineHooks, MachineLike } from "../machine/api.ts";
import { VCPU_BASE, Vcpu as VcpuLayout } from "../machine/layout.ts";
import { BlockPlan } from "./block-plan.ts";
import type { EvaluateInRealm } from "./callback-entries.ts";
import { CallbackNumbers } from "./callback-numbers.ts";
import { CounterMemory } from "./counters.ts";
import { type AnyPlugin, API_VERSION, checkDefinition, MINIMUM_API_VERSION } from "./definition-check.ts";
import { InstalledPlugin, type PluginEvent } from "./installed-plugin.ts";
import { optionValues } from "./option-values.ts";
import { PluginCallbacks } from "./plugin-callbacks.ts";
import { PluginVm } from "./plugin-vm.ts";
import { deepFreeze, RegisterLookup } from "./register-lookup.ts";
import { type Announcement, BlockHandle } from "./translation-handles.ts";
import { VcpuHandle } from "./vcpu-handle.ts";
import { satisfies } from "./version.ts";
import type { ViewData } from "./view-data.ts";
import { FunctionNames } from "./views/function-names.ts";
import { weave } from "./weave.ts";

export interface PluginHostOptions {
  log(level: LogLevel, source: string, text: string): void;
  /** The program, as the user named it. */
  programPath: string;
  /** Where an address comes from, by symbols and debug information; left out: plugins are told nothing. */
  locate?(pc: bigint): SourceLocation | undefined;
}

/** A plugin as it was loaded. */
export interface LoadedDefinition {
  /** The default export of its file, not yet checked. */
  definition: unknown;
  /** The text of something it threw, with its stack in terms of its source. */
  describeError?(error: unknown): string;
  /** Runs what waits for its promises, where that does not happen by itself. */
  runPending?(): void;
  /** Who is told of a promise that was rejected, and nobody handled it. */
  whenRejected?(listener: (error: unknown) => void): void;
  /** The value of an expression of ours in the realm of the plugin's code, where that is not this one. */
  evaluateInRealm?: EvaluateInRealm;
}

/** What is known of an installed plugin. */
export interface PluginDescription {
  index: number;
  name: string;
  version: string;
  license: string | undefined;
  description: string | undefined;
  source: string;
  events: readonly string[];
  views: readonly string[];
}

export class PluginHost {
  private readonly machine: MachineLike;
  private readonly options: PluginHostOptions;
  private readonly plugins: InstalledPlugin[] = [];
  private readonly loaded = new Map<InstalledPlugin, LoadedDefinition>();
  private readonly callbacks = new Map<InstalledPlugin, PluginCallbacks>();
  private readonly registers: RegisterLookup;
  private readonly counters: CounterMemory;
  private readonly numbers: CallbackNumbers;
  private readonly vcpus: readonly Vcpu[];
  private readonly info: VmInfo;
  private readonly functions: FunctionNames;
  private hooked = false;
  /** Plugins are being told of a system call that is still to be carried out. */
  private beforeSyscall = false;
  private finished = false;

  constructor(machine: MachineLike, options: PluginHostOptions) {
    const { guest, memory } = machine;
    this.machine = machine;
    this.options = options;
    this.registers = new RegisterLookup(guest);
    this.counters = new CounterMemory(memory.wasm.buffer);
    this.functions = new FunctionNames((pc) => options.locate?.(pc));
    this.numbers = new CallbackNumbers(machine.executor.callbacks);
    machine.executor.forgotten = (block) => this.numbers.release(block);
    this.vcpus = Object.freeze([Object.freeze(new VcpuHandle(machine, this.registers, 0))]);
    this.info = deepFreeze({
      target: guest.name,
      elfMachine: guest.elfMachine,
      mode: "user",
      apiVersion: API_VERSION,
      minimumApiVersion: MINIMUM_API_VERSION,
      vcpus: 1,
      maxVcpus: 1,
      programPath: options.programPath,
      code: { ...machine.code },
    });
  }

  /** True when no plugin is installed. */
  get isEmpty(): boolean {
    return !this.plugins.some((plugin) => plugin.active);
  }

  /**
   * Installs a plugin after those that are there. False when it cannot be: the log says why, and the session goes on
   * without it. `source` names it in messages.
   */
  install(loaded: LoadedDefinition, options: Readonly<Record<string, unknown>>, source: string): boolean {
    const describe = loaded.describeError ?? describeError;
    let definition: AnyPlugin;
    let values: ReturnType<typeof optionValues>;
    try {
      definition = checkDefinition(loaded.definition);
      this.checkPlace(definition);
      values = optionValues(definition.options ?? {}, options);
    } catch (error) {
      this.options.log("error", source, error instanceof Error ? error.message : String(error));
      return false;
    }
    const plugin = new InstalledPlugin(
      this.plugins.length,
      definition,
      source,
      this.machine.memory.wasm.buffer,
      (failed, error, where) => this.remove(failed, `${where}: ${describe(error)}`),
    );
    this.plugins.push(plugin);
    this.loaded.set(plugin, loaded);
    loaded.whenRejected?.((error) => plugin.failed(error, "promise"));
    this.callbacks.set(
      plugin,
      new PluginCallbacks(
        plugin,
        this.registers,
        this.vcpus[0],
        this.machine.memory.wasm.buffer,
        loaded.evaluateInRealm,
      ),
    );
    const vm = new PluginVm(plugin, {
      info: this.info,
      registers: this.registers,
      vcpus: this.vcpus,
      counters: this.counters,
      log: this.options.log,
      listenersChanged: (event) => this.listenersChanged(event),
      uninstall: (which) => this.uninstall(which),
      reset: (which) => this.reset(which),
    });
    const installed = plugin.enter("install", () => {
      const result: unknown = definition.install(vm, values as never);
      if (isThenable(result)) throw new Error("install must not be asynchronous");
    });
    if (!installed || !plugin.active) return false;
    plugin.state = "installed";
    for (const vcpu of this.vcpus) plugin.tell("vcpuInit", vcpu);
    return plugin.active;
  }

  /**
   * Removes a plugin from outside, because it did not return. `reason` goes on from "removed:". The guest stands before
   * the instruction that called the plugin, and is to run it (again).
   */
  abandon(index: number, calledByGuest: boolean, reason: string): void {
    const plugin = this.plugins[index];
    if (!plugin?.active) return;
    if (calledByGuest || this.beforeSyscall) {
      this.beforeSyscall = false;
      // It had begun, and will begin once more.
      const { view } = this.machine.memory;
      const at = VCPU_BASE + VcpuLayout.icount;
      view.setBigUint64(at, view.getBigUint64(at, true) - 1n, true);
    }
    this.remove(plugin, reason);
  }

  list(): PluginDescription[] {
    return this.plugins
      .filter((plugin) => plugin.active)
      .map(({ index, definition, source, views }) => ({
        index,
        name: definition.name,
        version: definition.version,
        license: definition.license,
        description: definition.description,
        source,
        events: Object.keys(definition.events ?? {}),
        views: views.map((view) => view.title),
      }));
  }

  /** All views now, in the order of plugins and of their views. What waits for plugins' promises has run then. */
  views(): ViewData[] {
    this.runPending();
    const now = { instructions: this.machine.instructionCount(), functions: this.functions };
    return this.plugins.flatMap((plugin) => {
      const shown: ViewData[] = [];
      for (const view of plugin.views) plugin.enter(`view "${view.title}"`, () => shown.push(view.collect(now)));
      return plugin.active ? shown : [];
    });
  }

  /** Has series look at their figures, where nobody else looks at the views while the guest runs. */
  sampleSeries(): void {
    const now = { instructions: this.machine.instructionCount(), functions: this.functions };
    for (const plugin of this.plugins)
      for (const view of plugin.views)
        if (view.kind === "series") plugin.enter(`view "${view.title}"`, () => void view.collect(now));
  }

  /** The session ends: plugins are told of the end unless the guest's own end has told them. */
  finish(): void {
    if (this.finished) return;
    this.finished = true;
    const { exited } = this.machine;
    for (const plugin of this.plugins) {
      for (const vcpu of this.vcpus) plugin.tell("vcpuExit", vcpu);
      plugin.tell("exit", { status: exited?.status, signal: exited?.signal });
    }
    this.runPending();
  }

  private runPending(): void {
    for (const [plugin, loaded] of this.loaded)
      if (loaded.runPending) plugin.enter("promise", () => loaded.runPending?.());
  }

  /** Names and what a plugin uses. */
  private checkPlace(definition: AnyPlugin): void {
    const there = this.plugins.filter((plugin) => plugin.active);
    const same = there.find((plugin) => plugin.name === definition.name);
    if (same)
      throw new Error(
        `a plugin named "${definition.name}" is installed already: version ${same.definition.version} from ${same.source}`,
      );
    for (const [name, range] of Object.entries(definition.uses ?? {})) {
      const used = there.find((plugin) => plugin.name === name);
      if (!used) throw new Error(`it uses plugin "${name}" (${range}), which is not installed before it`);
      if (!satisfies(used.definition.version, range))
        throw new Error(`it uses plugin "${name}" ${range}, and version ${used.definition.version} is installed`);
    }
  }

  private listenersChanged(event: PluginEvent): void {
    if (event === "translate") this.retranslate();
    else this.hook();
  }

  /** Has all code translated anew, for the plugins that want to see it now. */
  private retranslate(): void {
    const wanted = this.plugins.some((plugin) => plugin.listensTo("translate"));
    if (!wanted && !this.machine.executor.instrument) return;
    this.machine.executor.instrument = wanted ? (block) => this.instrument(block) : undefined;
  }

  private instrument(block: Block): Block {
    let plan = new BlockPlan();
    for (const plugin of this.plugins) {
      if (!plugin.listensTo("translate")) continue;
      const announcement: Announcement = {
        block,
        plan,
        guest: this.machine.guest,
        plugin: { index: plugin.index, name: plugin.name, callbacks: this.callbacks.get(plugin) as PluginCallbacks },
        locate: (pc) => this.options.locate?.(pc),
        live: true,
      };
      if (!plugin.tell("translate", new BlockHandle(announcement))) plan = plan.without(plugin.index);
      announcement.live = false;
    }
    return plan.isEmpty ? block : this.numbers.assign((numberOf) => weave(block, plan, numberOf));
  }

  /** Listens to the machine, from the first time that a plugin wants to know. */
  private hook(): void {
    if (this.hooked) return;
    this.hooked = true;
    const vcpu = this.vcpus[0];
    const hooks: MachineHooks = {
      syscall: (number, args) => {
        this.beforeSyscall = true;
        this.tellAll("syscall", () => ({ vcpu, number, args: [...args] }));
        this.beforeSyscall = false;
      },
      syscallReturn: (number, args, result) =>
        this.tellAll("syscallReturn", () => ({ vcpu, number, args: [...args], result })),
      exit: () => this.finish(),
    };
    this.machine.hooks.push(hooks);
  }

  private tellAll<Event extends "syscall" | "syscallReturn">(
    event: Event,
    make: () => Parameters<InstalledPlugin["tell"]>[1],
  ): void {
    for (const plugin of this.plugins) if (plugin.listensTo(event)) plugin.tell(event, make() as never);
  }

  private remove(plugin: InstalledPlugin, reason: string): void {
    if (!plugin.active) return;
    this.forget(plugin);
    this.options.log("error", plugin.name, `the plugin is removed: ${reason}`);
  }

  private forget(plugin: InstalledPlugin): void {
    const instrumented = plugin.listensTo("translate");
    plugin.state = "removed";
    this.callbacks.get(plugin)?.close();
    plugin.dropSubscriptions();
    if (instrumented) this.retranslate();
  }

  private uninstall(plugin: InstalledPlugin): Promise<void> {
    this.forget(plugin);
    return this.whenLeft();
  }

  private reset(plugin: InstalledPlugin): Promise<void> {
    const instrumented = plugin.listensTo("translate");
    plugin.dropSubscriptions();
    if (instrumented) this.retranslate();
    return this.whenLeft();
  }

  /** What is queued runs when the guest's code has come back: no vCPU is in old code then. */
  private whenLeft(): Promise<void> {
    return Promise.resolve();
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

function describeError(error: unknown): string {
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return String(error);
}
