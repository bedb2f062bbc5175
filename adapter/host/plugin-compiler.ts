// Compiles a plugin's TypeScript file, with the files of its own folder that it imports, to one script. The compiler is
// WebAssembly and runs in this process, so it needs nothing installed; what it made is kept, by content.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Message, Plugin } from "esbuild-wasm";
import { here } from "./here.ts";
import { claim, isOwn, ownFolder } from "./own-folder.ts";
import { apiName, shippedPrefix } from "./plugin-workspace.ts";

/** What the compiler, or a check, has to say about a place in a plugin. */
export interface PluginDiagnostic {
  /** Absolute path. */
  file: string;
  /** From 1; 0 when the message is about the whole file. */
  line: number;
  column: number;
  text: string;
  severity: "error" | "warning";
}

/** A plugin that does not compile. The message lists every error with its place. */
export class PluginCompileError extends Error {
  readonly diagnostics: readonly PluginDiagnostic[];

  constructor(diagnostics: readonly PluginDiagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n"));
    this.name = "PluginCompileError";
    this.diagnostics = diagnostics;
  }
}

export function formatDiagnostic({ file, line, column, text }: PluginDiagnostic): string {
  return line > 0 ? `${file}:${line}:${column}: ${text}` : `${file}: ${text}`;
}

export interface CompileOptions {
  /** Files outside this folder cannot be imported. */
  folder: string;
  /** Where compiled plugins are kept; undefined: nowhere. */
  cacheFolder?: string;
}

/** The source of `@terrarium/api` as a plugin imports it: all else in it is types. */
const apiModule = `export const definePlugin = (definition) => definition;
export const event = (description) => description;
export const use = (range) => range;`;
/** Part of the key of every cached result. */
const cacheVersion = 2;

export function defaultCacheFolder(): string {
  return ownFolder("plugins");
}

/**
 * Gives a CommonJS script with its source map inline.
 * @throws PluginCompileError
 */
export async function compilePlugin(file: string, { folder, cacheFolder }: CompileOptions): Promise<string> {
  const cache = cacheFolder === undefined ? undefined : new CompileCache(cacheFolder, file);
  const known = cache?.read();
  if (known !== undefined) return known;
  const inputs = new Map<string, string>();
  const code = await bundle(file, realpathSync(folder), inputs);
  cache?.write(code, inputs);
  return code;
}

async function bundle(file: string, folder: string, inputs: Map<string, string>): Promise<string> {
  const esbuild = await compiler();
  try {
    const result = await esbuild.build({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: "cjs",
      platform: "neutral",
      target: "es2022",
      charset: "utf8",
      sourcemap: "inline",
      logLevel: "silent",
      plugins: [sourceFiles(folder, inputs)],
    });
    return result.outputFiles[0].text;
  } catch (error) {
    const { errors } = error as { errors?: Message[] };
    if (!errors) throw error;
    throw new PluginCompileError(errors.map((message) => diagnosticOf(message, file)));
  }
}

function diagnosticOf({ text, location }: Message, entry: string): PluginDiagnostic {
  return {
    file: location ? location.file.replace(/^[a-z]+:/, "") : entry,
    line: location?.line ?? 0,
    column: location ? location.column + 1 : 0,
    text,
    severity: "error",
  };
}

/** Where the compiler finds files: the API, and the plugin's own folder. */
function sourceFiles(folder: string, inputs: Map<string, string>): Plugin {
  return {
    name: "terrarium",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path: specifier, importer, kind }) => {
        if (kind === "entry-point") return { path: specifier, namespace: "plugin" };
        if (specifier === apiName) return { path: apiName, namespace: "api" };
        if (specifier.startsWith(shippedPrefix)) return { errors: [{ text: pluginAsValue(specifier) }] };
        if (!/^\.\.?\//.test(specifier))
          return {
            errors: [{ text: `"${specifier}" cannot be imported: a plugin has ${apiName} and the files beside it` }],
          };
        const found = findModule(path.resolve(path.dirname(importer), specifier));
        if (!found) return { errors: [{ text: `"${specifier}" is not there` }] };
        if (!isInside(realpathSync(found), folder))
          return { errors: [{ text: `"${specifier}" lies outside ${folder}, and cannot be imported` }] };
        if (isPlugin(readFileSync(found, "utf8"))) return { errors: [{ text: pluginAsValue(specifier) }] };
        return { path: found, namespace: "plugin" };
      });
      build.onLoad({ filter: /.*/, namespace: "api" }, () => ({ contents: apiModule, loader: "js" }));
      build.onLoad({ filter: /.*/, namespace: "plugin" }, ({ path: file }) => {
        try {
          const contents = readFileSync(file, "utf8");
          inputs.set(file, contents);
          return { contents, loader: file.endsWith(".json") ? "json" : file.endsWith("js") ? "js" : "ts" };
        } catch (error) {
          return { errors: [{ text: `cannot be read: ${(error as NodeJS.ErrnoException).code}` }] };
        }
      });
    },
  };
}

