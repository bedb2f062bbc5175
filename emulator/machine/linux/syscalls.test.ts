// System calls, made directly on a machine that has loaded a program but does not run it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDoor } from "../door/memory-door.ts";
import { MemoryFiles, type MemoryTree } from "../door/memory-files.ts";
import type { Machine } from "../machine.ts";
import { testMachine } from "../testing/test-machine.ts";
import { syscallHandlers } from "./calls/index.ts";
import { Errno } from "./errno.ts";
import { carryOut } from "./process.ts";
import { syscallDescriptions, syscallName } from "./syscall-table.ts";
import { cString, Structure } from "./user-memory.ts";

const numbers = new Map([...syscallDescriptions.values()].map(({ name, number }) => [name, number]));

/** Where tests put paths and buffers: on the stack, below what the program has. */
const scratchOf = (machine: Machine) => machine.registers.sp - 0x10000n;

/** Makes a call; text arguments are put into memory and passed as pointers. An errno comes back by name. */
function call(machine: Machine, name: string, ...given: (number | bigint | string)[]): unknown {
  let at = scratchOf(machine);
  const args = given.map((value) => {
    if (typeof value !== "string") return BigInt.asUintN(64, BigInt(value));
    const address = at;
    const bytes = cString(value);
    machine.memory.write(address, bytes);
    at += BigInt(bytes.length);
    return address;
  });
  while (args.length < 6) args.push(0n);
  const result = carryOut(machine, syscallHandlers, numbers.get(name)!, args, () => {});
  if (typeof result !== "number" && typeof result !== "bigint") return result;
  const value = Number(BigInt.asIntN(64, BigInt(result)));
  return value < 0 && value > -4096 ? Errno[-value] : value;
}

function machineWith(tree: MemoryTree | undefined, writable = true, cwd = "/"): Machine {
  const files = tree && new MemoryFiles(tree);
  const machine = testMachine("structs/structs-O0.elf", {
    door: new MemoryDoor({ files }),
    root: files && "/granted",
    writable,
    cwd,
  });
  return machine;
}

const AT_FDCWD = -100;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
const O_DIRECTORY = 0o200000;
const O_NOFOLLOW = 0o400000;

const world: MemoryTree = {
  secret: "outside",
  granted: {
    folder: {
      file: "inside",
      secret: "the guest's own",
      sub: { folder: { deep: "deep", up: { link: "../file" } } },
      absolute: { link: "/file" },
      out: { link: "../secret" },
      far: { link: "../../../../secret" },
      outside: { link: "/../secret" },
      host: { link: "/granted/file" },
      loop: { link: "loop2" },
      loop2: { link: "loop" },
      dangling: { link: "nowhere" },
      folder: { link: "sub" },
    },
  },
};

// open(path, flags) under the root /granted: what is read, or the error.
const opens: [path: string, flags: number, expected: string][] = [
  ["/file", 0, "inside"],
  ["file", 0, "inside"],
  ["//sub/.././file", 0, "inside"],
  ["sub/up", 0, "inside"],
  ["folder/up", 0, "inside"],
  ["folder/../file", 0, "inside"],
  ["absolute", 0, "inside"],
  ["../../../file", 0, "inside"],
  // Links that would lead out end at the root, as under chroot: they find the guest's own file or none.
  ["out", 0, "the guest's own"],
  ["far", 0, "the guest's own"],
  ["outside", 0, "the guest's own"],
  ["host", 0, "ENOENT"],
  ["/../secret", 0, "the guest's own"],
  ["loop", 0, "ELOOP"],
  ["dangling", 0, "ENOENT"],
  ["absolute", O_NOFOLLOW, "ELOOP"],
  ["file/", 0, "ENOTDIR"],
  ["file/x", 0, "ENOTDIR"],
  ["file", O_DIRECTORY, "ENOTDIR"],
  ["none/x", O_CREAT | 1, "ENOENT"],
  ["", 0, "ENOENT"],
  ["sub", 1, "EISDIR"],
  ["file", O_CREAT | O_EXCL | 1, "EEXIST"],
  ["dangling", O_CREAT | O_EXCL | 1, "EEXIST"],
  ["x".repeat(256), 0, "ENAMETOOLONG"],
  [`/${"y/".repeat(2100)}`, 0, "ENAMETOOLONG"],
  ["/dev/null", 0, ""],
  ["/proc/self/comm", 0, "structs-O0.elf\n"],
  ["/proc/self/comm", 2, "EACCES"],
  ["/proc/version", 0, "ENOENT"],
];

