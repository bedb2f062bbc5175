// The published system call names follow the machine's table. TERRARIUM_BLESS=1 writes them.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { syscallDescriptions } from "./syscall-table.ts";

const file = new URL("../../../plugins/api/syscall-names.ts", import.meta.url);

test("plugins/api/syscall-names.ts is up to date", () => {
  const names = [...syscallDescriptions.values()].map(({ name }) => `    | "${name}"`);
  const wanted = [
    "// Written by emulator/machine/linux/syscall-names.test.ts (TERRARIUM_BLESS=1) from the machine's table.",
    "",
    "/** The names of every guest's system calls under Linux. */",
    "export interface SyscallNames {",
    `  riscv64:\n${names.join("\n")};`,
    "}",
    "",
  ].join("\n");
  if (process.env.TERRARIUM_BLESS === "1") writeFileSync(file, wanted);
  assert.equal(readFileSync(file, "utf8"), wanted);
});
