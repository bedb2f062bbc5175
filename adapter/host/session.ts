// One guest with its plugins, on the thread that calls it: the command line uses it directly, the debugger through
// the emulator's worker (worker.ts).
import type { Guest } from "../../emulator/guest/guest.ts";
import { riscv64 } from "../../emulator/guest/riscv/index.ts";
import { type LoadedDefinition, type PluginDescription, PluginHost } from "../../emulator/instrument/plugin-host.ts";
import type { CompileModule, Door, MachineStop } from "../../emulator/machine/api.ts";
import { RecordingDoor } from "../../emulator/machine/door/recording.ts";
import { Machine } from "../../emulator/machine/machine.ts";
import { SharedState } from "../../emulator/machine/shared-state.ts";
import type { ViewData } from "../debugger/target.ts";
import { startAnalysisThread } from "./analysis-thread.ts";
import { makeCompanionRun } from "./companion-run.ts";
import { OutputFiles } from "./output-files.ts";
import { evaluatePlugin, type LoadedPlugin } from "./plugin-loader.ts";
import { ProfileStore } from "./profile-store.ts";
import { Symbolizer } from "./symbolizer.ts";
import { TimeLimitError, withTimeLimit } from "./time-limit.ts";
import type { PluginAction, SessionConfig } from "./worker-protocol.ts";

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
  /** Where the plugins' definitions come from. */
  private readonly loaded = new Map<LoadedDefinition, LoadedPlugin>();
  /** Undefined when no folder is granted. */
  private readonly files: OutputFiles | undefined;
  private slice = FIRST_SLICE;

  constructor(
    config: SessionConfig,
    door: Door,
    private readonly log: Log,
    compileModule: CompileModule,
  ) {
    this.guest = guestByName(config.guestName);
    this.profiles = config.programFile === undefined ? undefined : new ProfileStore(config.programFile);
    const profile = this.profiles?.read();
    const loaded = this.evaluate(config.plugins);
    const recording = loaded.some(({ definition }) => wantsCompanion(definition)) ? new RecordingDoor(door) : undefined;
    const options = { ...config, guest: this.guest, compileModule, profile, now: milliseconds };
    this.machine = new Machine({ ...options, door: recording ?? door });
    this.shared = new SharedState(this.machine.memory.wasm.buffer);
    this.symbolizer = new Symbolizer(config.program, this.machine.loadBias);
    const files = config.output === undefined ? undefined : new OutputFiles(config.output);
    this.files = files;
    this.plugins = new PluginHost(this.machine, {
      log,
      programPath: config.programName,
      programArguments: config.args,
      locate: (pc) => this.symbolizer.locate(pc),
      addressOf: (symbol) => this.symbolizer.addressOf(symbol),
      now: milliseconds,
      openFile: files && ((plugin, name) => files.open(plugin, name)),
      limited: (work) => this.limited(work),
      startAnalysis: (loaded, name, options, shape) => {
        const plugin = this.loaded.get(loaded);
        if (!plugin) throw new Error("only plugins from files have analyses");
        return startAnalysisThread({ plugin, name, options, ...shape, limit: pluginTimeLimit });
      },
      makeCompanion: recording && ((engine) => makeCompanionRun(options, engine, recording.journal, this.machine)),
    });
    this.install(loaded);
  }

  /** Runs the files of plugins, to get what they export; those that throw are left out. */
  private evaluate(plugins: readonly LoadedPlugin[]): LoadedDefinition[] {
    return plugins.flatMap((plugin) => {
      const loaded = evaluatePlugin(plugin, this.log);
      if (!loaded) return [];
      this.loaded.set(loaded, plugin);
      return [loaded];
    });
  }

  /** Installs plugins, which may use each other. */
  private install(definitions: readonly LoadedDefinition[]): void {
    const requests = definitions.map((loaded) => {
      const { options, source } = this.loaded.get(loaded) as LoadedPlugin;
      return { loaded, options, source };
    });
    this.plugins.installAll(requests);
  }

  /** Installs a plugin, with those it uses, at any moment between slices. False when that cannot be: the log says why. */
  loadPlugins(plugins: readonly LoadedPlugin[]): boolean {
    const there = new Set(this.plugins.list().map(({ name }) => name));
    const before = there.size;
    // Of what was found because it is used, some may be there already.
    const [asked, ...used] = plugins;
    const missing = used.filter(({ source }) => !there.has(source));
    this.install(this.evaluate([asked, ...missing]));
    return this.plugins.list().length === before + 1 + missing.length;
  }

  /** Puts a plugin's new code in the place of the old. False when that cannot be: the log says why. */
  reloadPlugin(name: string, plugin: LoadedPlugin): boolean {
    const [loaded] = this.evaluate([plugin]);
    if (!loaded) return false;
    return this.limited(() => this.plugins.reload(name, loaded)) ?? false;
  }

  unloadPlugin(name: string): void {
    this.limited(() => this.plugins.unload(name));
  }

  resetPlugin(name: string): boolean {
    return this.limited(() => this.plugins.restart(name)) ?? false;
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

  /** The session is over: plugins are told, their views are final, and what they wrote is in their files. */
  finish(): void {
    this.guarded(() => this.plugins.finish());
    this.files?.close();
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
    // What plugins have written by then can be read.
    if (stop.kind === "exited") this.files?.flush();
    if (stop.kind === "exited" || stop.kind === "signal") return stop;
    const status = plugins.takeExit();
    const asked = plugins.takeStop();
    if (status === undefined && !asked) return stop;
    this.shared.clearStop();
    if (status === undefined) return { kind: "plugin", ...(asked as NonNullable<typeof asked>) };
    this.limited(() => machine.exit(status));
    this.files?.flush();
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

/** Does to the plugins of a session, between its slices, what somebody wants done. */
export function carryOutPluginAction(session: Session, action: PluginAction): boolean | readonly PluginDescription[] {
  switch (action.do) {
    case "list":
      return session.plugins.list();
    case "load":
      return session.loadPlugins(action.plugins);
    case "reload":
      return session.reloadPlugin(action.name, action.plugin);
    case "unload":
      session.unloadPlugin(action.name);
      return true;
    case "reset":
      return session.resetPlugin(action.name);
  }
}

/** Not yet checked, like all that comes from a plugin's file. */
function wantsCompanion(definition: unknown): boolean {
  return typeof definition === "object" && definition !== null && "companion" in definition && !!definition.companion;
}
