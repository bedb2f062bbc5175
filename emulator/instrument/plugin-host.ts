// The plugins of a session: installs them in order, lets them see the guest, removes those that throw, hang or are
// unloaded, and collects what they show.
import type {
  ClockControl,
  CompanionRun,
  LogLevel,
  OutputFile,
  SourceLocation,
  Vcpu,
  VmInfo,
} from "../../plugins/api/index.ts";
import type { MachineLike } from "../machine/api.ts";
import { Control, PAGE_SIZE, VCPU_BASE, Vcpu as VcpuLayout } from "../machine/layout.ts";
import type { EvaluateInRealm } from "./callback-entries.ts";
import { ClockOwner } from "./clock.ts";
import { type AnyPlugin, API_VERSION, checkDefinition, MINIMUM_API_VERSION } from "./definition-check.ts";
import { valuesFor } from "./expressions.ts";
import { InstalledPlugin, type PluginEvent } from "./installed-plugin.ts";
import { InstrumentMemory, PluginMemory } from "./instrument-memory.ts";
import { linkOrder } from "./link-order.ts";
import { MachineEvents } from "./machine-events.ts";
import { PluginMemoryAccess } from "./memory-access.ts";
import { optionValues } from "./option-values.ts";
import { PluginCallbacks } from "./plugin-callbacks.ts";
import { describePlugin, type PluginDescription } from "./plugin-description.ts";
import { PluginVm, type VmServices } from "./plugin-vm.ts";
import { deepFreeze, RegisterLookup } from "./register-lookup.ts";
import type { AnalysisThread, BatchShape, BufferServices } from "./trace-buffer.ts";
import { Translations } from "./translations.ts";
import { usedPlugins } from "./used-plugins.ts";
import { type Moment, VcpuHandle } from "./vcpu-handle.ts";
import type { ViewData } from "./view-data.ts";
import { FunctionNames } from "./views/function-names.ts";

export type { PluginDescription } from "./plugin-description.ts";

export interface PluginHostOptions {
  log(level: LogLevel, source: string, text: string): void;
  /** The program, as the user named it, and its arguments without its name. */
  programPath: string;
  programArguments?: readonly string[];
  /** Where an address comes from, by symbols and debug information; left out: plugins are told nothing. */
  locate?(pc: bigint): SourceLocation | undefined;
  addressOf?(symbol: string): bigint | undefined;
  /** Milliseconds from some moment: the clock of the cost meter. */
  now?(): number;
  /** A file in the folder that was granted for output. @throws Error when none was. */
  openFile?(plugin: string, name: string): OutputFile;
  /** Starts an analysis of a plugin on a thread of its own. */
  startAnalysis?(
    plugin: LoadedDefinition,
    name: string,
    options: Readonly<Record<string, unknown>>,
    shape: BatchShape,
  ): AnalysisThread;
  /** Runs the installation of one plugin for a limited time; undefined when it took longer (it is abandoned then). */
  limited?(work: () => boolean): boolean | undefined;
  /** A second run of the program, with the answers that the first one got. */
  makeCompanion?(engine: "interpreter" | "jit" | "auto"): CompanionRun;
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

export interface InstallRequest {
  readonly loaded: LoadedDefinition;
  readonly options: Readonly<Record<string, unknown>>;
  /** Names it in messages: `hotblocks`, `./mine.ts`. */
  readonly source: string;
}

/** A plugin that has been checked, and can be installed. */
interface Candidate extends InstallRequest {
  readonly definition: AnyPlugin;
  readonly values: ReturnType<typeof optionValues>;
  readonly name: string;
  readonly version: string;
  readonly uses: Readonly<Record<string, string>>;
}

/** An installed plugin with what it was made of. */
interface Entry {
  readonly plugin: InstalledPlugin;
  readonly candidate: Candidate;
  readonly callbacks: PluginCallbacks;
}

export class PluginHost {
  private readonly machine: MachineLike;
  private readonly options: PluginHostOptions;
  /** In the order in which they are told of things. Those that are gone keep their places. */
  private readonly plugins: InstalledPlugin[] = [];
  private readonly entries = new Map<InstalledPlugin, Entry>();
  private readonly registers: RegisterLookup;
  private readonly memory: InstrumentMemory;
  private readonly vcpus: readonly Vcpu[];
  private readonly moment: Moment = { delivering: false };
  private readonly events: MachineEvents;
  private readonly translations: Translations;
  private readonly services: VmServices;
  private readonly functions: FunctionNames;
  private readonly clock: ClockOwner;
  private readonly control: Int32Array;
  private hooked = false;
  private finished = false;
  private stopAsked: { plugin: string; reason: string } | undefined;
  private exitAsked: number | undefined;
  /** Who wants to know that no vCPU is in old code any more. */
  private leaving: (() => void)[] = [];

