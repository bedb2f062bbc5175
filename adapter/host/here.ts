import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this code: dist/ when bundled, adapter/host in the repository. */
export const here = path.dirname(fileURLToPath(import.meta.url));
