// The formats of call stacks, written from a flame view made by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { callgrind } from "./callgrind.ts";
import { collapsed } from "./collapsed.ts";
import { cpuprofile } from "./cpuprofile.ts";
import { functionName, functionTree } from "./flame-tree.ts";
import { pprof } from "./pprof.ts";
import { speedscope } from "./speedscope.ts";
import { flame, sampleContext } from "./testing/samples.ts";

test("names of functions lose offsets and nothing else", () => {
  assert.deepEqual(["main+0x12", "main", "operator+", "a+0xzz", "f+0x1+0x2"].map(functionName), [
    "main",
    "main",
    "operator+",
    "a+0xzz",
    "f+0x1",
  ]);
});

test("functions have the names of the source where an address tells them", () => {
  const child = (name: string, address?: string) => ({ name, address, self: 1, total: 1, children: [] });
  const children = [
    child("_ZN2ns4workIiLi4EEEvv+0x4", "0x10204"),
    child("0x10100", "0x10100"),
    child("what the plugin calls it", "0x10300"),
    child("0x90000", "0x90000"),
    child("_ZN2ns4workIiLi4EEEvv"),
  ];
  assert.deepEqual(
    functionTree({ ...flame, root: { name: "", self: 0, total: 5, children } }, sampleContext()).map(
      ({ name }) => name,
    ),
    ["ns::work<int, 4>", "main", "what the plugin calls it", "0x90000", "_ZN2ns4workIiLi4EEEvv"],
  );
});

test("collapsed: one line for each stack, callees of one name together", () => {
  assert.equal(
    collapsed.write([flame], sampleContext()),
    `main 10
main;work 50
main;work;odd: name 5
main;work;main 7
(no function) 3
`,
  );
});

test("callgrind: own costs, calls with what was spent below them up to where the caller is entered again", () => {
  assert.equal(
    callgrind.write([flame], sampleContext()),
    `# callgrind format
version: 1
creator: terrarium
cmd: /bin/sample.elf
desc: Trigger: Instructions

positions: line
event: Ir : instructions
events: Ir
summary: 75

fl=(1) /src/main.c
fn=(1) main
10 17
cfi=(2) /src/inline.h
cfn=(2) work
calls=5 3
10 55

fl=(2)
fn=(2)
3 50
cfi=(3) ???
cfn=(3) odd; name
calls=1 0
3 5
cfi=(1)
cfn=(1)
calls=1 10
3 7

fl=(3)
fn=(3)
0 5

fl=(3)
fn=(4) (no function)
0 3

totals: 75
`,
  );
});

test("callgrind: with recursion, direct or not, own cost and calls make what was spent while on the stack", () => {
  // a > b > a > c > b > b, each 1 of its own: a is on the stack for 6, b for 5, c for 3.
  const stack = ["a", "b", "a", "c", "b", "b"];
  const root = stack.reduceRight<typeof flame.root>(
    (child, name) => ({ name, self: 1, total: child.total + 1, children: child.total === 0 ? [] : [child] }),
    { name: "", self: 0, total: 0, children: [] },
  );
  const text = callgrind.write(
    [{ ...flame, root: { name: "", self: 0, total: 6, children: [root] } }],
    sampleContext(),
  ) as string;
  const inclusive = [...text.matchAll(/^fn=\(\d+\)(?: (\w+))?\n(.*?)(?=\n\n)/gms)].map(([, , body]) =>
    [...body.matchAll(/^0 (\d+)$/gm)].reduce((sum, [, cost]) => sum + Number(cost), 0),
  );
  assert.deepEqual(inclusive, [6, 5, 3]); // in the order in which they are entered
});

test("cpuprofile: a sample for each stack, which lasts as long as its value", () => {
  const profile = JSON.parse(cpuprofile.write([flame], sampleContext()) as string);
  assert.deepEqual(
    profile.nodes.map((node: { callFrame: { functionName: string }; children: number[] }) => [
      node.callFrame.functionName,
      node.children,
    ]),
    [
      ["(root)", [2, 6]],
      ["main", [3]],
      ["work", [4, 5]],
      ["odd; name", []],
      ["main", []],
      ["(no function)", []],
    ],
  );
  const main = { functionName: "main", scriptId: "1", url: "/src/main.c", lineNumber: 9, columnNumber: 0 };
  assert.deepEqual(profile.nodes[1].callFrame, main);
  assert.deepEqual(profile.samples, [2, 3, 4, 5, 6, 1]);
  // The time from a sample to the next is in the next one's delta.
  assert.deepEqual(profile.timeDeltas, [0, 10, 50, 5, 7, 3]);
  assert.equal(profile.endTime - profile.startTime, 75);
});

test("speedscope: frames once, a stack and a weight for each sample", () => {
  const file = JSON.parse(speedscope.write([flame], sampleContext()) as string);
  assert.deepEqual(file.shared.frames, [
    { name: "main", file: "/src/main.c", line: 10 },
    { name: "work", file: "/src/inline.h", line: 3 },
    { name: "odd; name" },
    { name: "(no function)" },
  ]);
  const [{ samples, weights, unit, endValue }] = file.profiles;
  assert.deepEqual(samples, [[0], [0, 1], [0, 1, 2], [0, 1, 0], [3]]);
  assert.deepEqual([weights, unit, endValue], [[10, 50, 5, 7, 3], "none", 75]);
});

test("pprof: samples with locations, functions and lines, leaf first", () => {
  const written = pprof.write([flame], sampleContext()) as Uint8Array;
  const profile = Profile.decode(gunzipSync(written));
  const text = (index: number | bigint) => profile.stringTable.strings[Number(index)];
  const functionOf = (id: number | bigint) => profile.function.find((fn) => Number(fn.id) === Number(id))!;
  const frame = (id: number | bigint) => {
    const location = profile.location.find((candidate) => Number(candidate.id) === Number(id))!;
    const [line] = location.line;
    const { name, filename } = functionOf(line.functionId);
    return [text(name), text(filename), Number(line.line), Number(location.address), Number(location.mappingId)];
  };
  const main = ["main", "/src/main.c", 10, 0x10100, 1];
  const work = ["work", "/src/inline.h", 3, 0x10210, 1];
  assert.deepEqual(
    profile.sample.map(({ locationId, value }) => [locationId.map(frame), value.map(Number)]),
    [
      [[main], [10]],
      [[work, main], [50]],
      [[["odd; name", "", 0, 0, 0], work, main], [5]],
      [[main, work, main], [7]],
      [[["(no function)", "", 0, 0, 0]], [3]],
    ],
  );
  const [type] = profile.sampleType;
  assert.deepEqual([text(type.type), text(type.unit)], ["instructions", "count"]);
  const [mapping] = profile.mapping;
  assert.deepEqual([mapping.memoryStart, mapping.memoryLimit].map(Number), [0x10000, 0x12000]);
  assert.equal(text(mapping.filename), "/bin/sample.elf");
});
