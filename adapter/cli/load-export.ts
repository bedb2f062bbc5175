// The bundle of exports, loaded when it is wanted.
import { createRequire } from "node:module";
import path from "node:path";
import { here } from "../host/here.ts";

export function loadExport(): typeof import("./export.ts") {
  const file = path.join(here, "export.js");
  return createRequire(file)(file) as typeof import("./export.ts");
}
