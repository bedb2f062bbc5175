// Folders among the temporary files for what is made once and kept. Code is run from there, so nobody but this user may
// be able to write to them.
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";

/** The path of this user's own folder `terrarium-NAME-USER`; it need not exist. */
export function ownFolder(name: string): string {
  return path.join(tmpdir(), `terrarium-${name}-${userInfo().username}`);
}

/** Is it there, and can only this user have put files into it? */
export function isOwn(folder: string): boolean {
  if (process.platform === "win32") return true; // temporary files are each user's own
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (!stat) return false;
  return stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}

/** Makes the folder if need be; false when it is not our own. */
export function claim(folder: string): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return isOwn(folder);
}
