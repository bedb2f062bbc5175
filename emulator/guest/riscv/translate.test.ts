// Guest words to IR. testing/translate.golden holds the cases: after `>` the words and what they disassemble to, below it
// the block, at most that many instructions, translated at 0x10000. Re-blessed with TERRARIUM_BLESS=1.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { printBlock, printTerminator } from "../../ir/printer.ts";
import { assertValid } from "../../ir/verifier.ts";
import { Random } from "../../testing/random.ts";
import { FetchError } from "../guest.ts";
import { riscv64 } from "./index.ts";
import { InstructionGenerator, randomWord } from "./random.ts";
import { type InstructionClass, rows } from "./table-parser.ts";
import { codeAt } from "./testing/code.ts";

const golden = new URL("./testing/translate.golden", import.meta.url);
const PC = 0x10000n;

function translated(words: string): string {
  const fetch = codeAt(PC, words);
  const block = riscv64.translate(fetch, PC, { maxInstructions: words.split(" ").length });
  assertValid(block, riscv64.file);
  const texts = block.instructions.map(({ pc }) => {
    const { mnemonic, operands } = riscv64.decode(fetch, pc);
    return `${mnemonic} ${operands}`.trim();
  });
  return `> ${words} : ${texts.join("; ")}\n${printBlock(block, riscv64.file)}`;
}

describe("words to IR", () => {
  const expected = readFileSync(golden, "utf8")
    .split(/^(?=> )/m)
    .map((text) => text.trimEnd());
  const actual = expected.map((text) => translated(/^> ([0-9a-f ]+?) :/.exec(text)![1]));
  if (process.env.TERRARIUM_BLESS) writeFileSync(golden, actual.join("\n"));
  else
    for (const [i, text] of expected.entries())
      test(text.split("\n")[0].slice(2), () => assert.equal(actual[i].trimEnd(), text));
});

describe("where a block ends", () => {
  const nop = "0001";
  const wideNop = "00000013";
  const cases: { title: string; pc: bigint; words: string; limit?: number; count: number; end: string }[] = [
    { title: "at a branch", pc: 0x1000n, words: `${nop} c501 ${nop}`, count: 2, end: "branch %2, 0x100a, 0x1004" },
    { title: "at the limit", pc: 0x1000n, words: `${nop} ${nop} ${nop}`, limit: 2, count: 2, end: "goto 0x1004" },
    { title: "at the page's end", pc: 0x1ffcn, words: `${nop} ${nop} ${nop}`, count: 2, end: "goto 0x2000" },
    { title: "exactly at the page's end", pc: 0x1ffcn, words: `${wideNop} ${nop}`, count: 1, end: "goto 0x2000" },
    { title: "before one across pages", pc: 0x1ffcn, words: `${nop} ${wideNop} ${nop}`, count: 1, end: "goto 0x1ffe" },
    { title: "after one across pages", pc: 0x1ffen, words: `${wideNop} ${nop}`, count: 1, end: "goto 0x2002" },
    { title: "before what cannot be fetched", pc: 0x1000n, words: nop, count: 1, end: "goto 0x1002" },
    { title: "after 512", pc: 0x1000n, words: Array(600).fill(nop).join(" "), count: 512, end: "goto 0x1400" },
    { title: "at a CSR read", pc: 0x1000n, words: `00102573 ${nop}`, count: 1, end: "goto 0x1004" },
    { title: "at fence.i", pc: 0x1000n, words: `0000100f ${nop}`, count: 1, end: "trap fence.i, 0x1004" },
    { title: "not at fence", pc: 0x1000n, words: `0ff0000f ${nop}`, count: 2, end: "goto 0x1006" },
    { title: "at an undefined one", pc: 0x1000n, words: "0000", count: 1, end: "trap illegal, 0x1002" },
    { title: "at the last address", pc: 0xffff_ffff_ffff_fffen, words: nop, count: 1, end: "goto 0x0" },
  ];
  for (const { title, pc, words, limit = 1000, count, end } of cases)
    test(title, () => {
      const block = riscv64.translate(codeAt(pc, words), pc, { maxInstructions: limit });
      assertValid(block, riscv64.file);
      assert.equal(block.instructions.length, count);
      assert.equal(printTerminator(block.terminator), end);
    });
});

describe("code that cannot be fetched", () => {
  const cases = [
    { title: "at pc", words: "", address: 0x1ffen },
    { title: "after the first half", words: "0013", address: 0x2000n },
  ];
  for (const { title, words, address } of cases)
    test(title, () =>
      assert.throws(
        () => riscv64.translate(codeAt(0x1ffen, words), 0x1ffen, { maxInstructions: 1 }),
        (error) => error instanceof FetchError && error.address === address,
      ),
    );
});

test("a breakpoint stands before its instruction", () => {
  const block = riscv64.translate(codeAt(PC, "0001 0001"), PC, {
    maxInstructions: 2,
    isBreakpoint: (pc) => pc === PC + 2n,
  });
  assertValid(block, riscv64.file);
  assert.deepEqual(
    block.ops.map((op) => op.op).filter((name) => name === "insn" || name === "breakpoint"),
    ["insn", "breakpoint", "insn"],
  );
});

test("every row of the table, whatever its open bits, gives valid IR", () => {
  const random = new Random(1).source();
  for (const row of rows)
    for (let i = 0; i < 50; i++) {
      const word = randomWord(random, row)
        .toString(16)
        .padStart(2 * row.length, "0");
      assertValid(riscv64.translate(codeAt(PC, word), PC, { maxInstructions: 1 }), riscv64.file);
    }
});

test("the generator keeps to its policy", () => {
  const classes: InstructionClass[] = [
    "alu",
    "multiply",
    "load",
    "store",
    "atomic",
    "branch",
    "jump",
    "float",
    "float move",
    "csr",
  ];
  const generator = new InstructionGenerator(new Random(2).source(), {
    classes,
    compressed: true,
    writable: [10, 11, 12, 13, 14, 15],
    bases: [8, 2],
    reach: 256,
    atomicBases: [9],
    jumps: { least: 4, most: 64 },
    csrs: [1, 2, 3],
  });
  const seen = new Set<string>();
  for (let i = 0; i < 40_000; i++) {
    const { decoded: d } = generator.next();
    seen.add(d.source.mnemonic);
    assert.ok(classes.includes(d.row.class), d.source.mnemonic);
    const integerResult = d.row.operands.some((o) => o.field === "rd" && o.style === "integer register");
    if (integerResult) assert.ok(d.rd === 0 || (d.rd >= 10 && d.rd <= 15), d.source.mnemonic);
    if (d.row.class === "load" || d.row.class === "store") assert.ok([8, 2].includes(d.rs1) && Math.abs(d.imm) <= 256);
  }
  const left = rows.filter((row) => classes.includes(row.class));
  const neverDrawn = ["jalr", "c.jr", "c.jalr", "c.addi16sp", "c.j"];
  assert.deepEqual(
    left.map((row) => row.mnemonic).filter((mnemonic) => !seen.has(mnemonic) && !neverDrawn.includes(mnemonic)),
    [],
  );
});
