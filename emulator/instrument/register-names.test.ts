// The published register names follow the guests' register tables. TERRARIUM_BLESS=1 writes them.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { Guest } from "../guest/guest.ts";
import { riscv64 } from "../guest/riscv/index.ts";

const guests: readonly Guest[] = [riscv64];
const file = new URL("../../plugins/api/register-names.ts", import.meta.url);

function namesOf(guest: Guest): string {
  const names = guest.registers.filter((r) => !r.hidden).flatMap((r) => [r.name, ...r.aliases]);
  return `  ${guest.name}:\n${names.map((name) => `    | "${name}"`).join("\n")};`;
}

test("plugins/api/register-names.ts is up to date", () => {
  const wanted = [
    "// Written by emulator/instrument/register-names.test.ts (TERRARIUM_BLESS=1) from the guests' register tables.",
    "",
    "/** The names of every guest's registers, aliases included. */",
    "export interface RegisterNames {",
    ...guests.map(namesOf),
    "}",
    "",
  ].join("\n");
  if (process.env.TERRARIUM_BLESS === "1") writeFileSync(file, wanted);
  assert.equal(readFileSync(file, "utf8"), wanted);
});
