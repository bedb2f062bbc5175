// One plugin of a session: what it listens to, what it shows, and the way into its code.
import type { ExitEvent, SyscallEvent, SyscallReturnEvent, TranslationBlock, Vcpu } from "../../plugins/api/index.ts";
import { Control } from "../machine/layout.ts";
import type { AnyPlugin } from "./definition-check.ts";
import type { CallbackOwner } from "./plugin-callbacks.ts";
import type { RegisteredView } from "./views/plugin-views.ts";

/** The events of `Vm.on...` and their callbacks. */
export interface PluginListeners {
  translate: (tb: TranslationBlock) => void;
  syscall: (event: SyscallEvent) => void;
  syscallReturn: (event: SyscallReturnEvent) => void;
  vcpuInit: (vcpu: Vcpu) => void;
  vcpuExit: (vcpu: Vcpu) => void;
  exit: (event: ExitEvent) => void;
}

export type PluginEvent = keyof PluginListeners;

export class InstalledPlugin implements CallbackOwner {
  readonly index: number;
  readonly definition: AnyPlugin;
  /** Where it comes from, for people: `hotblocks`, `./mine.ts`. */
  readonly source: string;
  state: "installing" | "installed" | "removed" = "installing";
  views: RegisteredView[] = [];
  private listeners = new Map<PluginEvent, PluginListeners[PluginEvent][]>();
  private readonly control: Int32Array;
  private readonly onFailure: (plugin: InstalledPlugin, error: unknown, where: string) => void;

  constructor(
    index: number,
    definition: AnyPlugin,
    source: string,
    buffer: ArrayBufferLike,
    onFailure: (plugin: InstalledPlugin, error: unknown, where: string) => void,
  ) {
    this.index = index;
    this.definition = definition;
    this.source = source;
    this.control = new Int32Array(buffer, 0, 16);
    this.onFailure = onFailure;
  }

  get name(): string {
    return this.definition.name;
  }

  get active(): boolean {
    return this.state !== "removed";
  }

  /** Gives the function that ends it: true the first time. */
  listen<Event extends PluginEvent>(event: Event, callback: PluginListeners[Event]): () => boolean {
    const entry = callback.bind(undefined) as PluginListeners[PluginEvent];
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), entry]);
    return () => {
      const list = this.listeners.get(event) ?? [];
      this.listeners.set(
        event,
        list.filter((other) => other !== entry),
      );
      return list.includes(entry);
    };
  }

  listensTo(event: PluginEvent): boolean {
    return this.active && (this.listeners.get(event)?.length ?? 0) > 0;
  }

  /** Calls every listener of an event. False when one of them threw; the plugin is removed then. */
  tell<Event extends PluginEvent>(event: Event, argument: Parameters<PluginListeners[Event]>[0]): boolean {
    for (const listener of this.listeners.get(event) ?? [])
      if (!this.enter(`${event} callback`, () => (listener as (argument: unknown) => void)(argument))) return false;
    return true;
  }

  /** Runs code of the plugin; false when it threw (it has been removed then) or the plugin is gone. */
  enter(where: string, work: () => void): boolean {
    return this.active && this.run(where, work);
  }

  /** The same for a plugin that may have been removed, to tell it so. */
  run(where: string, work: () => void): boolean {
    const at = Control.plugin / 4;
    const outer = this.control[at];
    this.control[at] = 1 + this.index;
    try {
      work();
      return true;
    } catch (error) {
      this.failed(error, where);
      return false;
    } finally {
      this.control[at] = outer;
    }
  }

  failed(error: unknown, where: string): void {
    this.onFailure(this, error, where);
  }

  dropSubscriptions(): void {
    this.listeners = new Map();
    this.views = [];
  }
}
