// The built command line, as a user runs it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
export const bundle = path.join(root, "dist/terrarium.js");
if (!existsSync(bundle)) throw new Error(`${bundle} is missing: npm run build makes it`);

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

export function terrarium(args: readonly string[], { input = "", cwd = root, env = {} } = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, ...args], {
    cwd,
    input,
    encoding: "utf8",
    timeout: 120_000,
    maxBuffer: 1 << 28,
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}
