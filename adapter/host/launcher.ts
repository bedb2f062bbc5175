// Starts programs for the debug adapter: reads the ELF file, loads plugins, makes the emulator's worker.
import path from "node:path";
import type { Launched, Launcher } from "../dap/launch.ts";
import { loadPlugin } from "./plugin-loader.ts";
import { readProgram } from "./program-file.ts";
import type { SessionConfig } from "./worker-protocol.ts";
import { WorkerTarget } from "./worker-target.ts";

export const nodeLauncher: Launcher = {
  async launch(configuration, events): Promise<Launched> {
    const programPath = path.resolve(configuration.program);
    const program = readProgram(programPath);
    const workspace = configuration.workspace ?? process.cwd();
    const plugins: SessionConfig["plugins"][number][] = [];
    for (const [reference, setting] of Object.entries(configuration.plugins)) {
      if (setting === false) continue;
      try {
        const options = setting === true ? {} : setting;
        plugins.push(await loadPlugin({ reference, options }, { workspace, trusted: configuration.trusted }));
      } catch (error) {
        events.log("error", reference, `${(error as Error).message}\nThe session goes on without this plugin.`);
      }
    }
    const config: SessionConfig = {
      guestName: "riscv64",
      program,
      programName: configuration.program,
      programFile: programPath,
      args: configuration.args,
      env: Object.entries(configuration.env),
      root: configuration.root === undefined ? undefined : path.resolve(configuration.root),
      writable: configuration.writable,
      cwd: configuration.cwd,
      engine: configuration.engine,
      stopOnSignals: true,
      terminal: true, // the console shows each line when it is written
      plugins,
    };
    return { target: await WorkerTarget.start(config, events), programPath, program };
  },
};
