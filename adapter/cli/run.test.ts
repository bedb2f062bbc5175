import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fixturePath, fixtureRuns, readFixture } from "../../test-fixtures/fixtures.ts";
import { bundle, terrarium } from "./testing/terrarium.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "terrarium-cli-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

for (const run of fixtureRuns) {
  test(`run ${[run.program, ...run.args].join(" ")}`, () => {
    const env = Object.entries(run.env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const root = path.join(scratch, "root");
    if (run.files !== undefined) cpSync(fixturePath(run.files), root, { recursive: true });
    const files = run.files === undefined ? [] : ["--root", root, "--writable"];
    const { status, stdout, stderr } = terrarium(["run", ...env, ...files, fixturePath(run.program), ...run.args], {
      input: run.stdin,
    });
    rmSync(root, { recursive: true, force: true });
    assert.deepEqual({ status, stdout, stderr }, { ...run.expected });
  });
}

const accesses = fixturePath("reference/accesses.elf");

test("--report json has the shape that others read", () => {
  const file = path.join(scratch, "report.json");
  const plugins = ["insn", "hotblocks", "mem", "bb", "syscall"].flatMap((name) => ["--plugin", name]);
  const { status, stderr } = terrarium(["run", ...plugins, "--report", "json", "--report-file", file, accesses]);
  assert.equal(status, 79);
  assert.equal(stderr, "");
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), {
    views: [
      {
        plugin: "insn",
        title: "Instructions",
        kind: "table",
        columns: ["vcpu", "insns"],
        rows: [
          ["cpu 0", 83],
          ["total", 83],
        ],
      },
      {
        plugin: "hotblocks",
        title: "Hot blocks",
        kind: "table",
        columns: ["pc", "tcount", "icount", "ecount"],
        rows: [
          ["0x10120", 1, 63, 1],
          ["0x101f6", 1, 13, 1],
          ["0x10220", 1, 7, 1],
        ],
      },
      {
        plugin: "mem",
        title: "Memory accesses",
        kind: "table",
        columns: ["loads", "stores", "mem accesses"],
        rows: [[19, 11, 30]],
      },
      {
        plugin: "bb",
        title: "Blocks",
        kind: "table",
        columns: ["vcpu", "bb's", "insns"],
        rows: [
          ["CPU0", 3, 83],
          ["Total", 3, 83],
        ],
      },
      {
        plugin: "syscall",
        title: "System calls",
        kind: "table",
        columns: ["syscall no.", "name", "calls", "errors"],
        rows: [
          [64, "write", 1, 0],
          [93, "exit", 1, 0],
        ],
      },
    ],
  });
});

test("--report text goes to standard error, with places", () => {
  const { stdout, stderr } = terrarium(["run", "--plugin", "hotblocks,limit=1", accesses]);
  assert.equal(stdout, "accesses\n");
  assert.match(
    stderr,
    /^Hot blocks \(hotblocks\)\npc +tcount +icount +ecount +where\n[- ]+\n0x10120 +1 +63 +1 +_start\n$/,
  );
});

test("--stats is one line of JSON on standard error", () => {
  const { stderr } = terrarium(["run", "--stats", accesses]);
  const stats = JSON.parse(stderr) as Record<string, unknown>;
  assert.deepEqual(
    { instructions: stats.instructions, blocks: stats.blocks, engine: stats.engine },
    { instructions: 83, blocks: 3, engine: "auto" },
  );
  assert.equal(typeof stats.seconds, "number");
  assert.equal(typeof stats.regions, "number");
  // Milliseconds since this process began, finer than whole ones; bytes of memory.
  const { firstBlockMs, compileMs, peakBytes } = stats as Record<string, number>;
  assert.ok(firstBlockMs > 1 && firstBlockMs < 60_000, `${firstBlockMs} ms`);
  assert.ok(compileMs > 0 && compileMs !== Math.round(compileMs), `${compileMs} ms`);
  assert.ok(peakBytes > 10e6 && peakBytes < 4e9, `${peakBytes} bytes`);
  assert.match(String(stats.isa), /^rv64imafdc_(\w+_)?zba_/);
});

