// The small rules: version ranges, licence expressions, words that resemble a wrong one, cells of tables.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row, TableOptions } from "../../plugins/api/index.ts";
import { licenseFault } from "./license.ts";
import { suggestion } from "./nearest.ts";
import { tableData } from "./table-view.ts";
import { isRange, satisfies } from "./version.ts";
import type { ViewData } from "./view-data.ts";

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

test("rows become cells that any viewer can show", () => {
  const cases: { rows: Row[]; options?: TableOptions; columns: ViewData["columns"]; cells: ViewData["rows"] }[] = [
    {
      rows: [
        { pc: 0xffff_ffff_8000_0000n, n: 1n << 60n, ratio: 0.5, name: "a", none: undefined },
        { pc: 16n, n: 3n, ratio: 1, name: "b", none: null },
      ],
      columns: [
        { name: "pc", type: "address" },
        { name: "n", type: "integer" },
        { name: "ratio", type: "number" },
        { name: "name", type: "text" },
        { name: "none", type: "integer" },
      ],
      cells: [
        ["0xffffffff80000000", "1152921504606846976", 0.5, "a", ""],
        ["0x10", 3, 1, "b", ""],
      ],
    },
    {
      rows: [{ at: 255n, share: 12.5, hidden: 1, flag: true }],
      options: { columns: { flag: "text", share: "percent", at: "address" } },
      columns: [
        { name: "flag", type: "text" },
        { name: "share", type: "percent" },
        { name: "at", type: "address" },
      ],
      cells: [["true", 12.5, "0xff"]],
    },
    { rows: [], columns: [], cells: [] },
  ];
  for (const { rows, options = {}, columns, cells } of cases) {
    const data = tableData("test", { title: "Table", rows: () => rows, options });
    assert.deepEqual([data.columns, data.rows], [columns, cells]);
  }
});
