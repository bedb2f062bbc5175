// `terrarium plugins check`: types against the API, then what the file exports.

import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { checkDefinition } from "../../emulator/instrument/definition-check.ts";
import { here } from "./here.ts";
import { compilePlugin, defaultCacheFolder, PluginCompileError, type PluginDiagnostic } from "./plugin-compiler.ts";
import { evaluateScript } from "./plugin-sandbox.ts";

export { formatDiagnostic, type PluginDiagnostic } from "./plugin-compiler.ts";

/** Everything wrong with a plugin's file; empty when it is right. Types are checked first; it is run only if they are right. */
export async function checkPlugin(
  plugin: string,
  { cacheFolder = defaultCacheFolder() }: { cacheFolder?: string } = {},
): Promise<PluginDiagnostic[]> {
  const file = path.resolve(plugin);
  const fault = (text: string): PluginDiagnostic[] => [{ file, line: 0, column: 0, text, severity: "error" }];
  if (!existsSync(file)) return fault("there is no such file");
  const { typecheck } = await typechecker();
  const found = typecheck(file);
  if (found.some(({ severity }) => severity === "error")) return found;
  try {
    const code = await compilePlugin(file, { folder: path.dirname(file), cacheFolder });
    const { definition } = evaluateScript(code, file, () => {});
    checkDefinition(definition);
    return found;
  } catch (error) {
    if (error instanceof PluginCompileError) return [...found, ...error.diagnostics];
    return [...found, ...fault((error as Error).message)];
  }
}

/** The type checker is a bundle of its own, beside this one. */
function typechecker(): Promise<typeof import("./plugin-typecheck.ts")> {
  const built = path.join(here, "typecheck.js");
  const file = existsSync(built) ? built : path.join(here, "plugin-typecheck.ts");
  return import(pathToFileURL(file).href);
}
