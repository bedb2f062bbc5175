// terrarium plugins [list | check PATH...]
import { checkPlugin } from "../host/plugin-check.ts";
import { listPlugins } from "../host/plugin-loader.ts";
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
