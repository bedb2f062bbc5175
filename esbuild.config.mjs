// Builds everything that ships, into dist/: `node esbuild.config.mjs [--watch]`. Watching builds without minifying.
import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import * as esbuild from "esbuild";

const root = path.dirname(fileURLToPath(import.meta.url));
const { resolve } = createRequire(import.meta.url);
const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
const { values: options } = parseArgs({ options: { watch: { type: "boolean", default: false } } });
const sourcesIn = async (folder) =>
  (await readdir(path.join(root, folder)))
    .filter((file) => file.endsWith(".ts") && !/\.(test|test-d|d)\.ts$/.test(file))
    .map((file) => `${folder}/${file}`);
const shippedPlugins = await sourcesIn("plugins");

/** Modules of Node.js: CommonJS, so that the extension host and a bare `node` load them alike. */
const node = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  minify: !options.watch,
  sourcemap: options.watch,
  legalComments: "none", // thirdPartyNotices has them
  metafile: true,
  logLevel: "warning",
  alias: { "@terrarium/api": "./plugins/api/index.ts" },
  banner: { js: 'const __moduleUrl=require("node:url").pathToFileURL(__filename).href;' },
  // What an ES module knows about itself, in the words of CommonJS.
  define: {
    "process.env.TERRARIUM_VERSION": JSON.stringify(version),
    "import.meta.url": "__moduleUrl",
    "import.meta.dirname": "__dirname",
    "import.meta.filename": "__filename",
  },
};

/** @type {(dist: string) => esbuild.BuildOptions[]} */
const bundles = (dist) => [
  { ...node, entryPoints: { extension: "extension/extension.ts" }, outdir: dist, external: ["vscode"] },
  {
    ...node,
    entryPoints: { terrarium: "adapter/cli/main.ts" },
    outdir: dist,
    banner: { js: `#!/usr/bin/env node\n${node.banner.js}` },
  },
  { ...node, entryPoints: { run: "adapter/cli/run.ts", commands: "adapter/cli/commands.ts" }, outdir: dist },
  { ...node, entryPoints: { export: "adapter/cli/export.ts" }, outdir: dist },
  {
    ...node,
    entryPoints: { worker: "adapter/host/worker.ts", "analysis-worker": "adapter/host/analysis-worker.ts" },
    outdir: dist,
  },
  { ...node, entryPoints: { typecheck: "adapter/host/plugin-typecheck.ts" }, outdir: dist },
  {
    // Readable, and with their source maps: a stack in a shipped plugin names its TypeScript line.
    ...node,
    entryPoints: shippedPlugins,
    outdir: path.join(dist, "plugins"),
    outbase: "plugins",
    minify: false,
    sourcemap: "inline",
    banner: {},
  },
  {
    ...node,
    entryPoints: { views: "extension/webview/views.ts", elf: "extension/webview/elf.ts" },
    outdir: path.join(dist, "webview"),
    platform: "browser",
    format: "iife",
    target: "es2022",
    define: {},
    banner: {},
    loader: { ".ttf": "file" },
    assetNames: "[name]",
  },
];

/** Files that are shipped as they are. */
async function copies(dist) {
  await writeFile(path.join(dist, "package.json"), '{ "type": "commonjs" }\n');
  await copyFile(resolve("esbuild-wasm/esbuild.wasm"), path.join(dist, "esbuild.wasm"));
  await mkdir(path.join(dist, "plugins"), { recursive: true });
  await Promise.all(shippedPlugins.map((file) => copyFile(path.join(root, file), path.join(dist, file))));
}

/** The declarations of JavaScript's own library, for checking plugins: `lib.NAME.d.ts` and all that it refers to. */
async function standardLibrary(name, folder) {
  await mkdir(folder, { recursive: true });
  const source = path.dirname(createRequire(resolve("@typescript/typescript6")).resolve("@typescript/old"));
  const wanted = [name];
  for (const lib of wanted) {
    const text = await readFile(path.join(source, `lib.${lib}.d.ts`), "utf8");
    await writeFile(path.join(folder, `lib.${lib}.d.ts`), text);
    for (const [, other] of text.matchAll(/^\/\/\/ <reference lib="([^"]+)"/gm))
      if (!wanted.includes(other)) wanted.push(other);
  }
}

/** Version of the plugin API. */
async function apiVersion() {
  const text = await readFile(path.join(root, "emulator/instrument/definition-check.ts"), "utf8");
  return /^export const API_VERSION = "([^"]+)"/m.exec(text)[1];
}

