// Starts programs for the debug adapter: reads the ELF file, loads plugins, makes the emulator's worker.
import path from "node:path";
import type { Launched, Launcher } from "../dap/launch.ts";
import { LivePlugins } from "./live-plugins.ts";
import { loadPlugins } from "./plugin-loader.ts";
import { readProgram } from "./program-file.ts";
import type { SessionConfig } from "./worker-protocol.ts";
import { WorkerTarget } from "./worker-target.ts";

export const nodeLauncher: Launcher = {
  async launch(configuration, events): Promise<Launched> {
    const programPath = path.resolve(configuration.program);
    const program = readProgram(programPath);
    const workspace = configuration.workspace ?? process.cwd();
    const requests = Object.entries(configuration.plugins).flatMap(([reference, setting]) =>
      setting === false ? [] : [{ reference, options: setting === true ? {} : setting }],
    );
    const places = { workspace, trusted: configuration.trusted };
    const plugins = await loadPlugins(requests, places, (reference, error) =>
      events.log("error", reference, `${error.message}\nThe session goes on without this plugin.`),
    );
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
      output: configuration.output === undefined ? undefined : path.resolve(workspace, configuration.output),
    };
    const target = await WorkerTarget.start(config, events);
    const live = new LivePlugins((action) => target.plugins(action), places, events.log, plugins);
    live.watchFiles();
    target.onDispose = () => live.close();
    return { target, programPath, program, plugins: live };
  },
};
