import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteReader } from "./byte-reader.ts";
import { type LineHeader, RowFlag, runLineProgram } from "./line-program.ts";
import { LineTable } from "./line-table.ts";

const header: LineHeader = {
  offset: 0,
  end: 0,
  version: 5,
  addressSize: 8,
  program: 0,
  minimumInstructionLength: 2,
  maximumOperations: 1,
  defaultIsStatement: true,
  lineBase: -3,
  lineRange: 12,
  opcodeBase: 13,
  operandCounts: [0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1],
  files: ["/src/a.c", "/src/a.c", "/src/b.h"],
  directories: ["/src"],
};

const setAddress = (address: number) => [0, 9, 2, address & 0xff, address >> 8, 0, 0, 0, 0, 0, 0];
const endSequence = [0, 1, 1];
/** Special opcode. */
const special = (operations: number, lines: number) => 13 + operations * 12 + lines + 3;

function run(bytes: number[]) {
  const { rows, problem } = runLineProgram(new ByteReader(Uint8Array.from(bytes), ".debug_line"), header);
  return { rows, problem, table: new LineTable(header, rows, () => true) };
}

function text(bytes: number[]): string[] {
  const { rows } = run(bytes);
  return rows.addresses.map((address, i) => {
    const flags = Object.entries({ stmt: 1, prologue_end: 2, epilogue_begin: 4, block: 8, end: 16 })
      .filter(([, bit]) => rows.flags[i] & bit)
      .map(([word]) => word);
    const place = `${address.toString(16)} ${rows.files[i]}:${rows.lines[i]}:${rows.columns[i]}`;
    const discriminator = rows.discriminators[i] ? [`d${rows.discriminators[i]}`] : [];
    return [place, ...flags, ...discriminator].join(" ");
  });
}

const cases: [string, number[], string[]][] = [
  [
    "special opcodes advance address and line",
    [...setAddress(0x100), special(0, 4), special(2, -1), 2, 2, ...endSequence],
    ["100 1:5:0 stmt", "104 1:4:0 stmt", "108 1:4:0 stmt end"],
  ],
  [
    "flags hold for one row",
    [...setAddress(0x100), 10, 7, 1, 11, 1, 6, 1, 2, 1, ...endSequence],
    ["100 1:1:0 stmt prologue_end block", "100 1:1:0 stmt epilogue_begin", "100 1:1:0", "102 1:1:0 end"],
  ],
  [
    "file, column, discriminator, advance_line",
    [...setAddress(0x100), 4, 2, 5, 9, 3, 0x0a, 0, 2, 4, 3, 1, 1, ...endSequence],
    ["100 2:11:9 stmt d3", "100 2:11:9 stmt", "100 2:11:9 stmt end"],
  ],
  [
    "const_add_pc and fixed_advance_pc",
    [...setAddress(0x100), 8, 1, 9, 0x10, 0, 1, ...endSequence],
    ["128 1:1:0 stmt", "138 1:1:0 stmt", "138 1:1:0 stmt end"],
  ],
  [
    "an unknown extended opcode is passed, a sequence resets the registers",
    [0, 3, 0x80, 1, 2, ...setAddress(0x100), 5, 7, 1, ...endSequence, ...setAddress(0x200), 1, ...endSequence],
    ["100 1:1:7 stmt", "100 1:1:7 stmt end", "200 1:1:0 stmt", "200 1:1:0 stmt end"],
  ],
];

for (const [name, bytes, rows] of cases) test(name, () => assert.deepEqual(text(bytes), rows));

test("rows before damage are kept", () => {
  const { rows, problem } = run([...setAddress(0x100), 1, 0, 9, 2, 1]);
  assert.equal(rows.addresses.length, 1);
  assert.match(String(problem), /\.debug_line at 0xf: 8 bytes are needed, 1 are left/);
});

test("of several rows at an address the last rules, but a statement goes first", () => {
  const { table } = run([
    ...[...setAddress(0x100), special(0, 1), special(0, 1), 6, special(0, 1), special(2, 1)],
    ...[6, special(2, 1), 2, 2, ...endSequence],
  ]);
  const line = (address: bigint) => table.sourceLine(table.rowAt(address)!).line;
  assert.equal(line(0x100n), 3);
  assert.equal(line(0x103n), 3);
  assert.equal(line(0x104n), 5);
  assert.equal(line(0x10bn), 6);
  assert.equal(table.rowAt(0x10cn), undefined);
  assert.equal(table.rowAt(0xffn), undefined);
  assert.equal(table.rows.flags.at(-1)! & RowFlag.EndSequence, RowFlag.EndSequence);
});

test("sequences out of order are searched all the same", () => {
  const { table } = run([
    ...setAddress(0x200),
    1,
    2,
    4,
    ...endSequence,
    ...setAddress(0x100),
    3,
    1,
    1,
    2,
    4,
    ...endSequence,
  ]);
  assert.equal(table.sourceLine(table.rowAt(0x204n)!).line, 1);
  assert.equal(table.sourceLine(table.rowAt(0x104n)!).line, 2);
  assert.equal(table.rowAt(0x180n), undefined);
});
