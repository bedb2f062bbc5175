import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegisterRule, UnwindRow } from "./api.ts";
import { openSymbols } from "./index.ts";
import { elfOfSections } from "./testing/programs.ts";

const u32 = (value: number) => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
const u64 = (value: number) => [...u32(value), 0, 0, 0, 0];
const entry = (id: number[], body: number[]) => {
  const padded = [...id, ...body];
  while (padded.length % 8 !== 4) padded.push(0);
  return [...u32(padded.length), ...padded];
};

/** .debug_frame with one CIE (cfa = sp + 0, ra = r1, code factor 1, data factor -8) and one FDE for 0x1000..0x1100. */
function debugFrame(instructions: number[], initial = [0x0c, 2, 0]): Uint8Array {
  const cie = entry([255, 255, 255, 255], [3, 0, 1, 0x78, 1, ...initial]);
  const fde = entry(u32(0), [...u64(0x1000), ...u64(0x100), ...instructions]);
  return Uint8Array.from([...cie, ...fde]);
}

function describe(row: UnwindRow | undefined): string {
  if (!row) return "none";
  const { cfa } = row;
  const rules = [...row.registers].map(([register, rule]) => `r${register}=${ruleText(rule)}`);
  const base = cfa.kind === "register" ? `r${cfa.register}+${cfa.offset}` : "expression";
  return [`${row.range.low.toString(16)}-${row.range.high.toString(16)} cfa=${base}`, ...rules].join(" ");
}

function ruleText(rule: RegisterRule): string {
  switch (rule.kind) {
    case "offset":
      return `[cfa${rule.offset}]`;
    case "valOffset":
      return `cfa${rule.offset}`;
    case "register":
      return `r${rule.register}`;
    default:
      return rule.kind;
  }
}

const prologue = [0x42, 0x0e, 32, 0x81, 1, 0x42, 0x88, 2, 0x0c, 8, 0]; // at +2: cfa sp+32, ra; at +4: s0, cfa s0

const cases: [string, number[], number, string][] = [
  ["at the entry", prologue, 0x1000, "1000-1002 cfa=r2+0"],
  ["after the first push", prologue, 0x1003, "1002-1004 cfa=r2+32 r1=[cfa-8]"],
  ["to the end of the function", prologue, 0x10ff, "1004-1100 cfa=r8+0 r1=[cfa-8] r8=[cfa-16]"],
  ["outside", prologue, 0x1100, "none"],
  ["remember and restore", [0x0a, 0x42, 0x0e, 16, 0x42, 0x0b], 0x1004, "1004-1100 cfa=r2+0"],
  ["restore drops a rule that the CIE has not", [0x81, 1, 0x42, 0xc1], 0x1002, "1002-1100 cfa=r2+0"],
  [
    "undefined, same value, register",
    [0x07, 1, 0x08, 8, 0x09, 9, 10],
    0x1000,
    "1000-1100 cfa=r2+0 r1=undefined r8=sameValue r9=r10",
  ],
  [
    "expressions",
    [0x0f, 1, 0x9c, 0x10, 1, 1, 0x35, 0x16, 8, 1, 0x35],
    0x1000,
    "1000-1100 cfa=expression r1=expression r8=valExpression",
  ],
  ["signed forms", [0x13, 0x7e, 0x11, 1, 1, 0x15, 8, 2], 0x1000, "1000-1100 cfa=r2+16 r1=[cfa-8] r8=cfa-16"],
];

for (const [name, instructions, pc, expected] of cases)
  test(name, () => {
    const symbols = openSymbols(elfOfSections({ ".debug_frame": debugFrame(instructions) }), "test");
    assert.equal(describe(symbols.unwindRow(BigInt(pc))), expected);
    assert.deepEqual(symbols.warnings, []);
  });

test("RISC-V's way: the CIE names the register before any offset", () => {
  const bytes = debugFrame([0x42, 0x0e, 16], [0x0d, 2]);
  const symbols = openSymbols(elfOfSections({ ".debug_frame": bytes }), "test");
  assert.equal(describe(symbols.unwindRow(0x1000n)), "1000-1002 cfa=r2+0");
  assert.equal(describe(symbols.unwindRow(0x1002n)), "1002-1100 cfa=r2+16");
});

test(".eh_frame: relative pointers, signal frames", () => {
  const cie = entry(
    u32(0),
    [1, ..."zRS\0"].map((c) => (typeof c === "string" ? c.charCodeAt(0) : c)).concat([1, 0x78, 1, 1, 0x1b, 0x0c, 2, 0]),
  );
  const at = cie.length;
  const fde = entry(u32(at + 4), [...u32(0x9000 - (0x8000 + at + 8)), ...u32(0x20), 0]);
  const symbols = openSymbols(elfOfSections({ ".eh_frame": Uint8Array.from([...cie, ...fde, 0, 0, 0, 0]) }), "test");
  const row = symbols.unwindRow(0x901fn);
  assert.equal(describe(row), "9000-9020 cfa=r2+0");
  assert.equal(row?.isSignalFrame, true);
  assert.deepEqual(symbols.warnings, []);
});

test("damaged instructions leave a warning, not an error", () => {
  const symbols = openSymbols(elfOfSections({ ".debug_frame": debugFrame([0x0b]) }), "test");
  assert.equal(symbols.unwindRow(0x1000n), undefined);
  assert.match(
    symbols.warnings.join("\n"),
    /\.debug_frame at 0x.*: a state is restored that was not remembered; unwinding at 0x1000 is missing/,
  );
});
