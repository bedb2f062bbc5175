// Functions, scopes, types and breakpoints against gdb, which is asked through its Python.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { SymbolType } from "../../emulator/elf/elf.ts";
import type { FunctionInfo, LocationContext, RecordType, Symbols, Variable } from "./api.ts";
import { byteSizeOf, stripped } from "./index.ts";
import { load, programs, reference } from "./testing/programs.ts";

const folder = mkdtempSync(join(tmpdir(), "symbols-gdb-"));
after(() => rmSync(folder, { recursive: true }));

/** What gdb is to print: one JSON array per line, `[key, answer]`. */
const SCRIPT = `
import gdb, json
def say(key, value): print("@@" + json.dumps([key, value]))
def scope(pc):
    block = gdb.block_for_pc(pc)
    found = []
    while block and not block.is_global and not block.is_static:
        for s in block:
            if (s.is_argument or s.is_variable or s.is_constant) and s.addr_class != gdb.SYMBOL_LOC_OPTIMIZED_OUT:
                found.append([s.name, s.type.sizeof if s.type.code != gdb.TYPE_CODE_VOID else 0, bool(s.is_argument)])
        if block.function: break
        block = block.superblock
    return found
def places(spec):
    try: b = gdb.Breakpoint(spec)
    except gdb.error: return []
    if b.pending:
        b.delete(); return []
    out = sorted(l.address for l in b.locations)
    b.delete()
    return [str(a) for a in out]
def fields(name):
    t = gdb.lookup_type(name)
    return [[f.name if not f.is_base_class else "", f.bitpos, f.bitsize, f.type.sizeof] for f in t.fields() if hasattr(f, "bitpos")]
def attempt(key, call):
    try: say(key, call())
    except (gdb.error, RuntimeError) as e: say(key, None)
`;

type Answers = Map<string, unknown>;

function ask(path: string, questions: readonly string[]): Answers | undefined {
  const script = join(folder, "questions.py");
  writeFileSync(script, `${SCRIPT}\n${questions.join("\n")}\n`);
  const output = reference("gdb-multiarch", ["-batch", "-nx", "-ex", "set breakpoint pending off", "-x", script, path]);
  if (output === undefined) return undefined;
  const answers: Answers = new Map();
  for (const line of output.split("\n"))
    if (line.startsWith("@@")) answers.set(...(JSON.parse(line.slice(2)) as [string, unknown]));
  return answers;
}

/** Functions with debug information whose source is the program's own. */
function functionsOf(path: string): { symbols: Symbols; functions: FunctionInfo[] } {
  const { elf, symbols } = load(path);
  const found = new Map<bigint, FunctionInfo>();
  for (const symbol of elf.symbols) {
    if (symbol.type !== SymbolType.Function || symbol.section === 0) continue;
    const fn = symbols.functionAt(symbol.address);
    if (fn?.hasDebugInfo && fn.entry === symbol.address && !fn.declaration?.path.startsWith("/usr"))
      found.set(fn.entry, fn);
  }
  return { symbols, functions: [...found.values()].slice(0, 300) };
}

