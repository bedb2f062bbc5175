// Which format, and which view of those there are: FORMAT[:PLUGIN[/TITLE]].
import type { ViewData, ViewKind } from "../../emulator/instrument/view-data.ts";
import type { Exporter } from "./exporter.ts";
import { exporters } from "./index.ts";

export interface Wanted {
  exporter: Exporter;
  /** Left out: any. */
  plugin?: string;
  title?: string;
}

/** Shipped plugins with such views, for those who have none. Any plugin with tables will do for a table. */
const givers: { readonly [Kind in ViewKind]?: string } = {
  flame: "flame",
  coverage: "drcov",
  timeline: "traps",
  intervals: "bbv",
  graph: "cflow",
};

/** @throws an unknown format, with those there are. */
export function exporterOf(format: string): Exporter {
  const exporter = exporters.find((candidate) => candidate.format === format);
  if (exporter) return exporter;
  const known = exporters.map((candidate) => candidate.format).join(", ");
  throw new Error(`unknown format "${format}": there are ${known}`);
}

/** Reads FORMAT[:PLUGIN[/TITLE]]. @throws what is wrong with it. */
export function parseWanted(text: string): Wanted {
  const [, format, which] = /^([^:]*)(?::(.*))?$/s.exec(text)!;
  const exporter = exporterOf(format);
  if (which === undefined) return { exporter };
  const slash = which.indexOf("/");
  const plugin = slash < 0 ? which : which.slice(0, slash);
  if (plugin === "") throw new Error(`"${text}": the name of a plugin must follow the colon`);
  if (slash < 0) return { exporter, plugin };
  return { exporter, plugin, title: which.slice(slash + 1) };
}

/**
 * The views to write: one, or all that fit where the format holds many. When it holds one and several fit it is the
 * first, and the log names the others.
 * @throws when none fits, with what would.
 */
export function chooseViews(
  { exporter, plugin, title }: Wanted,
  views: readonly ViewData[],
  log: (text: string) => void,
): readonly ViewData[] {
  const { format, kinds, holdsMany } = exporter;
  const named = views.filter(
    (view) => (plugin === undefined || view.plugin === plugin) && (title === undefined || view.title === title),
  );
  const fitting = named.filter((view) => kinds.includes(view.kind));
  if (fitting.length === 0) throw new Error(noneFits({ exporter, plugin, title }, views, named));
  if (holdsMany || fitting.length === 1) return fitting;
  const [first, ...others] = fitting.map((view) => `${view.plugin}/${view.title}`);
  log(`${format}: of several views that fit, this is ${first}; there are also ${others.join(", ")}`);
  return fitting.slice(0, 1);
}

function noneFits({ exporter, plugin, title }: Wanted, views: readonly ViewData[], named: readonly ViewData[]): string {
  const { format, kinds } = exporter;
  const asked = plugin === undefined ? "" : ` of ${plugin}${title === undefined ? "" : `/${title}`}`;
  const takes = `${format} is made from a view of kind ${kinds.join(" or ")}`;
  const plugins = kinds.flatMap((kind) => (givers[kind] === undefined ? [] : [`"${givers[kind]}"`]));
  const advice = kinds.includes("table")
    ? "any plugin with a table will do"
    : plugins.length > 0
      ? `the plugin ${plugins.join(" or ")} has one`
      : "no plugin that ships has one";
  const there = (named.length > 0 ? named : views).map((view) => `${view.plugin}/${view.title} (${view.kind})`);
  const found = there.length > 0 ? `There are: ${there.join(", ")}` : "There are no views";
  return `no view${asked} fits: ${takes}, ${advice}. ${found}`;
}

/** `program-flame.callgrind.out`: what a file with these views may be called. */
export function suggestedName({ extension }: Exporter, programPath: string, views: readonly ViewData[]): string {
  const program = programPath
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.elf$/, "");
  const plugins = [...new Set(views.map((view) => view.plugin))];
  return `${[program, ...plugins].join("-").replaceAll(/[^\w.-]+/g, "_")}${extension}`;
}
