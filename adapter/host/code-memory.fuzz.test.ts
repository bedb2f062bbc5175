// How much memory the process takes, as the system sees it, while it runs programs that have ever more code: one of
// 20 MB, and one that generates code all the time. With the usual limits each stays below a gigabyte.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { EngineKind } from "../../emulator/machine/api.ts";
import { testMachine } from "../../emulator/machine/testing/test-machine.ts";
import { generatedSum, generatingProgram, largeProgram, largeSum } from "../../emulator/testing/endless-programs.ts";
import { compileModule } from "./engine-flags.ts";

const MOST = 1 << 30;

const programs: { name: string; program: () => Uint8Array; status: number; engine: EngineKind }[] = [
  { name: "20 MB of code", program: () => largeProgram(20e6, 1), status: largeSum(20e6, 1), engine: "auto" },
  {
    name: "code generated all the time",
    program: () => generatingProgram(10_000, 2000),
    status: generatedSum(10_000, 2000),
    engine: "auto",
  },
  {
    name: "code generated all the time, all of it compiled",
    program: () => generatingProgram(10_000, 50),
    status: generatedSum(10_000, 50),
    engine: "jit",
  },
];

function run(program: Uint8Array, engine: EngineKind): { status: number; peak: number; instructions: number } {
  const machine = testMachine(program, { engine, compileModule });
  for (let peak = 0; ; ) {
    const stop = machine.run(500_000);
    peak = Math.max(peak, process.memoryUsage.rss());
    if (stop.kind === "exited") return { status: stop.status, peak, instructions: Number(machine.instructionCount()) };
  }
}

// Each program has a process of its own, which is this file with the program's number.
const { TERRARIUM_MEMORY_PROGRAM } = process.env;
if (TERRARIUM_MEMORY_PROGRAM !== undefined) {
  const { program, engine } = programs[Number(TERRARIUM_MEMORY_PROGRAM)];
  console.log(JSON.stringify(run(program(), engine)));
} else
  programs.forEach(({ name, status, engine }, number) => {
    test(`memory for ${name} (${engine})`, (t) => {
      const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", fileURLToPath(import.meta.url)], {
        env: { ...process.env, TERRARIUM_MEMORY_PROGRAM: String(number), NODE_TEST_CONTEXT: undefined },
        encoding: "utf8",
      });
      assert.match(stdout, /^{/, stderr);
      const end = JSON.parse(stdout) as ReturnType<typeof run>;
      assert.equal(end.status, status);
      t.diagnostic(`${end.instructions} instructions, ${Math.round(end.peak / 2 ** 20)} MiB`);
      assert.ok(end.peak < MOST, `${end.peak} bytes`);
    });
  });
