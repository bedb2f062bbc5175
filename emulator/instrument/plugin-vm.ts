// The `vm` that a plugin's `install` gets: the published API over one installed plugin.
import type {
  Counter,
  Counters,
  ExitEvent,
  LogLevel,
  RegisterInfo,
  RegisterReference,
  Subscription,
  SyscallEvent,
  SyscallReturnEvent,
  TranslationBlock,
  Vcpu,
  Views,
  Vm,
  VmInfo,
} from "../../plugins/api/index.ts";
import { type CounterMemory, KeyedCounters, SharedCounter } from "./counters.ts";
import type { InstalledPlugin, PluginEvent, PluginListeners } from "./installed-plugin.ts";
import { requireFunction } from "./plugin-callbacks.ts";
import type { RegisterLookup } from "./register-lookup.ts";
import { PluginViews } from "./views/plugin-views.ts";

/** What the plugin host does for a plugin. */
export interface VmServices {
  readonly info: VmInfo;
  readonly registers: RegisterLookup;
  readonly vcpus: readonly Vcpu[];
  readonly counters: CounterMemory;
  log(level: LogLevel, plugin: string, text: string): void;
  /** The plugin's listeners of an event have changed. */
  listenersChanged(event: PluginEvent): void;
  /** Resolves when no vCPU is in code instrumented for the plugin. */
  uninstall(plugin: InstalledPlugin): Promise<void>;
  reset(plugin: InstalledPlugin): Promise<void>;
}

export class PluginVm implements Vm {
  readonly #plugin: InstalledPlugin;
  readonly #services: VmServices;
  readonly views: Views;

  constructor(plugin: InstalledPlugin, services: VmServices) {
    this.#plugin = plugin;
    this.#services = services;
    this.views = new PluginViews(plugin, () => this.#check());
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

  register(name: RegisterReference): RegisterInfo {
    return this.#services.registers.info(name);
  }

  onTranslate(callback: (tb: TranslationBlock) => void): Subscription {
    return this.#subscribe("translate", callback, "onTranslate");
  }

  onSyscall(callback: (event: SyscallEvent) => void): Subscription {
    return this.#subscribe("syscall", callback, "onSyscall");
  }

  onSyscallReturn(callback: (event: SyscallReturnEvent) => void): Subscription {
    return this.#subscribe("syscallReturn", callback, "onSyscallReturn");
  }

  onVcpuInit(callback: (vcpu: Vcpu) => void): Subscription {
    return this.#subscribe("vcpuInit", callback, "onVcpuInit");
  }

  onVcpuExit(callback: (vcpu: Vcpu) => void): Subscription {
    return this.#subscribe("vcpuExit", callback, "onVcpuExit");
  }

  onExit(callback: (event: ExitEvent) => void): Subscription {
    return this.#subscribe("exit", callback, "onExit");
  }

  counter(name: string): Counter {
    this.#check();
    return new SharedCounter(this.#services.counters, name);
  }

  counters<Key extends bigint | number | string>(name: string): Counters<Key> {
    this.#check();
    return new KeyedCounters<Key>(this.#services.counters, name);
  }

  log(text: string, level: LogLevel = "info"): void {
    this.#check();
    this.#services.log(level, this.#plugin.name, String(text));
  }

  uninstall(done?: () => void): Promise<void> {
    return this.#leave("uninstall", () => this.#services.uninstall(this.#plugin), done);
  }

  reset(then?: () => void): Promise<void> {
    return this.#leave("reset", () => this.#services.reset(this.#plugin), then);
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

  #leave(method: string, work: () => Promise<void>, then: (() => void) | undefined): Promise<void> {
    this.#check();
    if (this.#plugin.state === "installing") throw new Error(`vm.${method}() cannot be called in install`);
    if (then !== undefined) requireFunction(then, method);
    const plugin = this.#plugin;
    return work().then(() => {
      if (then) plugin.run(`callback of ${method}`, then);
    });
  }

  #check(): void {
    if (this.#plugin.state === "removed")
      throw new Error(`plugin "${this.#plugin.name}" used its vm after it had been removed`);
  }
}
