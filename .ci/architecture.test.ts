// The import rules of ARCHITECTURE.md, checked on the import graph: a row says what a folder may import besides itself.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

interface Rule {
  folder: string;
  /** Folders and files whose modules it may import. */
  may: readonly string[];
  /** Packages it may import; `node:*` stands for all of Node. */
  packages: readonly string[];
}

const core = [
  "emulator/ir",
  "emulator/machine",
  "emulator/guest",
  "emulator/elf",
  "emulator/instrument",
  "plugins/api",
];

// The longest matching folder decides.
const rules: readonly Rule[] = [
  { folder: "plugins/api", may: [], packages: [] },
  { folder: "plugins", may: [], packages: ["@terrarium/api"] },
  { folder: "emulator/elf", may: [], packages: [] },
  { folder: "emulator/ir", may: [], packages: [] },
  { folder: "emulator/guest", may: ["emulator/ir"], packages: [] },
  { folder: "emulator/jit", may: ["emulator/ir", "emulator/machine/layout.ts"], packages: [] },
  {
    folder: "emulator/machine",
    may: ["emulator/ir", "emulator/jit", "emulator/guest/guest.ts", "emulator/elf"],
    packages: [],
  },
  {
    folder: "emulator/instrument",
    may: ["plugins/api", "emulator/ir", "emulator/machine", "emulator/guest/guest.ts"],
    packages: [],
  },
  { folder: "adapter/symbols", may: ["emulator/elf"], packages: [] },
  {
    folder: "adapter/debugger",
    may: ["adapter/symbols", "emulator/elf", "emulator/guest/guest.ts", "emulator/instrument/view-data.ts"],
    packages: [],
  },
  {
    folder: "adapter/export",
    may: ["adapter/symbols", "emulator/elf", "emulator/instrument/view-data.ts"],
    packages: ["csv-stringify/sync", "pprof-format", "node:zlib"],
  },
  {
    folder: "adapter/dap",
    may: ["adapter/debugger", "adapter/export", "adapter/symbols", "emulator/elf", "emulator/guest/guest.ts"],
    packages: ["@vscode/debugadapter", "@vscode/debugprotocol", "node:*"],
  },
  {
    folder: "adapter/host",
    may: [...core, "adapter/debugger", "adapter/dap", "adapter/symbols"],
    packages: ["node:*", "*"],
  },
  {
    folder: "adapter/cli",
    // What a plugin writes has one description: its reader here shares it.
    may: [
      ...core,
      "adapter/host",
      "adapter/dap",
      "adapter/debugger",
      "adapter/export",
      "adapter/symbols",
      "plugins/support",
    ],
    packages: ["node:*"],
  },
  { folder: "extension/webview", may: ["adapter/dap/views-protocol.ts"], packages: ["*"] },
  {
    folder: "extension",
    may: [
      "adapter/dap/export-protocol.ts",
      "adapter/dap/plugins-protocol.ts",
      "adapter/dap/views-protocol.ts",
      "adapter/host/plugin-workspace.ts",
      "extension/webview",
    ],
    packages: ["vscode", "node:*", "*"],
  },
];

function sources(): string[] {
  return ["emulator", "adapter", "plugins", "extension"]
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true }).map((file) =>
        path.posix.join(folder, String(file).replaceAll("\\", "/")),
      ),
    )
    .filter(
      (file) =>
        /\.ts$/.test(file) &&
        !/(\.test\.ts|\.d\.ts)$/.test(file) &&
        !file.includes("/e2e/") &&
        !/\/testing\//.test(file),
    );
}

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), "utf8");
  return [
    ...text.matchAll(
      /^\s*(?:import|export)\b[^;"']*?from\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)|^import\s*["']([^"']+)["']/gm,
    ),
  ].map((m) => m[1] ?? m[2] ?? m[3]);
}

const inside = (file: string, folder: string) => file === folder || file.startsWith(`${folder}/`);

test("every import keeps to the rules", () => {
  const broken: string[] = [];
  for (const file of sources()) {
    const rule = rules.filter((r) => inside(file, r.folder)).sort((a, b) => b.folder.length - a.folder.length)[0];
    assert.ok(rule, `${file}: no rule covers it`);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith(".")) {
        const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
        if (!inside(target, rule.folder) && !rule.may.some((folder) => inside(target, folder)))
          broken.push(`${file} imports ${target}`);
        continue;
      }
      const allowed = rule.packages.some(
        (p) =>
          p === specifier || (p === "node:*" && specifier.startsWith("node:")) || (p === "*" && specifier !== "vscode"),
      );
      if (!allowed) broken.push(`${file} imports ${specifier}`);
    }
  }
  assert.deepEqual(broken, []);
});

test("a plugin that ships uses another by its types: it does not hold a copy", () => {
  const plugins = sources().filter((file) => path.posix.dirname(file) === "plugins");
  const copying = plugins.flatMap((file) => {
    const text = readFileSync(path.join(root, file), "utf8");
    const values = [...text.matchAll(/^(?:import|export)\s+(?!type\b)[^;"']*?from\s*["']\.\/([^"'/]+)["']/gm)];
    return values.filter(([, other]) => plugins.includes(`plugins/${other}`)).map(([line]) => `${file}: ${line}`);
  });
  assert.deepEqual(copying, []);
});