for (const { name, path } of programs()) {
  test(`scopes of ${name}`, (t) => {
    const { symbols, functions } = functionsOf(path);
    if (functions.length === 0) return;
    const places = functions.flatMap((fn) => {
      const { low, high } = fn.ranges[0];
      const middle = low + (((high - low) / 2n) & ~1n);
      return [symbols.bodyStart(fn), middle];
    });
    const answers = ask(
      path,
      places.map((pc) => `attempt("${pc}", lambda: scope(${pc}))`),
    );
    if (!answers) return t.skip("gdb-multiarch is not installed");
    let compared = 0;
    for (const pc of places) {
      const theirs = answers.get(String(pc)) as [string, number, boolean][] | null;
      if (!theirs) continue;
      const ours = symbols
        .visibleScopes(pc)
        .flatMap(({ variables }) => variables)
        .filter((v) => !isOptimizedOut(v, pc))
        .map((v) => [v.name, byteSizeOf(v.type) ?? 0, v.kind === "parameter"]);
      assert.deepEqual(
        sorted(ours),
        sorted(theirs),
        `at 0x${pc.toString(16)} in ${symbols.functionAt(pc)?.displayName}`,
      );
      compared++;
    }
    t.diagnostic(`${compared} places`);
  });

  test(`breakpoints in ${name}`, (t) => {
    const { symbols, functions } = functionsOf(path);
    const file = functions.find((fn) => fn.name === "main")?.declaration?.path;
    if (!file) return;
    const short = file.slice(file.lastIndexOf("/") + 1);
    const lines = Array.from({ length: 160 }, (_, i) => i + 1);
    const answers = ask(
      path,
      lines.map((line) => `attempt("${line}", lambda: places("${short}:${line}"))`),
    );
    if (!answers) return t.skip("gdb-multiarch is not installed");
    let same = 0;
    let overlapping = 0;
    let outside = 0;
    const different: string[] = [];
    for (const line of lines) {
      const theirs = (answers.get(String(line)) as string[] | null) ?? [];
      const ours = (symbols.addressesForLine(file, line)?.addresses ?? []).map(String);
      if (String(theirs) === String(ours)) same++;
      else if (ours.some((address) => theirs.includes(address))) overlapping++;
      else if (ours.length === 0) outside++;
      else different.push(`${line}: ${ours.map(hex)} but gdb ${theirs.map(hex)}`);
    }
    t.diagnostic(`${same} of ${lines.length} lines the same, ${overlapping} partly, ${outside} refused here`);
    if (process.env.TERRARIUM_SHOW) console.log(different.join("\n"));
    assert.ok(different.length <= lines.length * 0.05, `${different.length} lines differ:\n${different.join("\n")}`);
  });

  test(`record types of ${name}`, (t) => {
    const { symbols, functions } = functionsOf(path);
    const records = new Map<string, RecordType>();
    for (const fn of functions)
      for (const { variables } of symbols.visibleScopes(symbols.bodyStart(fn)))
        for (const variable of variables) {
          let type = stripped(variable.type);
          if ("target" in type) type = stripped(type.target);
          if ((type.kind === "struct" || type.kind === "class" || type.kind === "union") && type.name && type.byteSize)
            records.set(type.name, type);
        }
    const names = [...records.keys()].filter((record) => !/[{"]|anonymous/.test(record));
    if (names.length === 0) return;
    const keyword = (record: string) =>
      functions.some((fn) => fn.language === 0x1c) ? record : cName(records, record);
    const answers = ask(
      path,
      names.map((record) => `attempt(${JSON.stringify(record)}, lambda: fields(${JSON.stringify(keyword(record))}))`),
    );
    if (!answers) return t.skip("gdb-multiarch is not installed");
    let compared = 0;
    for (const record of names) {
      const theirs = answers.get(record) as [string | null, number, number, number][] | null;
      // Rust enums are presented by gdb in its own way.
      if (!theirs || records.get(record)!.variants) continue;
      const ours = records
        .get(record)!
        .members.map((member) => [
          member.isBase ? "" : (member.name ?? null),
          (member.offset ?? 0) * 8 + member.bitOffset,
          member.bitSize ?? 0,
          byteSizeOf(member.type) ?? 0,
        ]);
      assert.deepEqual(
        ours,
        theirs.map(([field, ...rest]) => [field === "" ? "" : field, ...rest]),
        record,
      );
      compared++;
    }
    t.diagnostic(`${compared} of ${names.length} types`);
  });
}

/** Has the variable no location at all? (gdb also lists those of inner blocks that were optimized away; here they are left out.) */
function isOptimizedOut(variable: Variable, pc: bigint): boolean {
  const nowhere: LocationContext = {
    loadBias: 0n,
    readRegister: () => undefined,
    readMemory: () => new Uint8Array(),
    cfa: () => undefined,
  };
  const location = variable.locate(pc, nowhere);
  return location.kind === "optimizedOut" && location.reason === "optimized out";
}

/** C's tags need their keyword; C++ and typedef names do not mind its absence. */
function cName(records: ReadonlyMap<string, RecordType>, record: string): string {
  const { kind } = records.get(record)!;
  return /[:<]/.test(record) || kind === "class" ? record : `${kind} ${record}`;
}

function sorted<T>(rows: readonly T[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

function hex(address: string): string {
  return `0x${BigInt(address).toString(16)}`;
}
