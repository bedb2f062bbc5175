// What "Set Up Plugin Type Checking" writes, read by TypeScript as an editor reads it. Needs the build (dist/api).
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import ts from "@typescript/typescript6";
import { apiPackageFiles } from "../adapter/host/api-package.ts";
import { newPluginSource, pluginFile, workspaceFiles } from "../adapter/host/plugin-workspace.ts";

const folder = mkdtempSync(path.join(tmpdir(), "terrarium-types-"));
after(() => rmSync(folder, { recursive: true }));

const plugin = (body: string) => `import { definePlugin } from "@terrarium/api";
export default definePlugin({
  name: "p",
  version: "1.0.0",
  options: { limit: { type: "integer", default: 20, description: "Rows" } },
  install(vm, { limit }) {
    ${body}
  },
});
`;

const cases: [name: string, source: string, faults: RegExp[]][] = [
  ["template", newPluginSource("template"), []],
  ["right", plugin("vm.log(limit.toFixed(0) + vm.info.target); console.log(limit);"), []],
  ["wrong-member", plugin("vm.onTranslation(() => {});"), [/7:8 .*'onTranslation' does not exist.*'onTranslate'/s]],
  ["wrong-option", plugin("limit.toUpperCase();"), [/7:11 .*'toUpperCase' does not exist on type 'number'/]],
  [
    "wrong-kind",
    plugin('vm.onTranslate((tb) => tb.instructions.filter((i) => i.kind === "cal"));'),
    [/7:58 .*no overlap/],
  ],
  ["wrong-register", plugin('vm.onTranslate((tb) => tb.onExecute(() => {}, { registers: ["a9"] }));'), [/7:65 .*"a9"/]],
  [
    "uses",
    `import { definePlugin, use } from "@terrarium/api";
import type hotblocks from "@terrarium/plugins/hotblocks";
import type right from "./right.ts";
type Limit = NonNullable<(typeof hotblocks)["options"]>["limit"]["default"];
const limit: Limit = 21;
export default definePlugin({
  name: "uses",
  version: "1.0.0",
  uses: { hotblocks: use<typeof hotblocks>("^1.0"), right: use<typeof right>("^1.0") },
  install: (vm, _options, { hotblocks, right }) => vm.log(hotblocks.version + right.nothing + limit),
});
`,
    [/5:7 Type '21' is not assignable to type '20'/, /10:.*Property 'nothing' does not exist/],
  ],
  ["node", plugin('process.exit(); fetch("x");'), [/7:5 .*'process'/, /7:21 .*'fetch'/]],
];

test("the editor's TypeScript checks plugins against the API, with no package installed", () => {
  const sources = Object.fromEntries(cases.map(([name, source]) => [pluginFile(name), source]));
  for (const [file, text] of Object.entries({ ...workspaceFiles(apiPackageFiles()), ...sources })) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  const home = path.join(folder, ".terrarium");
  const { config } = ts.readConfigFile(path.join(home, "tsconfig.json"), ts.sys.readFile);
  const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, home);
  assert.deepEqual(errors, []);
  const faults = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options)).map((diagnostic) => {
    const { file, start = 0 } = diagnostic;
    const at = file?.getLineAndCharacterOfPosition(start);
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
    return {
      name: path.basename(file?.fileName ?? "", ".ts"),
      text: `${at && `${at.line + 1}:${at.character + 1}`} ${text}`,
    };
  });
  for (const [name, , expected] of cases) {
    const found = faults.filter((fault) => fault.name === name).map(({ text }) => text);
    assert.equal(found.length, expected.length, `${name}: ${found.join("\n")}`);
    for (const [i, fault] of expected.entries()) assert.match(found[i], fault, name);
  }
  assert.equal(faults.length, cases.flatMap(([, , expected]) => expected).length);
});
