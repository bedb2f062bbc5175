// The plugins of a running session, told what to do by people: finds and compiles what they name, and loads it again when
// its file is saved.
import { type FSWatcher, watch } from "node:fs";
import path from "node:path";
import type { PluginDescription } from "../../emulator/instrument/plugin-host.ts";
import type { AvailablePlugin } from "../dap/plugins-protocol.ts";
import { parsePluginArgument } from "./plugin-argument.ts";
import { type LoadedPlugin, listPlugins, loadPlugin, loadPlugins, type PluginPlaces } from "./plugin-loader.ts";
import type { PluginAction } from "./worker-protocol.ts";

type Log = (level: "info" | "warning" | "error", source: string, text: string) => void;

/** Carries out an action in the session. */
export type CarryOut = (action: PluginAction) => Promise<boolean | readonly PluginDescription[]>;

/** Milliseconds after the last change of a file before it is read: editors write in several steps. */
const SETTLE = 100;

const help = `plugins list                     the plugins of this session, with what they cost
plugins load NAME[,key=value...] switches one on: a name or a path, as on the command line
plugins unload NAME              switches one off
plugins reset NAME               begins anew, its counters at zero
plugins reload NAME              reads its file again (saving it does that by itself)`;

export class LivePlugins {
  private readonly carryOut: CarryOut;
  private readonly places: PluginPlaces;
  private readonly log: Log;
  /** By the way it was asked for: what runs. */
  private readonly loaded = new Map<string, LoadedPlugin>();
  private readonly watchers = new Map<string, FSWatcher>();
  private settling: NodeJS.Timeout | undefined;

  constructor(carryOut: CarryOut, places: PluginPlaces, log: Log, initial: readonly LoadedPlugin[]) {
    this.carryOut = carryOut;
    this.places = places;
    this.log = log;
    for (const plugin of initial) this.loaded.set(plugin.source, plugin);
  }

  async list(): Promise<readonly PluginDescription[]> {
    return (await this.carryOut({ do: "list" })) as readonly PluginDescription[];
  }

  async available(): Promise<readonly AvailablePlugin[]> {
    const listed = await listPlugins(this.places);
    return listed.map(({ name, origin, definition, fault }) => ({
      name,
      origin,
      description: definition?.description,
      fault,
    }));
  }

  async load(reference: string, options: Readonly<Record<string, unknown>>): Promise<boolean> {
    const failed: string[] = [];
    const plugins = await loadPlugins([{ reference, options }], this.places, (source, error) => {
      failed.push(error.message);
      this.log("error", source, error.message);
    });
    if (plugins[0]?.source !== reference) throw new Error(failed[0]);
    const done = (await this.carryOut({ do: "load", plugins })) === true;
    if (!done) return false;
    for (const plugin of plugins) if (!this.loaded.has(plugin.source)) this.loaded.set(plugin.source, plugin);
    this.watchFiles();
    return true;
  }

  async unload(name: string): Promise<boolean> {
    const { source } = await this.named(name);
    const done = (await this.carryOut({ do: "unload", name })) === true;
    if (done) this.loaded.delete(source);
    return done;
  }

  async reset(name: string): Promise<boolean> {
    return (await this.carryOut({ do: "reset", name })) === true;
  }

  async reload(name: string): Promise<boolean> {
    const { source } = await this.named(name);
    const before = this.loaded.get(source);
    const plugin = await loadPlugin({ reference: source, options: before?.options ?? {} }, this.places);
    return this.replace(name, plugin);
  }

  /** One line of the console or of `terrarium control`. */
  async command(line: string): Promise<string> {
    const [action = "list", ...rest] = line.trim().split(/\s+/).filter(Boolean);
    const argument = rest.join(" ");
    if (action === "list" && argument === "") return listing(await this.list());
    if (argument === "" || !["load", "unload", "reset", "reload"].includes(action)) return help;
    if (action === "load") {
      const { reference, options } = parsePluginArgument(argument);
      return told(await this.load(reference, options), `${reference} is loaded`);
    }
    const done = await this[action as "unload" | "reset" | "reload"](argument);
    return told(done, `${argument}: ${action} done`);
  }

  /** From now on what is saved is loaded again. */
  watchFiles(): void {
    for (const { file } of this.loaded.values()) {
      const folder = path.dirname(file);
      if (this.watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, () => this.changed());
        watcher.on("error", () => this.watchers.delete(folder));
        this.watchers.set(folder, watcher);
      } catch {
        // A folder that cannot be watched: `reload` still works.
      }
    }
  }

  close(): void {
    clearTimeout(this.settling);
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  private changed(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.reloadChanged(), SETTLE);
    this.settling.unref();
  }

  private async reloadChanged(): Promise<void> {
    const running = await this.list().catch(() => []);
    for (const [source, before] of this.loaded) {
      const name = running.find((plugin) => plugin.source === source)?.name;
      try {
        const plugin = await loadPlugin({ reference: source, options: before.options }, this.places);
        if (plugin.code === before.code) continue;
        if (name !== undefined) await this.replace(name, plugin);
        else await this.load(source, before.options); // it was removed because of a mistake that may be mended
      } catch (error) {
        this.log("error", source, `${(error as Error).message}\nThe version that runs goes on.`);
      }
    }
  }

  private async replace(name: string, plugin: LoadedPlugin): Promise<boolean> {
    const done = (await this.carryOut({ do: "reload", name, plugin })) === true;
    // Also what failed is not tried again before it is saved again.
    this.loaded.set(plugin.source, plugin);
    if (done) this.log("info", name, "reloaded");
    return done;
  }

  /** @throws Error when no plugin of this name runs. */
  private async named(name: string): Promise<PluginDescription> {
    const plugins = await this.list();
    const found = plugins.find((plugin) => plugin.name === name);
    if (found) return found;
    const names = plugins.map((plugin) => plugin.name).join(", ");
    throw new Error(`no plugin "${name}" is installed: ${names === "" ? "there is none" : `there are ${names}`}`);
  }
}

const told = (done: boolean, text: string) => (done ? text : "it could not be done: the log says why");

function listing(plugins: readonly PluginDescription[]): string {
  if (plugins.length === 0) return "no plugins are installed";
  return plugins.map(described).join("\n");
}

function described(plugin: PluginDescription): string {
  const { name, version, license, source, description, options, uses, events, exports, views, cost } = plugin;
  const list = (title: string, items: readonly string[]) =>
    items.length > 0 ? [`    ${title}: ${items.join(", ")}`] : [];
  return [
    `${name} ${version} (${license ?? "no licence"}, from ${source})${description === undefined ? "" : `: ${description}`}`,
    ...list(
      "options",
      Object.entries(options).map(([option, value]) => `${option}=${value}`),
    ),
    ...list(
      "uses",
      Object.entries(uses).map(([used, range]) => `${used} ${range}`),
    ),
    ...list("exports", exports),
    ...list(
      "events",
      events.map(({ name: event, listeners }) => `${event} (heard by ${listeners.join(", ") || "nobody"})`),
    ),
    ...list(
      "views",
      views.map(({ title, kind }) => `${title} (${kind})`),
    ),
    `    cost: ${cost.calls} calls, ${cost.milliseconds.toFixed(1)} ms, ${cost.operations} operations in guest code`,
  ].join("\n");
}