  constructor(machine: MachineLike, options: PluginHostOptions) {
    const { buffer } = machine.memory.wasm;
    this.machine = machine;
    this.options = options;
    this.control = new Int32Array(buffer, 0, 16);
    this.registers = new RegisterLookup(machine.guest);
    this.memory = new InstrumentMemory(buffer);
    this.functions = new FunctionNames((pc) => options.locate?.(pc));
    this.clock = new ClockOwner(machine);
    this.vcpus = Object.freeze([Object.freeze(new VcpuHandle(machine, this.registers, 0, this.moment))]);
    const plugins = () => this.plugins;
    const locate = (pc: bigint) => options.locate?.(pc);
    const values = valuesFor(this.registers);
    this.translations = new Translations({
      machine,
      memory: this.memory,
      registers: this.registers,
      values,
      plugins,
      callbacks: (plugin) => this.entryOf(plugin).callbacks,
      locate,
    });
    this.events = new MachineEvents({
      vcpu: this.vcpus[0],
      plugins,
      syscallReturned: (pc) => this.translations.syscallReturned(pc),
      cameBack: () => this.settle(),
      exited: () => this.finish(),
    });
    this.services = {
      info: infoOf(machine, options),
      registers: this.registers,
      vcpus: this.vcpus,
      values,
      memory: Object.freeze(
        new PluginMemoryAccess(machine.memory, () => {
          if (this.moment.delivering) throw new Error("guest memory cannot be written while records are delivered");
        }),
      ),
      log: (level, plugin, text) => options.log(level, plugin, text),
      locate,
      addressOf: (symbol) => options.addressOf?.(symbol),
      bufferServices: (plugin) => this.bufferServices(plugin),
      openFile: (plugin, name) => {
        if (!options.openFile) throw new Error(noOutput(name));
        return options.openFile(plugin.name, name);
      },
      takeClock: (plugin) => this.takeClock(plugin),
      companion: (_plugin, engine) => {
        if (!options.makeCompanion)
          throw new Error("a second run needs the definition's `companion: true`, so that the first one is recorded");
        return options.makeCompanion(engine);
      },
      stop: (plugin, reason) => {
        this.stopAsked ??= { plugin: plugin.name, reason };
        this.interrupt();
      },
      exit: (status) => {
        this.exitAsked ??= status;
        this.interrupt();
      },
      listenersChanged: (event) => this.listenersChanged(event),
      uninstall: (plugin, done) => this.uninstall(plugin, done),
      reset: (plugin, then) => this.resetPlugin(plugin, then),
    };
  }

  /** True when no plugin is installed. */
  get isEmpty(): boolean {
    return !this.plugins.some((plugin) => plugin.active);
  }

  /**
   * Installs a plugin after those that are there. False when it cannot be: the log says why, and the session goes on
   * without it.
   */
  install(loaded: LoadedDefinition, options: Readonly<Record<string, unknown>>, source: string): boolean {
    return this.installAll([{ loaded, options, source }])[0];
  }

  /** The same for several, which may use each other: in an order in which that works. */
  installAll(requests: readonly InstallRequest[]): boolean[] {
    // Plugins are installed while the guest stands: nothing uses what was given back.
    this.memory.settle();
    const candidates = requests.map((request) => this.check(request));
    const wanted = candidates.filter((candidate) => candidate !== undefined);
    const { order, faults } = linkOrder(wanted, this.active());
    for (const { plugin, message } of faults) this.options.log("error", plugin.source, message);
    const installed = new Set<Candidate>();
    for (const candidate of order) {
      const missing = Object.keys(candidate.uses).find((name) => !this.find(name));
      if (missing !== undefined)
        this.options.log("error", candidate.source, `it uses plugin "${missing}", which could not be installed`);
      else {
        const start = () => this.start(candidate, this.plugins.length, new PluginMemory(this.memory));
        if (this.options.limited ? this.options.limited(start) : start()) installed.add(candidate);
      }
    }
    return candidates.map((candidate) => candidate !== undefined && installed.has(candidate));
  }

