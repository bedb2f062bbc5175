import assert from "node:assert/strict";
import { test } from "node:test";
import { abiOf } from "./abi.ts";
import { debugFixture, describeFrame } from "./testing/debug-fixture.ts";
import { FakeTarget, fakeSymbols } from "./testing/fake-target.ts";
import { MAX_FRAMES, Unwinder } from "./unwind.ts";

const functions = { leaf: 0x1000n, middle: 0x2000n, outer: 0x3000n };
const stackOf = (target: FakeTarget) =>
  [...new Unwinder(target, fakeSymbols(functions), abiOf("riscv64")).frames()].map((frame) => frame.name);

/** Frame records are below the frame pointer: saved fp at -16, ra at -8. */
const withFrames = () =>
  new FakeTarget()
    .set("pc", 0x1010n)
    .set("sp", 0x7000n)
    .set("s0", 0x7010n)
    .map(0x7000n, 0x7030n, 0x2010n)
    .map(0x7020n, 0x7050n, 0x3010n)
    .map(0x7040n, 0n, 0n);

const cases: readonly [string, FakeTarget, readonly string[]][] = [
  ["the chain of frame pointers", withFrames(), ["leaf", "middle", "outer"]],
  [
    "a return address when there is no frame",
    new FakeTarget().set("pc", 0x1000n).set("sp", 0x7000n).set("ra", 0x2010n),
    ["leaf", "middle"],
  ],
  ["a frame pointer that points at itself", withFrames().map(0x7000n, 0x7010n, 0x2010n), ["leaf", "middle"]],
  ["a frame pointer that goes down", withFrames().map(0x7020n, 0x7010n, 0x3010n), ["leaf", "middle", "outer"]],
  ["a frame pointer into nothing", withFrames().map(0x7000n, 0x9990n, 0x2010n), ["leaf", "middle"]],
  ["an odd return address", withFrames().map(0x7000n, 0x7030n, 0x2011n), ["leaf"]],
];

for (const [name, target, expected] of cases)
  test(`without call frame information: ${name}`, () => assert.deepEqual(stackOf(target), expected));

test("a long stack is bounded", () => {
  const target = new FakeTarget().set("pc", 0x1010n).set("sp", 0x10000n).set("s0", 0x10010n);
  for (let i = 0n; i < BigInt(MAX_FRAMES) + 50n; i++)
    target.map(0x10000n + i * 16n, 0x10010n + (i + 1n) * 16n, 0x2010n);
  assert.equal(stackOf(target).length, MAX_FRAMES);
});

test("by call frame information, in optimized code without frame pointers", async () => {
  const fixture = debugFixture("recursion/recursion-O2.elf", "recursion/recursion.c", ["5"]);
  await fixture.breakAt("hanoi-bottom");
  await fixture.dbg.continue();
  const names = fixture.dbg.frames(0, 20).map((frame) => frame.name);
  assert.deepEqual([names[0], names.at(-2), names.at(-1)], ["hanoi", "tiny_start", "_start"]);
});

test("at every instruction of a call's way in and out the callers are the same", async () => {
  const fixture = debugFixture("structs/structs-O0.elf", "structs/structs.c");
  const { dbg } = fixture;
  await fixture.breakAt("main");
  await dbg.continue();
  await fixture.breakAt();
  const main = describeFrame(dbg.frames(0, 1)[0]);
  let inside = 0;
  for (;;) {
    await dbg.step("in", "instruction");
    const frames = dbg.frames(0, 10).map(describeFrame);
    if (frames.length < 4) {
      if (inside > 0) break;
      continue;
    }
    inside++;
    assert.deepEqual(frames.slice(1), [main, "tiny.h:82 in tiny_start", "tiny.h:83 in _start"]);
  }
  assert.ok(inside > 30, `only ${inside} instructions were inside`);
});
