// What one plugin gives to others: events, which any number listen to, and exports, which they call.
import type { EventSource, PluginExports, Subscription } from "../../plugins/api/index.ts";
import type { InstalledPlugin } from "./installed-plugin.ts";
import { suggestion } from "./nearest.ts";
import { requireFunction } from "./plugin-callbacks.ts";

interface Listener {
  readonly plugin: InstalledPlugin;
  readonly where: string;
  readonly callback: (payload: unknown) => void;
}

/** One event of a plugin. */
class HostedEvent implements EventSource<unknown> {
  readonly #owner: InstalledPlugin;
  readonly #name: string;
  #listeners: readonly Listener[] = [];
  #watchers: readonly ((listeners: number) => void)[] = [];

  constructor(owner: InstalledPlugin, name: string) {
    this.#owner = owner;
    this.#name = name;
  }

  get listeners(): number {
    return this.#listeners.length;
  }

  emit(payload: unknown): void {
    for (const { plugin, where, callback } of this.#listeners) plugin.enter(where, () => callback(payload));
  }

  onListeners(callback: (listeners: number) => void): Subscription {
    requireFunction(callback, "onListeners");
    const watcher = (listeners: number) => callback(listeners);
    this.#watchers = [...this.#watchers, watcher];
    if (this.#listeners.length > 0) callback(this.#listeners.length);
    return {
      cancel: () => {
        this.#watchers = this.#watchers.filter((other) => other !== watcher);
      },
    };
  }

  /** Listeners are told in the order of their plugins. */
  add(plugin: InstalledPlugin, callback: (payload: unknown) => void): Subscription {
    const listener = { plugin, callback, where: `listener of ${this.#owner.name}'s event "${this.#name}"` };
    this.#set([...this.#listeners, listener].sort((a, b) => a.plugin.index - b.plugin.index));
    return { cancel: () => this.#set(this.#listeners.filter((other) => other !== listener)) };
  }

  remove(plugin: InstalledPlugin): void {
    this.#set(this.#listeners.filter((listener) => listener.plugin !== plugin));
  }

  get listening(): readonly string[] {
    return this.#listeners.map(({ plugin }) => plugin.name);
  }

  #set(listeners: readonly Listener[]): void {
    if (listeners.length === this.#listeners.length) return;
    this.#listeners = listeners;
    for (const watcher of this.#watchers)
      this.#owner.enter(`onListeners callback of event "${this.#name}"`, () => watcher(listeners.length));
  }

  clearWatchers(): void {
    this.#watchers = [];
  }
}

export class PluginLinks {
  readonly #owner: InstalledPlugin;
  readonly #events: ReadonlyMap<string, HostedEvent>;
  /** What `install` returned, each function guarded. */
  #exports: PluginExports = Object.freeze({});

  constructor(owner: InstalledPlugin) {
    this.#owner = owner;
    const names = Object.keys(owner.definition.events ?? {});
    this.#events = new Map(names.map((name) => [name, new HostedEvent(owner, name)]));
  }

  /** For `vm.events`. */
  get sources(): Readonly<Record<string, EventSource<unknown>>> {
    return Object.freeze(Object.fromEntries([...this.#events].map(([name, event]) => [name, publicSource(event)])));
  }

  get exports(): PluginExports {
    return this.#exports;
  }

  /** Takes what `install` returned. @throws TypeError when it is something else than functions by name. */
  export(returned: unknown): void {
    if (returned === undefined) return;
    if (typeof returned !== "object" || returned === null || Array.isArray(returned))
      throw new TypeError("install must return its exports as an object of functions, or nothing");
    const guarded = Object.entries(returned).map(([name, value]) => {
      if (typeof value !== "function")
        throw new TypeError(`the export "${name}" must be a function, not ${value === null ? "null" : typeof value}`);
      return [name, (...args: never[]) => this.#owner.callExport(name, () => value(...args))] as const;
    });
    this.#exports = Object.freeze(Object.fromEntries(guarded));
  }

  /** @throws Error when there is no such event. */
  listen(event: string, plugin: InstalledPlugin, callback: (payload: unknown) => void): Subscription {
    requireFunction(callback, `on("${event}")`);
    const hosted = this.#events.get(event);
    if (!hosted)
      throw new Error(
        `plugin "${this.#owner.name}" has no event "${event}"${suggestion(event, [...this.#events.keys()])}`,
      );
    return hosted.add(plugin, callback);
  }

  /** Ends what a plugin listens to here. */
  drop(plugin: InstalledPlugin): void {
    for (const event of this.#events.values()) event.remove(plugin);
  }

  /** The owner is reset: it watches its listeners no more. */
  clearWatchers(): void {
    for (const event of this.#events.values()) event.clearWatchers();
  }

  describe(): { events: { name: string; description: string; listeners: readonly string[] }[]; exports: string[] } {
    const events = [...this.#events].map(([name, event]) => ({
      name,
      description: String(this.#owner.definition.events?.[name] ?? ""),
      listeners: event.listening,
    }));
    return { events, exports: Object.keys(this.#exports) };
  }
}

/** What a plugin gets of its own event: nothing by which it could reach its listeners. */
function publicSource(event: HostedEvent): EventSource<unknown> {
  return Object.freeze({
    emit: (payload: unknown) => event.emit(payload),
    get listeners() {
      return event.listeners;
    },
    onListeners: (callback: (listeners: number) => void) => event.onListeners(callback),
  });
}
