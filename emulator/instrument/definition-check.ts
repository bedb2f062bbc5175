// Is what a plugin file exports a plugin? Messages name the field and what it should be.
import type { OptionDeclaration, PluginDefinition } from "../../plugins/api/index.ts";
import { licenseFault } from "./license.ts";
import { suggestion } from "./nearest.ts";
import { isRange, isVersion, satisfies } from "./version.ts";

/** Version of the plugin API that this host implements, and the oldest version whose plugins still work. */
export const API_VERSION = "1.0.0";
export const MINIMUM_API_VERSION = "1.0.0";

/** A plugin as the host handles it, whatever its options are. */
export type AnyPlugin = PluginDefinition<
  Readonly<Record<string, OptionDeclaration>>,
  Readonly<Record<string, string>>,
  Readonly<Record<string, string>>
>;

const fields = [
  "name",
  "version",
  "api",
  "license",
  "description",
  "options",
  "uses",
  "events",
  "analyses",
  "reload",
  "companion",
  "install",
];
const optionFields = ["type", "default", "minimum", "maximum", "choices", "description"];

type Loose = Readonly<Record<string, unknown>>;

/**
 * Gives the value back as a definition.
 * @throws Error that says what is wrong.
 */
export function checkDefinition(value: unknown): AnyPlugin {
  const fail = (text: string): never => {
    throw new Error(text);
  };
  if (!isObject(value)) return fail("the default export must be a plugin: export default definePlugin({ ... })");
  for (const field of Object.keys(value))
    if (!fields.includes(field)) fail(`a plugin has no \`${field}\`${suggestion(field, fields)}`);
  const { name, version, api, license } = value;
  if (typeof name !== "string" || !/^[a-z][a-z0-9-]*$/.test(name))
    fail(`\`name\` must be small letters, digits and hyphens, a letter first, not ${show(name)}`);
  if (typeof version !== "string" || !isVersion(version))
    fail(`\`version\` must be a semantic version such as "1.0.0", not ${show(version)}`);
  if (api !== undefined) {
    if (typeof api !== "string" || !isRange(api))
      fail(`\`api\` must be a version range such as "^1.0", not ${show(api)}`);
    else if (!satisfies(API_VERSION, api))
      fail(`it needs version ${api} of the plugin API, and this is ${API_VERSION}`);
  }
  if (license !== undefined) {
    if (typeof license !== "string")
      fail(`\`license\` must be a licence expression such as "MIT", not ${show(license)}`);
    else if (licenseFault(license)) fail(`\`license\` "${license}": ${licenseFault(license)}`);
  }
  if (typeof value.install !== "function") fail(`\`install\` must be a function, not ${show(value.install)}`);
  if (value.description !== undefined && typeof value.description !== "string") fail("`description` must be a string");
  checkRanges(value.uses, fail);
  checkLines(value.events, "events", fail);
  checkOptions(value.options, fail);
  checkAnalyses(value.analyses, fail);
  if (value.reload !== undefined && value.reload !== "clear" && value.reload !== "keep")
    fail(`\`reload\` must be "clear" or "keep", not ${show(value.reload)}`);
  if (value.companion !== undefined && typeof value.companion !== "boolean")
    fail(`\`companion\` must be true or false, not ${show(value.companion)}`);
  return value as unknown as AnyPlugin;
}

function checkRanges(uses: unknown, fail: (text: string) => never): void {
  checkLines(uses, "uses", fail);
  for (const [name, range] of Object.entries((uses ?? {}) as Record<string, string>))
    if (!isRange(range)) fail(`\`uses.${name}\` must be a version range such as "^1.0", not ${show(range)}`);
}

function checkAnalyses(analyses: unknown, fail: (text: string) => never): void {
  if (analyses === undefined) return;
  if (!isObject(analyses)) return fail("`analyses` must be an object of functions");
  for (const [name, make] of Object.entries(analyses))
    if (typeof make !== "function") fail(`\`analyses.${name}\` must be a function, not ${show(make)}`);
}

function checkLines(value: unknown, field: string, fail: (text: string) => never): void {
  if (value === undefined) return;
  if (!isObject(value)) return fail(`\`${field}\` must be an object of strings`);
  for (const [name, line] of Object.entries(value))
    if (typeof line !== "string") fail(`\`${field}.${name}\` must be a string, not ${show(line)}`);
}

function checkOptions(options: unknown, fail: (text: string) => never): void {
  if (options === undefined) return;
  if (!isObject(options)) return fail("`options` must be an object of declarations");
  for (const [name, declaration] of Object.entries(options)) {
    const wrong = (text: string) => fail(`\`options.${name}\`: ${text}`);
    if (!isObject(declaration)) return wrong("must be a declaration: { type, default, description }");
    for (const field of Object.keys(declaration))
      if (!optionFields.includes(field)) wrong(`an option has no \`${field}\`${suggestion(field, optionFields)}`);
    const types = ["integer", "number", "boolean", "string", "address"];
    if (!types.includes(declaration.type as string))
      wrong(`\`type\` must be one of ${types.join(", ")}, not ${show(declaration.type)}`);
    if (typeof declaration.description !== "string") wrong("`description` is missing: one line that says what it does");
  }
}

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as messages show it. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (typeof value === "function") return "a function";
  return Array.isArray(value) ? "an array" : "an object";
}
