// What a plugin says of itself.
import type { Batch } from "./inline.ts";
import type { EventDeclarations, UseDeclarations, UsedPlugins } from "./linking.ts";
import type { Vm } from "./vm.ts";

/** One option, as a launch configuration or the command line gives it. Checked before `install` runs. */
export type OptionDeclaration = NumberOption | BooleanOption | StringOption | AddressOption;

/** What every option has. */
export interface OptionBase {
  /** One line: what it does. Shown by the editor's completion and by messages about wrong values. */
  description: string;
}

/**
 * An option that is a number.
 *
 *     const limit: NumberOption = { type: "integer", default: 20, minimum: 1, description: "Rows to show" };
 */
export interface NumberOption extends OptionBase {
  /** An `integer` is exact, within ±(2^53 - 1); a `number` is any that is finite. */
  type: "integer" | "number";
  /** What it is when nobody gives it. Left out: `undefined`. */
  default?: number;
  /** Smallest value allowed. Default: none is too small. */
  minimum?: number;
  /** Largest value allowed. Default: none is too large. */
  maximum?: number;
}

/** An option that is switched on or off. On the command line `NAME` alone is `NAME=true`. */
export interface BooleanOption extends OptionBase {
  /** The plugin gets `true` or `false`. */
  type: "boolean";
  /** What it is when nobody gives it. Left out: `undefined`. */
  default?: boolean;
}

/** An option that is a text. A number that is given for it is taken as its digits. */
export interface StringOption extends OptionBase {
  /** The plugin gets a string; with `choices`, its type is one of those. */
  type: "string";
  /** What it is when nobody gives it. Left out: `undefined`. */
  default?: string;
  /** The values allowed, when not every string is. */
  choices?: readonly string[];
}

/** A guest address: a number, or a string such as `"0x80000000"` or `"1024"`: 0 to 2^64 - 1. */
export interface AddressOption extends OptionBase {
  /** The plugin gets an unsigned 64-bit `bigint`. */
  type: "address";
  /** What it is when nobody gives it. Left out: `undefined`. */
  default?: bigint;
}

/** The options of a plugin, by name. */
export type OptionDeclarations = Readonly<Record<string, OptionDeclaration>>;

type ValueOf<Option> = Option extends { type: "integer" | "number" }
  ? number
  : Option extends { type: "boolean" }
    ? boolean
    : Option extends { type: "address" }
      ? bigint
      : Option extends { choices: readonly (infer Choice)[] }
        ? Choice
        : string;

/**
 * The option values that `install` gets: `undefined` where an option has no default and was not given. A value of the
 * wrong type, or outside its range or choices, is told before `install` runs, and the plugin is not installed.
 */
export type OptionValues<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends { default: unknown }
    ? ValueOf<Options[Name]>
    : ValueOf<Options[Name]> | undefined;
};

/**
 * Takes the records of a buffer on a thread of its own. It is made there, from the plugin's file evaluated anew: it
 * shares no variable with what `install` does. What it throws is told by the buffer's next `result` or delivery, and
 * removes the plugin.
 *
 *     definePlugin({
 *       name: "stores",
 *       version: "1.0.0",
 *       analyses: {
 *         sum: () => {
 *           let bytes = 0;
 *           return {
 *             deliver: ({ columns }) => columns.size.forEach((size) => (bytes += Number(size))),
 *             result: () => bytes,
 *           };
 *         },
 *       },
 *       install(vm) {
 *         const stores = vm.buffer("stores", { fields: { size: "u8" }, analysis: "sum" });
 *         const { size } = vm.values;
 *         vm.onTranslate(({ instructions }) => {
 *           for (const insn of instructions) insn.memoryInline.append(stores, { size }, { filter: "stores" });
 *         });
 *         vm.views.table("Stores", () => [{ bytes: stores.result<number>() }]);
 *       },
 *     });
 */
export interface Analysis {
  /** Takes records, in their order; the batch is valid until it returns. The guest does not wait for it. */
  deliver(batch: Batch): void;
  /** What has come of them so far; it is copied to the guest's thread (as `structuredClone` does). */
  result(): unknown;
}

/** Makes an analysis, from the plugin's options. Called once for each buffer that names it. */
export type AnalysisFactory<Options> = (options: OptionValues<Options>) => Analysis;

/** All that a plugin says of itself; `definePlugin` takes it. A field that is not listed here is an error. */
export interface PluginDefinition<
  Options = OptionDeclarations,
  Uses extends UseDeclarations = UseDeclarations,
  Events extends EventDeclarations = EventDeclarations,
  Exports = unknown,
> {
  /** Small letters, digits and hyphens, a letter first. Two plugins of one session may not have the same name. */
  name: string;
  /** Semantic version of the plugin: `1.0.0`. */
  version: string;
  /** The versions of this API that it works with: `^1.0`. Left out: any. A range that does not fit is an error. */
  api?: string;
  /** SPDX licence expression (`MIT`, `Apache-2.0 OR MIT`, `LicenseRef-Mine`); shown where the plugin is listed. */
  license?: string;
  /** One line: the question that the plugin answers. */
  description?: string;
  /** The options it takes, by name. An option that is not declared here is an error. */
  options?: Options;
  /**
   * The plugins it uses, by name, with the versions that will do: `{ callstack: use<typeof callstack>("^1.0") }`. They
   * are found in the workspace or among those that ship, and installed before this one.
   */
  uses?: Uses;
  /** The events that it announces to other plugins: `{ call: event<Call>("A function was called") }`. */
  events?: Events;
  /** What takes the records of buffers on threads of their own, by the name that `BufferOptions.analysis` gives. */
  analyses?: Readonly<Record<string, AnalysisFactory<Options>>>;
  /**
   * What becomes of counters, arrays and histograms when the file is saved and the plugin is loaded again: `"clear"`
   * begins at zero, `"keep"` goes on with what those of the same name and size had. Default: `"clear"`.
   */
  reload?: "clear" | "keep";
  /**
   * Does it make a second run (`vm.companion`)? Then all that the guest is told from outside is recorded from the start,
   * which takes memory. Default: false.
   */
  companion?: boolean;
  /**
   * Called once, before any code of the guest has run, or later in its life when the plugin is switched on late.
   * Subscribe here. What it returns are the functions that other plugins may call: an object of functions, or nothing.
   * It may not be asynchronous. An exception, or 5 seconds without returning, removes the plugin; the session goes on
   * without it.
   */
  install(vm: Vm<Events>, options: OptionValues<Options>, uses: UsedPlugins<Uses>): Exports;
}
