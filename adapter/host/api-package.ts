// The files of the package @terrarium/api, which the build puts beside the bundle.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { here } from "./here.ts";

/** Texts by path in the package, with `/`. @throws Error when the package is not there. */
export function apiPackageFiles(): Record<string, string> {
  const built = path.join(here, "api");
  const folder = existsSync(built) ? built : path.join(here, "../../dist/api");
  if (!existsSync(folder)) throw new Error(`the plugin API's types are missing: there is no ${folder}`);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return Object.fromEntries(
    names
      .filter((name) => statSync(path.join(folder, name)).isFile())
      .map((name) => [name.replaceAll("\\", "/"), readFileSync(path.join(folder, name), "utf8")]),
  );
}
