// What a user's workspace needs so that its editor checks plugins against the API, without installing a package. Pure
// functions: the extension writes the files.

/** Folder of everything of ours in a workspace. */
export const workspaceFolder = ".terrarium";

/** What plugins import the API by, and what precedes the name of a shipped plugin whose types are imported. */
export const apiName = "@terrarium/api";
export const shippedPrefix = "@terrarium/plugins/";

/** The globals that a plugin has besides the language's own. */
export const pluginGlobals = `// What a plugin finds besides JavaScript's own library and @terrarium/api.

/** Its lines go to the session's log. */
declare const console: {
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  debug(...values: unknown[]): void;
};
`;

/** Compiler options under which plugins are checked, here and in the editor; `paths` is added by each. */
export const pluginCompilerOptions = {
  target: "ES2022",
  lib: ["ES2023"],
  module: "ESNext",
  moduleResolution: "Bundler",
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  isolatedModules: true,
  types: [] as string[],
};

/** Text of `.terrarium/tsconfig.json`. */
export function workspaceTsconfig(): string {
  const paths = { [apiName]: ["./api/index.d.ts"], [`${shippedPrefix}*`]: ["./api/plugins/*.d.ts"] };
  const configuration = {
    compilerOptions: { ...pluginCompilerOptions, paths },
    include: ["plugins", "api"],
  };
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}

/**
 * The files to write, by their paths relative to the workspace. `packageFiles` are those of the extension's `dist/api`,
 * by their paths there (with `/`), of which the declarations are wanted. They may be written again whenever the
 * extension is newer: they are not the user's.
 */
export function workspaceFiles(packageFiles: Readonly<Record<string, string>>): Record<string, string> {
  const declarations = Object.entries(packageFiles).filter(([name]) => name.endsWith(".d.ts"));
  const api = [...declarations, ["globals.d.ts", pluginGlobals]];
  return {
    [`${workspaceFolder}/tsconfig.json`]: workspaceTsconfig(),
    ...Object.fromEntries(api.map(([name, text]) => [`${workspaceFolder}/api/${name}`, text])),
  };
}

/** What is wrong with a name for a plugin, or undefined. */
export function pluginNameFault(name: string): string | undefined {
  return /^[a-z][a-z0-9-]*$/.test(name) ? undefined : "Small letters, digits and hyphens, a letter first";
}

/** Path of a plugin's source relative to the workspace. */
export function pluginFile(name: string): string {
  return `${workspaceFolder}/plugins/${name}.ts`;
}

/** A plugin to begin with: it counts function calls, and shows options, translation and a view. */
export function newPluginSource(name: string): string {
  return `import { definePlugin } from "@terrarium/api";

export default definePlugin({
  name: ${JSON.stringify(name)},
  version: "1.0.0",
  api: "^1.0",
  description: "Call instructions, and how often they were executed",
  options: {
    limit: { type: "integer", default: 20, minimum: 1, description: "Rows to show" },
  },
  install(vm, { limit }) {
    const calls = vm.counters<bigint>("calls");

    // Every block of guest code is shown here before it runs.
    vm.onTranslate((tb) => {
      for (const insn of tb.instructions) {
        if (insn.kind === "call") insn.inline.add(calls.at(insn.vaddr), 1n);
      }
    });

    vm.views.table("Calls", () => calls.top(limit).map(([pc, executed]) => ({ pc, executed })), {
      columns: { pc: "address", executed: "integer" },
    });
  },
});
`;
}