/** The declarations of the plugin API, and in a folder `plugins` those of the shipped plugins. */
async function apiDeclarations(folder) {
  const emitted = path.join(folder, "emitted");
  const configuration = {
    compilerOptions: {
      ...{ declaration: true, emitDeclarationOnly: true, noCheck: true, strict: true },
      ...{ target: "es2022", lib: ["es2023"], module: "esnext", moduleResolution: "bundler" },
      ...{ types: [], allowImportingTsExtensions: true, rootDir: path.join(root, "plugins"), outDir: emitted },
      paths: { "@terrarium/api": [path.join(root, "plugins/api/index.ts")] },
    },
    files: [...(await sourcesIn("plugins/api")), ...shippedPlugins].map((file) => path.join(root, file)),
  };
  const project = path.join(folder, "tsconfig.json");
  await writeFile(project, JSON.stringify(configuration));
  const compiler = [path.join(root, "node_modules/typescript/lib/tsc.js"), "--project", project];
  await promisify(execFile)(process.execPath, compiler, { cwd: root }).catch((error) => {
    throw new Error(`declarations of the plugin API: ${error.stdout || error.message}`);
  });
  for (const file of (await readdir(emitted, { recursive: true })).filter((name) => name.endsWith(".d.ts"))) {
    const to = path.join(folder, /^api[\\/]/.test(file) ? file.slice(4) : path.join("plugins", file));
    const text = await readFile(path.join(emitted, file), "utf8");
    await mkdir(path.dirname(to), { recursive: true });
    // TypeScript before 5.7 finds nothing under the name of a source.
    await writeFile(to, text.replace(/(\bfrom |\bimport\()"(\.[^"]+)\.ts"/g, '$1"$2.js"'));
  }
  await rm(emitted, { recursive: true });
  await rm(project);
}

/**
 * The package `@terrarium/api`, as a plugin author's editor and other tools read it: types, and the three functions
 * that a plugin calls before it is installed.
 */
async function apiPackage(folder) {
  await mkdir(folder, { recursive: true });
  await apiDeclarations(folder);
  const library = { entryPoints: ["plugins/api/index.ts"], absWorkingDir: root, target: "es2022", logLevel: "warning" };
  await esbuild.build({ ...library, format: "cjs", outfile: path.join(folder, "index.js") });
  await esbuild.build({ ...library, format: "esm", outfile: path.join(folder, "index.mjs") });
  for (const file of ["README.md", "REFERENCE.md"]) {
    const text = await readFile(path.join(root, "plugins/api", file), "utf8");
    // What lies beside the folder in the repository does not in the package.
    await writeFile(path.join(folder, file), text.replace(/\[([^\]]+)\]\(\.\.\/[^)]*\)/g, "$1"));
  }
  await copyFile(path.join(root, "LICENSE"), path.join(folder, "LICENSE"));
  const manifest = {
    name: "@terrarium/api",
    version: await apiVersion(),
    description: "Types of Terrarium's plugin API.",
    license: "MIT",
    main: "./index.js",
    module: "./index.mjs",
    types: "./index.d.ts",
    exports: { ".": { types: "./index.d.ts", import: "./index.mjs", default: "./index.js" } },
    sideEffects: false,
  };
  await writeFile(path.join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** The licences of every package that went into a bundle, or is shipped beside them. */
async function thirdPartyNotices(file, metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const packages = inputs.flatMap((input) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []);
  const notices = [];
  for (const name of [...new Set([...packages, "esbuild-wasm"])].sort()) {
    const folder = path.join(root, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const texts = (await readdir(folder)).filter((entry) => /^(licen[cs]e|notice)/i.test(entry));
    const contents = await Promise.all(texts.map((entry) => readFile(path.join(folder, entry), "utf8")));
    notices.push([`${name} ${version} (${license})`, ...contents].join("\n\n"));
  }
  await writeFile(file, notices.join(`\n\n${"-".repeat(80)}\n\n`));
}

async function printSizes(dist) {
  const files = await readdir(dist, { recursive: true });
  for (const file of files.filter((f) => /^([^/]*|webview\/.*)\.js$|\.wasm$/.test(f)).sort()) {
    const { size } = await stat(path.join(dist, file));
    console.log(`${(size / 1024).toFixed(0).padStart(7)} KiB  dist/${file}`);
  }
}

const started = performance.now();
const place = path.join(root, "dist");
// Built aside and put in place at the end, so that whatever uses dist/ never sees half of it.
const aside = await mkdtemp(path.join(root, "node_modules/.terrarium-dist-"));
const results = await Promise.allSettled([
  copies(aside),
  standardLibrary("es2023", path.join(aside, "typescript-lib")),
  apiPackage(path.join(aside, "api")),
  ...bundles(aside).map((bundle) => esbuild.build(bundle)),
]);
const metafiles = results.flatMap((result) => result.value?.metafile ?? []);
await thirdPartyNotices(path.join(aside, "THIRD-PARTY-NOTICES.txt"), metafiles);
await chmod(path.join(aside, "terrarium.js"), 0o755).catch(() => undefined); // not there when its bundle failed
await rm(place, { recursive: true, force: true, maxRetries: 5 });
await rename(aside, place);
await printSizes(place);
const failures = results.filter((result) => result.status === "rejected");
for (const { reason } of failures) if (!reason.errors) console.error(reason.message); // esbuild prints its own
if (failures.length > 0) process.exit(1);
console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);

if (options.watch) {
  for (const bundle of bundles(place)) await (await esbuild.context(bundle)).watch();
  console.log("watching");
}
