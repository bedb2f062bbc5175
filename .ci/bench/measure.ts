// Runs a program and says how long it took. The processor time of a child is told by bash, whose `time` knows it to the
// millisecond: Node does not say it of children.
import { spawnSync } from "node:child_process";

export interface Times {
  /** Seconds elapsed. */
  wall: number;
  /** Seconds of user and system time of all its threads; undefined where bash is missing. */
  cpu: number | undefined;
}

export interface Run extends Times {
  stdout: string;
  stderr: string;
}

export class RunError extends Error {}

/** Longer than any benchmark program takes: a program that hangs is a failure, not a wait. */
const TIME_LIMIT_MS = 300_000;

// The program's own streams are kept apart from what `time` prints.
const script = 'TIMEFORMAT="%3R %3U %3S"; { time "$@" 2>&4 3>&- 4>&-; } 4>&2 2>&3';

const exists = (command: string, args: readonly string[]) => spawnSync(command, args, { stdio: "ignore" }).status === 0;
export const isInstalled = (command: string) => exists(command, ["--version"]);

let bash: boolean | undefined;

/** Throws RunError when the program cannot be run or does not end with status 0. */
export function measure(command: string, args: readonly string[], cwd: string): Run {
  bash ??= exists("bash", ["-c", "true"]);
  const started = process.hrtime.bigint();
  const result = spawnSync(bash ? "bash" : command, bash ? ["-c", script, "bench", command, ...args] : args, {
    cwd,
    encoding: "utf8",
    // QEMU takes options from the environment, and a guest sees it.
    env: { PATH: process.env.PATH, LC_ALL: "C" },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    timeout: TIME_LIMIT_MS,
    maxBuffer: 64 << 20,
  });
  const elapsed = Number(process.hrtime.bigint() - started) / 1e9;
  const name = [command, ...args].join(" ");
  if (result.error) throw new RunError(`${name}: ${result.error.message}`);
  const { stdout, stderr, status, signal } = result;
  if (status !== 0) throw new RunError(`${name}: ended with ${signal ?? `status ${status}`}\n${stderr}`.trimEnd());
  if (!bash) return { wall: elapsed, cpu: undefined, stdout, stderr };
  const [wall, user, system] = String(result.output[3]).trim().split(/\s+/).map(Number);
  return { wall, cpu: user + system, stdout, stderr };
}
