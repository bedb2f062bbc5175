// What a region is made of: copies of small functions, entries where other calls return, what is left out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { file } from "../ir/testing/sandbox.ts";
import type { Block, Terminator } from "../ir/types.ts";
import { GuestMemory } from "./memory.ts";
import { growRegion, type RegionBounds } from "./region-growth.ts";
import { type Translation, TranslationCache } from "./translation-cache.ts";

const bounds: RegionBounds = {
  blocks: 64,
  instructions: 500,
  targets: 4,
  heat: 10,
  inline: 8,
  hotInline: 20,
  depth: 2,
};

interface Program {
  /** Terminator by pc, and the number of instructions when it is not 2. */
  [pc: number]: Terminator | [Terminator, instructions: number];
}

const goto = (target: number): Terminator => ({ op: "goto", target: BigInt(target), kind: "jump" });
const branch = (taken: number, fallthrough: number): Terminator => ({
  op: "branch",
  cond: 0,
  taken: BigInt(taken),
  fallthrough: BigInt(fallthrough),
});
const call = (target: number, returnAddress: number): Terminator => ({
  op: "goto",
  target: BigInt(target),
  kind: "call",
  returnAddress: BigInt(returnAddress),
});
const ret: Terminator = { op: "jump", addr: 0, kind: "return" };

function blockOf(pc: number, terminator: Terminator, instructions: number): Block {
  const list = Array.from({ length: instructions }, (_, i) => ({ pc: BigInt(pc + 4 * i), length: 4, bits: 0 }));
  return { pc: BigInt(pc), size: 4 * instructions, instructions: list, ops: [], terminator, temps: 1 };
}

/** Grows a region from `seed`; nodes are given as `pc -> targets in the region`, copies with a number behind their pc. */
function grow(
  program: Program,
  seed: number,
  options: { cold?: number[]; elsewhere?: number[]; more?: Partial<RegionBounds> } = {},
) {
  const cache = new TranslationCache(new GuestMemory().codeLines);
  const translations = new Map<number, Translation>();
  for (const [key, value] of Object.entries(program)) {
    const pc = Number(key);
    const [terminator, instructions] = Array.isArray(value) ? value : [value, 2];
    const translation = cache.add(blockOf(pc, terminator, instructions), 1000);
    translation.executions = options.cold?.includes(pc) ? 1 : 1000;
    translations.set(pc, translation);
  }
  const seedTranslation = translations.get(seed);
  assert.ok(seedTranslation);
  const grown = growRegion([seedTranslation], {
    find: (pc) => translations.get(pc),
    isElsewhere: ({ pc }) => options.elsewhere?.includes(pc) ?? false,
    optimised: ({ block }) => block,
    bounds: { ...bounds, ...options.more },
    file,
  });
  const seen = new Map<number, number>();
  const names = grown.region.nodes.map(({ block }) => {
    const pc = Number(block.pc);
    const copy = seen.get(pc) ?? 0;
    seen.set(pc, copy + 1);
    return copy === 0 ? `${pc}` : `${pc}#${copy}`;
  });
  const nodes = grown.region.nodes.map(
    ({ edges }, i) => `${names[i]} -> ${edges.map((edge) => (edge === undefined ? "out" : names[edge])).join(" ")}`,
  );
  return { nodes: nodes.sort(), entries: grown.entries.map(({ pc }) => pc) };
}

test("a loop with a cold side", () => {
  const program = { 100: branch(200, 300), 200: goto(100), 300: goto(100) };
  assert.deepEqual(grow(program, 100, { cold: [300] }), {
    nodes: ["100 -> 200 out", "200 -> 100"],
    entries: [100],
  });
});

test("a small function is copied for each of its calls, and returns to its caller without a choice", () => {
  const program = { 100: call(900, 108), 108: call(900, 116), 116: goto(100), 900: ret };
  assert.deepEqual(grow(program, 100), {
    nodes: ["100 -> 900", "108 -> 900#1", "116 -> 100", "900 -> 108", "900#1 -> 116"],
    entries: [100],
  });
});

test("a large function stays outside, and the call's return is an entry", () => {
  const program: Program = { 100: call(900, 108), 108: goto(100), 900: [ret, 9] };
  assert.deepEqual(grow(program, 100), { nodes: ["100 -> out", "108 -> 100"], entries: [100, 108] });
});

test("a function that never returns here is not copied", () => {
  const program = { 100: call(900, 108), 108: goto(100), 900: goto(900) };
  assert.deepEqual(grow(program, 100).entries, [100, 108]);
});

test("copies are nested as deeply as the bounds say; a call in a copy that stays outside returns to the copy", () => {
  const program = {
    100: call(700, 108),
    108: goto(100),
    700: call(800, 708),
    708: ret,
    800: call(900, 808),
    808: ret,
    900: ret,
  };
  assert.deepEqual(grow(program, 100), {
    nodes: ["100 -> 700", "108 -> 100", "700 -> 800", "708 -> 108", "800 -> out", "808 -> 708"],
    entries: [100, 808],
  });
  assert.ok(grow(program, 100, { more: { depth: 3 } }).nodes.includes("900 -> 808"));
});

test("a function that calls itself is no copy of itself", () => {
  const program = { 100: branch(200, 300), 200: call(100, 208), 208: ret, 300: ret };
  assert.deepEqual(grow(program, 100), {
    nodes: ["100 -> 200 300", "200 -> 100", "208 -> ", "300 -> "],
    entries: [100, 208],
  });
});

test("what belongs to another region is left to it, except in a copy", () => {
  const program = { 100: call(900, 108), 108: goto(200), 200: goto(100), 900: ret };
  assert.deepEqual(grow(program, 100, { elsewhere: [200, 900] }), {
    nodes: ["100 -> 900", "108 -> out", "900 -> 108"],
    entries: [100],
  });
});
