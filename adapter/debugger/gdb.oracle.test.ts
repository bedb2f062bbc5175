// Steps, stacks and values against gdb on qemu-riscv64, on every fixture that has marked lines worth stopping at.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { test } from "node:test";
import { fixturePath } from "../../test-fixtures/fixtures.ts";
import { debugFixture, type Fixture, markedLine } from "./testing/debug-fixture.ts";

interface Session {
  program: string;
  source: string;
  args?: readonly string[];
  /** `run MARKER`, `next`, `step`, `out`, each with an optional count; `print EXPRESSION`; `stack`. */
  script: readonly string[];
}

const lookAtStructs = [
  ...["head->colour", "head->value.real", "head->value.bytes", "head->flags", "head->next->flags", "head->range"],
  ...["primes", "*middle", "middle[-1]", "text", "tiny", "big", "matrix", "colour_names", "ratio", "single"],
  ...[
    "head->next->name",
    "nodes[1]",
    "&nodes[1] - &nodes[0]",
    "sizeof(nodes)",
    "sizeof(struct node)",
    "(char)(65 + 1)",
  ],
  ...["big >> 4", "-big", "tiny * 3", "primes[1] << 3", "ratio * 3", "single / 2", "7 / -2", "-7 % 3", "1 ? 2 : 3"],
  ...["head->next == &nodes[1]", "(short)70000", "~0", "!0", "1u - 2", "0x7fffffff + 1", "'a' + 1", "(long)1 << 40"],
].map((expression) => `print ${expression}`);

const sessions: readonly Session[] = [
  {
    program: "structs/structs-O0.elf",
    source: "structs/structs.c",
    script: ["run main", "stack", ...lookAtStructs, "step", "stack", "next 8", "out", "next 20"],
  },
  {
    program: "structs/structs-dwarf4.elf",
    source: "structs/structs.c",
    script: ["run main", "stack", ...lookAtStructs, "run multiply", "stack", "print product", "out", "next 3"],
  },
  {
    program: "structs/structs-compressed.elf",
    source: "structs/structs.c",
    script: ["run midpoint", "stack", "print a", "print middle", "next 2", "stack"],
  },
  {
    program: "recursion/recursion.elf",
    source: "recursion/recursion.c",
    args: ["5"],
    script: ["run fib-leaf", "stack", "next", "next", "stack", "out", "step 4", "stack", "run end", "next 4"],
  },
  {
    program: "recursion/recursion.elf",
    source: "recursion/recursion.c",
    args: ["6"],
    script: [
      "run main",
      "next",
      "next",
      "step",
      "next 3",
      "stack",
      "run hanoi-bottom",
      "stack",
      "next 4",
      "run even",
      "step 3",
      "stack",
    ],
  },
  {
    program: "recursion/recursion-O2.elf",
    source: "recursion/recursion.c",
    args: ["5"],
    script: ["run main", "stack", "run end"],
  },
  {
    program: "hello/hello-O0.elf",
    source: "hello/hello.c",
    script: ["run greet", "stack", "print whom", "print times", "next 4", "out", "next 2"],
  },
  {
    program: "structs/structs-O2.elf",
    source: "structs/structs.c",
    // How far a step goes in inlined code is a matter of taste.
    script: ["run sum-loop", "stack", "print *at", "print sum", "run multiply", "stack", "out"],
  },
  {
    program: "cxx/cxx.elf",
    source: "cxx/cxx.cpp",
    script: ["run circle", "stack", "run throw", "stack", "run catch", "stack", "run end", "stack"],
  },
  {
    program: "rust/inventory.elf",
    source: "rust/inventory.rs",
    script: ["run add", "stack", "print count", "run main", "stack"],
  },
  {
    program: "hello/hello-O2.elf",
    source: "hello/hello.c",
    script: ["run greet", "stack", "next 2"],
  },
];

for (const { program, source, args = [], script } of sessions) {
  test(`${program} ${args.join(" ")}: ${script.slice(0, 4).join(", ")}...`, async (t) => {
    const theirs = await gdb(program, source, args, script);
    if (!theirs) return t.skip("gdb-multiarch or qemu-riscv64 is not installed");
    const ours = await run(debugFixture(program, source, args), script);
    for (const [i, line] of theirs.entries()) {
      const entry: string | undefined = theirs.slice(0, i + 1).findLast((text) => text.startsWith(">"));
      assert.equal(ours[i], line, `line ${i}, in ${entry}`);
    }
    assert.deepEqual(ours, theirs);
  });
}

const count = (text: string | undefined) => Number(text ?? 1);
const basename = (path: string) => path.split("/").at(-1)!;

