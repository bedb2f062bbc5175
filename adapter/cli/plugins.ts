// terrarium plugins [list | check PATH... | setup | new NAME]
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { apiPackageFiles } from "../host/api-package.ts";
import { checkPlugin, formatDiagnostic } from "../host/plugin-check.ts";
import { listPlugins } from "../host/plugin-loader.ts";
import { newPluginSource, pluginFile, pluginNameFault, workspaceFiles } from "../host/plugin-workspace.ts";
import { writeAll } from "../host/standard-streams.ts";
import { UsageError } from "./usage.ts";

export async function pluginsCommand(args: string[]): Promise<number> {
  const [action = "list", ...paths] = args;
  if (action === "list" && paths.length === 0) return list();
  if (action === "check" && paths.length > 0) return check(paths);
  if (action === "setup" && paths.length === 0) return setUp();
  if (action === "new" && paths.length === 1) return create(paths[0]);
  if (action === "check") throw new UsageError("plugins check: no PATH named");
  if (action === "new") throw new UsageError("plugins new: one NAME is wanted");
  throw new UsageError(`plugins: expected list, check PATH..., setup or new NAME, not "${args.join(" ")}"`);
}

const print = (line: string) => writeAll(1, Buffer.from(`${line}\n`));

/** Writes the files by which an editor checks the plugins of this folder. */
function setUp(): number {
  for (const [file, text] of Object.entries(workspaceFiles(apiPackageFiles()))) writeInto(file, text);
  print("plugins in .terrarium/plugins are checked against the API, by .terrarium/tsconfig.json");
  return 0;
}

/** Writes a plugin to begin with, and sets up type checking where that is missing. */
function create(name: string): number {
  const fault = pluginNameFault(name);
  if (fault) throw new UsageError(`plugins new: ${fault}`);
  const file = pluginFile(name);
  if (existsSync(file)) throw new UsageError(`plugins new: ${file} is there already`);
  if (!existsSync(".terrarium/tsconfig.json")) setUp();
  writeInto(file, newPluginSource(name));
  print(`${file} is written: terrarium run --plugin ${name} PROGRAM`);
  return 0;
}

function writeInto(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Name, version, origin, question and options of every plugin; 1 when one of the workspace is broken. */
async function list(): Promise<number> {
  const plugins = await listPlugins({ workspace: process.cwd() });
  const lines = plugins.flatMap(({ name, origin, file, definition, fault }) => {
    if (!definition) return [`${name}  (${origin}: ${file})`, `    broken: ${fault}`];
    const options = Object.entries(definition.options ?? {}).map(([option, declaration]) => {
      const standard = declaration.default === undefined ? "" : ` (default ${String(declaration.default)})`;
      return `    ${option}: ${declaration.type}${standard}  ${declaration.description}`;
    });
    return [
      `${name} ${definition.version}  (${origin}, ${definition.license ?? "no licence"})  ${definition.description ?? ""}`,
      ...options,
    ];
  });
  print(lines.join("\n"));
  return plugins.some((plugin) => plugin.fault !== undefined) ? 1 : 0;
}

/** Everything wrong with each file, by file, line and column; 1 when there is anything. */
async function check(paths: string[]): Promise<number> {
  let broken = 0;
  for (const file of paths) {
    const diagnostics = await checkPlugin(file);
    for (const diagnostic of diagnostics) print(formatDiagnostic(diagnostic));
    if (diagnostics.length > 0) broken++;
    else print(`${file}: no problems`);
  }
  return broken > 0 ? 1 : 0;
}