test("options after PROGRAM belong to the guest", () => {
  const { stdout } = terrarium(["run", fixturePath("echo/echo.elf"), "--stats", "--", "-x"]);
  assert.match(stdout, /--stats/);
  assert.match(stdout, /-x/);
});

for (const engine of ["auto", "jit", "interpreter"]) {
  test(`--engine ${engine} counts the same`, () => {
    const { stderr, status } = terrarium(["run", "--engine", engine, "--stats", fixturePath("reference/faults.elf")]);
    assert.equal(status, 139);
    assert.equal((JSON.parse(stderr) as { instructions: number }).instructions, 55);
  });
}

test("a long run leaves what it has learnt for the next one, unless it is --fresh", (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "terrarium-fresh-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const long = ["--stats", fixturePath("reference/mixed-60.elf")];
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = terrarium(["run", ...args, ...long], { env: { TMPDIR: folder } });
    assert.equal(status, 0, stderr);
    return {
      stdout,
      figures: JSON.parse(stderr.trim().split("\n").at(-1)!) as { instructions: number; regions: number },
    };
  };
  const profiles = () => readdirSync(folder).filter((name) => name.startsWith("terrarium-profiles"));
  const fresh = run("--fresh");
  assert.deepEqual(profiles(), []);
  const first = run();
  assert.equal(profiles().length, 1);
  const second = run();
  for (const { stdout, figures } of [first, second]) {
    assert.equal(stdout, fresh.stdout);
    assert.equal(figures.instructions, fresh.figures.instructions);
  }
  assert.ok(second.figures.regions < first.figures.regions);
});

test("--lockstep finds no difference", () => {
  const { status, stdout, stderr } = terrarium(["run", "--lockstep", fixturePath("floats/floats.elf")]);
  const expected = fixtureRuns.find((run) => run.program === "floats/floats.elf")!.expected;
  assert.deepEqual({ status, stdout, stderr }, { ...expected });
});

