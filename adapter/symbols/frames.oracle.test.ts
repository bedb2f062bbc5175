// Unwind rows against readelf's interpretation of the same sections.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnwindRow } from "./api.ts";
import { load, programs, reference } from "./testing/programs.ts";

const NAMES =
  "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6 ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11".split(
    " ",
  );

for (const { name, path } of programs())
  test(`unwind rows of ${name}`, (t) => {
    const output = reference("riscv64-linux-gnu-readelf", ["--debug-dump=frames-interp", "--wide", path]);
    if (output === undefined) return t.skip("riscv64-linux-gnu-readelf is not installed");
    const { symbols } = load(path);
    let compared = 0;
    for (const expected of theirRows(output)) {
      const row = symbols.unwindRow(expected.pc);
      assert.ok(row, `no row at 0x${expected.pc.toString(16)}`);
      const columns = Object.fromEntries(expected.names.map((column) => [column, rule(row, column)]));
      assert.deepEqual(columns, expected.columns, `at 0x${expected.pc.toString(16)}`);
      compared++;
    }
    t.diagnostic(`${compared} rows`);
    assert.deepEqual(symbols.warnings, []);
  });

interface Row {
  pc: bigint;
  names: string[];
  columns: Record<string, string>;
}

/** Rows of FDEs; of those with equal addresses the last one counts. */
function theirRows(output: string): Row[] {
  const rows = new Map<string, Row>();
  let names: string[] = [];
  let isFde = false;
  let end = 0n;
  for (const line of output.split("\n")) {
    const fde = /FDE.* pc=[0-9a-f]+\.\.([0-9a-f]+)/.exec(line);
    if (fde) {
      isFde = true;
      end = BigInt(`0x${fde[1]}`);
    } else if (/ CIE /.test(line)) {
      isFde = false;
    }
    const words = line.trim().split(/\s+/);
    if (words[0] === "LOC") names = words.slice(1);
    else if (isFde && /^[0-9a-f]{16}$/.test(words[0]) && words.length === names.length + 1) {
      const pc = BigInt(`0x${words[0]}`);
      if (pc >= end) continue;
      rows.set(words[0], { pc, names, columns: Object.fromEntries(names.map((name, i) => [name, words[i + 1]])) });
    }
  }
  return [...rows.values()];
}

function rule(row: UnwindRow, column: string): string {
  const signed = (value: bigint) => (value < 0n ? String(value) : `+${value}`);
  if (column === "CFA") return row.cfa.kind === "register" ? NAMES[row.cfa.register] + signed(row.cfa.offset) : "exp";
  const register = column === "ra" ? row.returnAddressRegister : NAMES.indexOf(column);
  const found = row.registers.get(register);
  switch (found?.kind) {
    case "offset":
      return `c${signed(found.offset)}`;
    case "valOffset":
      return `v${signed(found.offset)}`;
    case "sameValue":
      return "s";
    case "register":
      return NAMES[found.register];
    case "expression":
      return "exp";
    case "valExpression":
      return "vexp";
    default:
      return "u";
  }
}
