// The published names and arguments of system calls follow the machine's table. TERRARIUM_BLESS=1 writes them.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { syscallDescriptions } from "./syscall-table.ts";

const from = "Written by emulator/machine/linux/syscall-names.test.ts (TERRARIUM_BLESS=1) from the machine's table.";
const calls = [...syscallDescriptions.values()];

const files: Record<string, readonly string[]> = {
  "syscall-names.ts": [
    "/** The names of every guest's system calls under Linux. */",
    "export interface SyscallNames {",
    `  riscv64:\n${calls.map(({ name }) => `    | "${name}"`).join("\n")};`,
    "}",
  ],
  "syscall-arguments.ts": [
    "/** The arguments of those that are decoded, in their order, and what they are. */",
    "export interface SyscallSignatures {",
    "  /** By the name of the call. */",
    "  riscv64: {",
    ...calls
      .filter((call) => call.arguments.length > 0)
      .flatMap(({ name, arguments: list }) => [
        `    ${name}: {`,
        ...list.map((argument) => `      ${argument.name}: "${argument.type}";`),
        "    };",
      ]),
    "  };",
    "}",
  ],
};

for (const [name, lines] of Object.entries(files))
  test(`plugins/api/${name} is up to date`, () => {
    const file = new URL(`../../../plugins/api/${name}`, import.meta.url);
    const wanted = [`// ${from}`, "", ...lines, ""].join("\n");
    if (process.env.TERRARIUM_BLESS === "1") writeFileSync(file, wanted);
    assert.equal(readFileSync(file, "utf8"), wanted);
  });
