// The `vm` that a plugin's `install` gets: the published API over one installed plugin.
import type {
  BufferOptions,
  CellArray,
  ClockControl,
  CompanionRun,
  Counter,
  Counters,
  Discontinuity,
  Edges,
  EventDeclarations,
  EventSources,
  ExitEvent,
  Fields,
  GuestMemory,
  Histogram,
  HistogramOptions,
  LogLevel,
  OutputFile,
  RegisterInfo,
  RegisterReference,
  Scoreboard,
  SourceLocation,
  Subscription,
  SyscallEvent,
  SyscallReturnEvent,
  TraceBuffer,
  TranslationBlock,
  Values,
  Vcpu,
  Views,
  Vm,
  VmInfo,
} from "../../plugins/api/index.ts";
import { SharedArray } from "./cell-array.ts";
import { KeyedCounters, makeScoreboard, SharedCounter } from "./counters.ts";
import { SharedEdges } from "./edges.ts";
import { SharedHistogram } from "./histogram.ts";
import type { InstalledPlugin, PluginEvent, PluginListeners } from "./installed-plugin.ts";
import { requireFunction } from "./plugin-callbacks.ts";
import type { RegisterLookup } from "./register-lookup.ts";
import { type BufferServices, SharedBuffer } from "./trace-buffer.ts";
import { PluginViews } from "./views/plugin-views.ts";

/** What the plugin host does for a plugin. */
export interface VmServices {
  readonly info: VmInfo;
  readonly registers: RegisterLookup;
  readonly vcpus: readonly Vcpu[];
  readonly values: Values;
  readonly memory: GuestMemory;
  log(level: LogLevel, plugin: string, text: string): void;
  locate(pc: bigint): SourceLocation | undefined;
  addressOf(symbol: string): bigint | undefined;
  bufferServices(plugin: InstalledPlugin): BufferServices;
  openFile(plugin: InstalledPlugin, name: string): OutputFile;
  takeClock(plugin: InstalledPlugin): ClockControl;
  companion(plugin: InstalledPlugin, engine: "interpreter" | "jit" | "auto"): CompanionRun;
  stop(plugin: InstalledPlugin, reason: string): void;
  exit(status: number): void;
  /** The plugin's listeners of an event have changed. */
  listenersChanged(event: PluginEvent): void;
  /** Calls back, and resolves, when no vCPU is in code instrumented for the plugin. */
  uninstall(plugin: InstalledPlugin, done: () => void): Promise<void>;
  reset(plugin: InstalledPlugin, then: () => void): Promise<void>;
}

const engines = ["interpreter", "jit", "auto"] as const;

export class PluginVm implements Vm {
  readonly #plugin: InstalledPlugin;
  readonly #services: VmServices;
  readonly views: Views;
  readonly events: EventSources<EventDeclarations>;