for (const [path, flags, expected] of opens) {
  test(`open ${path.length > 40 ? `${path.slice(0, 20)}...` : path} 0${flags.toString(8)}`, () => {
    const machine = machineWith(world);
    const fd = call(machine, "openat", AT_FDCWD, path, flags, 0o644);
    if (typeof fd === "string") return assert.equal(fd, expected);
    const buffer = scratchOf(machine);
    const length = call(machine, "read", fd as number, buffer, 100);
    assert.equal(new TextDecoder().decode(machine.memory.read(buffer, length as number)), expected);
  });
}

const refusals: [
  what: string,
  tree: MemoryTree | undefined,
  args: Parameters<typeof call> extends [Machine, ...infer A] ? A : never,
  expected: string,
][] = [
  ["read-only: write", world, ["openat", AT_FDCWD, "file", 1, 0], "EROFS"],
  ["read-only: create", world, ["openat", AT_FDCWD, "new", O_CREAT | 1, 0o644], "EROFS"],
  ["read-only: truncate", world, ["openat", AT_FDCWD, "file", O_TRUNC, 0], "EROFS"],
  ["read-only: mkdir", world, ["mkdirat", AT_FDCWD, "new", 0o755], "EROFS"],
  ["read-only: unlink", world, ["unlinkat", AT_FDCWD, "file", 0], "EROFS"],
  ["read-only: rename", world, ["renameat2", AT_FDCWD, "file", AT_FDCWD, "other", 0], "EROFS"],
  ["read-only: access", world, ["faccessat", AT_FDCWD, "file", 2], "EROFS"],
  ["no root: open", undefined, ["openat", AT_FDCWD, "/etc/passwd", 0, 0], "ENOENT"],
  ["no root: list", undefined, ["openat", AT_FDCWD, "/", 0, 0], "ENOENT"],
  ["no root: mkdir", undefined, ["mkdirat", AT_FDCWD, "/x", 0o755], "ENOENT"],
];

for (const [what, tree, args, expected] of refusals)
  test(what, () => assert.equal(call(machineWith(tree, false), ...args), expected));

const memoryCalls: [what: string, calls: [string, ...(number | bigint)[]][], expected: unknown[]][] = [
  ["mmap of nothing", [["mmap", 0, 0, 3, 0x22, -1, 0]], ["EINVAL"]],
  ["mmap of too much", [["mmap", 0, 1n << 62n, 3, 0x22, -1, 0]], ["ENOMEM"]],
  ["mmap at page 0", [["mmap", 0, 4096, 3, 0x32, -1, 0]], ["ENOMEM"]],
  ["mmap past the end", [["mmap", 1n << 40n, 4096, 3, 0x32, -1, 0]], ["ENOMEM"]],
  ["mmap misplaced", [["mmap", 0x5000001, 4096, 3, 0x32, -1, 0]], ["EINVAL"]],
  ["mmap fixed", [["mmap", 0x5000000, 4096, 3, 0x32, -1, 0]], [0x5000000]],
  [
    "mmap, not over another",
    [
      ["mmap", 0x5000000, 8192, 3, 0x32, -1, 0],
      ["mmap", 0x5001000, 4096, 3, 0x100032, -1, 0],
    ],
    [0x5000000, "EEXIST"],
  ],
  ["mmap of a closed file", [["mmap", 0, 4096, 1, 2, 9, 0]], ["EBADF"]],
  ["mmap of standard input", [["mmap", 0, 4096, 1, 2, 0, 0]], ["ENODEV"]],
  ["mprotect of nothing mapped", [["mprotect", 0x5000000, 4096, 1]], ["ENOMEM"]],
  ["munmap odd address", [["munmap", 0x5000001, 4096]], ["EINVAL"]],
  [
    "mremap grows in place, then moves",
    [
      ["mmap", 0x5000000, 4096, 3, 0x32, -1, 0],
      ["mremap", 0x5000000, 4096, 8192, 1],
      ["mmap", 0x5002000, 4096, 3, 0x32, -1, 0],
      ["mremap", 0x5000000, 8192, 12288, 0],
    ],
    [0x5000000, 0x5000000, 0x5002000, "ENOMEM"],
  ],
  ["mremap of nothing", [["mremap", 0x5000000, 4096, 8192, 1]], ["EFAULT"]],
];