// Files that are no guest programs: what is said, after "terrarium: FILE: ".
const hello = Uint8Array.from(readFixture("recursion/recursion.elf")); // a Buffer would share its bytes with its slices
const patched = (...patches: [at: number, ...bytes: number[]][]) => {
  const copy = hello.slice();
  for (const [at, ...bytes] of patches) copy.set(bytes, at);
  return copy;
};
const wrongFiles: [name: string, bytes: Uint8Array, message: RegExp][] = [
  ["empty", new Uint8Array(0), /empty/],
  ["text", new TextEncoder().encode("#!/bin/sh\necho no\n"), /not an ELF file/],
  ["cut off in the header", hello.slice(0, 40), /ELF header/],
  ["cut off in the program headers", hello.slice(0, 100), /program header/],
  ["cut off in a segment", hello.slice(0, 0x300), /past the end of the file/],
  ["x86-64", patched([18, 62, 0]), /x86-64|machine/],
  ["32-bit", patched([4, 1]), /ELF32|32-bit|class/],
  ["big-endian", patched([5, 2]), /big-endian/],
  ["relocatable", patched([16, 1, 0]), /object file/],
  ["no segments", patched([56, 0, 0]), /segment/],
];
for (const [name, bytes, message] of wrongFiles) {
  test(`a file that is ${name}`, () => {
    const file = path.join(scratch, "wrong.elf");
    writeFileSync(file, bytes);
    const { status, stdout, stderr } = terrarium(["run", file]);
    assert.equal(status, 1, stderr);
    assert.equal(stdout, "");
    assert.ok(stderr.startsWith(`terrarium: ${file}: `) || stderr.startsWith(`terrarium: wrong.elf`), stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  });
}

const usageErrors: [args: string[], message: RegExp][] = [
  [["run"], /no PROGRAM/],
  [["run", "--engine", "fast", accesses], /--engine must be auto, jit or interpreter, not "fast"/],
  [["run", "--report", "xml", accesses], /--report must be text or json/],
  [["run", "--env", "novalue", accesses], /--env needs NAME=VALUE/],
  [["run", "--unknown", accesses], /--unknown/],
  [["run", "--plugin", ",limit=1", accesses], /a plugin needs a name or a path/],
  [["run", "--cwd", "here", accesses], /--cwd must be absolute inside the root, not "here"/],
  [["rum"], /unknown command "rum"/],
  [["dap", "--port", "99999"], /--port must be 0 to 65535/],
  [["plugins", "check"], /no PATH/],
  [["disassemble"], /expected PROGRAM/],
];
for (const [args, message] of usageErrors) {
  test(`usage: terrarium ${args.map((arg) => path.basename(arg)).join(" ")}`, () => {
    const { status, stderr } = terrarium(args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, message);
  });
}

const wrongFolders: [args: string[], message: RegExp][] = [
  [["--root", "/nowhere"], /^terrarium: root: "\/nowhere" cannot be used as the guest's root: ENOENT\n$/],
  [["--root", accesses], /^terrarium: root: ".*accesses\.elf" is not a folder\n$/],
  [
    ["--root", scratch, "--cwd", "/nowhere"],
    /^terrarium: cwd: "\/nowhere" is not a folder in the guest's root \(.*\)\n$/,
  ],
];
for (const [args, message] of wrongFolders) {
  test(`run ${args.map((arg) => path.basename(arg)).join(" ")} is refused`, () => {
    const { status, stdout, stderr } = terrarium(["run", ...args, accesses]);
    assert.deepEqual({ status, stdout }, { status: 1, stdout: "" });
    assert.match(stderr, message);
  });
}

test("a program that is not there", () => {
  const { status, stderr } = terrarium(["run", "/nowhere/program"]);
  assert.deepEqual({ status, stderr }, { status: 1, stderr: "terrarium: /nowhere/program: no such file\n" });
});

test("streams that are devices but no terminal", () => {
  const args = [bundle, "run", fixturePath("hello/hello-O2.elf")];
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  assert.deepEqual({ status, stderr: String(stderr) }, { status: 0, stderr: "" });
});

test("a first run keeps its compiled code; code that is damaged is refused, and replaced", (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "terrarium-start-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const run = () => {
    const { status, stdout, stderr } = terrarium(["run", fixturePath("hello/hello-O2.elf")], {
      env: { TMPDIR: folder, TMP: folder, TEMP: folder },
    });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    assert.match(stdout, /^Hello, world! \(1\)\n/);
    const kept = readdirSync(folder).flatMap((name) =>
      readdirSync(path.join(folder, name)).map((file) => path.join(folder, name, file)),
    );
    assert.equal(kept.length, 1);
    return { file: kept[0], ...statSync(kept[0]) };
  };
  const first = run();
  assert.equal(run().ino, first.ino);
  truncateSync(first.file, 1000);
  assert.equal(run().size > 1000, true);
});

test("a plugin that stops the program ends the run, its views shown, with its reason and its status", () => {
  const faults = fixturePath("reference/faults.elf");
  const stopped = terrarium(["run", "--plugin", "stoptrigger,icount=30", faults]);
  assert.equal(stopped.status, 0);
  assert.match(stopped.stderr, /^terrarium: stoptrigger: stopped: 30 instructions have been executed\nTriggers/);
  const ended = terrarium(["run", "--plugin", "stoptrigger,addr=0x10130,action=exit,status=9", faults]);
  assert.equal(ended.status, 9);
  assert.match(ended.stderr, /at 0x10130 +0x10130 +6 +exit/);
});

test("a second run of the program is told what the first was told: its input, its clocks, its files", () => {
  const root = path.join(scratch, "lockstep");
  for (const run of fixtureRuns.filter(({ program }) => /echo|files/.test(program))) {
    if (run.files !== undefined) cpSync(fixturePath(run.files), root, { recursive: true });
    const files = run.files === undefined ? [] : ["--root", root, "--writable"];
    const env = Object.entries(run.env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const { status, stdout, stderr } = terrarium(
      [
        "run",
        "--plugin",
        "ips",
        "--plugin",
        "lockstep,interval=1000",
        ...env,
        ...files,
        fixturePath(run.program),
        ...run.args,
      ],
      { input: run.stdin },
    );
    rmSync(root, { recursive: true, force: true });
    assert.deepEqual([status, stdout], [run.expected.status, run.expected.stdout]);
    assert.match(stderr, /no divergence in \d+ instructions/);
  }
});
