// Programs that cannot be run: what is said of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFixture } from "../../../test-fixtures/fixtures.ts";
import { testMachine } from "../testing/test-machine.ts";

const tiny = "structs/structs-O0.elf";
const SEGMENTS = 64;
const HEADER_SIZE = 56;

interface Patch {
  at: number;
  bytes: number[];
}

const put = (at: number, value: bigint, size: number): Patch => ({
  at,
  bytes: Array.from({ length: size }, (_, i) => Number((BigInt.asUintN(64, value) >> BigInt(8 * i)) & 0xffn)),
});

/** Fields of a loadable segment, the first being number 0. */
function segment(
  number: number,
  fields: { offset?: bigint; address?: bigint; fileSize?: bigint; memorySize?: bigint },
): Patch[] {
  const bytes = readFixture(tiny);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const loads = Array.from({ length: view.getUint16(56, true) }, (_, i) => SEGMENTS + HEADER_SIZE * i).filter(
    (at) => view.getUint32(at, true) === 1,
  );
  const positions = { offset: 8, address: 16, fileSize: 32, memorySize: 40 };
  return Object.entries(fields).map(([name, value]) =>
    put(loads[number] + positions[name as keyof typeof positions], value, 8),
  );
}

const rejected: [what: string, patches: Patch[], message: RegExp][] = [
  ["another machine", [put(18, 62n, 2)], /^x: at file offset 0x12: made for x86-64; this machine runs RISC-V$/],
  ["an unknown machine", [put(18, 8n, 2)], /made for machine 8; this machine runs RISC-V$/],
  ["an object file", [put(16, 1n, 2)], /an object file \(\.o\), not yet linked into a program$/],
  ["a core dump", [put(16, 4n, 2)], /a core dump, not a program$/],
  ["another type", [put(16, 77n, 2)], /ELF type 77 is no program$/],
  ["no segments", [put(56, 0n, 2)], /^x: no loadable segments$/],
  [
    "entry point outside",
    [put(24, 0x1234n, 8)],
    /^x: at file offset 0x18: the entry point 0x1234 lies in no executable segment$/,
  ],
  [
    "segment past the end of the file",
    segment(0, { offset: 0x100000n }),
    /program header \d: file range 0x100000\+0x[0-9a-f]+ lies past the end of the file \(0x[0-9a-f]+ bytes\)$/,
  ],
  [
    "more in the file than in memory",
    segment(0, { memorySize: 16n }),
    /program header \d: \d+ bytes in the file are more than its 16 in memory$/,
  ],
  ["segments that overlap", segment(1, { address: 0x10010n }), /program headers \d and \d overlap at 0x10010$/],
  [
    "a segment too high",
    segment(1, { address: 1n << 40n }),
    /program header \d: 0x10000000000\+0x[0-9a-f]+ lies outside the address space/,
  ],
  ["a segment at the top of 64 bits", segment(1, { address: (1n << 64n) - 8n }), /lies outside the address space/],
  [
    "a segment at 0",
    segment(0, { address: 0n }),
    /program header \d: address 0x0 is below 0x10000, which is kept free$/,
  ],
  ["a segment without end", segment(1, { memorySize: (1n << 64n) - 1n }), /lies outside the address space/],
];

for (const [what, patches, message] of rejected)
  test(`rejected: ${what}`, () => {
    const program = readFixture(tiny).slice();
    for (const { at, bytes } of patches) program.set(bytes, at);
    assert.throws(() => testMachine(program, { programName: "x" }), { name: "ElfError", message });
  });

test("rejected: a program that needs a dynamic loader", () => {
  const program = readFixture(tiny).slice();
  // The first program header becomes PT_INTERP, its file range a path.
  const path = new TextEncoder().encode("/lib/ld.so.1\0");
  const end = program.length - path.length;
  program.set(path, end);
  for (const { at, bytes } of [
    put(SEGMENTS, 3n, 4),
    put(SEGMENTS + 8, BigInt(end), 8),
    put(SEGMENTS + 32, BigInt(path.length), 8),
  ])
    program.set(bytes, at);
  assert.throws(() => testMachine(program, { programName: "x" }), {
    message: /needs a dynamic loader \(\/lib\/ld\.so\.1\), which is not supported; link it with -static$/,
  });
});

test("position-independent programs are moved, others are not", () => {
  const moved = testMachine("pie/pie.elf");
  assert.equal(moved.loadBias, 0x400000n);
  assert.ok(moved.code.entry >= moved.code.start && moved.code.entry < moved.code.end);
  assert.equal(testMachine(tiny).loadBias, 0n);
});

test("arguments that do not fit", () => {
  assert.throws(() => testMachine(tiny, { args: ["x".repeat(3 << 20)] }), /arguments and environment are too long/);
});

test("a program without section headers runs", () => {
  const program = readFixture(tiny).slice();
  for (const { at, bytes } of [put(40, 0n, 8), put(58, 0n, 6)]) program.set(bytes, at);
  assert.deepEqual(testMachine(program).run(1_000_000), { kind: "exited", status: 8 });
});

test("a stack that runs out says so", () => {
  const machine = testMachine("recursion/recursion.elf", { args: ["4000000000"], stopOnSignals: true });
  let stop = machine.run(1);
  while (stop.kind === "budget") stop = machine.run(10_000_000);
  assert.ok(stop.kind === "signal");
  assert.match(
    stop.text,
    /^SIGSEGV at 0x[0-9a-f]+: store to 0x[0-9a-f]+, which is not mapped \(the stack has run out\)$/,
  );
});