  /**
   * Puts a plugin's new code in the place of the old, and installs those that use it again. False when that cannot be:
   * the log says why, and what was there stays.
   */
  reload(name: string, loaded: LoadedDefinition, options?: Readonly<Record<string, unknown>>): boolean {
    const old = this.required(name);
    const { candidate: before } = this.entryOf(old);
    const candidate = this.check({ loaded, source: before.source, options: options ?? before.options });
    if (!candidate) return false;
    const dependents = this.dependentsOf(old);
    const again = [candidate, ...dependents.map((plugin) => this.entryOf(plugin).candidate)];
    const others = this.active().filter((plugin) => plugin !== old && !dependents.includes(plugin));
    const { faults } = linkOrder(again, others);
    for (const fault of faults) this.options.log("error", fault.plugin.source, `not reloaded: ${fault.message}`);
    if (faults.length > 0) return false;
    for (const plugin of [...dependents].reverse()) this.forget(plugin, this.keeps(plugin.definition));
    this.forget(old, this.keeps(candidate.definition));
    const places = [old, ...dependents];
    return again
      .map((each, i) => this.start(each, places[i].index, places[i].memory))
      .every((isInstalled) => isInstalled);
  }

  /** Removes a plugin, told by its user. @throws Error when there is none, or others use it. */
  unload(name: string): void {
    const plugin = this.required(name);
    this.refuseInUse(plugin);
    this.deliver(plugin);
    this.forget(plugin);
  }

  /** Sets a plugin back to how it began: installs it anew, with its counters at zero. @throws Error */
  restart(name: string): boolean {
    const plugin = this.required(name);
    const { candidate } = this.entryOf(plugin);
    plugin.memory.releaseAll();
    return this.reload(name, candidate.loaded);
  }

  /**
   * Removes a plugin from outside, because it did not return. `reason` goes on from "removed:". The guest stands before
   * the instruction that called the plugin, and is to run it (again), or behind it when its work was done.
   */
  abandon(index: number, calledByGuest: boolean, reason: string): void {
    const plugin = this.plugins[index];
    if (!plugin?.active) return;
    this.moment.delivering = false;
    const { view } = this.machine.memory;
    const resume = view.getBigUint64(VCPU_BASE + VcpuLayout.resume, true);
    view.setBigUint64(VCPU_BASE + VcpuLayout.resume, 0n, true);
    if (calledByGuest && resume !== 0n) this.machine.writeRegister(this.machine.guest.file.pc, resume);
    else if (calledByGuest || this.events.beforeSyscall) {
      this.events.beforeSyscall = false;
      // It had begun, and will begin once more.
      const at = VCPU_BASE + VcpuLayout.icount;
      view.setBigUint64(at, view.getBigUint64(at, true) - 1n, true);
    }
    this.remove(plugin, reason);
  }

  list(): PluginDescription[] {
    return this.active().map((plugin) => describePlugin(plugin, this.entryOf(plugin).candidate.values));
  }

