// The small rules: version ranges, licence expressions, and words that resemble a wrong one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { licenseFault } from "./license.ts";
import { suggestion } from "./nearest.ts";
import { isRange, satisfies } from "./version.ts";

test("version ranges", () => {
  const cases: [range: string, within: string[], without: string[]][] = [
    ["^1.0", ["1.0.0", "1.9.3"], ["0.9.0", "2.0.0"]],
    ["^1.2.3", ["1.2.3", "1.3.0"], ["1.2.2", "2.0.0"]],
    ["^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0", "1.0.0"]],
    ["^0.0.3", ["0.0.3"], ["0.0.4"]],
    ["~1.2", ["1.2.0", "1.2.9"], ["1.3.0"]],
    ["1.x", ["1.0.0", "1.5.0"], ["2.0.0"]],
    ["1.2.3", ["1.2.3"], ["1.2.4"]],
    [">=1.2 <2", ["1.2.0", "1.9.9"], ["1.1.9", "2.0.0"]],
    [">1.2", ["1.3.0"], ["1.2.5"]],
    ["<= 1.2", ["1.2.5"], ["1.3.0"]],
    ["^1.0 || ^3.0", ["1.1.0", "3.1.0"], ["2.0.0"]],
    ["*", ["0.0.1", "9.9.9"], []],
  ];
  for (const [range, within, without] of cases) {
    assert.ok(isRange(range), range);
    for (const version of within) assert.ok(satisfies(version, range), `${version} in ${range}`);
    for (const version of without) assert.ok(!satisfies(version, range), `${version} not in ${range}`);
  }
  for (const wrong of ["", "one", "^", "1.0.0.0", "^1.0 ||"]) assert.ok(!isRange(wrong), wrong);
});

test("licence expressions", () => {
  const cases: Record<string, string | undefined> = {
    MIT: undefined,
    "Apache-2.0 OR MIT": undefined,
    "(MIT AND BSD-3-Clause) OR GPL-2.0-only WITH Classpath-exception-2.0": undefined,
    "LicenseRef-Ours": undefined,
    "GPL-3.0": '"GPL-3.0" is no known licence',
    "MIT MIT": '"MIT" is not expected there',
    "MIT OR": "it is not complete",
    "(MIT": "it is not complete",
    "": "it is not complete",
  };
  for (const [expression, fault] of Object.entries(cases)) assert.equal(licenseFault(expression), fault, expression);
});

test("words that resemble a wrong one", () => {
  const known = ["hotblocks", "insn", "bb", "mem", "syscall"];
  const cases: Record<string, string> = {
    hotblock: ': did you mean "hotblocks"?',
    isnn: ': did you mean "insn"?',
    SYSCALL: ': did you mean "syscall"?',
    "quite another": ": known are hotblocks, insn, bb, mem, syscall",
  };
  for (const [wrong, text] of Object.entries(cases)) assert.equal(suggestion(wrong, known), text);
  assert.equal(suggestion("x", []), "");
});
