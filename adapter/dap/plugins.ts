// The plugins of a running session: listed, loaded, unloaded, reset and reloaded while the guest runs.
import type { Handler } from "./handlers.ts";
import type { PluginControl } from "./launch.ts";
import type { PluginsArguments } from "./plugins-protocol.ts";
import { RequestError } from "./protocol.ts";

export const plugins: Handler<"terrarium.plugins"> = async (session, args) => {
  const control = session.running().plugins;
  const { result: done, errors } = await session.hearingErrors(() => carriedOut(control, args));
  if (args.do !== "list") session.views.pluginsChanged();
  const problem = done || errors.length === 0 ? undefined : errors.join("\n");
  return { done, problem, plugins: await control.list() };
};

export const availablePlugins: Handler<"terrarium.availablePlugins"> = async (session) => ({
  plugins: await session.running().plugins.available(),
});

async function carriedOut(control: PluginControl, args: PluginsArguments): Promise<boolean> {
  switch (args?.do) {
    case "list":
      return true;
    case "load":
      return control.load(text("reference", args.reference), args.options ?? {});
    case "unload":
    case "reset":
    case "reload":
      return control[args.do](text("name", args.name));
    default:
      throw new RequestError('plugins: `do` must be "list", "load", "unload", "reset" or "reload"');
  }
}

function text(field: string, value: unknown): string {
  if (typeof value !== "string" || value === "") throw new RequestError(`plugins: \`${field}\` must be a string`);
  return value;
}
