// The facade on the fixture programs: what a debugger asks, and what it must hear.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Location, LocationContext, RecordType, Scope, Symbols } from "./api.ts";
import { stripped, typeName } from "./index.ts";
import { fixturePath, load } from "./testing/programs.ts";

const open = (name: string) => load(fixturePath(name)).symbols;

/** Line of the comment `BREAK: mark` in a source. */
function marked(source: string, mark: string): number {
  const lines = readFileSync(fixturePath(source), "utf8").split("\n");
  const line = lines.findIndex((text) => text.includes(`BREAK: ${mark} `) || text.endsWith(`BREAK: ${mark}`)) + 1;
  assert.ok(line > 0, `no mark ${mark} in ${source}`);
  return line;
}

/** One function of a program by name. */
function only(symbols: Symbols, name: string) {
  const found = symbols.functionsNamed(name);
  assert.equal(found.length, 1, `functions named ${name}`);
  return found[0];
}

/** A frame at 0x7000 with numbered registers and no memory. */
const frame: LocationContext = {
  loadBias: 0n,
  readRegister: (number) => 0x6000n + BigInt(number),
  readMemory: () => new Uint8Array(),
  cfa: () => 0x7000n,
};

const SAME_SOURCE = ["structs/structs-O0.elf", "structs/structs-dwarf4.elf", "structs/structs-compressed.elf"];

for (const program of SAME_SOURCE) {
  const symbols = open(program);

  test(`${program}: breakpoints go to marked lines, and back`, () => {
    for (const mark of [
      "add",
      "multiply",
      "midpoint",
      "build-loop",
      "build",
      "sum-loop",
      "main",
      "inner-scope",
      "end",
    ]) {
      const line = marked("structs/structs.c", mark);
      const found = symbols.addressesForLine("/somewhere/else/structs.c", line);
      assert.equal(found?.line, line, mark);
      assert.equal(found.addresses.length, 1, mark);
      const back = symbols.lineForAddress(found.addresses[0]);
      assert.deepEqual([back?.path, back?.line, back?.isStatement], ["structs.c", line, true], mark);
    }
  });

  test(`${program}: lines without code slide within their function, those between functions into the next`, () => {
    const line = (mark: string) => marked("structs/structs.c", mark);
    const cases: [asked: number, actual: number | undefined][] = [
      [line("add") - 2, line("add") - 2],
      [line("add") + 1, line("add") + 1],
      [line("add") + 2, line("add") + 3],
      [1, line("add") - 2],
      [10_000, undefined],
      [line("build-loop") + 1, line("build")],
    ];
    for (const [asked, actual] of cases)
      assert.equal(symbols.addressesForLine("structs.c", asked)?.line, actual, `line ${asked}`);
    assert.equal(symbols.addressesForLine("unknown.c", 5), undefined);
  });

  test(`${program}: a breakpoint on a function's first line is past its prologue`, () => {
    const add = only(symbols, "add");
    assert.ok(symbols.bodyStart(add) > add.entry);
    assert.deepEqual(symbols.addressesForLine("structs.c", add.declaration!.line)?.addresses, [symbols.bodyStart(add)]);
    assert.equal(symbols.lineForAddress(symbols.bodyStart(add))?.line, add.declaration!.line + 1);
  });

  test(`${program}: functions`, () => {
    const midpoint = only(symbols, "midpoint");
    assert.equal(typeName(midpoint.returnType!), "point");
    assert.equal(symbols.functionAt(midpoint.entry + 4n)?.name, "midpoint");
    assert.deepEqual(symbols.functionRange(midpoint.entry + 4n), midpoint.ranges[0]);
    assert.equal(symbols.symbolAt(midpoint.entry + 4n)?.name, "midpoint");
    assert.equal(symbols.symbolAt(midpoint.entry + 4n)?.offset, 4n);
    assert.equal(symbols.addressOf("midpoint"), midpoint.entry);
    const row = symbols.unwindRow(midpoint.ranges[0].high - 8n);
    assert.equal(row?.returnAddressRegister, 1);
    assert.deepEqual(row.functionRange, midpoint.ranges[0]);
  });

  test(`${program}: scopes, innermost first`, () => {
    const at = symbols.addressesForLine("structs.c", marked("structs/structs.c", "inner-scope"))!.addresses[0];
    const scopes = symbols.visibleScopes(at);
    const described = scopes.map(({ variables }) => variables.map((v) => `${v.kind} ${typeName(v.type)} ${v.name}`));
    assert.deepEqual(described, [
      ["local int tiny"],
      [
        "parameter int argc",
        "parameter char ** argv",
        "local node * head",
        "local char [10] text",
        "local int [5] primes",
        "local int * middle",
        "local signed char tiny",
        "local long unsigned int big",
        "local point between",
      ],
    ]);
    const inner = scopes[0].variables[0].locate(at, frame);
    const outer = scopes[1].variables.find((v) => v.name === "tiny")!.locate(at, frame);
    assert.ok(inner.kind === "memory" && outer.kind === "memory" && inner.address !== outer.address);
    assert.ok(inner.address > 0x6e00n && inner.address < 0x7000n, "in the frame, below its cfa");
  });

  test(`${program}: globals, also of position-independent programs`, () => {
    const [ratio] = symbols.globalsNamed("ratio");
    const address = symbols.addressOf("ratio")!;
    assert.deepEqual(ratio.locate(0n, frame), { kind: "memory", address } satisfies Location);
    const moved = ratio.locate(0n, { ...frame, loadBias: 0x40000n });
    assert.deepEqual(moved, { kind: "memory", address: address + 0x40000n } satisfies Location);
    assert.equal(typeName(symbols.globalsNamed("matrix")[0].type), "int [2][3]");
    assert.equal(typeName(symbols.globalsNamed("colour_names")[0].type), "const char * const [3]");
    const { entry } = only(symbols, "add");
    const names = symbols.unitGlobals(entry).map((variable) => variable.name);
    for (const name of ["nodes", "calls", "matrix", "ratio", "single"]) assert.ok(names.includes(name), name);
  });

  test(`${program}: types`, () => {
    const node = stripped(symbols.typeNamed("struct node")!) as RecordType;
    assert.equal(node.byteSize, 56);
    assert.deepEqual(
      node.members.map((member) => `${member.offset} ${typeName(member.type)} ${member.name}`),
      [
        "0 const char * name",
        "8 point where",
        "16 colour colour",
        "24 number value",
        "32 flags flags",
        "40 node * next",
        "48 struct {...} range",
      ],
    );
    const flags = stripped(symbols.typeNamed("flags")!) as RecordType;
    assert.deepEqual(
      flags.members.map(({ name, offset, bitOffset, bitSize }) => [name, offset! * 8 + bitOffset, bitSize]),
      [
        ["ready", 0, 1],
        ["mode", 1, 3],
        ["level", 4, 5],
      ],
    );
    const colour = symbols.typeNamed("enum colour");
    assert.ok(colour?.kind === "enum" && colour.isSigned);
    assert.deepEqual(
      colour.enumerators.map(({ name, value }) => `${name}=${value}`),
      ["RED=0", "GREEN=5", "BLUE=-2"],
    );
    assert.equal(typeName(stripped(symbols.typeNamed("operation")!)), "int (*)(int, int)");
    assert.equal(symbols.typeNamed("union node"), undefined);
  });

  test(`${program}: a line's code is one range as long as nothing else comes between`, () => {
    const at = symbols.addressesForLine("structs.c", marked("structs/structs.c", "midpoint"))!.addresses[0];
    const range = symbols.lineRangeContaining(at)!;
    assert.ok(range.low === at && range.high > at);
    for (let pc = range.low; pc < range.high; pc += 2n)
      assert.equal(symbols.lineForAddress(pc)?.line, marked("structs/structs.c", "midpoint"));
    assert.notEqual(symbols.lineForAddress(range.high)?.line, marked("structs/structs.c", "midpoint"));
    // The header of a for loop has code before and after the body.
    const loop = symbols.addressesForLine("structs.c", marked("structs/structs.c", "build-loop") - 13)!;
    assert.ok(symbols.lineRanges(loop.addresses[0]).length >= 2);
  });

  test(`${program}: nothing to complain about`, () => assert.deepEqual(symbols.warnings, []));
}

