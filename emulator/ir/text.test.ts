// The text form and the verifier: what is printed can be read, and every rule of types.ts is checked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BlockBuilder } from "./builder.ts";
import { OPS } from "./ops.ts";
import { IrSyntaxError, parseBlock } from "./parser.ts";
import { printBlock } from "./printer.ts";
import { randomBlock, randomFrom } from "./testing/random-block.ts";
import { file, randomBlockOptions } from "./testing/sandbox.ts";
import type { Block, Op } from "./types.ts";
import { verify } from "./verifier.ts";

const everything = `block 0x10120 +10
  breakpoint 0x10120
  insn 0x10120 +4 (0x00b50533)
  %0 = const -12
  %1 = const -0x8000000000000000
  %2 = get r3
  put r4, %2
  %3 = sext32 %2
  %4 = add %2, %3
  %5 = select %0, %3, %4
  %6 = load.s32 [%5]
  %7 = load.u64 [%5]
  store.u8 [%5], %6
  %8 = fadd.f64.dynamic %6, %7
  %9 = fma.f32.zero %6, %7, %8
  %10 = fsqrt.f32.up %9
  %11 = fmin.f64 %8, %10
  %12 = fconvert.f64.to.u32.away %11
  guard.load [%5], -16, 8
  guard.store [%5], 0, 4
  insn 0x10124 +4
  trapif.fence.i %12
  %13 = plainload.s32 [%5]
  plainstore.u8 [%5], %13
  insn 0x10128 +2 (0x0001)
  %14 = icount
  if %14
    count [0x300008], %12
    if %0
      call 7 (%1, %2) reads r1, r2 writes r3
    end
  end
  call 8 ()
`;

const terminators = [
  "goto 0x1012a",
  "goto.call 0x20000 returns 0x1012a",
  "branch %5, 0x10120, 0x1012a",
  "jump %4",
  "jump.return %4",
  "jump.call %4 returns 0x1012a",
  "trap syscall, 0x1012a",
  "trap fence.i, 0x1012a",
];

for (const terminator of terminators)
  test(`text of \`${terminator}\``, () => {
    const text = `${everything}  ${terminator}\n`;
    const block = parseBlock(text, file);
    assert.deepEqual(verify(block, file), []);
    assert.equal(printBlock(block, file), text);
  });

test("random blocks survive printing and parsing", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const block = randomBlock(randomFrom(seed), { ...randomBlockOptions, breakpoints: 0.1, traps: 0.2 });
    const again = parseBlock(printBlock(block, file), file);
    assert.deepEqual({ ...again, temps: block.temps }, block);
    assert.deepEqual(verify(block, file), []);
  }
});

const head = "block 0x1000 +4\ninsn 0x1000 +4\n";

// biome-ignore format: a table
const syntaxErrors: [text: string, line: number, message: RegExp][] = [
  ["",                                             1, /no terminator/],
  ["block\n",                                      1, /expected `block ADDRESS \+BYTES`/],
  [`${head}%0 = frobnicate %1\ngoto 0x1004`,       3, /unknown operation `frobnicate`/],
  [`${head}%0 = add %1\ngoto 0x1004`,              3, /`add` takes 2 operands, got 1/],
  [`${head}add %1, %2\ngoto 0x1004`,               3, /`add` needs a result/],
  [`${head}%0 = put r1, %2\ngoto 0x1004`,          3, /`put` has no result/],
  [`${head}%0 = get r99\ngoto 0x1004`,             3, /unknown register `r99`/],
  [`${head}%0 = load.s24 [%1]\ngoto 0x1004`,       3, /needs a type/],
  [`${head}%0 = load.s8 %1\ngoto 0x1004`,          3, /expected an address/],
  [`${head}%0 = fadd.f8.near %1, %2\ngoto 0x1`,   3, /needs a format/],
  [`${head}%0 = fadd.f32.sideways %1, %2\ngoto 0`, 3, /rounding mode/],
  [`${head}%0 = add.s32 %1, %2\ngoto 0x1004`,      3, /unknown suffix/],
  [`${head}%0 = const twelve\ngoto 0x1004`,        3, /expected a number/],
  [`${head}trap lunch, 0x1004`,                    3, /unknown trap/],
  [`${head}goto 0x1004\n\n%0 = const 1`,           5, /text after the terminator/],
];

