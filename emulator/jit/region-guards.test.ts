// Which guards of a region stay, and how wide they get. Blocks are written as in golden files; the region is entered at the
// first.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBlock } from "../ir/parser.ts";
import { printOp } from "../ir/printer.ts";
import { file } from "../ir/testing/sandbox.ts";
import { type Region, staticTargets } from "./region.ts";
import { mergeGuards } from "./region-guards.ts";

/** A block of one instruction that checks a register and goes on. */
const block = (pc: number, ops: string, ...to: number[]): string => {
  const hex = (address: number) => `0x${address.toString(16)}`;
  const end = to.length === 1 ? `goto ${hex(to[0])}` : `%9 = get r9\nbranch %9, ${hex(to[0])}, ${hex(to[1])}`;
  return `block ${hex(pc)} +4\n${ops}\n${end}`;
};
const check = (pc: number, register: string, from: number, to: number, more = "") =>
  `%0 = get ${register}\nguard.load [%0], ${from}, ${to}\ninsn 0x${pc.toString(16)} +4\n${more}`;

/** The guards of each block after merging. */
function merged(...texts: string[]): string[][] {
  const blocks = texts.map((text) => parseBlock(text, file));
  const numbers = new Map(blocks.map((block, i) => [block.pc, i]));
  const region: Region = {
    nodes: blocks.map((block) => {
      const targets = staticTargets(block);
      return { block, targets, edges: targets.map((pc) => numbers.get(pc)) };
    }),
    entries: [0],
    file,
  };
  return mergeGuards(region).nodes.map(({ block }) =>
    block.ops.filter(({ op }) => op === "guard").map((op) => printOp(op, file)),
  );
}

test("what comes after is checked before", () => {
  const first = block(0x1000, check(0x1000, "r1", 0, 8), 0x1004);
  assert.deepEqual(merged(first, block(0x1004, check(0x1004, "r1", 16, 24), 0x1008)), [["guard.load [%0], 0, 24"], []]);
});

test("not of another register, of another kind, too far away, or once the register has changed", () => {
  const first = block(0x1000, check(0x1000, "r1", 0, 8), 0x1004);
  const stays = (second: string) => assert.equal(merged(first, second)[1].length, 1, second);
  stays(block(0x1004, check(0x1004, "r2", 0, 8), 0x1008));
  stays(block(0x1004, check(0x1004, "r1", 0, 8).replace("load", "store"), 0x1008));
  stays(block(0x1004, check(0x1004, "r1", 2040, 2056), 0x1008));
  const changed = block(0x1000, check(0x1000, "r1", 0, 8, "%1 = get r2\nput r1, %1"), 0x1004);
  assert.equal(merged(changed, block(0x1004, check(0x1004, "r1", 0, 8), 0x1008))[1].length, 1);
  const called = block(0x1000, check(0x1000, "r1", 0, 8, "call 0 ()"), 0x1004);
  assert.equal(merged(called, block(0x1004, check(0x1004, "r1", 0, 8), 0x1008))[1].length, 1);
  const perhaps = block(0x1000, check(0x1000, "r1", 0, 8, "%1 = get r2\nif %1\nput r2, %0\nend"), 0x1004);
  assert.equal(merged(perhaps, block(0x1004, check(0x1004, "r2", 0, 8), 0x1008))[1].length, 1);
});

test("where two ways meet, what was checked before they parted holds, what was checked on one of them does not", () => {
  const guards = merged(
    block(0x1000, check(0x1000, "r1", 0, 8), 0x1004, 0x1008),
    block(0x1004, check(0x1004, "r2", 0, 8), 0x100c),
    block(0x1008, "insn 0x1008 +4", 0x100c),
    block(0x100c, `${check(0x100c, "r1", 0, 8)}`, 0x1010),
    block(0x1010, `${check(0x1010, "r2", 0, 8)}`, 0x1014),
  );
  assert.deepEqual(
    guards.map(({ length }) => length),
    [1, 1, 0, 0, 1],
  );
});

test("a loop inherits what it does not change", () => {
  const first = block(0x1000, check(0x1000, "r1", 0, 8), 0x1004);
  const loop = (more: string) => block(0x1004, check(0x1004, "r1", 8, 16, more), 0x1004, 0x1008);
  assert.deepEqual(merged(first, loop("")), [["guard.load [%0], 0, 16"], []]);
  assert.equal(merged(first, loop("%1 = get r2\nput r1, %1"))[1].length, 1);
});
