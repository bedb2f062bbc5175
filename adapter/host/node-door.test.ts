// The host's files through the Node door, with the guest's file system on top: nothing outside the root is reached.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { HostError } from "../../emulator/machine/api.ts";
import { NodeDoor } from "./node-door.ts";

const folder = mkdtempSync(path.join(tmpdir(), "terrarium-door-"));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(path.join(folder, "file"), "contents");
mkdirSync(path.join(folder, "directory"));

const { files } = new NodeDoor({ readInput: () => undefined, writeOutput: () => {}, log: () => {} });
const at = (name: string) => path.join(folder, name);
const reading = { read: true, write: false, create: false, exclusive: false, truncate: false, permissions: 0 };
const creating = { ...reading, write: true, create: true, permissions: 0o600 };

test("reads and writes at positions", () => {
  const handle = files.open(at("new"), creating);
  assert.equal(files.write(handle, new TextEncoder().encode("0123456789"), 0), 10);
  assert.equal(files.write(handle, new TextEncoder().encode("xx"), 4), 2);
  assert.equal(new TextDecoder().decode(files.read(handle, 100, 2)), "23xx6789");
  assert.equal(files.read(handle, 100, 50).length, 0);
  files.truncate(handle, 5);
  assert.equal(files.fstat(handle).size, 5);
  files.close(handle);
  assert.equal(readFileSync(at("new"), "utf8"), "0123x");
  files.rename(at("new"), at("renamed"));
  assert.deepEqual(files.list(folder).sort(), ["directory", "file", "renamed"]);
  files.unlink(at("renamed"));
});

const errors: [what: string, work: () => unknown, code: string][] = [
  ["open nothing", () => files.open(at("none"), reading), "ENOENT"],
  ["open through a file", () => files.open(at("file/x"), reading), "ENOTDIR"],
  ["create what exists", () => files.open(at("file"), { ...creating, exclusive: true }), "EEXIST"],
  ["mkdir what exists", () => files.mkdir(at("directory"), 0o755), "EEXIST"],
  ["rmdir a file", () => files.rmdir(at("file")), "ENOTDIR"],
  ["readlink of a file", () => files.readlink(at("file")), "EINVAL"],
  ["realpath of nothing", () => files.realpath(at("none")), "ENOENT"],
  ["a closed handle", () => files.close(files.open(at("file"), reading)) ?? files.fstat(99999), "EBADF"],
];

for (const [what, work, code] of errors)
  test(what, { skip: process.platform === "win32" }, () => {
    assert.throws(work, (error) => error instanceof HostError && error.code === code);
  });

test("a link in the last place is not followed on opening", { skip: process.platform === "win32" }, () => {
  symlinkSync(at("file"), at("link"));
  assert.throws(
    () => files.open(at("link"), reading),
    (error) => error instanceof HostError && error.code === "ELOOP",
  );
  assert.equal(files.stat(at("link"), false).kind, "link");
  assert.equal(files.stat(at("link"), true).kind, "file");
});

test("clocks", () => {
  const door = new NodeDoor({ readInput: () => undefined, writeOutput: () => {}, log: () => {} });
  const first = door.clock("monotonic");
  assert.ok(door.clock("monotonic") >= first);
  assert.ok(Math.abs(Number(door.clock("realtime") / 1_000_000n) - Date.now()) < 60_000);
  assert.equal(door.random(16).length, 16);
});
