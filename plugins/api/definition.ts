// What a plugin says of itself.
import type { Vm } from "./vm.ts";

/** One option, as a launch configuration or the command line gives it. Checked before `install` runs. */
export type OptionDeclaration = NumberOption | BooleanOption | StringOption | AddressOption;

interface OptionBase {
  /** One line: what it does. Shown by the editor's completion and by messages about wrong values. */
  description: string;
}

export interface NumberOption extends OptionBase {
  /** An `integer` is exact, within ±2^53. */
  type: "integer" | "number";
  default?: number;
  /** Smallest and largest value allowed. */
  minimum?: number;
  maximum?: number;
}

export interface BooleanOption extends OptionBase {
  type: "boolean";
  default?: boolean;
}

export interface StringOption extends OptionBase {
  type: "string";
  default?: string;
  /** The values allowed, when not every string is. */
  choices?: readonly string[];
}

/** A guest address: a number, or a string such as `"0x80000000"` or `"1024"`. The plugin gets an unsigned `bigint`. */
export interface AddressOption extends OptionBase {
  type: "address";
  default?: bigint;
}

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

/** The option values that `install` gets: `undefined` where an option has no default and was not given. */
export type OptionValues<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends { default: unknown }
    ? ValueOf<Options[Name]>
    : ValueOf<Options[Name]> | undefined;
};

export interface PluginDefinition<Options = OptionDeclarations> {
  /** Small letters, digits and hyphens, a letter first. Two plugins of one session may not have the same name. */
  name: string;
  /** Semantic version of the plugin: `1.0.0`. */
  version: string;
  /** The versions of this API that it works with: `^1.0`. Left out: any. A range that does not fit is an error. */
  api?: string;
  /** SPDX licence expression (`MIT`, `Apache-2.0 OR MIT`); shown where the plugin is listed. */
  license?: string;
  /** One line: the question that the plugin answers. */
  description?: string;
  /** The options it takes, by name. An option that is not declared here is an error. */
  options?: Options;
  /** Plugins that must be installed before this one: name and version range, `{ callstack: "^1.0" }`. */
  uses?: Readonly<Record<string, string>>;
  /** The events it announces to other plugins: name and one line of description. */
  events?: Readonly<Record<string, string>>;
  /**
   * Called once, before any code of the guest has run, or later in its life when the plugin is switched on late.
   * Subscribe here. An exception removes the plugin; the session goes on without it.
   */
  install(vm: Vm, options: OptionValues<Options>): void;
}
