// The part of the protocol that is about the plugins of a running session. Types only.

/** Custom request `terrarium.plugins`. */
export type PluginsArguments =
  | { do: "list" }
  /** A name or a path, as in the launch configuration, with options. */
  | { do: "load"; reference: string; options?: Readonly<Record<string, unknown>> }
  | { do: "unload" | "reset" | "reload"; name: string };

export interface PluginsResult {
  /** The plugins after it. */
  plugins: readonly PluginState[];
  /** False when it could not be done: the console says why, and `problem` where that is known. */
  done: boolean;
  problem?: string | undefined;
}

/** Custom request `terrarium.availablePlugins` (no arguments): what could be loaded by its name. */
export interface AvailablePluginsResult {
  plugins: readonly AvailablePlugin[];
}

export interface AvailablePlugin {
  name: string;
  origin: "shipped" | "workspace";
  description?: string | undefined;
  /** Why its file is no plugin. */
  fault?: string | undefined;
}

/** What is known of an installed plugin. */
export interface PluginState {
  name: string;
  version: string;
  license?: string | undefined;
  description?: string | undefined;
  source: string;
  options: Readonly<Record<string, string | number | boolean>>;
  uses: Readonly<Record<string, string>>;
  events: readonly { name: string; description: string; listeners: readonly string[] }[];
  exports: readonly string[];
  views: readonly { title: string; kind: string }[];
  /** Calls of its functions and about how long they took; operations added to guest code so far. */
  cost: { calls: number; milliseconds: number; operations: number };
}

export const pluginsRequest = "terrarium.plugins";
export const availablePluginsRequest = "terrarium.availablePlugins";
