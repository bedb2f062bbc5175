// terrarium plugins [list | check PATH...]
import { checkPlugin, formatDiagnostic } from "../host/plugin-check.ts";
import { listPlugins } from "../host/plugin-loader.ts";
import { writeAll } from "../host/standard-streams.ts";
import { UsageError } from "./usage.ts";

export async function pluginsCommand(args: string[]): Promise<number> {
  const [action = "list", ...paths] = args;
  if (action === "list" && paths.length === 0) return list();
  if (action === "check" && paths.length > 0) return check(paths);
  throw new UsageError(
    action === "check"
      ? "plugins check: no PATH named"
      : `plugins: expected list or check PATH..., not "${args.join(" ")}"`,
  );
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
  writeAll(1, Buffer.from(`${lines.join("\n")}\n`));
  return plugins.some((plugin) => plugin.fault !== undefined) ? 1 : 0;
}

/** Everything wrong with each file, by file, line and column; 1 when there is anything. */
async function check(paths: string[]): Promise<number> {
  let broken = 0;
  for (const file of paths) {
    const diagnostics = await checkPlugin(file);
    for (const diagnostic of diagnostics) writeAll(1, Buffer.from(`${formatDiagnostic(diagnostic)}\n`));
    if (diagnostics.length > 0) broken++;
    else writeAll(1, Buffer.from(`${file}: no problems\n`));
  }
  return broken > 0 ? 1 : 0;
}
