import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Access, FaultCause } from "../ir/exits.ts";
import { GUEST_BASE, LINE_SHIFT, PageFlag, READ_FLAGS, WRITE_FLAGS } from "./layout.ts";
import { GuestMemory, Protection } from "./memory.ts";

const { None, Read, Write, Execute } = Protection;
const wasm = new WebAssembly.Memory({ initial: 0x2000, maximum: 0x2000, shared: true });
let memory: GuestMemory;
beforeEach(() => {
  memory = new GuestMemory(wasm);
  memory.map(0x10000, 0x3000, Read | Write, "data");
});

const mappings = () => memory.mappings().map(({ start, end, protection, name }) => [start, end, protection, name]);

test("neighbours of one kind are one mapping; others are kept apart", () => {
  memory.map(0x13000, 0x1000, Read | Write, "data");
  memory.map(0x14000, 0x1000, Read, "data");
  assert.deepEqual(mappings(), [
    [0x10000, 0x14000, Read | Write, "data"],
    [0x14000, 0x15000, Read, "data"],
  ]);
});

test("unmap and protect cut a mapping in pieces", () => {
  memory.unmap(0x11000, 0x1000);
  assert.equal(memory.protect(0x12000, 0x1000, Read), true);
  assert.deepEqual(mappings(), [
    [0x10000, 0x11000, Read | Write, "data"],
    [0x12000, 0x13000, Read, "data"],
  ]);
  assert.equal(memory.protect(0x10000, 0x2000, Read), false, "a page of it is not mapped");
  assert.equal(memory.isAll(true, 0x10000, 0x1000), true);
  assert.equal(memory.isAll(true, 0x10000, 0x1001), false);
  assert.equal(memory.isAll(false, 0x11000, 0x1000), true);
});

test("fresh mappings are zero, also over what was there", () => {
  memory.store(0x10000n, 8, 0x1122334455667788n);
  memory.map(0x10000, 0x1000, Read | Write);
  assert.equal(memory.load(0x10000n, 8), 0n);
});

// Page protections, the access, and why it fails; undefined: it does not.
const accesses: [protection: number, access: Access, cause: FaultCause | undefined][] = [
  [Read, Access.Load, undefined],
  [Read, Access.Store, FaultCause.Protected],
  [Read, Access.Fetch, FaultCause.Protected],
  [Read | Execute, Access.Fetch, undefined],
  [Write, Access.Load, undefined], // writable implies readable, as on Linux
  [Execute, Access.Load, FaultCause.Protected],
  [None, Access.Load, FaultCause.Protected],
];
for (const [protection, access, cause] of accesses) {
  test(`${Access[access]} of a page with protection ${protection}: ${cause === undefined ? "works" : FaultCause[cause]}`, () => {
    memory.map(0x20000, 0x1000, protection);
    assert.equal(memory.check(0x20000n, 8, access)?.cause, cause);
    const [flags, forbidden] = [access === Access.Store ? WRITE_FLAGS : READ_FLAGS, cause !== undefined];
    if (access !== Access.Fetch) assert.equal(memory.bytes[flags + 0x20] !== 0, forbidden, "the fast path agrees");
  });
}

const faults: [what: string, address: bigint, size: number, at: bigint][] = [
  ["nothing mapped", 0x50000n, 1, 0x50000n],
  ["across the end of a mapping", 0x12ffcn, 8, 0x13000n],
  ["past the address space", 0x1_0000_0000n, 4, 0x1_0000_0000n],
  ["at the top of 64 bits", 0xffff_ffff_ffff_fff8n, 8, 0xffff_ffff_ffff_fff8n],
  ["an address is never truncated", 0x1_0001_0000n, 8, 0x1_0001_0000n],
];
for (const [what, address, size, at] of faults) {
  test(`a fault names its address: ${what}`, () => {
    assert.equal(memory.load(address, size), 0n);
    assert.deepEqual(memory.fault, { address: at, access: Access.Load, cause: FaultCause.Unmapped });
    memory.store(address, size, 1n);
    assert.equal(memory.fault?.address, at);
  });
}

test("a store that fails writes nothing", () => {
  memory.store(0x12ffcn, 8, -1n);
  assert.equal(memory.load(0x12ff8n, 8), 0n);
});

test("reads and writes for debuggers go as far as pages are mapped, whatever their protection", () => {
  memory.protect(0x12000, 0x1000, None);
  assert.equal(memory.write(0x12ffen, Uint8Array.of(1, 2, 3, 4)), 2);
  assert.deepEqual([...memory.read(0x12ffdn, 16)], [0, 1, 2]);
  assert.equal(memory.read(0xffff_ffff_ffff_0000n, 16).length, 0);
  assert.equal(memory.write(0x50000n, Uint8Array.of(1)), 0);
});

test("a write over a line with translated code is told before it happens; others are not", () => {
  const told: [number, number, number][] = [];
  memory.onCodeWrite = (address, length) => told.push([address, length, memory.bytes[GUEST_BASE + address]]);
  memory.codeLines.mark(0x11040 >> LINE_SHIFT);
  const flags = () => memory.bytes[WRITE_FLAGS + 0x11];
  assert.equal(flags(), PageFlag.Code);
  memory.store(0x11044n, 1, 7n);
  memory.store(0x11044n, 4, 8n);
  memory.store(0x1103en, 2, 7n);
  memory.store(0x1103cn, 8, 7n);
  memory.store(0x11080n, 8, 7n);
  memory.store(0x10000n, 8, 7n);
  memory.write(0x10ff0n, new Uint8Array(0x1010));
  assert.deepEqual(told, [
    [0x11044, 1, 0],
    [0x11044, 4, 7],
    [0x1103c, 8, 0],
    [0x11000, 0x1000, 0],
  ]);
  for (const [address, size, harmless] of [
    [0x11000, 8, true],
    [0x11038, 8, true],
    [0x1103c, 8, false],
    [0x1107f, 1, false],
    [0x1107c, 8, false],
    [0x11080, 8, true],
    [0x11ffc, 8, true],
    [0x12ffc, 8, false],
  ] as const)
    assert.equal(memory.isHarmless(address, size, true), harmless, `${size} bytes at 0x${address.toString(16)}`);
  memory.codeLines.unmark(0x11040 >> LINE_SHIFT);
  assert.equal(flags(), 0, "a page without code is plain again");
});

test("code that may no longer be executed is told of; other changes of protection leave it", () => {
  const told: number[][] = [];
  memory.map(0x20000, 0x3000, Read | Write | Execute);
  memory.onCodeChange = (address, length) => told.push([address, length]);
  for (const address of [0x20000, 0x22000]) memory.codeLines.mark(address >> LINE_SHIFT);
  memory.protect(0x20000, 0x3000, Read | Execute);
  assert.deepEqual(told, []);
  assert.equal(memory.bytes[WRITE_FLAGS + 0x20], PageFlag.Code | PageFlag.Protected);
  memory.protect(0x20000, 0x3000, Read | Write | Execute);
  assert.equal(memory.bytes[WRITE_FLAGS + 0x20], PageFlag.Code);
  memory.protect(0x20000, 0x3000, Read | Write);
  assert.deepEqual(told, [
    [0x20000, 0x1000],
    [0x22000, 0x1000],
  ]);
});
