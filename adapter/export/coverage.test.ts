// drcov and lcov, written from coverage made by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import parseLcov from "@friedemannsommer/lcov-parser/sync";
import { drcov } from "./drcov.ts";
import { ExecutionCounts } from "./execution-counts.ts";
import { lcov } from "./lcov.ts";
import { coverage, sampleContext } from "./testing/samples.ts";

const asBytes = (written: Uint8Array | string) => (typeof written === "string" ? Buffer.from(written) : written);

test("drcov: offsets from the base of each module, of the blocks that ran", () => {
  const context = sampleContext();
  const file = Buffer.from(asBytes(drcov.write([coverage], context)));
  const header = `DRCOV VERSION: 2
DRCOV FLAVOR: drcov
Module Table: version 2, count 2
Columns: id, base, end, entry, path
  0, 0x0000000000010000, 0x0000000000012000, 0x0000000000010100, /bin/sample.elf
  1, 0x0000000000020000, 0x0000000000021000, 0x0000000000000000, /lib/lib.so
BB Table: 5 bbs
`;
  assert.equal(file.toString("latin1", 0, header.length), header);
  // Offset in 4 bytes, size in 2, module in 2; little-endian.
  assert.equal(
    file.toString("hex", header.length),
    ["00010000 1000 0000", "08010000 0800 0000", "10010000 1000 0000", "00020000 1800 0000", "40000000 0400 0100"]
      .join("")
      .replaceAll(" ", ""),
  );
  assert.deepEqual(context.logged, ["drcov: 1 blocks are in no module, and left out"]);
});

test("drcov: a block that is longer than its 16 bits can say becomes several", () => {
  const file = Buffer.from(asBytes(drcov.write([{ ...coverage, blocks: [["0x10004", 0x10001, 1]] }], sampleContext())));
  assert.match(file.toString("latin1"), /BB Table: 2 bbs\n/);
  assert.equal(file.toString("hex", file.length - 16), "04000000ffff0000" + "0300010002000000");
});

test("lcov: lines have the executions of their code; copies of a line are added", () => {
  assert.equal(
    lcov.write([coverage], sampleContext()),
    // inline.h:3 has 5 from work and 0 from idle; work.c:21 never ran, though its function did.
    `TN:
SF:/src/inline.h
FN:3,idle
FNDA:0,idle
FNF:1
FNH:0
DA:3,5
LF:1
LH:1
end_of_record
TN:
SF:/src/main.c
FN:10,main
FNDA:1,main
FNF:1
FNH:1
DA:10,1
DA:11,10
DA:12,1
LF:3
LH:3
end_of_record
TN:
SF:/src/work.c
FN:20,_ZN2ns4workIiLi4EEEvv
FNDA:5,_ZN2ns4workIiLi4EEEvv
FNF:1
FNH:1
DA:20,5
DA:21,0
LF:2
LH:1
end_of_record
`,
  );
});

test("lcov: a parser of somebody else reads the same", () => {
  const sections = parseLcov({ from: lcov.write([coverage], sampleContext()) as string });
  assert.deepEqual(
    sections.map(({ path, lines, functions }) => [
      path,
      [lines.instrumented, lines.hit, lines.details.map(({ line, hit }) => [line, hit])],
      [functions.instrumented, functions.hit, functions.details.map(({ name, line, hit }) => [name, line, hit])],
    ]),
    [
      ["/src/inline.h", [1, 1, [[3, 5]]], [1, 0, [["idle", 3, 0]]]],
      [
        "/src/main.c",
        [
          3,
          3,
          [
            [10, 1],
            [11, 10],
            [12, 1],
          ],
        ],
        [1, 1, [["main", 10, 1]]],
      ],
      [
        "/src/work.c",
        [
          2,
          1,
          [
            [20, 5],
            [21, 0],
          ],
        ],
        [1, 1, [["_ZN2ns4workIiLi4EEEvv", 20, 5]]],
      ],
    ],
  );
});

test("lcov: a program without lines is an error that says what to do", () => {
  const context = { ...sampleContext(), codeLines: () => [] };
  assert.throws(() => lcov.write([coverage], context), /no line information \(build it with -g\)/);
});

test("executions of overlapping blocks add up, and the most executed byte counts", () => {
  const counts = new ExecutionCounts([
    ["0x100", 16, 2],
    ["0x108", 8, 3],
    ["0x110", 4, 1],
    ["0x200", 0, 9],
  ]);
  assert.deepEqual(
    [0xffn, 0x100n, 0x107n, 0x108n, 0x10fn, 0x110n, 0x114n, 0x200n].map((address) => counts.at(address)),
    [0, 2, 2, 5, 5, 1, 0, 0],
  );
  assert.equal(counts.most(0xf0n, 0x101n), 2);
  assert.equal(counts.most(0x100n, 0x120n), 5);
  assert.equal(counts.most(0x110n, 0x120n), 1);
  assert.equal(counts.most(0x114n, 0x300n), 0);
});
