// How plugins use each other: typed exports and events across files, linked by the host.
import type { PluginDefinition } from "./definition.ts";
import type { Subscription } from "./vm.ts";

declare const payload: unique symbol;
declare const plugin: unique symbol;

/** An event that a plugin announces: one line of description, and the type of what it carries. */
export type EventDeclaration<Payload = unknown> = string & { readonly [payload]?: (value: Payload) => Payload };
export type EventDeclarations = Readonly<Record<string, EventDeclaration<never> | string>>;

export type PayloadOf<Declaration> = Declaration extends { readonly [payload]?: (value: infer Payload) => unknown }
  ? Payload
  : unknown;

/** How a plugin announces one of its events. */
export interface EventSource<Payload> {
  /**
   * Calls every listener, in the order of their plugins and then of their subscriptions. One that throws is removed
   * with its plugin; the others are called. Cost: some tens of nanoseconds for each listener.
   */
  emit(payload: Payload): void;
  /** How many listen. */
  readonly listeners: number;
  /**
   * Calls back when that number changes, and at once if somebody listens already. A library subscribes to guest code
   * when the first listener comes and cancels when the last goes: so it costs nothing while nobody uses it.
   */
  onListeners(callback: (listeners: number) => void): Subscription;
}

export type EventSources<Events extends EventDeclarations> = {
  readonly [Name in keyof Events]: EventSource<PayloadOf<Events[Name]>>;
};

/** What a plugin offers to others: functions. What they throw reaches the caller. */
export type PluginExports = Readonly<Record<string, (...args: never[]) => unknown>>;

/** A plugin that is used, and the versions that will do. */
export type UseDeclaration<Plugin = unknown> = string & { readonly [plugin]?: (value: Plugin) => Plugin };
export type UseDeclarations = Readonly<Record<string, UseDeclaration<never> | string>>;

/** Another plugin, as one that uses it sees it. */
export interface UsedPlugin<Exports, Events> {
  readonly name: string;
  readonly version: string;
  /** What its `install` returned. Calling one after it has been removed throws. */
  readonly exports: Exports;
  /** Listens to one of its events. */
  on<Name extends keyof Events>(event: Name, listener: (payload: PayloadOf<Events[Name]>) => void): Subscription;
}

type UsedBy<Declaration> = Declaration extends { readonly [plugin]?: (value: infer Plugin) => unknown }
  ? Plugin extends PluginDefinition<infer _Options, infer _Uses, infer Events, infer Exports>
    ? UsedPlugin<Exports extends PluginExports ? Exports : Record<never, never>, Events>
    : UsedPlugin<PluginExports, EventDeclarations>
  : UsedPlugin<PluginExports, EventDeclarations>;

export type UsedPlugins<Uses extends UseDeclarations> = { readonly [Name in keyof Uses]: UsedBy<Uses[Name]> };
