// Launch configurations, as far as the editor completes them. The adapter checks them (adapter/dap/launch.ts), so that
// every client gets the same messages. No vscode import: tested on its own.
import path from "node:path";

// biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code replaces it.
export const workspaceFolder = "${workspaceFolder}";

const hostPaths = ["program", "root", "output"];

/**
 * The host paths of a configuration made absolute; `folder` is the workspace folder it belongs to. A field of a wrong
 * type is left for the adapter to name.
 */
export function withAbsolutePaths<T extends Readonly<Record<string, unknown>>>(configuration: T, folder: string): T {
  const absolute = Object.entries(configuration)
    .filter(([field, value]) => hostPaths.includes(field) && typeof value === "string" && value !== "")
    .map(([field, value]) => [field, path.resolve(folder, String(value))]);
  return { ...configuration, ...Object.fromEntries(absolute) };
}
