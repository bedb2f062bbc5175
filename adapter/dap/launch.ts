// The launch configuration, checked field by field, and what the protocol needs from its host to start a program.
import type { Target, TargetEvents } from "../debugger/target.ts";
import type { AvailablePlugin, PluginState } from "./plugins-protocol.ts";

/** A launch configuration in which every field is there and has its type. */
export interface LaunchConfiguration {
  /** Path of the ELF file. */
  program: string;
  /** argv[1..]. */
  args: readonly string[];
  /** Guest working directory, absolute within `root`. */
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** Host folder that is the guest's `/`; undefined: the guest has no files. */
  root: string | undefined;
  /** May the guest change files under `root`? */
  writable: boolean;
  stopOnEntry: boolean;
  /** By name or path: true, false (left out), or options. */
  plugins: Readonly<Record<string, boolean | Readonly<Record<string, unknown>>>>;
  engine: "auto" | "jit" | "interpreter";
  /** Host folder in which plugins may write files; undefined: none. */
  output: string | undefined;
  /** Folder in whose `.terrarium/plugins` plugins are looked for by name, and that relative plugin paths start from. */
  workspace: string | undefined;
  /** False in a workspace that the user does not trust: plugins that are not shipped are refused. */
  trusted: boolean;
}

/** The plugins of a running session. Rejects with a message for the user; what goes wrong in a plugin is logged. */
export interface PluginControl {
  list(): Promise<readonly PluginState[]>;
  /** Those that can be named: the shipped ones, and those of a workspace that is trusted. */
  available(): Promise<readonly AvailablePlugin[]>;
  load(reference: string, options: Readonly<Record<string, unknown>>): Promise<boolean>;
  unload(name: string): Promise<boolean>;
  /** Begins anew, its counters at zero. */
  reset(name: string): Promise<boolean>;
  /** Reads its file again. */
  reload(name: string): Promise<boolean>;
  /** A line of words, as people type it: gives what to show. */
  command(line: string): Promise<string>;
}

/** A program that has been loaded and is stopped before its first instruction. */
export interface Launched {
  target: Target;
  /** Absolute path of the ELF file. */
  programPath: string;
  /** The ELF file itself, for symbols and debug information. */
  program: Uint8Array;
  plugins: PluginControl;
}

/** Starts programs. Implemented over the emulator's worker in adapter/host; tests implement it in the same thread. */
export interface Launcher {
  /**
   * Reads the ELF file, loads plugins, makes the machine. Rejects with a message for the user (no such file, not an
   * ELF, wrong machine); a plugin that cannot be loaded is reported through `events.log` and left out.
   * `events.stopped` is not called for the state in which the target is given.
   */
  launch(configuration: LaunchConfiguration, events: TargetEvents): Promise<Launched>;
}

const kindOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return typeof value === "undefined" ? "nothing" : `a ${typeof value}`;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function fail(field: string, wanted: string, got: unknown): never {
  throw new Error(`launch configuration: \`${field}\` must be ${wanted}, got ${kindOf(got)}`);
}

function string(field: string, value: unknown): string {
  return typeof value === "string" ? value : fail(field, "a string", value);
}

function boolean(field: string, value: unknown): boolean {
  return typeof value === "boolean" ? value : fail(field, "true or false", value);
}

function strings(field: string, value: unknown): string[] {
  if (!Array.isArray(value)) return fail(field, "an array of strings", value);
  return value.map((item, i) => (typeof item === "string" ? item : fail(`${field}[${i}]`, "a string", item)));
}

function environment(field: string, value: unknown): Record<string, string> {
  if (!isObject(value)) return fail(field, "an object of strings", value);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, string(`${field}.${name}`, item)] as const),
  );
}

function plugins(field: string, value: unknown): LaunchConfiguration["plugins"] {
  if (!isObject(value)) return fail(field, "an object of plugin names with true, false or options", value);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) =>
      typeof item === "boolean" || isObject(item)
        ? ([name, item] as const)
        : fail(`${field}.${name}`, "true, false or an object of options", item),
    ),
  );
}

function engine(field: string, value: unknown): LaunchConfiguration["engine"] {
  if (value === "auto" || value === "jit" || value === "interpreter") return value;
  const got = typeof value === "string" ? `"${value}"` : kindOf(value);
  throw new Error(`launch configuration: \`${field}\` must be "auto", "jit" or "interpreter", got ${got}`);
}

/** Checks what the client sent. Unknown fields are the client's own and are let be. Throws naming the field. */
export function readLaunchConfiguration(given: unknown): LaunchConfiguration {
  if (!isObject(given)) throw new Error(`launch configuration: must be an object, got ${kindOf(given)}`);
  const optional = <T>(field: string, read: (field: string, value: unknown) => T, otherwise: T): T =>
    given[field] === undefined ? otherwise : read(field, given[field]);
  if (given.program === undefined || given.program === "")
    throw new Error("launch configuration: `program` is missing: name the ELF file to run");
  const cwd = optional("cwd", string, "/");
  if (!cwd.startsWith("/"))
    throw new Error(`launch configuration: \`cwd\` must be absolute within the guest's root, got "${cwd}"`);
  return {
    program: string("program", given.program),
    args: optional("args", strings, []),
    cwd,
    env: optional("env", environment, {}),
    root: optional<string | undefined>("root", string, undefined),
    writable: optional("writable", boolean, false),
    stopOnEntry: optional("stopOnEntry", boolean, false),
    plugins: optional("plugins", plugins, {}),
    engine: optional("engine", engine, "auto"),
    output: optional<string | undefined>("output", string, undefined),
    // What an editor adds to the user's configuration.
    workspace: optional<string | undefined>("__workspace", string, undefined),
    trusted: optional("__trusted", boolean, true),
  };
}
