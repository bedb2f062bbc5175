// Records what qemu-riscv64 prints of every benchmark program, and how many instructions Terrarium counts, which is exact:
// node --import tsx test-fixtures/bench/record.ts [NAME...], after npm run build.
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { elfFile, folder, programs, readRecorded, type Recorded } from "./programs.ts";

const file = path.join(folder, "recorded.json");
const terrarium = path.join(folder, "../../dist/terrarium.js");
const known = existsSync(file) ? readRecorded() : {};
const names = process.argv.slice(2);

function run(command: string, args: readonly string[]): { stdout: string; stderr: string } {
  // By the same name as in the benchmark: a program with a C library looks at it.
  const result = spawnSync(command, args, { cwd: folder, encoding: "utf8", env: { PATH: process.env.PATH } });
  if (result.error || result.status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${result.error?.message ?? `status ${result.status}`}`);
  return result;
}

const recorded: Record<string, Recorded> = {};
for (const program of programs) {
  recorded[program.name] = known[program.name];
  if (names.length > 0 && !names.includes(program.name)) continue;
  const elf = path.basename(elfFile(program));
  const command = [elf, String(program.rounds)];
  const { stdout } = run("qemu-riscv64", command);
  const ours = run(process.execPath, [terrarium, "run", "--stats", ...command]);
  if (ours.stdout !== stdout) throw new Error(`${program.name}: QEMU prints ${stdout}Terrarium prints ${ours.stdout}`);
  const { instructions } = JSON.parse(ours.stderr.trim().split("\n").at(-1) ?? "") as { instructions: number };
  recorded[program.name] = { stdout, instructions };
  console.log(`${program.name}: ${stdout.trim()}, ${instructions} instructions`);
}
writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
