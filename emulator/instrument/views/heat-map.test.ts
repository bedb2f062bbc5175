import assert from "node:assert/strict";
import { test } from "node:test";
import { collectView, Endless, type Fault } from "./testing/collect-view.ts";

const x = { title: "time", type: "instructions" };
const y = { title: "page", type: "address" };

test("axes are sorted, cells of one place added", () => {
  const cells = [
    { x: 200, y: 0x20000n, value: 3n },
    { x: 1n << 60n, y: 0x1000n, value: 1 },
    { x: 200n, y: 0x1000n, value: 5 },
    { x: 200, y: 0x20000n, value: 0.5 },
    { x: 30, y: 0x3000, value: 2 },
  ];
  assert.deepEqual(
    collectView("heatMap", () => ({ x, y, cells })),
    {
      x: { ...x, values: [30, 200, "1152921504606846976"] },
      y: { ...y, values: ["0x1000", "0x3000", "0x20000"] },
      cells: [
        [0, 1, 2],
        [1, 0, 5],
        [1, 2, 3.5],
        [2, 0, 1],
      ],
    },
  );
});

test("names keep their order, integers have a sign", () => {
  const map = {
    x: { title: "size", type: "integer" },
    y: { title: "kind", type: "text" },
    cells: [
      { x: 4, y: "store", value: 1 },
      { x: -4, y: "load", value: 2 },
    ],
  };
  const data = collectView("heatMap", () => map);
  assert.deepEqual(
    [data.x.values, data.y.values, data.cells],
    [
      [-4, 4],
      ["store", "load"],
      [
        [0, 1, 2],
        [1, 0, 1],
      ],
    ],
  );
});

test("cells beyond the bound are counted, those of shown places still added", () => {
  const cells = Array.from({ length: 250_010 }, (_, i) => ({ x: i % 1000, y: Math.floor(i / 1000), value: 1 }));
  cells.push({ x: 0, y: 0, value: 1 });
  const data = collectView("heatMap", () => ({ x, y, cells }));
  assert.deepEqual([data.cells.length, data.cells[0], data.omitted], [250_000, [0, 0, 2], 10]);
});

test("cells without end are cut off", () => {
  const cells = new Endless(() => ({ x: 1, y: 2, value: 1 }));
  const data = collectView("heatMap", () => ({ x, y, cells }));
  assert.deepEqual([data.cells, data.omitted, cells.closed], [[[0, 0, 2_500_000]], 1, true]);
});

const faults: Fault[] = [
  [[], 'heatMap "T": x must be an object, not undefined'],
  [
    { x: { title: "x", type: "size" }, y, cells: [] },
    'heatMap "T": x: type must be one of address, instructions, integer, text, not "size"',
  ],
  [{ x, y, cells: 1 }, 'heatMap "T": cells must be an iterable, not 1'],
  [
    { x, y, cells: [{ x: 1.5, y: 1, value: 1 }] },
    'heatMap "T": x: x of a cell must be a bigint or a whole number, not 1.5',
  ],
  [
    { x, y, cells: [{ x: 1, y: -1n, value: 1 }] },
    'heatMap "T": y: y of a cell must be a whole number that is not negative, not -1n',
  ],
  [{ x, y, cells: [{ x: 1, y: 1 }] }, 'heatMap "T": value of a cell must be a bigint or a number, not undefined'],
];
for (const [value, message] of faults)
  test(message, () => assert.throws(() => collectView("heatMap", () => value), { name: "TypeError", message }));
