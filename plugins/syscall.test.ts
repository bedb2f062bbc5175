import assert from "node:assert/strict";
import { test } from "node:test";
import syscall from "./syscall.ts";
import { engines, runFixture } from "./testing/fixture-run.ts";

for (const engine of engines) {
  test(`names and arguments: ${engine}`, () => {
    // There are no files for it: what it asks for is not there, and it says so.
    const view = runFixture("files/files.elf", engine, [[syscall, { print: true }]]);
    const calls = view("table", "Log of system calls").rows.map((row) => row.slice(1));
    const withName = (name: string) => calls.filter(([call]) => String(call).startsWith(`${name}(`));
    assert.deepEqual(withName("openat"), [
      ['openat(dirfd AT_FDCWD, path "given.txt", flags 0x0, mode 0)', -2],
      ['openat(dirfd AT_FDCWD, path "made/out.txt", flags 0x241, mode 0666)', -2],
    ]);
    assert.deepEqual(withName("mkdirat")[0], ['mkdirat(dirfd AT_FDCWD, path "made", mode 0755)', -2]);
    assert.deepEqual(withName("exit_group"), [["exit_group(status 1)", ""]]);
    assert.match(String(withName("write")[0][0]), /^write\(fd 1, buffer 0x[0-9a-f]+, count 48\)$/);
    const { rows } = view("table", "System calls");
    assert.deepEqual(
      rows.filter(([, name]) => name === "openat" || name === "exit_group"),
      [
        [56, "openat", 2, 2],
        [94, "exit_group", 1, 0],
      ],
    );
  });

  test(`a log keeps the last calls: ${engine}`, () => {
    const all = runFixture("files/files.elf", engine, [[syscall, { print: true }]]);
    const last = runFixture("files/files.elf", engine, [[syscall, { print: true, limit: 2 }]]);
    assert.deepEqual(last("table", "Log of system calls").rows, all("table", "Log of system calls").rows.slice(-2));
  });
}
