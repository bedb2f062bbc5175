// One plugin of a session: what it listens to, what it shows, what it has cost, and the way into its code.
import type {
  Discontinuity,
  ExitEvent,
  SyscallEvent,
  SyscallReturnEvent,
  TranslationBlock,
  Vcpu,
} from "../../plugins/api/index.ts";
import { Control } from "../machine/layout.ts";
import type { CallbackTally } from "./callback-entries.ts";
import type { AnyPlugin } from "./definition-check.ts";
import type { SharedEdges } from "./edges.ts";
import type { PluginMemory } from "./instrument-memory.ts";
import { PluginLinks } from "./links.ts";
import type { CallbackOwner } from "./plugin-callbacks.ts";
import type { SharedBuffer } from "./trace-buffer.ts";
import type { RegisteredView } from "./views/plugin-views.ts";

/** The events of `Vm.on...` and their callbacks. */
export interface PluginListeners {
  translate: (tb: TranslationBlock) => void;
  flush: (nothing: undefined) => void;
  syscall: (event: SyscallEvent) => void;
  syscallReturn: (event: SyscallReturnEvent) => void;
  syscallFilter: (event: SyscallEvent) => bigint | undefined;
  discontinuity: (event: Discontinuity) => void;
  vcpuInit: (vcpu: Vcpu) => void;
  vcpuExit: (vcpu: Vcpu) => void;
  vcpuIdle: (vcpu: Vcpu, nanoseconds: bigint | undefined) => void;
  vcpuResume: (vcpu: Vcpu) => void;
  exit: (event: ExitEvent) => void;
}

export type PluginEvent = keyof PluginListeners;

export interface PluginSetup {
  readonly index: number;
  readonly definition: AnyPlugin;
  /** Where it comes from, for people: `hotblocks`, `./mine.ts`. */
  readonly source: string;
  readonly memory: PluginMemory;
  readonly now: () => number;
  readonly onFailure: (plugin: InstalledPlugin, error: unknown, where: string) => void;
}

export class InstalledPlugin implements CallbackOwner {
  readonly index: number;
  readonly definition: AnyPlugin;
  readonly source: string;
  readonly memory: PluginMemory;
  readonly links: PluginLinks;
  readonly tally: CallbackTally = { calls: 0, milliseconds: 0 };
  readonly now: () => number;
  /** Operations that were added to guest code for it, each time that a block was translated. */
  opsAdded = 0;
  state: "installing" | "installed" | "removed" = "installing";
  views: RegisteredView[] = [];
  readonly buffers: SharedBuffer[] = [];
  readonly edges: SharedEdges[] = [];
  /** What has to end with it: its clock, its companions. */
  readonly endings: (() => void)[] = [];
  private listeners = new Map<PluginEvent, PluginListeners[PluginEvent][]>();
  private readonly control: Int32Array;
  private readonly onFailure: PluginSetup["onFailure"];

  constructor({ index, definition, source, memory, now, onFailure }: PluginSetup) {
    this.index = index;
    this.definition = definition;
    this.source = source;
    this.memory = memory;
    this.now = now;
    this.control = new Int32Array(memory.memory.buffer, 0, 16);
    this.onFailure = onFailure;
    this.links = new PluginLinks(this);
  }

  get name(): string {
    return this.definition.name;
  }

  get version(): string {
    return this.definition.version;
  }

  get uses(): Readonly<Record<string, string>> {
    return this.definition.uses ?? {};
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
  tell<Event extends PluginEvent>(
    event: Event,
    argument: Parameters<PluginListeners[Event]>[0],
    more?: unknown,
  ): boolean {
    for (const listener of this.listeners.get(event) ?? [])
      if (!this.enter(`${event} callback`, () => (listener as (...args: unknown[]) => void)(argument, more)))
        return false;
    return true;
  }

  /** What the plugin's first filter says of a system call. */
  filter(event: SyscallEvent): bigint | undefined {
    for (const listener of this.listeners.get("syscallFilter") ?? []) {
      let result: unknown;
      this.enter("filterSyscalls callback", () => {
        result = (listener as PluginListeners["syscallFilter"])(event);
        if (result !== undefined && typeof result !== "bigint")
          throw new TypeError("a filter of system calls must give the result as a bigint, or undefined");
      });
      if (typeof result === "bigint") return result;
    }
    return undefined;
  }

  /** Runs code of the plugin; false when it threw (it has been removed then) or the plugin is gone. */
  enter(where: string, work: () => void): boolean {
    return this.active && this.run(where, work);
  }

  /** The same for a plugin that may have been removed, to tell it so. */
  run(where: string, work: () => void): boolean {
    try {
      this.marked(work);
      return true;
    } catch (error) {
      this.failed(error, where);
      return false;
    }
  }

  /** Calls a function that another plugin asked for; what it throws goes to that one. */
  callExport(name: string, work: () => unknown): unknown {
    if (!this.active) throw new Error(`plugin "${this.name}" has been removed: its export "${name}" cannot be called`);
    let result: unknown;
    this.marked(() => {
      result = work();
    });
    return result;
  }

  /** The shared memory says whose code runs, while it does. */
  private marked(work: () => void): void {
    const at = Control.plugin / 4;
    const outer = this.control[at];
    const started = this.now();
    this.control[at] = 1 + this.index;
    try {
      work();
    } finally {
      this.control[at] = outer;
      this.tally.calls++;
      this.tally.milliseconds += this.now() - started;
    }
  }

  failed(error: unknown, where: string): void {
    this.onFailure(this, error, where);
  }

  /** Has every record delivered that has not been yet. */
  deliverRecords(): void {
    if (this.active) for (const buffer of this.buffers) buffer.flushUnlessDelivering();
  }

  dropSubscriptions(): void {
    this.listeners = new Map();
    this.views = [];
    this.links.clearWatchers();
  }

  /** It is gone for good. */
  end(): void {
    this.dropSubscriptions();
    for (const ending of this.endings.splice(0)) ending();
    for (const buffer of this.buffers) buffer.close();
  }
}