for (const [what, calls, expected] of memoryCalls)
  test(what, () => {
    const machine = machineWith(undefined);
    const results = calls.map(([name, ...args]) => call(machine, name, ...args));
    assert.deepEqual(results, expected);
  });

test("permissions, times and copying inside the kernel", () => {
  const machine = machineWith(world);
  const buffer = scratchOf(machine) + 0x1000n;
  const file = call(machine, "openat", AT_FDCWD, "file", 0, 0) as number;
  assert.equal(call(machine, "fchmod", file, 0o600), 0);
  machine.user.write(buffer, new Structure(32).u64(0, 7).u64(8, 8).u64(16, 9).u64(24, 0x3ffffffe));
  assert.equal(call(machine, "utimensat", AT_FDCWD, "file", buffer, 0), 0);
  assert.equal(call(machine, "fstat", file, buffer), 0);
  const status = machine.user.structure(buffer, 128);
  assert.deepEqual(
    [status.getU32(16), status.getU64(72), status.getU64(80), status.getU64(88)],
    [0o100600, 7n, 8n, 0n],
  );
  const copy = call(machine, "openat", AT_FDCWD, "copy", O_CREAT | 2, 0o644) as number;
  assert.equal(call(machine, "sendfile", copy, file, 0, 1000), 6);
  assert.equal(call(machine, "pread64", copy, buffer, 10, 0), 6);
  assert.equal(call(machine, "fchmod", 1, 0o600), "EPERM");
  assert.equal(call(machineWith(world, false), "fchmodat", AT_FDCWD, "file", 0o600), "EROFS");
});

// mremap(room + old, pages, pages, flags, room + new) of four pages at `room`, of which the first bytes are 1 to 4
// ("several": and the second is read-only): the result (pages from `room`, or an error), and which pages are there
// afterwards with which first byte. As Linux 6.17 has it, which moves several mappings at once; those before refuse.
const remaps: [
  what: string,
  args: [number, number, number, number, number?],
  result: number | string,
  after: string,
  several?: "several",
][] = [
  ["nothing", [0, 0, 1, 1], "EINVAL", "1234"],
  ["to nothing", [0, 1, 0, 0], "EINVAL", "1234"],
  ["a flag that is not known", [0, 1, 1, 8], "EINVAL", "1234"],
  ["a place without leave to move", [0, 1, 1, 2, 8], "EINVAL", "1234"],
  ["half a page", [0.5, 1, 1, 0], "EINVAL", "1234"],
  ["to half a page", [0, 1, 1, 3, 8.5], "EINVAL", "1234"],
  ["onto itself", [0, 2, 2, 3, 1], "EINVAL", "1234"],
  ["what is not mapped", [8, 1, 1, 0], "EFAULT", "1234"],
  ["what is not all mapped", [2, 4, 8, 1], "EFAULT", "1234"],
  ["less of what is not all mapped", [2, 4, 1, 0], 2, "123"],
  ["as it is", [0, 4, 4, 0], 0, "1234"],
  ["shrink", [0, 4, 2, 0], 0, "12"],
  ["grow", [0, 4, 6, 0], 0, "123400"],
  ["grow where no room is", [0, 2, 3, 0], "ENOMEM", "1234"],
  ["move", [0, 4, 4, 3, 6], 6, "......1234"],
  ["move and shrink", [0, 4, 2, 3, 6], 6, "......12"],
  ["move and grow", [0, 2, 3, 3, 6], 6, "..34..120"],
  ["move from the middle over what is there", [1, 2, 2, 3, 3], 3, "1..23"],
  ["move and keep", [0, 2, 2, 7, 6], 6, "0034..12"],
  ["keep without leave to move", [0, 2, 2, 4], "EINVAL", "1234"],
  ["keep and grow", [0, 2, 3, 5], "EINVAL", "1234"],
  ["grow several mappings", [0, 4, 6, 1], "EFAULT", "1234", "several"],
  ["move several mappings", [0, 4, 4, 3, 6], 6, "......1234", "several"],
];
for (const [what, [old, oldPages, newPages, flags, wanted = 0], result, after, several] of remaps)
  test(`mremap: ${what}`, () => {
    const machine = machineWith(undefined);
    const [room, page, fixedAnonymous] = [0x2000_0000, 4096, 0x32];
    call(machine, "mmap", room, 4 * page, 3, fixedAnonymous, -1, 0);
    machine.memory.write(
      BigInt(room),
      Uint8Array.from({ length: 4 * page }, (_, i) => (i % page ? 0 : 1 + i / page)),
    );
    if (several) call(machine, "mprotect", room + page, page, 1);
    const from = room + old * page;
    const given = call(machine, "mremap", from, oldPages * page, newPages * page, flags, room + wanted * page);
    assert.equal(typeof given === "number" ? (given - room) / page : given, result);
    const pages = Array.from({ length: 16 }, (_, n) => machine.memory.read(BigInt(room + n * page), 1)[0] ?? ".");
    assert.equal(pages.join("").replace(/\.+$/, ""), after);
    const readOnly = machine.memory.mappings().filter(({ start, protection }) => start >= room && protection === 1);
    assert.deepEqual(
      readOnly.map(({ start }) => (start - room) / page),
      !several || given === room ? [] : [typeof given === "number" ? 7 : 1],
    );
  });

