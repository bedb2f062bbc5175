// Fills in `expected` of every run in runs.json from what qemu-riscv64 gives: `node test-fixtures/record.mjs`.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The processor that the reference emulator is to be: the most that 7.2 has of what we have. */
export const referenceOptions = ["-cpu", "rv64,Zfh=true"];

const here = path.dirname(fileURLToPath(import.meta.url));

/** Output and exit status of a run under the reference emulator; undefined when that is not installed. */
export function runReference(run) {
  const folder = mkdtempSync(path.join(tmpdir(), "terrarium-run-"));
  try {
    if (run.files) cpSync(path.join(here, run.files), folder, { recursive: true });
    // Found by path, because spawn would look on the PATH of `env`, which is the guest's.
    const reference = findOnPath("qemu-riscv64");
    if (!reference) return undefined;
    const result = spawnSync(reference, [...referenceOptions, path.join(here, run.program), ...run.args], {
      cwd: folder,
      env: run.env,
      input: run.stdin,
      encoding: "utf8",
    });
    return {
      stdout: result.stdout,
      // What the emulator itself says of a signal is not the guest's output.
      stderr: result.stderr.replace(/^qemu: uncaught target signal .*\n/m, ""),
      status: result.signal ? 128 + constants.signals[result.signal] : result.status,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function findOnPath(name) {
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = path.join(here, "runs.json");
  const runs = JSON.parse(readFileSync(file, "utf8"));
  for (const run of runs) {
    const expected = runReference(run);
    if (!expected) throw new Error("qemu-riscv64 is not installed");
    run.expected = expected;
    console.log(`${run.program} ${run.args.join(" ")}: ${expected.status}`);
  }
  writeFileSync(file, `${JSON.stringify(runs, null, 2)}\n`);
}
