// plugins/SHIPPED.md is what the plugins say of themselves: their opening comments, options, uses, events. TERRARIUM_BLESS=1
// writes it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { checkDefinition } from "../emulator/instrument/definition-check.ts";
import type { OptionDeclaration } from "../plugins/api/index.ts";

const folder = fileURLToPath(new URL("../plugins", import.meta.url));
const page = path.join(folder, "SHIPPED.md");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => path.basename(file, ".ts"))
  .sort();

/** The paragraphs of a file's opening comment. */
function opening(file: string): string {
  const comment = /^(?:\/\/.*\n)+/.exec(readFileSync(file, "utf8"))?.[0] ?? "";
  return comment.replace(/^\/\/ ?/gm, "").trim();
}

function valuesOf(option: OptionDeclaration): string {
  if (option.type === "string" && option.choices) return option.choices.map((choice) => `\`${choice}\``).join(", ");
  if (option.type !== "integer" && option.type !== "number") return option.type;
  const { minimum, maximum } = option;
  if (minimum === undefined && maximum === undefined) return option.type;
  return `${option.type}, ${minimum ?? "any"} to ${maximum ?? "any"}`;
}

function standard({ default: value }: OptionDeclaration): string {
  if (value === undefined) return "";
  return `\`${typeof value === "bigint" ? `0x${value.toString(16)}` : JSON.stringify(value)}\``;
}

async function section(name: string): Promise<string> {
  const file = path.join(folder, `${name}.ts`);
  const { default: exported } = (await import(pathToFileURL(file).href)) as { default: unknown };
  const { description, options = {}, uses = {}, events = {} } = checkDefinition(exported);
  const rows = Object.entries(options).map(
    ([option, declaration]) =>
      `| \`${option}\` | ${valuesOf(declaration)} | ${standard(declaration)} | ${declaration.description} |`,
  );
  const list = (title: string, entries: [string, string][], text: (entry: [string, string]) => string) =>
    entries.length > 0 ? [`${title}: ${entries.map(text).join("; ")}.`] : [];
  return [
    `## [${name}](${name}.ts)`,
    `${description}.`,
    opening(file),
    ...list("Uses", Object.entries(uses), ([used, range]) => `[${used}](#${used}) ${range}`),
    ...list("Announces", Object.entries(events), ([event, text]) => `\`${event}\` (${text})`),
    ...(rows.length > 0
      ? [["| option | values | default | what it does |", "| --- | --- | --- | --- |", ...rows].join("\n")]
      : []),
  ].join("\n\n");
}

test("plugins/SHIPPED.md is up to date", async () => {
  const sections = await Promise.all(names.map(section));
  const wanted = `<!-- Written by .ci/shipped-plugins.test.ts (TERRARIUM_BLESS=1) from the plugins. -->
# The plugins that ship

${names.map((name) => `[${name}](#${name})`).join(" · ")}

${sections.join("\n\n")}
`;
  if (process.env.TERRARIUM_BLESS === "1") writeFileSync(page, wanted);
  assert.equal(readFileSync(page, "utf8"), wanted);
});

for (const name of names)
  test(`${name} says what it answers and what it costs`, async () => {
    const text = opening(path.join(folder, `${name}.ts`));
    assert.match(text, /\?/);
    assert.match(text, /^Price: /m);
  });
