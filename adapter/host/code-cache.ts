// Loads a script together with what V8 compiled of it the last time: parsing and compiling half a megabyte of it, piece
// by piece as functions are first called, takes longer than a short guest program runs. (module.enableCompileCache does
// this from Node 22.1 on, and does not keep what was compiled after loading.)
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";
import { identityOf, keep, readKept } from "./kept-files.ts";

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
  const name = cacheName(file);
  const cachedData = readKept(folder, name);
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
    keep: () => keep(folder, name, MAX_FILES, () => script.createCachedData()),
  };
}

/** V8 checks its own version and the length of the script, and no more: the name says which file it was, and when. */
function cacheName(file: string): string {
  return `${path.basename(file, ".js")}-${process.version}-${process.arch}-${identityOf(file)}.bin`;
}