for (const [text, line, message] of syntaxErrors)
  test(`syntax error: ${text.split("\n").slice(2).join("; ") || JSON.stringify(text)}`, () => {
    assert.throws(
      () => parseBlock(text, file),
      (error) => error instanceof IrSyntaxError && error.line === line && message.test(error.message),
    );
  });

// biome-ignore format: a table
const brokenRules: [rule: RegExp, ops: string, terminator?: string][] = [
  [/%0 is used before it is assigned/,        "put r1, %0"],
  [/%0 is used before it is assigned/,        "", "jump %0"],
  [/%0 is assigned twice/,                    "%0 = const 1\n%0 = const 2"],
  [/%1 is used after the `end`/,              "%0 = const 1\nif %0\n%1 = const 2\nend\nput r1, %1"],
  [/`if` without `end`/,                      "%0 = const 1\nif %0"],
  [/`end` without `if`/,                      "end"],
  [/`put` of the program counter/,            "%0 = const 1\nput pc, %0"],
  [/`insn` inside an `if`/,                   "%0 = const 1\nif %0\ninsn 0x1004 +2\nend"],
  [/the instructions cover 8 bytes/,          "insn 0x1004 +4"],
  [/`breakpoint` with another pc/,            "breakpoint 0x1008\ninsn 0x1004 +0"],
  [/`breakpoint` without the `insn`/,         "breakpoint 0x1004"],
  [/that may leave the block between/,        "breakpoint 0x1004\ncall 0 ()\ninsn 0x1004 +0"],
  [/counter offset 3 is not a multiple of 8/, "%0 = const 1\ncount [3], %0"],
  [/`guard` that does not stand before/,       "%0 = const 1\nguard.load [%0], 0, 8\nput r1, %0"],
  [/a guard of nothing/,                      "%0 = const 1\nguard.load [%0], 8, 8\ninsn 0x1004 +4"],
  [/a call that writes the program counter/,  "call 0 () writes pc"],
];

for (const [rule, ops, terminator = "goto 0x1004"] of brokenRules)
  test(`verifier: ${rule.source}`, () => {
    const errors = verify(parseBlock(`${head}${ops}\n${terminator}`, file), file);
    assert.ok(
      errors.some(({ message }) => rule.test(message)),
      JSON.stringify(errors),
    );
  });

/** What the text form cannot even say. */
const built: [rule: RegExp, change: (block: Block) => Block][] = [
  [/unknown register 99/, (block) => ({ ...block, ops: [...block.ops, { op: "put", reg: 99, src: 0 }] })],
  [/size 3/, (block) => ({ ...block, ops: [...block.ops, { op: "store", addr: 0, src: 0, size: 3 as 4 }] })],
  [/not below the block's 1 temps/, (block) => ({ ...block, ops: [...block.ops, { op: "const", dst: 5, value: 1n }] })],
  [
    /is not a signed 64-bit value/,
    (block) => ({ ...block, temps: 9, ops: [...block.ops, { op: "const", dst: 5, value: 1n << 63n }] }),
  ],
  [/unknown operation `nop`/, (block) => ({ ...block, ops: [...block.ops, { op: "nop" } as unknown as Op] })],
  [/`insn` differs/, (block) => ({ ...block, instructions: [{ pc: 0n, length: 4, bits: 0 }] })],
  [/1 `insn` for 0 instructions/, (block) => ({ ...block, instructions: [] })],
];

for (const [rule, change] of built)
  test(`verifier: ${rule.source}`, () => {
    const builder = new BlockBuilder(0x1000n);
    builder.insn(0x1000n, 4, 0);
    builder.const(1n);
    const block = builder.finish({ op: "trap", trap: "ebreak", next: 0x1004n });
    assert.deepEqual(verify(block, file), []);
    const errors = verify(change(block), file);
    assert.ok(
      errors.some(({ message }) => rule.test(message)),
      JSON.stringify(errors),
    );
  });

test("the text above shows every kind of operation", () => {
  const shown = new Set(parseBlock(`${everything}  goto 0x1012a\n`, file).ops.map(({ op }) => OPS[op].class));
  assert.deepEqual(new Set(Object.values(OPS).map((info) => info.class)), shown);
});
