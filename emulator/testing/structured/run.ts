// Runs a made-up program in one engine and notes what can be seen of it: its output, and at each system call, fault
// and other trap the pc, the number of instructions so far and all registers.
import { definePlugin, type PluginDefinition } from "../../../plugins/api/index.ts";
import { PluginHost } from "../../instrument/plugin-host.ts";
import { Exit } from "../../ir/exits.ts";
import type { EngineKind, MachineOptions, MachineStop } from "../../machine/api.ts";
import { MemoryDoor } from "../../machine/door/memory-door.ts";
import { VCPU_BASE } from "../../machine/layout.ts";
import type { Machine } from "../../machine/machine.ts";
import type { Profile } from "../../machine/profile.ts";
import { testMachine } from "../../machine/testing/test-machine.ts";
import { Random } from "../random.ts";

/** What is watched while the program runs. */
export type Instrument = "none" | "counters" | "callbacks";

export interface RunOptions {
  engine: EngineKind;
  tuning?: MachineOptions["tuning"];
  limits?: MachineOptions["limits"];
  instrument?: Instrument;
  /**
   * Instructions of a slice, at most; how many each has is drawn from the seed. Some slices are stepped through, unless
   * there are breakpoints: a step passes one.
   */
  slice?: { most: number; seed: number };
  /** Addresses where the program stops and is sent on; each stop is noted, and after many the rest is run without. */
  breakpoints?: readonly number[];
  /** So many instructions, and it is said not to end. */
  limit?: number;
  /** Has the program run before, and is this run to know what that taught? */
  again?: boolean;
}

export interface Run {
  status: number;
  output: Uint8Array;
  instructions: bigint;
  /** What was seen at each exit from the engine: one number each of kind and pc, count, and a sum of all registers. */
  events: Float64Array[];
  counted: Counted | undefined;
}

/** What the instrument counted. */
export interface Counted {
  /** Must be the number of instructions that the machine counts. */
  instructions: bigint;
  accesses: bigint;
}

const traps: ReadonlySet<Exit> = new Set([
  Exit.Syscall,
  Exit.Fault,
  Exit.Ebreak,
  Exit.Illegal,
  Exit.Misaligned,
  Exit.Breakpoint,
]);
/** After so many stops at breakpoints they are taken away. */
const MAX_STOPS = 1000;

export function runProgram(program: Uint8Array, options: RunOptions): Run {
  const door = new MemoryDoor();
  const { engine, tuning, limits } = options;
  const profile = options.again ? profileOf(program, options) : undefined;
  const machine = testMachine(program, { engine, tuning, limits, profile, door });
  const events = watchExits(machine);
  const counted = instrument(machine, options.instrument ?? "none");
  const status = finish(machine, door, options);
  return {
    status,
    output: door.outputBytes("stdout"),
    instructions: machine.instructionCount(),
    events,
    counted: counted?.(),
  };
}

/** What a run teaches. */
function profileOf(program: Uint8Array, options: RunOptions): Profile | undefined {
  const door = new MemoryDoor();
  const { engine, tuning, limits } = options;
  const machine = testMachine(program, { engine, tuning, limits, door });
  finish(machine, door, { ...options, breakpoints: [] });
  return machine.executor.profile();
}

/** Runs to the end, in slices; gives the exit status. */
export function finish(machine: Machine, door: MemoryDoor, options: RunOptions): number {
  const { slice, breakpoints = [], limit = 1e9 } = options;
  const random = new Random(slice?.seed ?? 0);
  machine.executor.setBreakpoints(new Set(breakpoints.map(BigInt)));
  let stops = 0;
  for (let pass = false; ; ) {
    const stop: MachineStop =
      slice && breakpoints.length === 0 && random.chance(0.1)
        ? machine.step(1 + random.below(30))
        : machine.run(slice ? 1 + random.below(slice.most) : 10_000_000, pass);
    pass = stop.kind === "breakpoint";
    if (stop.kind === "exited") return stop.status;
    if (stop.kind === "sleep") door.advance(stop.nanoseconds);
    else if (stop.kind === "breakpoint") {
      if (++stops === MAX_STOPS) machine.executor.setBreakpoints(new Set());
    } else if (stop.kind !== "budget") throw new Error(`the program stopped: ${stop.kind}`);
    const instructions = machine.instructionCount();
    if (instructions > limit) throw new Error(`the program has not ended after ${instructions} instructions`);
  }
}

/** The exits of the engine that are the guest's doing. A part of a slice more or less makes no difference to them. */
export function watchExits(machine: Machine): Float64Array[] {
  const { executor, memory } = machine;
  const registers = new Int32Array(memory.wasm.buffer, VCPU_BASE, 2 * machine.guest.registers.length);
  const events: Float64Array[] = [];
  const note = (exit: Exit): Exit => {
    if (!traps.has(exit)) return exit;
    let sum = 0;
    for (const word of registers) sum = (Math.imul(sum, 31) + word) | 0;
    events.push(Float64Array.of(exit, Number(machine.registers.pc), Number(machine.instructionCount()), sum));
    return exit;
  };
  const [run, step] = [executor.run.bind(executor), executor.step.bind(executor)];
  executor.run = (budget, passBreakpoint) => note(run(budget, passBreakpoint));
  executor.step = (count) => note(step(count));
  return events;
}

export function describeEvent(event: Float64Array | undefined): string {
  if (!event) return "no exit";
  const [exit, pc, count, sum] = event;
  return `${Exit[exit]} at 0x${pc.toString(16)}, ${count} instructions, registers ${(sum >>> 0).toString(16)}`;
}

/** The first difference of two sequences of exits. */
export function differentEvent(ours: readonly Float64Array[], expected: readonly Float64Array[]): string | undefined {
  for (let n = 0; n < Math.max(ours.length, expected.length); n++) {
    const [one, other] = [ours.at(n), expected.at(n)];
    if (!one || !other || one.some((value, k) => value !== other[k]))
      return `exit ${n}: ${describeEvent(one)}, expected ${describeEvent(other)}`;
  }
  return undefined;
}

/** Watches by a plugin; gives what reads its counters. Callbacks must have been as many as were counted inline. */
export function instrument(machine: Machine, kind: Instrument): (() => Counted) | undefined {
  if (kind === "none") return undefined;
  const called = { instructions: 0, accesses: 0 };
  let counted = () => ({ instructions: 0n, accesses: 0n });
  const definition = definePlugin({
    name: "witness",
    version: "1.0.0",
    api: "^1.0",
    install(vm) {
      const executed = vm.counter("executed");
      const accesses = vm.counter("accesses");
      vm.onTranslate((tb) => {
        for (const insn of tb.instructions) {
          insn.inline.add(executed, 1n);
          insn.memoryInline.add(accesses, 1n);
          if (kind !== "callbacks") continue;
          insn.onExecute(() => void called.instructions++);
          insn.onMemory(() => void called.accesses++);
        }
      });
      counted = () => ({ instructions: executed.value, accesses: accesses.value });
    },
  }) as PluginDefinition;
  const log = (level: string, source: string, text: string) => {
    throw new Error(`${level} of ${source}: ${text}`);
  };
  const host = new PluginHost(machine, { log, programPath: "program" });
  host.install({ definition }, {}, "test");
  return () => {
    const inline = counted();
    for (const key of ["instructions", "accesses"] as const)
      if (kind === "callbacks" && BigInt(called[key]) !== inline[key])
        throw new Error(`${called[key]} ${key} called back, ${inline[key]} counted inline`);
    return inline;
  };
}
