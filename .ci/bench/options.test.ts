import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { chosen, parseOptions, UsageError } from "./options.ts";

const main = path.join(path.dirname(fileURLToPath(import.meta.url)), "main.ts");

test("options and what holds without them", () => {
  assert.deepEqual(parseOptions([]), {
    pairs: 3,
    filter: "",
    engine: "auto",
    time: "wall",
    json: false,
    plugins: false,
  });
  const args = ["--pairs", "5", "--filter=sort", "--engine", "jit", "--time", "cpu", "--json", "--plugins"];
  assert.deepEqual(parseOptions(args), {
    pairs: 5,
    filter: "sort",
    engine: "jit",
    time: "cpu",
    json: true,
    plugins: true,
  });
});

const wrong: [args: string[], message: RegExp][] = [
  [["--pair", "3"], /--pair'/],
  [["sort"], /Unexpected argument 'sort'/],
  [["--pairs"], /--pairs/],
  [["--pairs", "0"], /--pairs must be a whole number from 1 to 9999, not "0"/],
  [["--pairs", "2.5"], /not "2.5"/],
  [["--engine", "fast"], /--engine must be auto or jit or interpreter, not "fast"/],
  [["--time", "user"], /--time must be wall or cpu, not "user"/],
];
for (const [args, message] of wrong)
  test(`refused: ${args.join(" ")}`, () => {
    assert.throws(
      () => parseOptions(args),
      (error: unknown) => error instanceof UsageError && message.test(error.message),
    );
  });

test("programs are chosen by name or subject", () => {
  const all = [
    { name: "sort", subject: "sorting" },
    { name: "libc-sort", subject: "glibc: qsort" },
    { name: "nbody", subject: "double, divide and root" },
  ];
  const names = (filter: string) => chosen(all, filter).map(({ name }) => name);
  assert.deepEqual(names(""), ["sort", "libc-sort", "nbody"]);
  assert.deepEqual(names("sort"), ["sort", "libc-sort"]);
  assert.deepEqual(names("GLIBC"), ["libc-sort"]);
  assert.throws(() => chosen(all, "quick"), /no program matches --filter quick: known are sort, libc-sort, nbody/);
});

test("the command ends with 2 and says what is wrong, and how it is used", () => {
  for (const [args, message] of [
    [["--nonsense"], /^Unknown option '--nonsense'/],
    [["--filter", "nothing of the kind"], /^no program matches --filter nothing of the kind: known are crc, /],
    [["--plugins", "--filter", "nothing of the kind"], /^no program matches --filter nothing of the kind: known are /],
  ] as const) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", main, ...args], {
      encoding: "utf8",
    });
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.match(stderr, message);
    assert.match(stderr, /\n {2}--pairs N /);
  }
});

test("a folder of QEMU plugins that holds none is refused", () => {
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", main, "--plugins"], {
    encoding: "utf8",
    env: { ...process.env, QEMU_PLUGINS: path.dirname(main) },
  });
  assert.equal(status, 2);
  assert.match(stderr, /^QEMU_PLUGINS.*(holds none of libbb\.so libinsn\.so|qemu-riscv64 is not installed)/);
});
