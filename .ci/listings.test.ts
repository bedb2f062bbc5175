// Every listing of the plugin API's documentation is right: those of docstrings and README type-check, the guide's
// commands print what it shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pluginCompilerOptions, pluginGlobals } from "../adapter/host/plugin-workspace.ts";
import { asModule, docstringListings, type Listing, markdownListings, typecheck } from "./testing/listings.ts";

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
    "wrong.ts: Property 'nothing' does not exist on type 'Vm<Readonly<Record<string, string | EventDeclaration<never>>>>'.: vm.nothing();",
  ]);
});