/** Why a plugin is not imported as a value. */
function pluginAsValue(specifier: string): string {
  const name = path.basename(specifier).replace(/\.[cm]?[jt]s$/, "");
  const variable = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const key = variable === name ? name : `"${name}"`;
  return (
    `"${specifier}" is a plugin, and a copy of it would be made: write ` +
    `\`import type ${variable} from "${specifier}"\` and \`uses: { ${key}: use<typeof ${variable}>("^1.0") }\``
  );
}

/** Does a file export by default what `definePlugin` makes? */
function isPlugin(source: string): boolean {
  const name = /^(?:export\s+)?(?:const|let|var)\s+(\w+)\s*=\s*definePlugin\b/m.exec(source)?.[1] ?? "definePlugin";
  return new RegExp(
    `^export\\s+(?:default\\s+(?:definePlugin|${name})|\\{[^}]*\\b${name}\\s+as\\s+default)\\b`,
    "m",
  ).test(source);
}

/** The file that an import without or with extension means. TypeScript writes `./x.js` for `x.ts` too. */
function findModule(base: string): string | undefined {
  const candidates = [base, `${base}.ts`, base.replace(/\.js$/, ".ts"), path.join(base, "index.ts"), `${base}.js`];
  return candidates.find((file) => existsSync(file) && statSync(file).isFile());
}

export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative === "" || (!relative.startsWith("..") && !path.isAbsolute(relative));
}

type Esbuild = typeof import("esbuild-wasm");
let loading: Promise<Esbuild> | undefined;

/** The compiler, started once per process: it takes some tenths of a second. */
function compiler(): Promise<Esbuild> {
  loading ??= (async () => {
    // The browser's build is the one that starts no process. It expects a browser's name for the global object.
    const scope = globalThis as { self?: unknown };
    scope.self ??= globalThis;
    const { default: esbuild } = (await import("esbuild-wasm/lib/browser.js")) as unknown as { default: Esbuild };
    const wasmModule = await WebAssembly.compile(readFileSync(compilerFile()));
    await esbuild.initialize({ wasmModule, worker: false });
    return esbuild;
  })();
  return loading;
}

/** Beside the bundle, or in the package it comes from. */
function compilerFile(): string {
  const beside = path.join(here, "esbuild.wasm");
  return existsSync(beside) ? beside : createRequire(import.meta.url).resolve("esbuild-wasm/esbuild.wasm");
}

interface CacheEntry {
  version: number;
  /** Hash of each source file by path. */
  inputs: Record<string, string>;
  code: string;
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex");

/** What was compiled before, valid while every source file is as it was. A cache that cannot be used is not an error. */
class CompileCache {
  private readonly folder: string;
  private readonly file: string;

  constructor(folder: string, plugin: string) {
    this.folder = folder;
    this.file = path.join(folder, `${hash(plugin)}.json`);
  }

  read(): string | undefined {
    try {
      if (!isOwn(this.folder)) return undefined;
      const entry = JSON.parse(readFileSync(this.file, "utf8")) as CacheEntry;
      const current = Object.entries(entry.inputs).every(([file, was]) => hash(readFileSync(file, "utf8")) === was);
      return entry.version === cacheVersion && current ? entry.code : undefined;
    } catch {
      return undefined;
    }
  }

  write(code: string, inputs: ReadonlyMap<string, string>): void {
    try {
      if (!claim(this.folder)) return;
      const hashes = Object.fromEntries([...inputs].map(([file, text]) => [file, hash(text)]));
      const entry: CacheEntry = { version: cacheVersion, inputs: hashes, code };
      const aside = `${this.file}.${process.pid}`;
      writeFileSync(aside, JSON.stringify(entry), { mode: 0o600 });
      renameSync(aside, this.file);
    } catch {
      // Compiled again next time.
    }
  }
}