test("mremap finds a place, with what was there", () => {
  const machine = machineWith(undefined);
  const room = 0x2000_0000;
  call(machine, "mmap", room, 0x4000, 3, 0x32, -1, 0);
  machine.memory.write(BigInt(room), Uint8Array.of(1, 2, 3));
  const at = call(machine, "mremap", room, 0x2000, 0x3000, 1) as number;
  assert.deepEqual([...machine.memory.read(BigInt(at), 4)], [1, 2, 3, 0]);
  assert.ok(machine.memory.isAll(true, at, 0x3000) && machine.memory.isAll(false, room, 0x2000));
});

test("a pipe", () => {
  const machine = machineWith(undefined);
  const buffer = scratchOf(machine) + 0x100n;
  assert.equal(call(machine, "pipe2", buffer, 0), 0);
  assert.equal(call(machine, "write", 4, "hello", 5), 5);
  assert.equal(call(machine, "read", 3, buffer, 100), 5);
  assert.equal(call(machine, "write", 3, "x", 1), "EBADF");
  assert.equal(call(machine, "close", 4), 0);
  assert.equal(call(machine, "read", 3, buffer, 100), 0);
});

test("every handler stands in the table", () => {
  for (const name of Object.keys(syscallHandlers)) assert.ok(numbers.has(name), name);
  assert.equal(syscallName(64), "write");
  assert.equal(syscallName(9999), "syscall 9999");
});

test("no arguments, however wild, make a call fail in any other way than by its errno", () => {
  const machine = machineWith(world);
  let state = 12345n;
  const random = (below: number): number => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
    return Number((state >> 33n) % BigInt(below));
  };
  const stack = machine.registers.sp;
  const interesting = [
    () => BigInt(random(8)),
    () => BigInt(random(4096)),
    () => stack - BigInt(random(4096)),
    () => (1n << BigInt(random(64))) - BigInt(random(3)),
    () => BigInt.asUintN(64, -BigInt(random(200))),
    () => BigInt(random(0x8000) * 4096),
    () => BigInt(random(1 << 30)) * BigInt(random(1 << 30)) * 16n,
  ];
  // Those that take memory away come last.
  const late = ["brk", "mmap", "mremap", "mprotect", "munmap", "exit"];
  const names = Object.keys(syscallHandlers).sort((a, b) => late.indexOf(a) - late.indexOf(b));
  for (const name of names)
    for (let i = 0; i < 60; i++) {
      const args = Array.from({ length: 6 }, () => interesting[random(interesting.length)]());
      carryOut(machine, syscallHandlers, numbers.get(name)!, args, () => {});
      machine.deadline = undefined;
      if (name === "rt_sigreturn") machine.registers.sp = stack;
    }
});
