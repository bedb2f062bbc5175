// Values of types and places that no fixture has, on a target without a machine.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BaseType, Location, LocationContext, RecordType, Type } from "../symbols/index.ts";
import { childCount, childrenOf } from "./children.ts";
import { Formatter } from "./format.ts";
import { Registers } from "./registers.ts";
import { FakeTarget, fakeSymbols } from "./testing/fake-target.ts";
import { builtin } from "./types.ts";
import { bytesValue, memoryValue, toBytes, type Value, ValueAccess } from "./value.ts";

const target = new FakeTarget().map(0x1000n, [1, 2, 3, 4, 0x68, 0x69, 0], 0x1004n).map(0x2000n, 0x1122334455667788n);
const access = new ValueAccess(target, new Registers(target), target);
const format = new Formatter(target, fakeSymbols({ handler: 0x4000n }), access);

const base = (byteSize: number, encoding: BaseType["encoding"], name = "t"): BaseType => ({
  kind: "base",
  name,
  byteSize,
  encoding,
});
const pointer = (to: Type): Type => ({ kind: "pointer", byteSize: 8, target: to });
const of = (type: Type, value: bigint, size = 8) => bytesValue(type, toBytes(value, size));
const flags: Type = {
  kind: "enum",
  name: "Flags",
  byteSize: 4,
  isSigned: false,
  isClass: true,
  enumerators: [
    { name: "None", value: 0n },
    { name: "Read", value: 1n },
    { name: "Write", value: 4n },
  ],
};
const context: LocationContext = {
  loadBias: 0n,
  readRegister: (number) => (number === 10 ? 0xaabbccddn : undefined),
  readMemory: (address, length) => target.readMemory(address, length),
  cfa: () => undefined,
};
const at = (type: Type, location: Location): Value => ({
  type,
  location,
  bitOffset: 0,
  bitSize: undefined,
  frame: context,
});
const member = (name: string, type: Type, offset: number, bitOffset = 0, bitSize?: number) => ({
  name,
  type,
  offset,
  bitOffset,
  bitSize,
  isBase: false,
  isArtificial: false,
  offsetExpression: undefined,
});
const pair: RecordType = {
  kind: "struct",
  name: "pair",
  byteSize: 8,
  members: [member("low", builtin.int, 0), member("high", builtin.int, 4)],
  templateArguments: [],
  variants: undefined,
};
const piece = (location: Location, bitSize: number) => ({ location, bitSize, bitOffset: 0 });
const gone: Location = { kind: "optimizedOut", reason: "it is" };
const option: RecordType = {
  ...pair,
  name: "Option",
  members: [],
  variants: {
    discriminant: member("tag", builtin["unsigned int"], 0),
    variants: [
      { value: 0n, members: [] },
      { value: 1n, members: [member("some", builtin.int, 4)] },
    ],
  },
};

