// Every listing of the plugin API's documentation is right: those of docstrings and README type-check, the guide's
// commands print what it shows.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { terrarium } from "../adapter/cli/testing/terrarium.ts";
import { pluginCompilerOptions, pluginGlobals } from "../adapter/host/plugin-workspace.ts";
import { fixturePath } from "../test-fixtures/fixtures.ts";
import { asModule, docstringListings, type Listing, markdownListings, root, typecheck } from "./testing/listings.ts";

/** With a name for each. */
function modules(listings: readonly Listing[]): Map<string, string> {
  return new Map(listings.map((listing) => [`${listing.place.replace(/[/:]/g, "_")}.ts`, asModule(listing)]));
}

test("the examples of docstrings, and the listings of plugins/README.md, type-check", () => {
  const listings = [
    ...docstringListings(),
    ...["plugins/README.md", "plugins/api/README.md"]
      .flatMap(markdownListings)
      .filter(({ info }) => /^ts\b/.test(info)),
  ];
  assert.ok(listings.length > 40, `${listings.length} listings`);
  assert.deepEqual(typecheck(modules(listings), pluginCompilerOptions, pluginGlobals), []);
});

test("an example that is wrong is found", () => {
  const wrong = {
    place: "wrong",
    info: "ts",
    text: 'insn.onExecute(() => {}, { registers: ["a9"] });\nvm.nothing();\n',
  };
  assert.deepEqual(typecheck(modules([wrong]), pluginCompilerOptions, pluginGlobals), [
    `wrong.ts: Type '"a9"' is not assignable to type 'RegisterReference'.: insn.onExecute(() => {}, { registers: ["a9"] });`,
    "wrong.ts: Property 'nothing' does not exist on type 'Vm<Readonly<Record<string, string>>>'.: vm.nothing();",
  ]);
});

test("plugins/GUIDE.md: its files are plugins without faults, and its commands print what it shows", (t) => {
  const guide = path.join(root, "plugins/GUIDE.md");
  const folder = mkdtempSync(path.join(tmpdir(), "terrarium-guide-"));
  t.after(() => rmSync(folder, { recursive: true }));
  copyFileSync(fixturePath("recursion/recursion.elf"), path.join(folder, "program"));
  const listings = markdownListings("plugins/GUIDE.md");
  const plugins = new Map<string, string>();
  let text = readFileSync(guide, "utf8");
  for (const { info, text: listing, place } of listings) {
    const [language, file] = info.split(" ");
    if (language === "ts") {
      mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(folder, file), listing);
      plugins.set(path.basename(file), listing);
    } else if (language === "console") {
      const [command] = listing.split("\n");
      const printed = outputOf(command, folder);
      if (process.env.TERRARIUM_BLESS === "1")
        text = text.replace(`\`\`\`console\n${listing}\`\`\``, () => `\`\`\`console\n${command}\n${printed}\`\`\``);
      else assert.equal(printed, listing.slice(command.length + 1), place);
    } else assert.equal(language, "sh", place);
  }
  if (process.env.TERRARIUM_BLESS === "1") writeFileSync(guide, text);
  const faults = typecheck(plugins, pluginCompilerOptions, pluginGlobals);
  assert.equal(faults.length, 1, faults.join("\n"));
  assert.match(faults[0], /^typo\.ts: This comparison appears to be unintentional/);
});

/** Of a line `$ terrarium ...`: standard output, then standard error. */
function outputOf(command: string, cwd: string): string {
  const [prompt, name, ...args] = command.split(" ");
  assert.deepEqual([prompt, name], ["$", "terrarium"], command);
  const { stdout, stderr } = terrarium(args, { cwd });
  return (stdout + stderr).replaceAll(`${cwd}/`, "");
}
