// The checks on a launch configuration, after VS Code has put in its variables. No vscode import: tested on its own.
import path from "node:path";

// biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code replaces it.
export const workspaceFolder = "${workspaceFolder}";

export type LaunchConfiguration = Readonly<Record<string, unknown>>;

type Check = (value: unknown, field: string) => string | undefined;

const article = (kind: string) => (kind === "object" || kind === "array" ? `an ${kind}` : `a ${kind}`);
const kindOf = (value: unknown) => (Array.isArray(value) ? "array" : value === null ? "null" : typeof value);
const wrong = (field: string, wanted: string, value: unknown) => {
  const kind = kindOf(value);
  return `"${field}" must be ${wanted}, not ${kind === "null" ? "null" : article(kind)}`;
};
const is =
  (kind: "string" | "boolean"): Check =>
  (value, field) =>
    typeof value === kind ? undefined : wrong(field, article(kind), value);
const isObject = (value: unknown): value is Record<string, unknown> => kindOf(value) === "object";

const strings: Check = (value, field) => {
  if (!Array.isArray(value)) return wrong(field, "an array of strings", value);
  for (const [i, item] of value.entries())
    if (typeof item !== "string") return wrong(`${field}[${i}]`, "a string", item);
};

const stringMap: Check = (value, field) => {
  if (!isObject(value)) return wrong(field, "an object of strings", value);
  for (const [name, item] of Object.entries(value))
    if (typeof item !== "string") return wrong(`${field}.${name}`, "a string", item);
};

const plugins: Check = (value, field) => {
  if (!isObject(value)) return wrong(field, 'an object such as { "hotblocks": true }', value);
  for (const [name, item] of Object.entries(value))
    if (typeof item !== "boolean" && !isObject(item))
      return wrong(`${field}.${name}`, "true, false or an object of options", item);
};

export const engines = ["auto", "jit", "interpreter"] as const;
const engine: Check = (value, field) =>
  engines.some((name) => name === value)
    ? undefined
    : `"${field}" must be one of ${engines.map((name) => `"${name}"`).join(", ")}`;

const checks: Readonly<Record<string, Check>> = {
  program: is("string"),
  args: strings,
  cwd: is("string"),
  env: stringMap,
  root: is("string"),
  writable: is("boolean"),
  stopOnEntry: is("boolean"),
  plugins,
  engine,
};

/** What is wrong, naming the field; undefined when nothing is. */
export function faultOf(configuration: LaunchConfiguration): string | undefined {
  if (configuration.request !== "launch") return `"request" must be "launch": Terrarium starts programs itself`;
  if (configuration.program === undefined || configuration.program === "")
    return `"program" is missing: the path of an ELF file to run`;
  for (const [field, check] of Object.entries(checks)) {
    const fault = configuration[field] === undefined ? undefined : check(configuration[field], field);
    if (fault) return fault;
  }
  return undefined;
}

/** The host paths of a configuration made absolute; `folder` is the workspace folder it is in. */
export function withAbsolutePaths(configuration: LaunchConfiguration, folder: string | undefined): LaunchConfiguration {
  const absolute = (value: unknown) => (folder && typeof value === "string" ? path.resolve(folder, value) : value);
  const { program, root } = configuration;
  return { ...configuration, program: absolute(program), ...(root === undefined ? {} : { root: absolute(root) }) };
}
