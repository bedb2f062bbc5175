import assert from "node:assert/strict";
import { test } from "node:test";
import { collectView, Endless, type Fault } from "./testing/collect-view.ts";

test("blocks are put in order, the same ones added", () => {
  const blocks = [
    { vaddr: 0xffff_ffff_8000_0000n, size: 8, executions: 0 },
    { vaddr: 0x200n, size: 16, executions: 2n },
    { vaddr: 0x100n, size: 4, executions: 1 },
    { vaddr: 0x200n, size: 16, executions: 3 },
    { vaddr: 0x200n, size: 2, executions: 1 },
  ];
  assert.deepEqual(
    collectView("coverage", () => blocks),
    {
      blocks: [
        ["0x100", 4, 1],
        ["0x200", 2, 1],
        ["0x200", 16, 5],
        ["0xffffffff80000000", 8, 0],
      ],
    },
  );
});

test("blocks without end are cut off", () => {
  const blocks = new Endless(() => ({ vaddr: 4n, size: 4, executions: 1 }));
  const data = collectView("coverage", () => blocks);
  assert.deepEqual([data.blocks, data.omitted, blocks.closed], [[["0x4", 4, 1_000_000]], 9_000_000, true]);
});

const faults: Fault[] = [
  [
    [{ vaddr: 1, size: 1, executions: 1 }],
    'coverage "T": block: vaddr must be an address, which is an unsigned 64-bit bigint, not 1',
  ],
  [
    [{ vaddr: 1n, size: 2.5, executions: 1 }],
    'coverage "T": block: size must be a whole number that is not negative, not 2.5',
  ],
  [[{ vaddr: 1n, size: 1e12, executions: 1 }], 'coverage "T": block: size must be less than 4 GiB, not 1000000000000'],
  [[{ vaddr: 1n, size: 2 }], 'coverage "T": block: executions must be a bigint or a number, not undefined'],
];
for (const [value, message] of faults)
  test(message, () => assert.throws(() => collectView("coverage", () => value), { name: "TypeError", message }));
