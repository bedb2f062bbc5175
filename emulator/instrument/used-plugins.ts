// Other plugins, as one that uses them sees them.
import type { EventDeclarations, PluginExports, UsedPlugin } from "../../plugins/api/index.ts";
import type { InstalledPlugin } from "./installed-plugin.ts";

/** The third argument of `install`. */
export function usedPlugins(
  user: InstalledPlugin,
  find: (name: string) => InstalledPlugin,
): Readonly<Record<string, UsedPlugin<PluginExports, EventDeclarations>>> {
  return Object.freeze(
    Object.fromEntries(
      Object.keys(user.uses).map((name) => {
        const used = find(name);
        return [
          name,
          Object.freeze({
            name: used.name,
            version: used.version,
            exports: used.links.exports,
            on: (event: string, listener: (payload: never) => void) =>
              used.links.listen(event, user, listener as (payload: unknown) => void),
          }),
        ];
      }),
    ),
  );
}
