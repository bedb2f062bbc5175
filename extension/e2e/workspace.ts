// What every end-to-end test starts with: the built .vsix, and a folder of its own to open.
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const vsix = process.env.TERRARIUM_VSIX ?? path.join(root, "dist/terrarium.vsix");
export const fixture = (name: string) => path.join(root, "test-fixtures", name);

/** A temporary folder with these files and copies (of test fixtures, by name); removed after the test. */
export async function makeWorkspace(
  context: TestContext,
  files: Files,
  copies: Record<string, string> = {},
): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), "terrarium-e2e-")));
  context.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  await writeFiles(folder, files);
  for (const [name, source] of Object.entries(copies)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await cp(fixture(source), path.join(folder, name), { recursive: true });
  }
  return folder;
}

type Files = Record<string, string | Uint8Array | object>;

/** Texts and bytes as they are, objects as JSON. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    const raw = typeof content === "string" || content instanceof Uint8Array;
    await writeFile(path.join(folder, name), raw ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
}

export const launchJson = (...configurations: object[]) => ({
  version: "0.2.0",
  configurations: configurations.map((c) => ({ type: "terrarium", request: "launch", ...c })),
});