const cases: readonly [string, Value, string][] = [
  ["a 128-bit integer", of(builtin.__int128, -5n, 16), "-5"],
  ["a bool that is neither", of(builtin.bool, 7n, 1), "7"],
  ["a bool", of(builtin.bool, 1n, 1), "true"],
  ["a wide character", of(base(4, "character", "char32_t"), 0x1f331n, 4), "127793 '🌱'"],
  ["a wide character that is none", of(base(4, "character", "char32_t"), 0xffffffffn, 4), "4294967295"],
  ["a complex number", of(base(8, "complex"), 0x40000000_3f800000n), "1 + 2i"],
  ["a quadruple float", of(base(16, "float"), 1n, 16), "0x00000000000000000000000000000001"],
  ["not a number", of(builtin.double, 0x7ff8000000000000n), "nan"],
  ["an enum", of(flags, 4n, 4), "Flags::Write"],
  ["an enum of flags", of(flags, 5n, 4), "(Flags::Read | Flags::Write)"],
  ["an enum with unknown flags", of(flags, 9n, 4), "(Flags::Read | 0x8)"],
  ["an enum without a name", of(flags, 8n, 4), "8"],
  ["a string", of(pointer(builtin.char), 0x1004n), '0x1004 "hi"'],
  ["a string that is not there", of(pointer(builtin.char), 0x9000n), "0x9000"],
  ["no string", of(pointer(builtin.char), 0n), "0x0"],
  [
    "a function pointer",
    of(pointer({ kind: "subroutine", returnType: { kind: "void" }, parameters: [], isVariadic: false }), 0x4010n),
    "0x4010 <handler+0x10>",
  ],
  ["a reference", of({ kind: "reference", byteSize: 8, target: builtin.int }, 0x1000n), "@0x1000: 67305985"],
  ["unmapped memory", memoryValue(builtin.int, 0x9000n), "<cannot read memory at 0x9000>"],
  ["memory that ends within", memoryValue(builtin.long, 0x2004n), "<cannot read memory at 0x2008>"],
  [
    "an array in unmapped memory",
    memoryValue({ kind: "array", element: builtin.int, dimensions: [3] }, 0x9000n),
    "<cannot read memory at 0x9000>",
  ],
  [
    "a flexible array",
    memoryValue({ kind: "array", element: builtin.int, dimensions: [undefined] }, 0x1000n),
    "0x1000",
  ],
  [
    "a struct that is only declared",
    memoryValue({ ...pair, byteSize: undefined, members: [] }, 0x1000n),
    "<incomplete type>",
  ],
  ["a register", at(builtin.int, { kind: "register", register: 10 }), "-1430532899"],
  ["a byte of a register", at(builtin["unsigned char"], { kind: "register", register: 10 }), "221 '\\335'"],
  [
    "a register that was not saved",
    at(builtin.int, { kind: "register", register: 11 }),
    "<optimized out: its register was not saved>",
  ],
  ["nothing left", at(builtin.int, gone), "<optimized out>"],
  [
    "pieces of which one is gone",
    at(pair, { kind: "pieces", pieces: [piece({ kind: "register", register: 10 }, 32), piece(gone, 32)] }),
    "{low = -1430532899, high = <optimized out>}",
  ],
  [
    "pieces in register and memory",
    at(builtin.long, {
      kind: "pieces",
      pieces: [piece({ kind: "memory", address: 0x2000n }, 32), piece({ kind: "register", register: 10 }, 32)],
    }),
    "-6144092015624292472",
  ],
  ["an empty variant", of(option, 0n), "{}"],
  ["a variant", of(option, (7n << 32n) | 1n), "{some = 7}"],
  ["an endless typedef", at(endlessTypedef(), { kind: "memory", address: 0x1000n }), "<the type has no known size>"],
];

function endlessTypedef(): Type {
  const type = { kind: "typedef" as const, name: "again", target: builtin.int as Type };
  type.target = type;
  return type;
}

for (const [name, value, expected] of cases) test(name, () => assert.equal(format.format(value), expected));

test("long arrays are given a page at a time", () => {
  const array = memoryValue({ kind: "array", element: builtin.char, dimensions: [1_000_000] }, 0x1000n);
  assert.deepEqual(childCount(array, format, access), { named: 0, indexed: 1_000_000 });
  const page = childrenOf(array, "a", format, access, 2, 3);
  assert.deepEqual(
    page.map((child) => [child.name, child.expression, format.format(child.value)]),
    [
      ["[2]", "a[2]", "3 '\\x03'"],
      ["[3]", "a[3]", "4 '\\x04'"],
      ["[4]", "a[4]", "104 'h'"],
    ],
  );
});

test("bit fields are read and written without touching their neighbours", async () => {
  const record: RecordType = {
    ...pair,
    members: [
      member("a", builtin.int, 0, 0, 3),
      member("b", builtin.int, 0, 3, 10),
      member("c", builtin.int, 1, 5, 11),
    ],
  };
  target.map(0x3000n, [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
  const value = memoryValue(record, 0x3000n);
  await access.write(access.member(value, record.members[1]), toBytes(0x155n, 8));
  assert.equal(format.format(value), "{a = -1, b = 341, c = -1}");
  assert.deepEqual([...target.readMemory(0x3000n, 4)], [0xaf, 0xea, 0xff, 0xff]);
});

test("a register is written only where it still is", async () => {
  target.set("a0", 0xaabbccddn);
  await access.write(at(builtin.short, { kind: "register", register: 10 }), toBytes(1n, 2));
  assert.equal(target.readRegisters()[new Registers(target).find("a0")!], 0xaabb0001n);
  await assert.rejects(
    access.write(at(builtin.int, { kind: "register", register: 10 }), toBytes(1n, 4)),
    /set in the innermost frame/,
  );
});
