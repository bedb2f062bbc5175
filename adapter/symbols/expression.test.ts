import assert from "node:assert/strict";
import { test } from "node:test";
import type { Expression, Location, LocationContext } from "./api.ts";
import { evaluateExpression } from "./expression.ts";

const types: Record<number, { byteSize: number; encoding: "float" | "signed" }> = {
  8: { byteSize: 8, encoding: "float" },
  4: { byteSize: 4, encoding: "signed" },
};

const expression = (bytes: number[]): Expression => ({
  bytes: Uint8Array.from(bytes),
  addressSize: 8,
  addressAt: (index) => 0x5000n + BigInt(index) * 8n,
  baseTypeAt: (offset) => types[offset],
  expressionAt: (offset) => (offset === 1 ? expression([0x35]) : offset === 2 ? expression([0x98, 2, 0]) : undefined),
});

const context: LocationContext = {
  loadBias: 0x10000n,
  readRegister: (number) => (number < 32 ? BigInt(number) * 0x100n : undefined),
  readMemory: (address, length) =>
    address < 0x9000n ? Uint8Array.from({ length }, (_, i) => (i === 0 ? 0x42 : 0)) : new Uint8Array(),
  cfa: () => 0x7000n,
  frameBase: () => 0x6000n,
};

const memory = (address: number): Location => ({ kind: "memory", address: BigInt(address) });
const value = (...bytes: number[]): Location => ({
  kind: "value",
  bytes: Uint8Array.from({ length: 8 }, (_, i) => bytes[i] ?? 0),
});
const out = (reason: string): Location => ({ kind: "optimizedOut", reason });
const STACK_VALUE = 0x9f;

const cases: [string, number[], Location][] = [
  ["addr adds the load bias", [0x03, 0, 0x20, 0, 0, 0, 0, 0, 0], memory(0x12000)],
  ["addrx", [0xa1, 2], memory(0x15010)],
  ["fbreg", [0x91, 0x68], memory(0x6000 - 24)],
  ["breg2", [0x72, 0x10], memory(0x210)],
  ["bregx", [0x92, 8, 0x7f], memory(0x7ff)],
  ["reg10", [0x5a], { kind: "register", register: 10 }],
  ["regx", [0x90, 33], { kind: "register", register: 33 }],
  ["call_frame_cfa and plus_uconst", [0x9c, 0x23, 8], memory(0x7008)],
  ["deref", [0x70, 0, 0x06], memory(0x42)],
  ["deref of unmapped memory", [0x0a, 0, 0xf0, 0x06], out("memory at 0xf000 cannot be read")],
  ["literal as value", [0x37, STACK_VALUE], value(7)],
  ["const1s is extended", [0x09, 0xff, STACK_VALUE], value(255, 255, 255, 255, 255, 255, 255, 255)],
  ["signed division", [0x09, 0xf9, 0x32, 0x1b, 0x1f, STACK_VALUE], value(3)],
  ["division by zero", [0x31, 0x30, 0x1b], out("the location expression divides by zero")],
  ["shra keeps the sign, shr does not", [0x09, 0xff, 0x08, 63, 0x25, STACK_VALUE], value(1)],
  ["shift by the width", [0x31, 0x08, 64, 0x24, STACK_VALUE], value(0)],
  ["rot", [0x31, 0x32, 0x33, 0x17, 0x1c, STACK_VALUE], value(255, 255, 255, 255, 255, 255, 255, 255)],
  ["swap, over, pick", [0x31, 0x32, 0x16, 0x14, 0x15, 2, 0x1e, 0x1e, STACK_VALUE], value(4)],
  ["signed comparison", [0x09, 0xff, 0x31, 0x2d, STACK_VALUE], value(1)],
  ["bra over an operator", [0x31, 0x28, 1, 0, 0x35, 0x36, STACK_VALUE], value(6)],
  ["endless skip", [0x2f, 0xfd, 0xff], out("the location expression does not end")],
  ["jump outside", [0x2f, 0x10, 0x10], out("the location expression jumps outside itself")],
  ["implicit_value", [0x9e, 2, 0xaa, 0xbb], { kind: "value", bytes: Uint8Array.of(0xaa, 0xbb) }],
  ["call2", [0x98, 1, 0, STACK_VALUE], value(5)],
  ["endless call", [0x98, 2, 0], out("the location expression calls itself too deeply")],
  [
    "convert to double and back",
    [0x33, 0xa8, 8, 0xa8, 4, STACK_VALUE],
    { kind: "value", bytes: Uint8Array.of(3, 0, 0, 0) },
  ],
  ["empty", [], out("optimized out")],
  ["register that is not known", [0x92, 40, 0], out("register 40 was not saved in this frame")],
  ["entry value without a caller", [0xa3, 1, 0x5a, STACK_VALUE], out("its value at the function's entry is not known")],
  ["implicit pointer", [0xa0, 0, 0, 0, 0, 0], out("the object it points to was optimized out")],
  ["unknown operator", [0xee], out("the location uses an unknown operator, 0xee")],
  ["stack underflow", [0x22], out("the location expression uses a value that it did not compute")],
  ["cut off", [0x0c, 1], out("location expression at 0x1: 4 bytes are needed, 1 are left")],
  [
    "pieces: register, nothing, memory",
    [0x5a, 0x93, 4, 0x93, 4, 0x72, 0, 0x93, 8],
    {
      kind: "pieces",
      pieces: [
        { location: { kind: "register", register: 10 }, bitSize: 32, bitOffset: 0 },
        { location: out("optimized out"), bitSize: 32, bitOffset: 0 },
        { location: memory(0x200), bitSize: 64, bitOffset: 0 },
      ],
    },
  ],
];

for (const [name, bytes, expected] of cases)
  test(name, () => assert.deepEqual(evaluateExpression(expression(bytes), context), expected));

test("the initial stack is there first", () => {
  assert.deepEqual(evaluateExpression(expression([0x23, 4]), context, [0x100n]), memory(0x104));
});

test("entry values, thread-local storage and the frame base come from the context", () => {
  const rich: LocationContext = { ...context, entryValue: () => 9n, tls: (offset) => 0x8000n + offset };
  assert.deepEqual(evaluateExpression(expression([0xa3, 1, 0x5a, STACK_VALUE]), rich), value(9));
  assert.deepEqual(evaluateExpression(expression([0x38, 0xe0]), rich), memory(0x8008));
  const poor: LocationContext = { ...context, frameBase: undefined, cfa: () => undefined };
  assert.deepEqual(evaluateExpression(expression([0x91, 0]), poor), out("the frame base is not known here"));
  assert.deepEqual(evaluateExpression(expression([0x9c]), poor), out("the canonical frame address is not known here"));
});
