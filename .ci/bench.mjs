// npm run bench: guest programs under Terrarium and, where it is installed, qemu-riscv64, in alternation; medians and
// their ratio. Options: --pairs N (default 3), --filter TEXT, --json.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "3" },
    filter: { type: "string", default: "" },
    json: { type: "boolean", default: false },
  },
});

/** Name, arguments of `terrarium run`; a row without plugins is also run by QEMU. */
const programs = [
  { name: "mixed", program: "test-fixtures/reference/mixed-600.elf", plugins: [] },
  { name: "mixed, insn", program: "test-fixtures/reference/mixed-600.elf", plugins: ["insn"] },
  { name: "mixed, hotblocks", program: "test-fixtures/reference/mixed-600.elf", plugins: ["hotblocks"] },
].filter(({ name }) => name.includes(values.filter));

function seconds(command, args) {
  const start = process.hrtime.bigint();
  const result = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (result.error || result.status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${result.error ?? result.stderr}`);
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, stderr: result.stderr };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const hasQemu = spawnSync("qemu-riscv64", ["--version"]).status === 0;
if (!hasQemu) console.error("qemu-riscv64 is not installed: no ratios");

const rows = programs.map(({ name, program, plugins }) => {
  const times = { terrarium: [], qemu: [] };
  let instructions = 0;
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const flags = plugins.flatMap((plugin) => ["--plugin", plugin]);
    const run = seconds(process.execPath, ["dist/terrarium.js", "run", "--stats", ...flags, program]);
    times.terrarium.push(run.seconds);
    instructions = JSON.parse(run.stderr.trim().split("\n").at(-1)).instructions;
    if (hasQemu) times.qemu.push(seconds("qemu-riscv64", [program]).seconds);
  }
  const terrarium = median(times.terrarium);
  const qemu = hasQemu ? median(times.qemu) : undefined;
  return { name, instructions, terrarium, qemu, mips: instructions / terrarium / 1e6, ratio: qemu && qemu / terrarium };
});

if (values.json) console.log(JSON.stringify(rows));
else
  console.table(
    Object.fromEntries(
      rows.map((row) => [
        row.name,
        {
          "M instructions": Math.round(row.instructions / 1e6),
          "terrarium s": row.terrarium.toFixed(2),
          "qemu (no plugin) s": row.qemu?.toFixed(2) ?? "-",
          MIPS: Math.round(row.mips),
          "speed / qemu": row.ratio?.toFixed(2) ?? "-",
        },
      ]),
    ),
  );
