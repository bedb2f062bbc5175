// The listings of the plugin API's documentation: in docstrings, and in Markdown files.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "@typescript/typescript6";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Listing {
  /** `plugins/GUIDE.md:12`. */
  readonly place: string;
  /** What follows the fence: `ts calls.ts`; `ts` for those of docstrings. */
  readonly info: string;
  readonly text: string;
}

/** The fenced listings of a Markdown file, in order. */
export function markdownListings(file: string): Listing[] {
  const text = readFileSync(path.join(root, file), "utf8");
  return [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    place: `${file}:${text.slice(0, match.index).split("\n").length}`,
    info: match[1],
    text: match[2],
  }));
}

/** The indented listings in the comments of the API's sources. */
export function docstringListings(): Listing[] {
  const folder = "plugins/api";
  return readdirSync(path.join(root, folder))
    .filter((file) => /(?<!\.test(-d)?)\.ts$/.test(file))
    .flatMap((file) => {
      const lines = readFileSync(path.join(root, folder, file), "utf8").split("\n");
      const listings: Listing[] = [];
      let text: string[] | undefined;
      for (const [index, line] of lines.entries()) {
        const code = /^(?:\s*\*|\/\/) {5}(.*)$/.exec(line)?.[1];
        const isBlank = /^(?:\s*\*|\/\/)\s*$/.test(line);
        if (code === undefined && !(text && isBlank)) text = undefined;
        else if (text) text.push(code ?? "");
        else {
          text = [code as string];
          const lines = text;
          listings.push({
            place: `${folder}/${file}:${index + 1}`,
            info: "ts",
            get text() {
              return `${lines.join("\n").trimEnd()}\n`;
            },
          });
        }
      }
      return listings;
    });
}

/**
 * A listing as a module: one that is none stands in a function that has what the documentation says it has, `vm`, `tb`
 * and `insn`. Every type of the API is there.
 */
export function asModule({ text }: Listing): string {
  const imports = [...text.matchAll(/^import .*$/gm)].map(([line]) => line);
  const isImported = imports.some((line) => line.includes('"@terrarium/api"'));
  const header = isImported ? [] : ['import { definePlugin, event, use } from "@terrarium/api";'];
  const types = `import type { ${apiTypes().join(", ")} } from "@terrarium/api";`;
  if (/^export /m.test(text)) return [...header, types, text].join("\n");
  const body = text.replace(/^import .*$/gm, "");
  return [
    ...header,
    ...imports,
    types,
    "export function example(vm: Vm, tb: TranslationBlock, insn: Instruction): void {",
    body,
    "}",
  ].join("\n");
}

let known: string[] | undefined;

function apiTypes(): string[] {
  known ??= readdirSync(path.join(root, "plugins/api"))
    .filter((file) => file.endsWith(".ts") && !/(names|arguments|test-d)\.ts$|^index\.ts$|\.test\.ts$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(path.join(root, "plugins/api", file), "utf8");
      return [...text.matchAll(/^export (?:interface|type) (\w+)/gm)].map((match) => match[1]);
    });
  return known;
}

/** What TypeScript says of each module, by its name, under a plugin's compiler options. */
export function typecheck(
  modules: ReadonlyMap<string, string>,
  options: Record<string, unknown>,
  globals: string,
): string[] {
  const folder = path.join(root, "plugins/.listings");
  const files = new Map([...modules].map(([name, text]) => [path.join(folder, name), text]));
  files.set(path.join(folder, "globals.d.ts"), globals);
  const paths = {
    "@terrarium/api": [path.join(root, "plugins/api/index.ts")],
    "@terrarium/plugins/*": [path.join(root, "plugins/*.ts")],
  };
  const parsed = ts.convertCompilerOptionsFromJson({ ...options, paths }, folder).options;
  const host = ts.createCompilerHost(parsed, true);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(path.normalize(name)) || fileExists.call(host, name);
  host.readFile = (name) => files.get(path.normalize(name)) ?? readFile.call(host, name);
  host.getSourceFile = (name, language, ...rest) => {
    const text = files.get(path.normalize(name));
    return text === undefined
      ? getSourceFile.call(host, name, language, ...rest)
      : ts.createSourceFile(name, text, language, true);
  };
  host.directoryExists = undefined;
  return ts
    .getPreEmitDiagnostics(ts.createProgram([...files.keys()], parsed, host))
    .map(({ file, start, messageText }) => {
      const line =
        file && start !== undefined ? file.text.split("\n")[file.getLineAndCharacterOfPosition(start).line] : "";
      return `${file ? path.basename(file.fileName) : ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}: ${line.trim()}`;
    });
}
