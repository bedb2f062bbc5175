// What the tree of running plugins shows. No vscode import: tested on its own.
import type { AvailablePlugin, PluginState } from "../adapter/dap/plugins-protocol.ts";

export interface PluginRow {
  /** The same as long as it is about the same thing: what is expanded stays so. */
  id: string;
  kind: "plugin" | "group" | "view" | "item";
  label: string;
  description?: string | undefined;
  tooltip?: string | undefined;
  /** Name of a codicon. */
  icon?: string | undefined;
  /** Name of the plugin that it belongs to. */
  plugin: string;
  children: readonly PluginRow[];
}

/** Icons of views by their kind: those that are not here are tables. */
const viewIcons: Readonly<Record<string, string>> = {
  bars: "graph",
  series: "graph-line",
  flame: "flame",
  heatMap: "symbol-color",
  timeline: "list-tree",
  graph: "type-hierarchy",
  log: "output",
  coverage: "checklist",
  intervals: "symbol-array",
};

export function pluginRows(plugins: readonly PluginState[]): PluginRow[] {
  return plugins.map((state) => {
    const { name, version, license, description, source, cost } = state;
    return {
      id: name,
      kind: "plugin",
      label: name,
      description: `${version} · ${license ?? "no licence"} · ${shortCost(cost)}`,
      tooltip: [`${name} ${version} (${license ?? "no licence"})`, description, `From ${source}`, longCost(cost)]
        .filter((line) => line !== undefined)
        .join("\n"),
      icon: "beaker",
      plugin: name,
      children: groups(state),
    };
  });
}

function groups({ name, views, events, exports, uses, options }: PluginState): PluginRow[] {
  const group = (label: string, items: readonly Omit<PluginRow, "id" | "plugin" | "children">[]): PluginRow[] =>
    items.length === 0
      ? []
      : [
          {
            id: `${name}/${label}`,
            kind: "group",
            label,
            description: items.map((item) => (label === "Options" ? assignment(item) : item.label)).join(", "),
            plugin: name,
            children: items.map((item) => ({
              ...item,
              id: `${name}/${label}/${item.label}`,
              plugin: name,
              children: [],
            })),
          },
        ];
  return [
    ...group(
      "Views",
      views.map(({ title, kind }) => ({
        kind: "view",
        label: title,
        description: kind === "heatMap" ? "heat map" : kind,
        tooltip: "Show it in the panel",
        icon: viewIcons[kind] ?? "table",
      })),
    ),
    ...group(
      "Events",
      events.map((event) => ({
        kind: "item",
        label: event.name,
        description: `heard by ${event.listeners.join(", ") || "nobody"}`,
        tooltip: event.description,
        icon: "symbol-event",
      })),
    ),
    ...group(
      "Exports",
      exports.map((label) => ({ kind: "item", label, icon: "symbol-method" })),
    ),
    ...group(
      "Uses",
      Object.entries(uses).map(([label, range]) => ({ kind: "item", label, description: range, icon: "link" })),
    ),
    ...group(
      "Options",
      Object.entries(options).map(([label, value]) => ({
        kind: "item",
        label,
        description: String(value),
        icon: "symbol-property",
      })),
    ),
  ];
}

const assignment = ({ label, description }: Pick<PluginRow, "label" | "description">) => `${label}=${description}`;

/** The side bar is narrow. */
function shortCost({ calls, milliseconds, operations }: PluginState["cost"]): string {
  return `${time(milliseconds)}, ${compact(calls)} calls, ${compact(operations)} ops`;
}

function longCost({ calls, milliseconds, operations }: PluginState["cost"]): string {
  const exact = new Intl.NumberFormat("en");
  return (
    `Cost: ${exact.format(calls)} calls of its functions, about ${time(milliseconds)}; ` +
    `${exact.format(operations)} operations added to guest code`
  );
}

function time(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  return milliseconds < 10_000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

const compact = (count: number) =>
  new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(count);

export interface LoadChoice {
  label: string;
  description?: string | undefined;
  detail?: string | undefined;
}

/** Those that do not run yet, the workspace's own first. */
export function loadChoices(
  available: readonly AvailablePlugin[],
  running: readonly Pick<PluginState, "name" | "source">[],
): Record<"workspace" | "shipped", LoadChoice[]> {
  const isThere = (name: string) => running.some((plugin) => plugin.name === name || plugin.source === name);
  const of = (origin: AvailablePlugin["origin"]) =>
    available
      .filter((plugin) => plugin.origin === origin && !isThere(plugin.name))
      .map(({ name, description, fault }) => ({
        label: name,
        description,
        detail: fault === undefined ? undefined : `$(warning) ${fault.split("\n")[0]}`,
      }));
  return { workspace: of("workspace"), shipped: of("shipped") };
}

/** The options with which a launch configuration has the plugin, even one that it switches off. */
export function configuredOptions(configuration: Readonly<Record<string, unknown>>, name: string): Options {
  const { plugins } = configuration;
  if (!isObject(plugins)) return {};
  const options = plugins[name];
  return isObject(options) ? options : {};
}

type Options = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Options =>
  typeof value === "object" && value !== null && !Array.isArray(value);