async function run(fixture: Fixture, script: readonly string[]): Promise<string[]> {
  const { dbg } = fixture;
  const lines: string[] = [];
  const place = () => {
    const [frame] = dbg.frames(0, 1);
    return dbg.state === "exited" ? "exited" : `${frame.name} ${frame.line?.line ?? "-"}`;
  };
  for (const entry of script) {
    const [command, ...rest] = entry.split(" ");
    lines.push(`> ${entry}`);
    if (command === "run") {
      if (dbg.state === "exited") continue;
      await fixture.breakAt(rest[0]);
      await dbg.continue();
      await fixture.breakAt();
      lines.push(place());
    } else if (command === "print") {
      const { value } = await dbg.evaluator(dbg.frames(0, 1)[0]).evaluate(rest.join(" "));
      lines.push(dbg.format.format(value));
    } else if (command === "stack") {
      for (const frame of dbg.frames(0, 100)) {
        lines.push(frame.line ? `${frame.name} ${basename(frame.line.path)}:${frame.line.line}` : "no line");
      }
    } else {
      const kind = command === "next" ? "over" : command === "step" ? "in" : "out";
      for (let i = 0; i < count(rest[0]) && dbg.state !== "exited"; i++) {
        await dbg.step(kind, "line");
        lines.push(place());
      }
    }
  }
  return lines;
}

/** What gdb says to the same; undefined when it cannot be asked. */
async function gdb(
  program: string,
  source: string,
  args: readonly string[],
  script: readonly string[],
): Promise<string[] | undefined> {
  const installed = ["gdb-multiarch", "qemu-riscv64"].every((tool) => !spawnSync(tool, ["--version"]).error);
  if (!installed) {
    assert.notEqual(process.env.CI_REFERENCES, "1", "gdb-multiarch and qemu-riscv64 must be installed");
    return undefined;
  }
  const port = await freePort();
  const guest = spawn("qemu-riscv64", ["-g", String(port), fixturePath(program), ...args], { stdio: "ignore" });
  const started = new Promise((resolve) => setTimeout(resolve, 300));
  try {
    await started;
    const debug = spawnSync(
      "gdb-multiarch",
      ["-nx", "-batch", "-ex", `python\n${python(source, script)}\nend`, fixturePath(program)],
      { encoding: "utf8", timeout: 60_000, input: "", env: { ...process.env, PORT: String(port) } },
    );
    const lines = debug.stdout.split("\n").filter((line) => line.startsWith("@"));
    assert.ok(lines.length > 0, debug.stderr + debug.stdout);
    return lines.map((line) => line.slice(1));
  } finally {
    guest.kill("SIGKILL");
  }
}

/** The script as a program for gdb's Python. */
function python(source: string, script: readonly string[]): string {
  const marked = script
    .filter((entry) => entry.startsWith("run "))
    .map((entry) => [entry.slice(4), markedLine(source, entry.slice(4))] as const);
  return `
import gdb, os
MARKS = ${JSON.stringify(Object.fromEntries(marked))}
SOURCE = ${JSON.stringify(basename(source))}
def quiet(command):
    return gdb.execute(command, to_string=True)
def place():
    if not gdb.selected_inferior().pid: return "exited"
    frame = gdb.newest_frame()
    sal = frame.find_sal()
    return "%s %s" % (frame.name(), sal.line if sal.symtab else "-")
for setting in ["pagination off", "confirm off", "print repeats unlimited", "print symbol off", "backtrace past-main on", "backtrace past-entry on"]:
    try: quiet("set " + setting)
    except gdb.error: pass
quiet("target remote :" + os.environ["PORT"])
for entry in ${JSON.stringify(script)}:
    print("@> " + entry)
    command, _, rest = entry.partition(" ")
    try:
        if command == "run":
            quiet("tbreak %s:%d" % (SOURCE, MARKS[rest]))
            quiet("continue")
            quiet("delete")
            print("@" + place())
        elif command == "print":
            print("@" + gdb.parse_and_eval(rest).format_string(symbols=False))
        elif command == "stack":
            frame = gdb.newest_frame()
            while frame:
                sal = frame.find_sal()
                print("@%s %s:%d" % (frame.name(), os.path.basename(sal.symtab.filename), sal.line) if sal.symtab else "@no line")
                frame = frame.older()
        else:
            for _ in range(int(rest or 1)):
                if not gdb.selected_inferior().pid: break
                quiet({"next": "next", "step": "step", "out": "finish"}[command])
                print("@" + place())
    except gdb.error as error:
        print("@error: " + str(error))
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
