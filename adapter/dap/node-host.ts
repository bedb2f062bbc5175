// The protocol's host, by Node.js.
import { statSync } from "node:fs";
import path from "node:path";
import type { Host } from "./host.ts";
import { inflate } from "./inflate.ts";

export const nodeHost: Host = {
  isFile: (file) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false,
  resolvePath: (...parts) => path.resolve(...parts),
  directoryOf: (file) => path.dirname(file),
  inflate,
};
