// Files that one run keeps for the next, in a folder of this user's own. What cannot be kept is made again: nothing here
// throws.
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { claim, isOwn } from "./own-folder.ts";

/** Names a file as it is now: another one, or a later one in its place, is called otherwise. Undefined when there is none. */
export function identityOf(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return undefined;
  const { dev, ino, size, mtimeMs, ctimeMs } = stat;
  return [dev, ino, size, mtimeMs, ctimeMs].join("-");
}

export function readKept(folder: string, name: string): Buffer | undefined {
  try {
    return isOwn(folder) ? readFileSync(path.join(folder, name)) : undefined;
  } catch {
    return undefined;
  }
}

/** Of the files in the folder the newest `most` stay. */
export function keep(folder: string, name: string, most: number, make: () => string | Uint8Array): void {
  try {
    if (!claim(folder)) return;
    const file = path.join(folder, name);
    const aside = `${file}.${process.pid}`;
    writeFileSync(aside, make(), { mode: 0o600 });
    renameSync(aside, file);
    const files = readdirSync(folder).map((name) => path.join(folder, name));
    const dated = files.map((file) => ({ file, time: statSync(file).mtimeMs })).sort((a, b) => b.time - a.time);
    for (const { file } of dated.slice(most)) rmSync(file, { force: true });
  } catch {
    // Made again next time.
  }
}
