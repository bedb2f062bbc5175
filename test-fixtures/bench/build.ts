// Builds the benchmark's ELF files (all, or those named): node --import tsx test-fixtures/bench/build.ts [NAME...]
import { buildForGuest, elfFile, isCxx, programs } from "./programs.ts";

const names = process.argv.slice(2);
for (const program of programs) {
  if (names.length > 0 && !names.includes(program.name)) continue;
  const compiler = isCxx(program) ? (process.env.CXX ?? "riscv64-linux-gnu-g++") : (process.env.CC ?? "riscv64-linux-gnu-gcc");
  buildForGuest(program, compiler, elfFile(program));
  console.log(`bench/${program.name}.elf`);
}
