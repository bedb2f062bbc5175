// One run of the program under the debugger: what a launch makes and a restart makes anew.
import { type ElfFile, parseElf } from "../../emulator/elf/elf.ts";
import type { Breakpoints } from "../debugger/breakpoints.ts";
import { Debugger, type Stop } from "../debugger/debugger.ts";
import type { StopReason, TargetEvents } from "../debugger/target.ts";
import { openSymbols, type Symbols } from "../symbols/index.ts";
import type { Host } from "./host.ts";
import type { LaunchConfiguration, Launched, Launcher } from "./launch.ts";
import { SourcePaths } from "./source-paths.ts";
import { VariableReferences } from "./variable-references.ts";

export interface DebuggeeEvents extends Omit<TargetEvents, "stopped"> {
  unexpectedStop(stop: Stop): void;
  /** Text of a log point, or of a condition that cannot be evaluated. */
  debuggerLog(text: string, kind: "log point" | "error"): void;
}

export class Debuggee {
  readonly configuration: LaunchConfiguration;
  readonly programPath: string;
  readonly debugger: Debugger;
  readonly symbols: Symbols;
  readonly sources: SourcePaths;
  /** Forgotten whenever the guest moves. */
  readonly variables = new VariableReferences();
  /** Of the last stop, for `exceptionInfo`. */
  lastStop: Stop | undefined;
  private readonly launched: Launched;

  private constructor(configuration: LaunchConfiguration, launched: Launched, host: Host, dbg: Debugger) {
    this.configuration = configuration;
    this.launched = launched;
    this.programPath = launched.programPath;
    this.debugger = dbg;
    this.symbols = dbg.symbols;
    this.sources = new SourcePaths(host, launched.programPath, configuration.workspace);
  }

  /** `breakpoints`: of an earlier run, to be kept. */
  static async launch(
    configuration: LaunchConfiguration,
    launcher: Launcher,
    host: Host,
    events: DebuggeeEvents,
    breakpoints?: Breakpoints,
  ): Promise<Debuggee> {
    let dbg: Debugger | undefined;
    const launched = await launcher.launch(configuration, {
      stopped: (reason: StopReason) => dbg?.notify(reason),
      output: events.output,
      log: events.log,
      views: events.views,
    });
    try {
      const elf: ElfFile = parseElf(launched.program, launched.programPath);
      const inflate = (data: Uint8Array, size: number) => host.inflate(data, size);
      dbg = new Debugger(launched.target, openSymbols(elf, launched.programPath, { inflate }), {
        log: events.debuggerLog,
        unexpectedStop: events.unexpectedStop,
        breakpoints,
      });
      await dbg.installBreakpoints();
      return new Debuggee(configuration, launched, host, dbg);
    } catch (error) {
      await launched.target.dispose();
      throw error;
    }
  }

  /** The ELF file. */
  get program(): Uint8Array {
    return this.launched.program;
  }

  get plugins() {
    return this.launched.plugins;
  }

  get target() {
    return this.launched.target;
  }
}
