// One guest with its plugins, on the thread that calls it: the command line uses it directly, the debugger through
// the emulator's worker (worker.ts).
import type { Guest } from "../../emulator/guest/guest.ts";
import { riscv64 } from "../../emulator/guest/riscv/index.ts";
import { PluginHost } from "../../emulator/instrument/plugin-host.ts";
import type { CompileModule, Door, MachineStop } from "../../emulator/machine/api.ts";
import { RecordingDoor } from "../../emulator/machine/door/recording.ts";
import { Machine } from "../../emulator/machine/machine.ts";
import { SharedState } from "../../emulator/machine/shared-state.ts";
import type { ViewData } from "../debugger/target.ts";
import { makeCompanionRun } from "./companion-run.ts";
import { evaluatePlugin } from "./plugin-loader.ts";
import { ProfileStore } from "./profile-store.ts";
import { Symbolizer } from "./symbolizer.ts";
import { TimeLimitError, withTimeLimit } from "./time-limit.ts";
import type { SessionConfig } from "./worker-protocol.ts";

export type Log = (level: "info" | "warning" | "error", source: string, text: string) => void;

/** Why a run came back: as the machine says, or because a plugin asked for it. */
export type SessionStop = MachineStop | { kind: "plugin"; plugin: string; reason: string };

const guests: readonly Guest[] = [riscv64];

export function guestByName(name: string): Guest {
  const guest = guests.find((g) => g.name === name);
  if (!guest) throw new Error(`unknown guest "${name}": known are ${guests.map((g) => g.name).join(", ")}`);
  return guest;
}

/** Milliseconds that a plugin may take without returning before it is removed. A slice is far shorter. */
const pluginTimeLimit = Number(process.env.TERRARIUM_PLUGIN_TIME_LIMIT ?? 5000);

/** A slice should take about so many milliseconds: short beside the time limit and the refresh of views. */
const sliceMs = 50;

/** Since the process began. (`performance` takes some milliseconds to load.) */
const milliseconds = () => process.uptime() * 1000;

/** Instructions of the first slice: a short program ends within it. */
const FIRST_SLICE = 20_000;

/** Instructions of a run that ends before most of the time is spent on compiling. */
const WORTH_KEEPING = 20_000_000n;

export class Session {
  readonly guest: Guest;
  readonly machine: Machine;
  readonly plugins: PluginHost;
  readonly shared: SharedState;
  readonly symbolizer: Symbolizer;
  private readonly profiles: ProfileStore | undefined;
  private slice = FIRST_SLICE;

  constructor(config: SessionConfig, door: Door, log: Log, compileModule: CompileModule) {
    this.guest = guestByName(config.guestName);
    this.profiles = config.programFile === undefined ? undefined : new ProfileStore(config.programFile);
    const profile = this.profiles?.read();
    const loaded = config.plugins.map((plugin) => ({ plugin, evaluated: evaluatePlugin(plugin, log) }));
    const recording = loaded.some(({ evaluated }) => evaluated && wantsCompanion(evaluated.definition))
      ? new RecordingDoor(door)
      : undefined;
    const options = { ...config, guest: this.guest, compileModule, profile, now: milliseconds };
    this.machine = new Machine({ ...options, door: recording ?? door });
    this.shared = new SharedState(this.machine.memory.wasm.buffer);
    this.symbolizer = new Symbolizer(config.program, this.machine.loadBias);
    this.plugins = new PluginHost(this.machine, {
      log,
      programPath: config.programName,
      programArguments: config.args,
      locate: (pc) => this.symbolizer.locate(pc),
      addressOf: (symbol) => this.symbolizer.addressOf(symbol),
      makeCompanion: recording && ((engine) => makeCompanionRun(options, engine, recording.journal, this.machine)),
    });
    for (const { plugin, evaluated } of loaded)
      if (evaluated) this.limited(() => this.plugins.install(evaluated, plugin.options, plugin.source));
  }

  /** Runs for one slice, of a length in instructions that adapts to how fast this guest with these plugins runs. */
  runSlice(passBreakpoint = false): SessionStop {
    const start = milliseconds();
    const stop = this.run(this.slice, passBreakpoint);
    const elapsed = milliseconds() - start;
    if (elapsed < sliceMs / 2) this.slice = Math.min(this.slice * 2, 100_000_000);
    else if (elapsed > sliceMs * 2) this.slice = Math.max(Math.round(this.slice / 2), 1000);
    return stop;
  }

  /** Runs for about `budget` instructions. A plugin that does not return is removed, and the stop is "budget". */
  run(budget: number, passBreakpoint = false): SessionStop {
    return this.moved(() => this.machine.run(budget, passBreakpoint));
  }

  step(count = 1): SessionStop {
    return this.moved(() => this.machine.step(count));
  }

  views(): readonly ViewData[] {
    return this.guarded(() => this.plugins.views()) ?? [];
  }

  /** For series that nobody looks at while the guest runs. */
  sampleSeries(): void {
    this.guarded(() => this.plugins.sampleSeries());
  }

  /** The session is over: plugins are told, and their views are final. */
  finish(): void {
    this.guarded(() => this.plugins.finish());
  }

  /** Keeps what has been learnt about the program for its next run, where that is worth it. */
  keepProfile(): void {
    if (!this.profiles || this.machine.instructionCount() < WORTH_KEEPING) return;
    const profile = this.machine.executor.profile();
    if (profile) this.profiles.write(profile);
  }

  /** Has the machine go on, and does what plugins have asked for meanwhile. */
  private moved(movement: () => MachineStop): SessionStop {
    const { machine, plugins } = this;
    if (plugins.isEmpty) return movement();
    const stop = this.limited(movement) ?? { kind: "budget" };
    if (stop.kind === "exited" || stop.kind === "signal") return stop;
    const status = plugins.takeExit();
    const asked = plugins.takeStop();
    if (status === undefined && !asked) return stop;
    this.shared.clearStop();
    if (status === undefined) return { kind: "plugin", ...(asked as NonNullable<typeof asked>) };
    this.limited(() => machine.exit(status));
    return { kind: "exited", status, ...machine.exited };
  }

  /** Calls into code that may call plugins; undefined when a plugin had to be stopped. */
  private guarded<T>(work: () => T): T | undefined {
    return this.plugins.isEmpty ? work() : this.limited(work);
  }

  private limited<T>(work: () => T): T | undefined {
    try {
      return withTimeLimit(pluginTimeLimit, work);
    } catch (error) {
      if (!(error instanceof TimeLimitError)) throw error;
      const culprit = this.shared.runningPlugin();
      this.shared.clearRunningPlugin();
      if (culprit === undefined) throw new Error(`the emulator ${error.message}, and no plugin was running`);
      this.plugins.abandon(culprit.index, culprit.calledByGuest, error.message);
      return undefined;
    }
  }
}

/** Not yet checked, like all that comes from a plugin's file. */
function wantsCompanion(definition: unknown): boolean {
  return typeof definition === "object" && definition !== null && "companion" in definition && !!definition.companion;
}
