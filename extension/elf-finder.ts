// Finds programs to run in the workspace, within bounds. No vscode import: tested on its own.
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { isGuestProgram } from "./elf-file.ts";

export interface FoundProgram {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export interface SearchBounds {
  /** Folders below the start. */
  depth: number;
  /** Directory entries looked at, over the whole search. */
  entries: number;
  /** Programs found. */
  programs: number;
}

const usual: SearchBounds = { depth: 8, entries: 20_000, programs: 100 };

/** Folders that hold no program of the user's own. */
const skipped = new Set([
  "node_modules",
  ".git",
  ".svn",
  ".hg",
  ".venv",
  "CMakeFiles",
  "deps",
  "incremental",
  ".fingerprint",
]);
/** Linkers' output has no extension or one of these; a version number is not an extension. */
const programName = /^[^.]+$|\.(elf|axf|out|bin|exe|x|riscv|riscv64|rv64|debug|\d+)$/i;

/** Programs under the folders, the one built last first. Links are not followed; folders that cannot be read are left out. */
export async function findGuestPrograms(
  folders: readonly string[],
  bounds: Partial<SearchBounds> = {},
): Promise<FoundProgram[]> {
  const limits = { ...usual, ...bounds };
  const found: FoundProgram[] = [];
  const queue = folders.map((folder) => ({ folder, depth: 0 }));
  let seen = 0;
  for (const { folder, depth } of queue) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (++seen > limits.entries || found.length >= limits.programs) return newestFirst(found);
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (depth < limits.depth && !skipped.has(entry.name)) queue.push({ folder: file, depth: depth + 1 });
      } else if (entry.isFile() && programName.test(entry.name) && (await isGuestProgram(file))) {
        found.push({ path: file, modified: (await stat(file)).mtimeMs });
      }
    }
  }
  return newestFirst(found);
}

const newestFirst = (found: FoundProgram[]) => found.sort((a, b) => b.modified - a.modified);
