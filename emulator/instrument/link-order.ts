// Which plugins can be installed together, and in which order: what a plugin uses comes before it, otherwise the order
// given stays.
import { suggestion } from "./nearest.ts";
import { satisfies } from "./version.ts";

export interface Linkable {
  readonly name: string;
  readonly version: string;
  /** Version ranges by the name of the plugin that is used. */
  readonly uses: Readonly<Record<string, string>>;
  /** Where it comes from, for messages. */
  readonly source: string;
}

export interface LinkOrder<Plugin> {
  readonly order: readonly Plugin[];
  /** Those that cannot be installed, and why. */
  readonly faults: readonly { readonly plugin: Plugin; readonly message: string }[];
}

/** `there` are installed already. */
export function linkOrder<Plugin extends Linkable>(
  wanted: readonly Plugin[],
  there: readonly Linkable[],
): LinkOrder<Plugin> {
  const faults = new Map<Plugin, string>();
  const byName = new Map<string, Linkable>(there.map((plugin) => [plugin.name, plugin]));
  for (const plugin of wanted) {
    const same = byName.get(plugin.name);
    if (same)
      faults.set(
        plugin,
        `a plugin named "${plugin.name}" is there already: version ${same.version} from ${same.source}, and this is version ${plugin.version} from ${plugin.source}`,
      );
    else byName.set(plugin.name, plugin);
  }
  for (const plugin of wanted)
    for (const [name, range] of Object.entries(plugin.uses)) {
      if (faults.has(plugin)) break;
      const used = byName.get(name);
      const others = [...byName.keys()].filter((other) => other !== plugin.name);
      if (!used)
        faults.set(
          plugin,
          `it uses plugin "${name}" ${range}, and there is no plugin of this name${suggestion(name, others)}`,
        );
      else if (!satisfies(used.version, range))
        faults.set(
          plugin,
          `it uses plugin "${name}" ${range}, and version ${used.version} is there (from ${used.source})`,
        );
    }

  const order: Plugin[] = [];
  const done = new Set<Linkable>(there);
  const path: Plugin[] = [];
  const visit = (plugin: Plugin): void => {
    if (done.has(plugin) || faults.has(plugin)) return;
    if (path.includes(plugin)) {
      const cycle = path.slice(path.indexOf(plugin));
      const names = [...cycle, plugin].map(({ name }) => name).join(" -> ");
      for (const member of cycle) faults.set(member, `plugins use each other: ${names}`);
      return;
    }
    path.push(plugin);
    for (const name of Object.keys(plugin.uses)) {
      const used = byName.get(name) as Plugin;
      visit(used);
      if (faults.has(used) && !faults.has(plugin))
        faults.set(plugin, `it uses plugin "${name}", which cannot be installed: ${faults.get(used)}`);
    }
    path.pop();
    if (faults.has(plugin)) return;
    done.add(plugin);
    order.push(plugin);
  };
  for (const plugin of wanted) visit(plugin);
  return { order, faults: wanted.flatMap((plugin) => faultOf(plugin, faults.get(plugin))) };
}

function faultOf<Plugin>(plugin: Plugin, message: string | undefined): { plugin: Plugin; message: string }[] {
  return message === undefined ? [] : [{ plugin, message }];
}
