// The table of registers: order, names, roles, numbers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Vcpu } from "../../machine/layout.ts";
import { findRegister, type RegisterRole, registerWithRole } from "../guest.ts";
import { riscv64 } from "./index.ts";

const names: [name: string, index: number][] = [
  ["zero", 0],
  ["x0", 0],
  ["ra", 1],
  ["sp", 2],
  ["s0", 8],
  ["fp", 8],
  ["x8", 8],
  ["a0", 10],
  ["x17", 17],
  ["s2", 18],
  ["t6", 31],
  ["ft0", 32],
  ["f0", 32],
  ["fs0", 40],
  ["fa0", 42],
  ["fs2", 50],
  ["ft8", 60],
  ["ft11", 63],
  ["f31", 63],
  ["pc", 64],
  ["fflags", 65],
  ["frm", 66],
];
for (const [name, index] of names)
  test(`${name} is register ${index}`, () => assert.equal(findRegister(riscv64, name), index));

const roles: [role: RegisterRole, name: string][] = [
  ["pc", "pc"],
  ["sp", "sp"],
  ["fp", "s0"],
  ["ra", "ra"],
  ["gp", "gp"],
  ["tp", "tp"],
  ["zero", "zero"],
  ["argument 0", "a0"],
  ["argument 7", "a7"],
  ["return value", "a0"],
  ["syscall number", "a7"],
  ["float argument 0", "fa0"],
  ["float argument 7", "fa7"],
  ["float flags", "fflags"],
  ["float rounding", "frm"],
];
for (const [role, name] of roles)
  test(`${role}: ${name}`, () => {
    const index = registerWithRole(riscv64, role);
    assert.equal(index === undefined ? undefined : riscv64.registers[index].name, name);
  });

test("DWARF numbers 0 to 31 are integer, 32 to 63 float registers", () => {
  for (const [index, register] of riscv64.registers.entries())
    assert.equal(register.dwarf, index < 64 ? index : undefined, register.name);
});

test("no name stands for two registers", () => {
  const all = riscv64.registers.flatMap((register) => [register.name, ...register.aliases]);
  assert.equal(new Set(all).size, all.length);
});

test("only zero is read-only, and only the reservation is hidden", () => {
  const named = (flag: "readOnly" | "hidden") => riscv64.registers.filter((r) => r[flag]).map((r) => r.name);
  assert.deepEqual(named("readOnly"), ["zero"]);
  assert.deepEqual(named("hidden"), ["reservation_address", "reservation_value"]);
});

test("the homes fit below the instruction count", () => assert.ok(8 * riscv64.registers.length <= Vcpu.icount));
