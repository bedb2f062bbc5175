// What is known of an installed plugin, for those who list plugins. All of it is JSON.
import type { InstalledPlugin } from "./installed-plugin.ts";
import type { OptionValue } from "./option-values.ts";

export interface PluginDescription {
  name: string;
  version: string;
  license: string | undefined;
  description: string | undefined;
  source: string;
  options: Readonly<Record<string, string | number | boolean>>;
  uses: Readonly<Record<string, string>>;
  events: readonly { name: string; description: string; listeners: readonly string[] }[];
  exports: readonly string[];
  views: readonly { title: string; kind: string }[];
  cost: PluginCost;
}

export interface PluginCost {
  /** Calls of the plugin's functions, and about how long they took in all. */
  calls: number;
  milliseconds: number;
  /** Operations added to guest code, counted whenever a block is translated. */
  operations: number;
}

export function describePlugin(
  plugin: InstalledPlugin,
  options: Readonly<Record<string, OptionValue>>,
): PluginDescription {
  const { definition, source, views, links, tally, opsAdded } = plugin;
  return {
    name: definition.name,
    version: definition.version,
    license: definition.license,
    description: definition.description,
    source,
    options: Object.fromEntries(
      Object.entries(options).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, typeof value === "bigint" ? `0x${value.toString(16)}` : value]],
      ),
    ),
    uses: { ...plugin.uses },
    ...links.describe(),
    views: views.map(({ title, kind }) => ({ title, kind })),
    cost: { calls: tally.calls, milliseconds: Math.round(tally.milliseconds * 1000) / 1000, operations: opsAdded },
  };
}
