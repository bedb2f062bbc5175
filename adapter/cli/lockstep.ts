// --lockstep: the same program in JIT and interpreter side by side, compared after every slice. The JIT's machine
// talks to the world; the interpreter's is given the same answers.
import type { Door } from "../../emulator/machine/api.ts";
import { RecordingDoor } from "../../emulator/machine/door/recording.ts";
import { ReplayingDoor } from "../../emulator/machine/door/replaying.ts";
import { compileModule } from "../host/engine-flags.ts";
import { type Log, Session, type SessionStop } from "../host/session.ts";
import { waitNanoseconds } from "../host/standard-streams.ts";
import type { SessionConfig } from "../host/worker-protocol.ts";
import { UsageError } from "./usage.ts";

/** Instructions between two comparisons. */
const SLICE = 50_000;
/** Memory is compared every so many slices, and at the end. */
const MEMORY_EVERY = 64;

export function runInLockstep(config: SessionConfig, door: Door, log: Log): number {
  if (config.plugins.length > 0) throw new UsageError("--lockstep runs without plugins");
  const recording = new RecordingDoor(door);
  const jit = new Session({ ...config, engine: "jit" }, recording, log, compileModule);
  const interpreter = new Session(
    { ...config, engine: "interpreter" },
    new ReplayingDoor(recording.journal),
    () => {},
    compileModule,
  );
  for (let slice = 1; ; slice++) {
    const stop = jit.run(SLICE);
    if (stop.kind === "sleep") waitNanoseconds(stop.nanoseconds);
    const other = catchUp(interpreter, jit.machine.instructionCount());
    const ended = stop.kind === "exited";
    const differences = [
      ...(ended !== (other?.kind === "exited")
        ? [`JIT: ${JSON.stringify(stop)}, interpreter: ${JSON.stringify(other)}`]
        : []),
      ...registerDifferences(jit, interpreter),
      ...(ended || slice % MEMORY_EVERY === 0 ? memoryDifferences(jit, interpreter) : []),
    ];
    if (differences.length > 0) {
      report(log, jit, interpreter, differences);
      return 1;
    }
    if (stop.kind === "exited") return stop.status;
  }
}

/** Runs the interpreter's machine to the same instruction count. */
function catchUp(session: Session, target: bigint): SessionStop | undefined {
  let stop: SessionStop | undefined;
  while (stop?.kind !== "exited" && session.machine.instructionCount() < target)
    stop = session.step(Number(target - session.machine.instructionCount()));
  return stop;
}

const hex = (value: bigint) => `0x${value.toString(16)}`;

function registerDifferences(a: Session, b: Session): string[] {
  return a.guest.registers.flatMap(({ name }, index) => {
    const [x, y] = [a.machine.readRegister(index), b.machine.readRegister(index)];
    return x === y ? [] : [`${name}: JIT ${hex(x)}, interpreter ${hex(y)}`];
  });
}

function memoryDifferences(a: Session, b: Session): string[] {
  for (const { start, end } of a.machine.memory.mappings()) {
    const x = a.machine.memory.read(BigInt(start), end - start);
    const y = b.machine.memory.read(BigInt(start), end - start);
    if (Buffer.compare(x, y) === 0) continue;
    const at = x.findIndex((byte, i) => byte !== y[i]);
    return [`memory at ${hex(BigInt(start + at))}: JIT ${x[at]}, interpreter ${y[at]}`];
  }
  return [];
}

function report(log: Log, jit: Session, interpreter: Session, differences: string[]): void {
  log("error", "lockstep", `JIT and interpreter differ after ${jit.machine.instructionCount()} instructions`);
  for (const line of differences) log("error", "lockstep", line);
  for (const [name, session] of [
    ["JIT", jit],
    ["interpreter", interpreter],
  ] as const) {
    const state = session.guest.registers.map((r, i) => `${r.name}=${hex(session.machine.readRegister(i))}`).join(" ");
    log("info", "lockstep", `${name} after ${session.machine.instructionCount()}: ${state}`);
  }
}
