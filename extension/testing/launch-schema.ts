// The schema of a launch configuration, as package.json holds it: completion and errors in launch.json come from it.
// No vscode import: a test keeps package.json in step with it and with the plugins that ship.

import type { OptionDeclaration } from "../../plugins/api/index.ts";
import { workspaceFolder } from "../configuration.ts";

export interface PluginFacts {
  name: string;
  description?: string;
  options?: Readonly<Record<string, OptionDeclaration>>;
}

type Schema = Record<string, unknown>;

export function launchSchema(plugins: readonly PluginFacts[]): Schema {
  return {
    required: ["program"],
    properties: {
      program: {
        type: "string",
        description: "Program to run: a static 64-bit RISC-V Linux executable (ELF).",
        default: `${workspaceFolder}/program`,
      },
      args: {
        type: "array",
        items: { type: "string" },
        description: "Arguments of the program, without its name.",
        default: [],
      },
      env: {
        type: "object",
        additionalProperties: { type: "string" },
        description: "Environment of the program. It sees these variables and no others.",
        default: {},
      },
      root: {
        type: "string",
        description:
          "Folder that the program sees as /. Without it the program sees no files. Links that lead out of it are refused.",
        default: workspaceFolder,
      },
      writable: {
        type: "boolean",
        description: "Lets the program change files under root.",
        default: false,
      },
      cwd: {
        type: "string",
        description: "Working directory of the program, a path inside root.",
        default: "/",
      },
      stopOnEntry: {
        type: "boolean",
        description: "Stops at the program's first instruction.",
        default: false,
      },
      plugins: pluginsSchema(plugins),
      output: {
        type: "string",
        description:
          "Folder that plugins may write files to, relative to the workspace. Without it they write none. It is made when the first file is.",
        default: `${workspaceFolder}/terrarium-output`,
      },
      engine: {
        enum: ["auto", "jit", "interpreter"],
        enumDescriptions: ["Interprets cold code and compiles hot code.", "Compiles everything.", "Compiles nothing."],
        description: "How the program's instructions are carried out.",
        default: "auto",
      },
    },
  };
}

function pluginsSchema(plugins: readonly PluginFacts[]): Schema {
  return {
    type: "object",
    description:
      "Plugins to switch on, by name (one that ships, or one of .terrarium/plugins) or by path (./mine.ts): true, or an object of options.",
    default: { hotblocks: true },
    properties: Object.fromEntries(plugins.map((plugin) => [plugin.name, pluginSchema(plugin)])),
    additionalProperties: { type: ["boolean", "object"] },
  };
}

function pluginSchema({ description, options = {} }: PluginFacts): Schema {
  return {
    type: ["boolean", "object"],
    ...(description === undefined ? {} : { description }),
    default: true,
    properties: Object.fromEntries(Object.entries(options).map(([name, option]) => [name, optionSchema(option)])),
    additionalProperties: false,
  };
}

function optionSchema(option: OptionDeclaration): Schema {
  const { description } = option;
  switch (option.type) {
    case "integer":
    case "number":
    case "boolean":
      return { ...option };
    case "string":
      return { type: "string", description, enum: option.choices, default: option.default };
    case "address":
      return {
        type: ["string", "integer"],
        description,
        pattern: "^(0[xX][0-9a-fA-F]+|[0-9]+)$",
        default: option.default === undefined ? undefined : `0x${option.default.toString(16)}`,
      };
  }
}
