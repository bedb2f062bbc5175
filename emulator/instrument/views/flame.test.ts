import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlameNode } from "../view-data.ts";
import { collectView, Endless, type Fault } from "./testing/collect-view.ts";

test("stacks become a tree, addresses their functions", () => {
  const samples = [
    { stack: ["start", 0x110n], value: 5n, calls: 1 },
    { stack: ["start", 0x150n, 0x200n], value: 20 },
    { stack: ["start", { name: "main" }, { name: "memcpy", address: 0x900n }], value: 1 },
    { stack: ["start", 0x910n], value: 2 },
    { stack: [], value: 3 },
    { stack: ["start", 0x100n], value: 1n, calls: 2n },
  ];
  assert.deepEqual(
    collectView("flame", () => samples),
    {
      unit: "instructions",
      root: {
        name: "all",
        self: 3,
        total: 32,
        children: [
          {
            name: "start",
            self: 0,
            total: 29,
            children: [
              {
                name: "main",
                address: "0x100",
                self: 6,
                total: 27,
                calls: 3,
                children: [
                  { name: "work", address: "0x200", self: 20, total: 20, children: [] },
                  { name: "memcpy", address: "0x900", self: 1, total: 1, children: [] },
                ],
              },
              { name: "0x910", address: "0x910", self: 2, total: 2, children: [] },
            ],
          },
        ],
      },
    },
  );
  assert.equal(collectView("flame", () => [], { unit: "cycles" }).unit, "cycles");
});

test("a stack that never ends is cut, its value counts for the last frame", () => {
  const stack = new Endless(() => "f");
  let node: FlameNode = collectView("flame", () => [{ stack, value: 8 }]).root;
  let depth = 0;
  for (; node.children.length > 0; depth++) node = node.children[0];
  assert.deepEqual([depth, node.name, node.self, stack.closed], [1000, "… deeper calls", 8, true]);
});

test("stacks beyond the bound are counted", () => {
  const samples = Array.from({ length: 200_002 }, () => ({ stack: ["f"], value: 1 }));
  const { root, omitted } = collectView("flame", () => samples);
  assert.deepEqual([root.total, omitted], [200_000, 2]);
});

test("a tree of too many functions leaves stacks out", () => {
  const samples = Array.from({ length: 1000 }, (_, i) => ({
    stack: Array.from({ length: 900 }, (_, j) => `${i}.${j}`),
    value: 1,
  }));
  const { root, omitted } = collectView("flame", () => samples);
  assert.ok(root.total + omitted! === 1000 && root.total > 500, `${root.total}, ${omitted}`);
});

const faults: Fault[] = [
  [[{ stack: 5, value: 1 }], 'flame "T": stack must be an iterable, not 5'],
  [[{ stack: [5], value: 1 }], 'flame "T": frame must be a string, a bigint or an object with a name, not 5'],
  [[{ stack: [{}], value: 1 }], 'flame "T": name of a frame must be a string, not undefined'],
  [[{ stack: ["a"], value: -1 }], 'flame "T": sample: value must be finite and not negative, not -1'],
  [[{ stack: [-1n], value: 1 }], 'flame "T": frame must be an address, which is an unsigned 64-bit bigint, not -1n'],
];
for (const [value, message] of faults)
  test(message, () => assert.throws(() => collectView("flame", () => value), { name: "TypeError", message }));