test("optimized code: inlined calls have their own scopes and call sites", () => {
  const symbols = open("structs/structs-O2.elf");
  const main = only(symbols, "main");
  const inlined: Scope[] = [];
  const collect = (scope: Scope): void => {
    if (scope.kind === "inlined") inlined.push(scope);
    scope.children.forEach(collect);
  };
  collect(main.body);
  const sum = inlined.find((scope) => scope.name === "sum_list");
  assert.ok(sum, "sum_list is inlined into main");
  assert.equal(sum.callSite?.line, marked("structs/structs.c", "main"));
  const inside = sum.ranges[0].low;
  const calls = symbols.inlinedCallsAt(inside).map((call) => call.name);
  assert.ok(calls.includes("sum_list"), calls.join(", "));
  const visible = symbols.visibleScopes(inside, true).flatMap(({ variables }) => variables.map((v) => v.name));
  for (const name of ["head", "argc"]) assert.ok(visible.includes(name), `${name} in ${visible}`);
  const withoutCallers = symbols.visibleScopes(inside).flatMap(({ variables }) => variables.map((v) => v.name));
  assert.ok(!withoutCallers.includes("argc"), withoutCallers.join(", "));
});

test("optimized code: what has no location says so", () => {
  const symbols = open("recursion/recursion-O2.elf");
  const reasons = new Set<string>();
  for (const name of ["main", "fibonacci", "ackermann"])
    for (const fn of symbols.functionsNamed(name))
      for (let pc = fn.entry; pc < fn.ranges[0].high; pc += 2n)
        for (const { variables } of symbols.visibleScopes(pc, true))
          for (const variable of variables) {
            const location = variable.locate(pc, frame);
            if (location.kind === "optimizedOut") reasons.add(location.reason);
          }
  for (const reason of reasons) assert.match(reason, /^(optimized out|its value at the function's entry)/);
});

test("C++: names, templates, references, inheritance", () => {
  const symbols = open("cxx/cxx.elf");
  const area = only(symbols, "shapes::Circle::area");
  assert.equal(area.linkageName, "_ZNK6shapes6Circle4areaEv");
  assert.deepEqual(
    area.body.variables.map((v) => `${typeName(v.type)} ${v.name}${v.isArtificial ? " (artificial)" : ""}`),
    ["const shapes::Circle * const this (artificial)"],
  );
  assert.deepEqual(symbols.functionsNamed("_ZNK6shapes6Circle4areaEv"), [area]);
  const circle = stripped(symbols.typeNamed("shapes::Circle")!) as RecordType;
  assert.deepEqual(
    circle.members.map((m) => [m.isBase, m.name, typeName(m.type), m.offset]),
    [
      [true, undefined, "shapes::Shape", 0],
      [false, "radius_", "double", 40],
    ],
  );
  assert.equal(symbols.addressesForLine("cxx.cpp", marked("cxx/cxx.cpp", "circle"))?.addresses.length, 1);
  assert.equal(symbols.functionAt(symbols.addressOf("__cxa_throw")!)?.hasDebugInfo, false);
  assert.equal(symbols.symbolAt(symbols.addressOf("_ZdlPv")!)?.displayName, "operator delete(void*)");
});

test("Rust: namespaces, enums with data", () => {
  const symbols = open("rust/inventory.elf");
  const kind = stripped(symbols.typeNamed("inventory::Kind")!) as RecordType;
  assert.equal(typeName(kind.variants!.discriminant!.type), "u8");
  assert.deepEqual(
    kind.variants!.variants.map(({ value, members }) => `${value} ${members[0].name}: ${typeName(members[0].type)}`),
    ["0 Plant: inventory::Kind::Plant", "1 Animal: inventory::Kind::Animal", "2 Stone: inventory::Kind::Stone"],
  );
  assert.equal(only(symbols, "inventory::main").displayName, "inventory::main");
  assert.equal(symbols.functionAt(symbols.addressOf("main")!)?.displayName, "inventory::main");
});

test("programs without debug information have their symbol table, or nothing", () => {
  const symbols = open("reference/mixed.elf");
  assert.equal(symbols.hasDebugInfo, false);
  const fib = only(symbols, "fib");
  assert.equal(fib.hasDebugInfo, false);
  assert.equal(symbols.functionAt(fib.entry + 2n)?.name, "fib");
  assert.equal(symbols.bodyStart(fib), fib.entry);
  assert.deepEqual([symbols.sourceFiles(), symbols.lineForAddress(fib.entry), symbols.warnings], [[], undefined, []]);
  assert.equal(symbols.functionAt(symbols.addressOf("_start")!)?.displayName, "_start");
  const bare = open("structs/structs-stripped.elf");
  assert.deepEqual([bare.hasDebugInfo, bare.functionsNamed("main"), bare.symbolAt(0x10400n)], [false, [], undefined]);
});

test("breakpoint locations between lines", () => {
  const symbols = open("structs/structs-O0.elf");
  const line = marked("structs/structs.c", "multiply");
  const found = symbols.breakpointLocations("structs.c", line - 3, line + 1);
  assert.deepEqual(
    [...new Set(found.map((location) => location.line))],
    [line - 3, line - 2, line - 1, line, line + 1],
  );
  assert.ok(found.every((location) => location.column > 0));
});

test("optimized code: values at a call come from the call site", () => {
  const symbols = open("structs/structs-O2.elf");
  const main = only(symbols, "main");
  const found: string[] = [];
  for (let pc = main.entry; pc <= main.ranges[0].high; pc += 2n)
    for (const register of [10, 11]) {
      const value = symbols.callSiteValue(pc, register);
      if (value) found.push(`a${register - 10}`);
    }
  assert.ok(found.length > 0, "some calls in main tell their arguments");
  assert.equal(symbols.callSiteValue(main.entry, 10), undefined);
});

test("all code with a line is listed piece by piece, and is where an address says", () => {
  const symbols = open("structs/structs-O0.elf");
  const pieces = [...symbols.codeLines()];
  assert.ok(pieces.length > 50);
  for (const { low, high, path, line } of pieces) {
    assert.ok(low < high && line > 0);
    for (const address of [low, high - 1n]) {
      const found = symbols.lineForAddress(address);
      assert.deepEqual([found?.path, found?.line], [path, line]);
    }
  }
  const add = only(symbols, "add");
  const ofAdd = pieces.filter(({ low }) => low >= add.ranges[0].low && low < add.ranges[0].high);
  const bytes = ofAdd.reduce((sum, { low, high }) => sum + high - low, 0n);
  assert.equal(bytes, add.ranges[0].high - add.ranges[0].low, "every byte of a function is in one piece");
});
