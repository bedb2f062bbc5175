import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { PluginDefinition } from "../plugins/api/index.ts";
import { launchSchema } from "./testing/launch-schema.ts";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const manifest = path.join(root, "package.json");

async function shippedPlugins(): Promise<PluginDefinition[]> {
  const files = readdirSync(path.join(root, "plugins")).filter((file) => /^[^.]+\.ts$/.test(file));
  const modules = await Promise.all(files.sort().map((file) => import(path.join(root, "plugins", file))));
  return modules.map((module) => module.default);
}

test("package.json knows every launch field, shipped plugin and option (TERRARIUM_BLESS=1 writes it anew)", async () => {
  const wanted = JSON.parse(JSON.stringify(launchSchema(await shippedPlugins())));
  const text = JSON.parse(readFileSync(manifest, "utf8"));
  const attributes = text.contributes.debuggers[0].configurationAttributes;
  if (process.env.TERRARIUM_BLESS === "1") {
    attributes.launch = wanted;
    writeFileSync(manifest, `${JSON.stringify(text, null, 2)}\n`);
  }
  assert.deepEqual(attributes.launch, wanted);
});
