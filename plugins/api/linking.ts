// How plugins use each other: typed exports and events across files, linked by the host.
import type { PluginDefinition } from "./definition.ts";
import type { Subscription } from "./vm.ts";

declare const payload: unique symbol;
declare const plugin: unique symbol;

/** An event that a plugin announces: one line of description, and the type of what it carries. */
export type EventDeclaration<Payload = unknown> = string & { readonly [payload]?: (value: Payload) => Payload };
/** The events of a plugin, by name: what `event` gives. */
export type EventDeclarations = Readonly<Record<string, string>>;

/** What an event carries, from its declaration. */
export type PayloadOf<Declaration> = Declaration extends { readonly [payload]?: (value: infer Payload) => unknown }
  ? Payload
  : unknown;

/**
 * How a plugin announces one of its events.
 *
 *     definePlugin({
 *       name: "blocks",
 *       version: "1.0.0",
 *       events: { entered: event<{ vaddr: bigint }>("A block was entered") },
 *       install(vm) {
 *         const { entered } = vm.events;
 *         let subscription: Subscription | undefined;
 *         entered.onListeners((listeners) => {
 *           subscription?.cancel();
 *           subscription = undefined;
 *           if (listeners === 0) return;
 *           subscription = vm.onTranslate((tb) => {
 *             const { vaddr } = tb;
 *             tb.onExecute(() => entered.emit({ vaddr }));
 *           });
 *         });
 *       },
 *     });
 */
export interface EventSource<Payload> {
  /**
   * Calls every listener, in the order of their plugins and then of their subscriptions. One that throws is removed
   * with its plugin; the others are called. Cost: some tens of nanoseconds for each listener.
   */
  emit(payload: Payload): void;
  /** How many listen now. */
  readonly listeners: number;
  /**
   * Calls back when that number changes, and at once if somebody listens already. A library subscribes to guest code
   * when the first listener comes and cancels when the last goes: so it costs nothing while nobody uses it.
   */
  onListeners(callback: (listeners: number) => void): Subscription;
}

/** `vm.events`: one source for each event that the definition declares. */
export type EventSources<Events extends EventDeclarations> = {
  readonly [Name in keyof Events]: EventSource<PayloadOf<Events[Name]>>;
};

/** What a plugin offers to others: functions. What they throw reaches the caller. */
export type PluginExports = Readonly<Record<string, (...args: never[]) => unknown>>;

/** A plugin that is used, and the versions that will do. */
export type UseDeclaration<Plugin = unknown> = string & { readonly [plugin]?: (value: Plugin) => Plugin };
/** The plugins that a plugin uses, by name: what `use` gives. */
export type UseDeclarations = Readonly<Record<string, string>>;

/**
 * Another plugin, as one that uses it sees it: the third argument of `install`. When it is removed, those that use it are
 * removed too.
 *
 *     definePlugin({
 *       name: "summary",
 *       version: "1.0.0",
 *       uses: { blocks: use("^1.0") },
 *       install(vm, _options, { blocks }) {
 *         let entered = 0;
 *         blocks.on("entered", () => entered++);
 *         vm.views.table("Summary", () => [{ of: blocks.version, entered }]);
 *       },
 *     });
 */
export interface UsedPlugin<Exports, Events> {
  /** As its definition says. */
  readonly name: string;
  /** As its definition says: it lies in the range that was declared. */
  readonly version: string;
  /** What its `install` returned. Calling one after it has been removed throws; what it throws reaches the caller. */
  readonly exports: Exports;
  /**
   * Listens to one of its events, until the subscription is cancelled or one of the two plugins goes.
   * @throws Error for an event that it does not have, with those it resembles.
   */
  on<Name extends keyof Events>(event: Name, listener: (payload: PayloadOf<Events[Name]>) => void): Subscription;
}

type UsedBy<Declaration> = Declaration extends { readonly [plugin]?: (value: infer Plugin) => unknown }
  ? Plugin extends PluginDefinition<infer _Options, infer _Uses, infer Events, infer Exports>
    ? UsedPlugin<Exports extends PluginExports ? Exports : Record<never, never>, Events>
    : UsedPlugin<PluginExports, EventDeclarations>
  : UsedPlugin<PluginExports, EventDeclarations>;

/** The third argument of `install`: the plugins that `uses` declares, by name. */
export type UsedPlugins<Uses extends UseDeclarations> = { readonly [Name in keyof Uses]: UsedBy<Uses[Name]> };
