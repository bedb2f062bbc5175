import assert from "node:assert/strict";
import { test } from "node:test";
import { fixturePath } from "../../test-fixtures/fixtures.ts";
import { parseHitCondition } from "./breakpoints.ts";
import { debugFixture, describeStop, markedLine } from "./testing/debug-fixture.ts";

const structs = () => debugFixture("structs/structs-O0.elf", "structs/structs.c");
const path = fixturePath("structs/structs.c");

test("a breakpoint slides to the next line with code, and says so", async () => {
  const [slid, beyond] = await structs().dbg.setSourceBreakpoints(path, [{ line: 70 - 2 }, { line: 5000 }]);
  assert.ok(slid.verified && slid.line !== undefined && slid.line >= 68);
  assert.deepEqual([beyond.verified, beyond.message, beyond.addresses], [false, "no code at or after line 5000", []]);
});

test("the same breakpoints given again keep their ids", async () => {
  const { dbg } = structs();
  const ids = async (...lines: number[]) =>
    (
      await dbg.setSourceBreakpoints(
        path,
        lines.map((line) => ({ line })),
      )
    ).map((breakpoint) => breakpoint.id);
  assert.deepEqual(await ids(107, 108), [1, 2]);
  assert.deepEqual(await ids(108, 109, 107), [2, 3, 1]);
});

test("unknown files, functions and unmapped addresses say why they are not verified", async () => {
  const { dbg } = structs();
  const all = [
    ...(await dbg.setSourceBreakpoints("/elsewhere/other.c", [{ line: 1 }])),
    ...(await dbg.setFunctionBreakpoints([{ name: "nowhere" }])),
    ...(await dbg.setInstructionBreakpoints([{ address: 0x10n }])),
    ...(await dbg.setSourceBreakpoints(path, [{ line: 107, hitCondition: "often" }])),
  ];
  assert.deepEqual(
    all.map(({ verified, message }) => [verified, message]),
    [
      [false, "the program's debug information knows no file /elsewhere/other.c"],
      [false, "the program has no function nowhere"],
      [false, "no code is mapped at 0x10"],
      [false, 'hit condition "often" is not a count such as 5, >= 5 or % 5'],
    ],
  );
});

const loop = markedLine("structs/structs.c", "build-loop");

/** Options of a breakpoint in a loop over i = 3, 2, 1, 0, and the i at which it stops. */
const stops: readonly [object, readonly string[]][] = [
  [{}, ["3", "2", "1", "0"]],
  [{ condition: "i < 2" }, ["1", "0"]],
  [{ condition: "node->flags.ready == 1" }, ["3", "1"]],
  [{ hitCondition: "3" }, ["1", "0"]],
  [{ hitCondition: "== 2" }, ["2"]],
  [{ hitCondition: "% 2" }, ["2", "0"]],
  [{ condition: "i != 2", hitCondition: ">1" }, ["1", "0"]],
];

for (const [options, expected] of stops) {
  test(`breakpoint with ${JSON.stringify(options)}`, async () => {
    const { dbg } = structs();
    await dbg.setSourceBreakpoints(path, [{ line: loop, ...options }]);
    const found: string[] = [];
    while ((await dbg.continue()).reason.kind === "breakpoint") {
      const { value } = await dbg.evaluator(dbg.frames(0, 1)[0]).evaluate("i");
      found.push(dbg.format.format(value));
    }
    assert.deepEqual(found, expected);
  });
}

test("a log point writes and does not stop", async () => {
  const fixture = structs();
  await fixture.dbg.setSourceBreakpoints(path, [{ line: loop, logMessage: "i={i} {node->name} {nonsense}" }]);
  assert.equal(describeStop(fixture, await fixture.dbg.continue()), "exited 8");
  assert.equal(fixture.log.length, 4);
  assert.match(fixture.log[0], /^i=3 0x[0-9a-f]+ "delta" <no variable, constant or function "nonsense" here>$/);
});

test("a condition that cannot be evaluated stops, and is reported", async () => {
  const fixture = structs();
  await fixture.dbg.setSourceBreakpoints(path, [{ line: loop, condition: "nonsense" }]);
  assert.equal((await fixture.dbg.continue()).reason.kind, "breakpoint");
  assert.match(fixture.log[0], /condition "nonsense": no variable/);
});

test("hit conditions", () => {
  const hits = (text: string) => [1, 2, 3, 4, 5, 6].filter((n) => parseHitCondition(text)?.(n));
  assert.deepEqual(hits("5"), [5, 6]);
  assert.deepEqual(hits(">= 5"), [5, 6]);
  assert.deepEqual(hits("=2"), [2]);
  assert.deepEqual(hits("<3"), [1, 2]);
  assert.deepEqual(hits("<= 3"), [1, 2, 3]);
  assert.deepEqual(hits("%3"), [3, 6]);
  assert.deepEqual(["% 0", "x", "", "1 2"].map(parseHitCondition), [undefined, undefined, undefined, undefined]);
});