  constructor(plugin: InstalledPlugin, services: VmServices) {
    this.#plugin = plugin;
    this.#services = services;
    this.views = new PluginViews(plugin, () => this.#check());
    this.events = plugin.links.sources as EventSources<EventDeclarations>;
  }

  get info(): VmInfo {
    return this.#services.info;
  }

  get registers(): readonly RegisterInfo[] {
    return this.#services.registers.list;
  }

  get vcpus(): readonly Vcpu[] {
    return this.#services.vcpus;
  }

  get memory(): GuestMemory {
    this.#check();
    return this.#services.memory;
  }

  get values(): Values {
    return this.#services.values;
  }

  register(name: RegisterReference): RegisterInfo {
    return this.#services.registers.info(name);
  }

  locate(vaddr: bigint): SourceLocation {
    this.#check();
    return this.#services.locate(vaddr) ?? {};
  }

  addressOf(symbol: string): bigint | undefined {
    this.#check();
    return this.#services.addressOf(symbol);
  }

  onTranslate(callback: (tb: TranslationBlock) => void): Subscription {
    return this.#subscribe("translate", callback, "onTranslate");
  }

  onFlush(callback: () => void): Subscription {
    return this.#subscribe("flush", callback, "onFlush");
  }

  onSyscall(callback: (event: SyscallEvent) => void): Subscription {
    return this.#subscribe("syscall", callback, "onSyscall");
  }

  onSyscallReturn(callback: (event: SyscallReturnEvent) => void): Subscription {
    return this.#subscribe("syscallReturn", callback, "onSyscallReturn");
  }

  filterSyscalls(filter: (event: SyscallEvent) => bigint | undefined): Subscription {
    return this.#subscribe("syscallFilter", filter, "filterSyscalls");
  }

  onDiscontinuity(callback: (event: Discontinuity) => void): Subscription {
    return this.#subscribe("discontinuity", callback, "onDiscontinuity");
  }

  onVcpuInit(callback: (vcpu: Vcpu) => void): Subscription {
    return this.#subscribe("vcpuInit", callback, "onVcpuInit");
  }

  onVcpuExit(callback: (vcpu: Vcpu) => void): Subscription {
    return this.#subscribe("vcpuExit", callback, "onVcpuExit");
  }

  onVcpuIdle(callback: (vcpu: Vcpu, nanoseconds: bigint | undefined) => void): Subscription {
    return this.#subscribe("vcpuIdle", callback, "onVcpuIdle");
  }

  onVcpuResume(callback: (vcpu: Vcpu) => void): Subscription {
    return this.#subscribe("vcpuResume", callback, "onVcpuResume");
  }

  onExit(callback: (event: ExitEvent) => void): Subscription {
    return this.#subscribe("exit", callback, "onExit");
  }

  counter(name: string): Counter {
    this.#check();
    return new SharedCounter(this.#plugin.memory, String(name));
  }

  counters<Key extends bigint | number | string>(name: string): Counters<Key> {
    this.#check();
    return new KeyedCounters<Key>(this.#plugin.memory, String(name));
  }

  scoreboard<const Field extends string>(name: string, fields: readonly Field[]): Scoreboard<Field> {
    this.#check();
    return makeScoreboard(this.#plugin.memory, String(name), fields);
  }

  array(name: string, length: number): CellArray {
    this.#check();
    return new SharedArray(this.#plugin.memory, String(name), length);
  }

  histogram(name: string, options: HistogramOptions): Histogram {
    this.#check();
    return new SharedHistogram(this.#plugin.memory, String(name), options);
  }

  edges(name: string): Edges {
    this.#check();
    const edges = new SharedEdges(this.#plugin.memory, String(name));
    this.#plugin.edges.push(edges);
    return edges;
  }

  buffer<const Of extends Fields>(name: string, options: BufferOptions<Of>): TraceBuffer<Of> {
    this.#check();
    const services = this.#services.bufferServices(this.#plugin);
    const buffer = new SharedBuffer(String(name), options as unknown as BufferOptions<Fields>, services);
    this.#plugin.buffers.push(buffer);
    return buffer as unknown as TraceBuffer<Of>;
  }

  log(text: string, level: LogLevel = "info"): void {
    this.#check();
    this.#services.log(level, this.#plugin.name, String(text));
  }

  file(name: string): OutputFile {
    this.#check();
    return this.#services.openFile(this.#plugin, String(name));
  }

  stop(reason: string): void {
    this.#check();
    this.#services.stop(this.#plugin, String(reason));
  }

  exit(status: number): void {
    this.#check();
    if (!Number.isInteger(status) || status < 0 || status > 255)
      throw new RangeError(`an exit status is 0 to 255, not ${status}`);
    this.#services.exit(status);
  }

  takeClock(): ClockControl {
    this.#check();
    return this.#services.takeClock(this.#plugin);
  }

  companion({ engine = "auto" }: { engine?: (typeof engines)[number] } = {}): CompanionRun {
    this.#check();
    if (!engines.includes(engine)) throw new TypeError(`an engine is one of ${engines.join(", ")}, not ${engine}`);
    return this.#services.companion(this.#plugin, engine);
  }

  uninstall(done?: () => void): Promise<void> {
    return this.#leave("uninstall", this.#services.uninstall, done);
  }

  reset(then?: () => void): Promise<void> {
    return this.#leave("reset", this.#services.reset, then);
  }

  #subscribe<Event extends PluginEvent>(event: Event, callback: PluginListeners[Event], method: string): Subscription {
    this.#check();
    requireFunction(callback, method);
    const remove = this.#plugin.listen(event, callback);
    this.#services.listenersChanged(event);
    return {
      cancel: () => {
        if (remove()) this.#services.listenersChanged(event);
      },
    };
  }

  #leave(method: string, work: VmServices["reset"], then: (() => void) | undefined): Promise<void> {
    this.#check();
    if (this.#plugin.state === "installing") throw new Error(`vm.${method}() cannot be called in install`);
    if (then !== undefined) requireFunction(then, method);
    const plugin = this.#plugin;
    return work(plugin, () => {
      if (then) plugin.run(`callback of ${method}`, then);
    });
  }

  #check(): void {
    if (this.#plugin.state === "removed")
      throw new Error(`plugin "${this.#plugin.name}" used its vm after it had been removed`);
  }
}
