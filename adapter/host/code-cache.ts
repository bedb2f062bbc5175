// Loads a script together with what V8 compiled of it the last time: parsing and compiling half a megabyte of it, piece
// by piece as functions are first called, takes longer than a short guest program runs. (module.enableCompileCache does
// this from Node 22.1 on, and does not keep what was compiled after loading.)
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";
import { claim, isOwn } from "./own-folder.ts";

export interface LoadedScript {
  /** What the script, a CommonJS module, exports. */
  exports: unknown;
  /** Was the code of an earlier run taken? */
  known: boolean;
  /** Keeps the code of all functions compiled so far, for the next run. V8's flags must be as they were on loading. */
  keep(): void;
}

/** Files in the folder, the newest, that stay when another is added. */
const MAX_FILES = 8;

export function loadScript(file: string, folder: string): LoadedScript {
  const cache = cacheFile(file, folder);
  const cachedData = read(cache, folder);
  const parameters = "(function (exports, require, module, __filename, __dirname) {";
  const script = new vm.Script(`${parameters}${readFileSync(file, "utf8")}\n})`, {
    filename: file,
    columnOffset: -parameters.length,
    cachedData,
  });
  const module = { exports: {} as unknown };
  const load = script.runInThisContext() as (...values: unknown[]) => void;
  load(module.exports, createRequire(file), module, file, path.dirname(file));
  return {
    exports: module.exports,
    known: cachedData !== undefined && !script.cachedDataRejected,
    keep: () => write(cache, folder, script),
  };
}

/** V8 checks its own version and the length of the script, and no more: the name says which file it was, and when. */
function cacheFile(file: string, folder: string): string {
  const { dev, ino, size, mtimeMs, ctimeMs } = statSync(file);
  const identity = [process.version, process.arch, dev, ino, size, mtimeMs, ctimeMs].join("-");
  return path.join(folder, `${path.basename(file, ".js")}-${identity}.bin`);
}

function read(cache: string, folder: string): Buffer | undefined {
  try {
    return isOwn(folder) ? readFileSync(cache) : undefined;
  } catch {
    return undefined;
  }
}

/** A cache that cannot be written is not an error. */
function write(cache: string, folder: string, script: vm.Script): void {
  try {
    if (!claim(folder)) return;
    const aside = `${cache}.${process.pid}`;
    writeFileSync(aside, script.createCachedData(), { mode: 0o600 });
    renameSync(aside, cache);
    const files = readdirSync(folder).map((name) => path.join(folder, name));
    const dated = files.map((file) => ({ file, time: statSync(file).mtimeMs })).sort((a, b) => b.time - a.time);
    for (const { file } of dated.slice(MAX_FILES)) rmSync(file, { force: true });
  } catch {
    // Compiled again next time.
  }
}
