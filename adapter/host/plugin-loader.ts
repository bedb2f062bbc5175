// Finds plugins by name or path, compiles them, and evaluates them into definitions.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { type AnyPlugin, checkDefinition } from "../../emulator/instrument/definition-check.ts";
import { suggestion } from "../../emulator/instrument/nearest.ts";
import type { LoadedDefinition } from "../../emulator/instrument/plugin-host.ts";
import { here } from "./here.ts";
import { evaluateScript } from "./plugin-sandbox.ts";

/** A plugin as a launch configuration or the command line asks for it. */
export interface PluginRequest {
  /** The name of a shipped plugin or of one in the workspace, or a path. */
  reference: string;
  options: Readonly<Record<string, unknown>>;
}

/** A plugin ready to be evaluated; it can be sent to a worker. */
export interface LoadedPlugin {
  /** How it was asked for; names it in messages. */
  source: string;
  /** Absolute path of its source. */
  file: string;
  /** CommonJS with an inline source map. */
  code: string;
  options: Readonly<Record<string, unknown>>;
}

/** Where plugins are looked for. */
export interface PluginPlaces {
  /** The folder with `.terrarium/plugins`, where relative paths start. */
  workspace: string;
  /** False: only shipped plugins are loaded. */
  trusted?: boolean;
  /** Where compiled plugins are kept. */
  cacheFolder?: string;
}

export interface ListedPlugin {
  origin: "shipped" | "workspace";
  file: string;
  name: string;
  /** Left out when the file is not a plugin: `fault` says why. */
  definition?: AnyPlugin;
  fault?: string;
}

type Log = (level: "info" | "warning" | "error", source: string, text: string) => void;

/** Beside the bundle, built; or in the repository, as sources. */
function shippedFolder(): string {
  const built = path.join(here, "plugins");
  return existsSync(built) ? built : path.join(here, "../../plugins");
}

const workspaceFolder = (workspace: string) => path.join(workspace, ".terrarium", "plugins");

/** Names of the plugins in a folder. */
function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /\.ts$/.test(file) && !/\.(d|test)\.ts$/.test(file))
    .map((file) => path.basename(file, ".ts"))
    .sort();
}

/** Is it a path rather than a name? */
function isPath(reference: string): boolean {
  return /[\\/]/.test(reference) || /\.[cm]?[jt]s$/.test(reference);
}

interface Found {
  file: string;
  /** Files outside it cannot be imported. */
  folder: string;
  origin: "shipped" | "workspace";
}

/** @throws Error that names what was looked for, and what it resembles. */
function find(reference: string, places: PluginPlaces): Found {
  const { workspace, trusted = true } = places;
  const shipped = shippedFolder();
  const ofWorkspace = workspaceFolder(workspace);
  if (!isPath(reference)) {
    if (namesIn(shipped).includes(reference))
      return { file: path.join(shipped, `${reference}.ts`), folder: shipped, origin: "shipped" };
    const known = [...namesIn(shipped), ...(trusted ? namesIn(ofWorkspace) : [])];
    if (!namesIn(ofWorkspace).includes(reference))
      throw new Error(`there is no plugin "${reference}"${suggestion(reference, known)}`);
  }
  const file = isPath(reference) ? path.resolve(workspace, reference) : path.join(ofWorkspace, `${reference}.ts`);
  if (!trusted) throw new Error(`plugin "${reference}" is not run: it belongs to the workspace, which is not trusted`);
  if (!existsSync(file)) throw new Error(`plugin "${reference}": there is no file ${file}`);
  if (!statSync(file).isFile()) throw new Error(`plugin "${reference}": ${file} is not a file`);
  const inWorkspace = !path.relative(workspace, file).startsWith("..");
  return { file, folder: inWorkspace ? workspace : path.dirname(file), origin: "workspace" };
}

async function codeOf({ file, folder, origin }: Found, places: PluginPlaces): Promise<string> {
  const built = file.replace(/\.ts$/, ".js");
  if (origin === "shipped" && existsSync(built)) return readFileSync(built, "utf8");
  const { compilePlugin, defaultCacheFolder } = await import("./plugin-compiler.ts"); // seldom wanted
  return compilePlugin(file, { folder, cacheFolder: places.cacheFolder ?? defaultCacheFolder() });
}

/** @throws Error (PluginCompileError for its source) that names the plugin and what is wrong. */
export async function loadPlugin(request: PluginRequest, places: PluginPlaces): Promise<LoadedPlugin> {
  const found = find(request.reference, places);
  return {
    source: request.reference,
    file: found.file,
    code: await codeOf(found, places),
    options: request.options,
  };
}

/**
 * Loads plugins, and those that they use and nobody asked for. What cannot be loaded is told and left out; whether the
 * rest can be installed without it is for the plugin host to say.
 */
export async function loadPlugins(
  requests: readonly PluginRequest[],
  places: PluginPlaces,
  failed: (reference: string, error: Error) => void,
): Promise<LoadedPlugin[]> {
  const loaded: LoadedPlugin[] = [];
  const wanted = [...requests];
  for (const request of wanted) {
    try {
      const plugin = await loadPlugin(request, places);
      loaded.push(plugin);
      const isAsked = (name: string) => wanted.some(({ reference }) => nameOf(reference) === name);
      for (const used of usesOf(plugin))
        if (isKnown(used, places) && !isAsked(used)) wanted.push({ reference: used, options: {} });
    } catch (error) {
      failed(request.reference, error as Error);
    }
  }
  return loaded;
}

function isKnown(name: string, { workspace, trusted = true }: PluginPlaces): boolean {
  return namesIn(shippedFolder()).includes(name) || (trusted && namesIn(workspaceFolder(workspace)).includes(name));
}

/** A plugin's name, as far as the way it was asked for tells. */
const nameOf = (reference: string) => path.basename(reference).replace(/\.[cm]?[jt]s$/, "");

/** The plugins that a plugin's file says it uses; none, where it cannot be evaluated. */
function usesOf({ code, file }: LoadedPlugin): readonly string[] {
  if (!/\buses\b/.test(code)) return [];
  try {
    return Object.keys(checkDefinition(evaluateScript(code, file, () => {}).definition).uses ?? {});
  } catch {
    return [];
  }
}

/** Runs a plugin's file, to get what it exports; undefined when it throws, which the log then says. */
export function evaluatePlugin({ code, file, source }: LoadedPlugin, log: Log): LoadedDefinition | undefined {
  try {
    return evaluateScript(code, file, (text) => log("info", source, text));
  } catch (error) {
    log("error", source, `the plugin cannot be loaded: ${(error as Error).message}`);
    return undefined;
  }
}

/** Every shipped plugin, and every one in the workspace's folder where that is trusted. */
export async function listPlugins(places: PluginPlaces): Promise<ListedPlugin[]> {
  const shipped = namesIn(shippedFolder());
  const ofWorkspace = places.trusted === false ? [] : namesIn(workspaceFolder(places.workspace));
  const others = ofWorkspace.filter((name) => !shipped.includes(name));
  const listed: ListedPlugin[] = [];
  for (const name of [...shipped, ...others]) {
    const found = find(name, places);
    const entry = { origin: found.origin, file: found.file, name };
    try {
      const { definition } = evaluateScript(await codeOf(found, places), found.file, () => {});
      listed.push({ ...entry, definition: checkDefinition(definition) });
    } catch (error) {
      listed.push({ ...entry, fault: (error as Error).message });
    }
  }
  return listed;
}
