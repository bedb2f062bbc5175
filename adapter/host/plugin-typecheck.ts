// Type-checks plugins against the API. A module of its own, because TypeScript is large: loaded when it is needed.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import ts from "@typescript/typescript6";
import { here } from "./here.ts";
import type { PluginDiagnostic } from "./plugin-compiler.ts";
import { apiName, pluginCompilerOptions, pluginGlobals, shippedPrefix } from "./plugin-workspace.ts";

/** The first of the places that is there: beside the bundle, else in the repository. */
function firstOf(...places: (() => string)[]): string {
  for (const place of places) if (existsSync(place())) return place();
  throw new Error(`the plugin API's types are missing: there is no ${places[0]()}`);
}

/** Where TypeScript finds the API, and the types of the shipped plugins: declarations when built, else the sources. */
function apiPaths(): Record<string, string[]> {
  const api = firstOf(
    () => path.join(here, "api/index.d.ts"),
    () => path.join(here, "../../plugins/api/index.ts"),
  );
  const plugins = api.endsWith(".d.ts") ? path.join(here, "api/plugins/*.d.ts") : path.join(here, "../../plugins/*.ts");
  return { [apiName]: [api], [`${shippedPrefix}*`]: [plugins] };
}

/** Folder of `lib.*.d.ts`. */
function libraryFolder(): string {
  return firstOf(
    () => path.join(here, "typescript-lib"),
    () => {
      const typescript = createRequire(import.meta.url).resolve("@typescript/typescript6");
      return path.dirname(createRequire(typescript).resolve("@typescript/old"));
    },
  );
}

/** All errors of a plugin and of the files it imports. */
export function typecheck(file: string): PluginDiagnostic[] {
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...pluginCompilerOptions, paths: apiPaths() },
    path.dirname(file),
  );
  const host = ts.createCompilerHost(options, true);
  const library = libraryFolder();
  host.getDefaultLibLocation = () => library;
  host.getDefaultLibFileName = () => path.join(library, "lib.es2023.d.ts");
  const globals = path.join(library, "terrarium-globals.d.ts");
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => name === globals || fileExists.call(host, name);
  host.readFile = (name) => (name === globals ? pluginGlobals : readFile.call(host, name));
  host.getSourceFile = (name, language, ...rest) =>
    name === globals
      ? ts.createSourceFile(name, pluginGlobals, language)
      : getSourceFile.call(host, name, language, ...rest);
  const program = ts.createProgram([file, globals], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => diagnosticOf(diagnostic, file));
}

function diagnosticOf({ file, start, messageText, category }: ts.Diagnostic, entry: string): PluginDiagnostic {
  const at = file && start !== undefined ? file.getLineAndCharacterOfPosition(start) : undefined;
  return {
    file: file ? path.normalize(file.fileName) : entry,
    line: at ? at.line + 1 : 0,
    column: at ? at.character + 1 : 0,
    text: ts.flattenDiagnosticMessageText(messageText, "\n"),
    severity: category === ts.DiagnosticCategory.Warning ? "warning" : "error",
  };
}
