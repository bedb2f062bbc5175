import assert from "node:assert/strict";
import { test } from "node:test";
import { debugFixture, describeStop, type Fixture } from "./testing/debug-fixture.ts";

const recursion = (...args: string[]) => debugFixture("recursion/recursion.elf", "recursion/recursion.c", args);
const structs = () => debugFixture("structs/structs-O0.elf", "structs/structs.c");

type Move = "over" | "in" | "out" | "continue";

interface Case {
  name: string;
  fixture: () => Fixture;
  /** Marked lines with breakpoints, from the start on. */
  breaks: readonly string[];
  /** Moves, each with the stop that it ends in. */
  moves: readonly [Move, string][];
}

const cases: readonly Case[] = [
  {
    name: "over, through a loop with calls",
    fixture: structs,
    breaks: ["main"],
    moves: [
      ["continue", "breakpoint structs.c:107 in main"],
      ["over", "step structs.c:108 in main"],
      ["over", "step structs.c:109 in main"],
    ],
  },
  {
    name: "in stops past the prologue, out in the caller",
    fixture: structs,
    breaks: ["main"],
    moves: [
      ["continue", "breakpoint structs.c:107 in main"],
      ["in", "step structs.c:84 in sum_list"],
      ["over", "step structs.c:85 in sum_list"],
      ["out", "step structs.c:107 in main"],
      ["in", "step tiny.h:37 in print_line"],
      ["out", "step structs.c:108 in main"],
    ],
  },
  {
    name: "back into a loop on one line, which calls again",
    fixture: structs,
    breaks: ["multiply"],
    moves: [
      ["continue", "breakpoint structs.c:54 in multiply"],
      ["over", "step structs.c:55 in multiply"],
      ["over", "breakpoint structs.c:54 in multiply"],
      ["out", "step structs.c:94 in fold"],
      ["in", "step structs.c:52 in multiply"],
    ],
  },
  {
    name: "over a recursive call is not stopped by the inner calls",
    fixture: () => recursion("6"),
    breaks: ["main"],
    moves: [
      ["continue", "breakpoint recursion.c:36 in main"],
      ["in", "step recursion.c:5 in fib"],
      ["over", "step recursion.c:6 in fib"],
      ["over", "step recursion.c:7 in fib"],
      ["out", "step recursion.c:36 in main"],
      ["over", "step recursion.c:37 in main"],
    ],
  },
  {
    name: "a breakpoint in a called function stops a step over",
    fixture: () => recursion("4"),
    breaks: ["main", "hanoi-bottom"],
    moves: [
      ["continue", "breakpoint recursion.c:36 in main"],
      ["over", "step recursion.c:37 in main"],
      ["over", "step recursion.c:38 in main"],
      ["over", "breakpoint recursion.c:18 in hanoi"],
      ["out", "breakpoint recursion.c:18 in hanoi"],
    ],
  },
  {
    name: "off the end of main, the program ends",
    fixture: structs,
    breaks: ["end"],
    moves: [
      ["continue", "breakpoint structs.c:125 in main"],
      ["over", "step structs.c:126 in main"],
      ["over", "exited 8"],
    ],
  },
  {
    name: "out of main, through code without lines",
    fixture: () => debugFixture("hello/hello-O0.elf", "hello/hello.c"),
    breaks: ["end"],
    moves: [
      ["continue", "breakpoint hello.c:16 in main"],
      ["over", "step hello.c:17 in main"],
      ["over", "exited 0"],
    ],
  },
  {
    name: "in steps over a function without lines",
    fixture: () => debugFixture("hello/hello-O0.elf", "hello/hello.c"),
    breaks: ["greet"],
    moves: [
      ["continue", "breakpoint hello.c:7 in greet"],
      ["in", "step hello.c:6 in greet"],
    ],
  },
  {
    name: "a signal stops a step, then ends the program",
    fixture: () => debugFixture("crash/crash.elf", "crash/crash.c"),
    breaks: [],
    moves: [
      ["continue", "SIGSEGV crash.c:10 in settle"],
      ["over", "exited 139"],
    ],
  },
];

const move = ({ dbg }: Fixture, kind: Move) => (kind === "continue" ? dbg.continue() : dbg.step(kind, "line"));

for (const { name, fixture: make, breaks, moves } of cases) {
  test(name, async () => {
    const fixture = make();
    await fixture.breakAt(...breaks);
    const stops: [Move, string][] = [];
    for (const [kind] of moves) stops.push([kind, describeStop(fixture, await move(fixture, kind))]);
    assert.deepEqual(stops, moves);
  });
}

test("a step over a long call sets the guest going only a few times", async () => {
  const fixture = recursion("12");
  await fixture.breakAt("main");
  await fixture.dbg.continue();
  const before = fixture.target.movements;
  await fixture.dbg.step("over", "line");
  assert.ok(fixture.target.movements - before <= 8, `${fixture.target.movements - before} movements`);
});

test("over by instruction takes a call as one", async () => {
  const fixture = recursion("5");
  const { dbg } = fixture;
  await fixture.breakAt("main");
  await dbg.continue();
  const main = dbg.frames(0, 1)[0].physical.function;
  for (let i = 0; i < 8; i++) {
    await dbg.step("over", "instruction");
    assert.equal(dbg.frames(0, 1)[0].physical.function?.entry, main?.entry);
  }
});

test("a pause ends a step that does not end by itself", async () => {
  const { dbg, target } = debugFixture("echo/echo.elf", "echo/echo.c");
  const stopped = dbg.continue(); // waits for input for ever
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(dbg.state, "running");
  await assert.rejects(dbg.continue(), /running already/);
  await dbg.pause();
  assert.equal((await stopped).reason.kind, "pause");
  assert.equal(dbg.state, "stopped");
  await target.dispose();
});
