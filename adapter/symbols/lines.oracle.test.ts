// Line tables, row by row, against objdump.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RowFlag, readLineHeader, runLineProgram } from "./line-program.ts";
import { DebugSections } from "./sections.ts";
import { inflate, load, programs, reference } from "./testing/programs.ts";
import { Warnings } from "./warnings.ts";

for (const { name, path } of programs())
  test(`line table of ${name}`, (t) => {
    const output = reference("riscv64-linux-gnu-objdump", ["--dwarf=decodedline", "--wide", path]);
    if (output === undefined) return t.skip("riscv64-linux-gnu-objdump is not installed");
    const expected = theirRows(output);
    const actual = ourRows(path);
    t.diagnostic(`${expected.length} rows`);
    assert.equal(actual.length, expected.length, "number of rows");
    for (let i = 0; i < expected.length; i++) assert.equal(actual[i], expected[i], `row ${i}`);
  });

/** `file line address view stmt`; the line is `-` at the end of a sequence. */
function theirRows(output: string): string[] {
  const rows: string[] = [];
  for (const text of output.split("\n")) {
    const match = /^(.*?)\s+(\d+|-)\s+(0x[0-9a-f]+|0)(?:\[\d+\])?(?:\s+(\d+))?(?:\s+(x))?(?:\s+END)?\s*$/.exec(text);
    if (!match) continue;
    const [, file, line, address, view, statement] = match;
    rows.push(
      line === "-"
        ? `${base(file)} - ${BigInt(address)}`
        : `${base(file)} ${line} ${BigInt(address)} view ${view ?? 0}${statement ? " stmt" : ""}`,
    );
  }
  return rows;
}

function ourRows(path: string): string[] {
  const { elf } = load(path);
  const sections = new DebugSections(elf, { inflate }, new Warnings());
  const reader = sections.reader(".debug_line");
  const found: string[] = [];
  for (let offset = 0; offset < reader.bytes.length; ) {
    const header = readLineHeader(reader.at(offset), sections, "");
    const { rows, problem } = runLineProgram(reader.at(header.program, header.end), header);
    assert.equal(problem, undefined);
    for (let i = 0; i < rows.addresses.length; i++) {
      const file = base(header.files[rows.files[i]]);
      const isStatement = (rows.flags[i] & RowFlag.IsStatement) !== 0;
      found.push(
        rows.flags[i] & RowFlag.EndSequence
          ? `${file} - ${rows.addresses[i]}`
          : `${file} ${rows.lines[i]} ${rows.addresses[i]} view ${rows.views[i]}${isStatement ? " stmt" : ""}`,
      );
    }
    offset = header.end;
  }
  return found;
}

function base(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
