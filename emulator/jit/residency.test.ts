// Where registers are at the beginning of each block of a region. Registers are written r1 to r15 as in the sandbox.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBlock } from "../ir/parser.ts";
import { file } from "../ir/testing/sandbox.ts";
import { type Region, regionGraph, staticTargets } from "./region.ts";
import type { RegisterSet } from "./register-set.ts";
import { residency } from "./residency.ts";

/** A region of blocks, entered at the first. */
function regionOf(text: string): Region {
  const blocks = text
    .trim()
    .split(/\n\n+/)
    .map((block) => parseBlock(block, file));
  const numbers = new Map(blocks.map((block, i) => [block.pc, i]));
  const nodes = blocks.map((block) => {
    const targets = staticTargets(block);
    return { block, targets, edges: targets.map((pc) => numbers.get(pc)) };
  });
  return { nodes, entries: [0], file };
}

/** Of r0 to r15, those in the set. */
const named = (set: RegisterSet): string =>
  [...set]
    .filter((reg) => reg < 16)
    .map((reg) => `r${reg}`)
    .join(" ");

/** r1 counts down, r2 adds up, r3 is made anew in each round before it is read; the load may leave the region. */
const loopWith = (more: string) => `
block 0x1000 +4
  insn 0x1000 +4
  %0 = const 0
  put r2, %0
  goto 0x1004

block 0x1004 +8
  insn 0x1004 +4
  %0 = get r1
  %1 = load.u64 [%0]
  put r3, %1
  insn 0x1008 +4
  %2 = get r2
  %3 = add %2, %1
  put r2, %3
  put r4, %3${more}
  branch %3, 0x1004, 0x100c

block 0x100c +4
  insn 0x100c +4
  %0 = get r2
  put r5, %0
  trap syscall, 0x1010`;

test("what is written before it is read is not carried around a loop, but its home is kept right", () => {
  const others = [6, 7, 8, 9, 10, 11];
  const region = regionOf(loopWith(others.map((reg, i) => `\n  %${4 + i} = get r${reg}`).join("")));
  const { live, dirty, observed } = residency(region, regionGraph(region));
  const rest = "r6 r7 r8 r9 r10 r11";
  assert.deepEqual(live.map(named), [`r1 ${rest}`, `r1 r2 ${rest}`, "r2"]);
  assert.deepEqual(dirty.map(named), ["", "r2", "r2"]);
  assert.ok(observed[1].has(3) && observed[1].has(4), "the slice may end at the head of the loop");
});

test("in a small loop it is carried", () => {
  const region = regionOf(loopWith(""));
  const { live, dirty } = residency(region, regionGraph(region));
  assert.deepEqual(live.map(named), ["r1 r3 r4", "r1 r2 r3 r4", "r2"]);
  assert.deepEqual(dirty.map(named), ["", "r2 r3 r4", "r2"]);
});

/** The second block writes r3 and r4 over, r4 only behind an access that may leave the region. */
const overwritten = `
block 0x1000 +4
  insn 0x1000 +4
  %0 = get r1
  put r3, %0
  put r4, %0
  goto 0x1004

block 0x1004 +8
  insn 0x1004 +4
  %0 = const 7
  put r3, %0
  %1 = load.u64 [%0]
  put r4, %1
  trap syscall, 0x100c`;

test("what is written over before anything can leave the region need not be anywhere", () => {
  const region = regionOf(overwritten);
  const { live, observed } = residency(region, regionGraph(region));
  assert.equal(named(live[1]), "");
  assert.equal(observed[1].has(3), false);
  assert.equal(observed[1].has(4), true);
});

/** r3 is written on one of two paths through the block. */
const conditional = `
block 0x1000 +4
  insn 0x1000 +4
  %0 = get r1
  if %0
    put r3, %0
  end
  goto 0x1004

block 0x1004 +4
  insn 0x1004 +4
  trap syscall, 0x1008`;

test("a register that is written on one path only is taken in before", () => {
  const region = regionOf(conditional);
  const { live, dirty } = residency(region, regionGraph(region));
  assert.equal(named(live[0]), "r1 r3");
  assert.deepEqual(dirty.map(named), ["", ""]);
});