  /** All views now, in the order of plugins and of their views. What waits for plugins' promises has run then. */
  views(): ViewData[] {
    this.settle();
    this.runPending();
    for (const plugin of this.plugins) this.deliver(plugin);
    const now = { instructions: this.machine.instructionCount(), functions: this.functions };
    return this.plugins.flatMap((plugin) => {
      const shown: ViewData[] = [];
      for (const view of plugin.views) plugin.enter(`view "${view.title}"`, () => void shown.push(view.collect(now)));
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

  /** What a plugin has asked to stop the guest for; asked for once. */
  takeStop(): { plugin: string; reason: string } | undefined {
    const { stopAsked } = this;
    this.stopAsked = undefined;
    return stopAsked;
  }

  /** The status with which a plugin wants the guest to end. */
  takeExit(): number | undefined {
    const { exitAsked } = this;
    this.exitAsked = undefined;
    return exitAsked;
  }

  /** The session ends: plugins are told of the end unless the guest's own end has told them. */
  finish(): void {
    if (this.finished) return;
    this.finished = true;
    for (const plugin of this.plugins) this.deliver(plugin);
    const { exited } = this.machine;
    for (const plugin of this.plugins) {
      for (const vcpu of this.vcpus) plugin.tell("vcpuExit", vcpu);
      plugin.tell("exit", { status: exited?.status, signal: exited?.signal });
    }
    this.runPending();
  }

  private active(): InstalledPlugin[] {
    return this.plugins.filter((plugin) => plugin.active);
  }

  private find(name: string): InstalledPlugin | undefined {
    return this.plugins.find((plugin) => plugin.active && plugin.name === name);
  }

  /** @throws Error when no plugin of this name is installed. */
  private required(name: string): InstalledPlugin {
    const plugin = this.find(name);
    if (plugin) return plugin;
    const names = this.active().map((other) => other.name);
    throw new Error(
      `no plugin "${name}" is installed${names.length > 0 ? `: there are ${names.join(", ")}` : ", nor any other"}`,
    );
  }

  private entryOf(plugin: InstalledPlugin): Entry {
    return this.entries.get(plugin) as Entry;
  }

  /** Those that use it, and those that use them, each after what it uses. */
  private dependentsOf(plugin: InstalledPlugin): InstalledPlugin[] {
    const found = new Set([plugin]);
    for (const other of this.active())
      if (Object.keys(other.uses).some((name) => [...found].some((used) => used.name === name))) found.add(other);
    found.delete(plugin);
    return [...found];
  }

  private keeps({ reload }: AnyPlugin): boolean {
    return reload === "keep";
  }

  private check(request: InstallRequest): Candidate | undefined {
    try {
      const definition = checkDefinition(request.loaded.definition);
      const values = optionValues(definition.options ?? {}, request.options);
      const { name, version, uses = {} } = definition;
      return { ...request, definition, values, name, version, uses };
    } catch (error) {
      this.options.log("error", request.source, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  private start(candidate: Candidate, index: number, memory: PluginMemory): boolean {
    const { definition, loaded, source, values } = candidate;
    const describe = loaded.describeError ?? describeError;
    const plugin = new InstalledPlugin({
      index,
      definition,
      source,
      memory,
      now: this.options.now ?? (() => 0),
      onFailure: (failed, error, where) => this.remove(failed, `${where}: ${describe(error)}`),
    });
    this.plugins[index] = plugin;
    this.entries.set(plugin, { plugin, candidate, callbacks: this.callbacksFor(plugin, loaded) });
    loaded.whenRejected?.((error) => plugin.failed(error, "promise"));
    const vm = new PluginVm(plugin, this.services);
    const used = usedPlugins(plugin, (name) => this.find(name) as InstalledPlugin);
    const installed = plugin.enter("install", () => {
      const result: unknown = definition.install(vm as never, values as never, used as never);
      if (isThenable(result)) throw new Error("install must not be asynchronous");
      plugin.links.export(result);
    });
    if (!installed || !plugin.active) return false;
    plugin.state = "installed";
    for (const vcpu of this.vcpus) plugin.tell("vcpuInit", vcpu);
    return plugin.active;
  }

  private callbacksFor(plugin: InstalledPlugin, { evaluateInRealm }: LoadedDefinition): PluginCallbacks {
    const { buffer } = this.machine.memory.wasm;
    return new PluginCallbacks(plugin, this.registers, this.vcpus[0], buffer, evaluateInRealm);
  }

  private bufferServices(plugin: InstalledPlugin): BufferServices {
    return {
      memory: plugin.memory,
      guarded: (where, work) => {
        const outer = this.moment.delivering;
        this.moment.delivering = true;
        plugin.enter(where, work);
        this.moment.delivering = outer;
      },
      analysis: (name, shape) => {
        const { analyses = {} } = plugin.definition;
        const names = Object.keys(analyses);
        if (!names.includes(name))
          throw new Error(
            `there is no analysis "${name}": the definition's \`analyses\` has ${names.join(", ") || "none"}`,
          );
        if (!this.options.startAnalysis) throw new Error("analyses cannot be run here: there are no threads for them");
        const { candidate } = this.entryOf(plugin);
        return this.options.startAnalysis(candidate.loaded, name, candidate.values, shape);
      },
    };
  }

  private takeClock(plugin: InstalledPlugin): ClockControl {
    const clock = this.clock.take(plugin.name);
    plugin.endings.push(() => clock.release());
    return clock;
  }

  /** Has the guest stop before its next instruction. */
  private interrupt(): void {
    Atomics.store(this.control, Control.stop / 4, 1);
    this.machine.executor.interrupt();
  }

  private deliver(plugin: InstalledPlugin): void {
    plugin.deliverRecords();
  }

  private runPending(): void {
    for (const { plugin, candidate } of this.entries.values())
      if (candidate.loaded.runPending) plugin.enter("promise", () => candidate.loaded.runPending?.());
  }

  private listenersChanged(event: PluginEvent): void {
    if (event === "translate") this.translations.redo();
    // Also for translations: a system call's `onExecuted`, and edges, are told by the machine.
    if (event !== "flush") this.hook();
  }

  /** Listens to the machine, from the first time that a plugin wants to know. */
  private hook(): void {
    if (this.hooked) return;
    this.hooked = true;
    this.machine.hooks.push(this.events.hooks);
  }

  private remove(plugin: InstalledPlugin, reason: string): void {
    if (!plugin.active) return;
    const dependents = this.dependentsOf(plugin);
    this.forget(plugin);
    this.options.log("error", plugin.name, `the plugin is removed: ${reason}`);
    for (const dependent of dependents.reverse()) {
      if (!dependent.active) continue;
      this.forget(dependent);
      this.options.log("error", dependent.name, `the plugin is removed: it uses "${plugin.name}", which is gone`);
    }
  }

  private forget(plugin: InstalledPlugin, keepsMemory = false): void {
    const instrumented = plugin.listensTo("translate");
    plugin.state = "removed";
    this.entryOf(plugin).callbacks.close();
    for (const other of this.active()) other.links.drop(plugin);
    plugin.end();
    if (instrumented) this.translations.redo();
    if (keepsMemory) plugin.memory.keepNamed();
    else plugin.memory.releaseAll();
    this.entries.delete(plugin);
  }

  /** @throws Error that names who uses the plugin. */
  private refuseInUse(plugin: InstalledPlugin): void {
    const names = this.dependentsOf(plugin).map(({ name }) => `"${name}"`);
    if (names.length > 0)
      throw new Error(`plugin "${plugin.name}" is in use by ${names.join(", ")}: unload that first`);
  }

  private uninstall(plugin: InstalledPlugin, done: () => void): Promise<void> {
    this.refuseInUse(plugin);
    this.deliver(plugin);
    this.forget(plugin);
    return this.whenLeft(done);
  }

  private resetPlugin(plugin: InstalledPlugin, then: () => void): Promise<void> {
    this.deliver(plugin);
    const instrumented = plugin.listensTo("translate");
    const entry = this.entryOf(plugin);
    // Code that is still running calls it no more; what it subscribes from now on gets entries of its own.
    entry.callbacks.close();
    this.entries.set(plugin, { ...entry, callbacks: this.callbacksFor(plugin, entry.candidate.loaded) });
    for (const other of this.active()) other.links.drop(plugin);
    plugin.dropSubscriptions();
    if (instrumented) this.translations.redo();
    return this.whenLeft(() => {
      // The instruction at hand may have gone on after its callback.
      for (const buffer of plugin.buffers) buffer.discard();
      then();
    });
  }

  /** Has guest code come back; as soon as this thread is free of it, no vCPU is in old code. */
  private whenLeft(then: () => void): Promise<void> {
    this.hook();
    return new Promise((resolve) => {
      this.leaving.push(() => {
        then();
        resolve();
      });
      this.interrupt();
      // Where no guest code is running, nobody comes back.
      void Promise.resolve().then(() => this.settle());
    });
  }

  /** Tells those that were uninstalled or reset that no vCPU is in their code any more. */
  private settle(): void {
    if (this.leaving.length === 0) return;
    // Asked for above; whoever else wants the guest to stop asks again, or waits for the end of the slice.
    if (!this.stopAsked && this.exitAsked === undefined) Atomics.store(this.control, Control.stop / 4, 0);
    for (const left of this.leaving.splice(0)) left();
  }
}

function infoOf(machine: MachineLike, { programPath, programArguments = [] }: PluginHostOptions): VmInfo {
  const { guest } = machine;
  return deepFreeze({
    target: guest.name,
    elfMachine: guest.elfMachine,
    mode: "user",
    apiVersion: API_VERSION,
    minimumApiVersion: MINIMUM_API_VERSION,
    vcpus: 1,
    maxVcpus: 1,
    programPath,
    programArguments: [...programArguments],
    code: { ...machine.code },
    loadBias: machine.loadBias,
    pageSize: PAGE_SIZE,
  });
}

function noOutput(name: string): string {
  return `file "${name}" cannot be written: no folder is granted for output ("output" in the launch configuration, --output on the command line)`;
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

function describeError(error: unknown): string {
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return String(error);
}
