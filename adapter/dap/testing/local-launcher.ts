// A launcher for tests: fixtures on a machine in this thread.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fixturePath } from "../../../test-fixtures/fixtures.ts";
import { LocalTarget } from "../../debugger/testing/local-target.ts";
import type { Launcher } from "../launch.ts";

/** Programs are named by their path; argv[0] is relative to test-fixtures, so that stacks are the same everywhere. */
export const localLauncher: Launcher = {
  async launch(configuration, events) {
    const programPath = path.resolve(configuration.program);
    if (!existsSync(programPath)) throw new Error(`${configuration.program}: no such file`);
    const name = path.relative(fixturePath(""), programPath).replaceAll("\\", "/");
    const program = new Uint8Array(readFileSync(programPath));
    const target: LocalTarget = new LocalTarget(name, {
      args: configuration.args,
      events,
      views: () =>
        configuration.plugins.entry
          ? [
              {
                plugin: "entry",
                title: "Entry",
                kind: "table",
                columns: [{ name: "address", type: "address" }],
                rows: [[`0x${target.machine.code.entry.toString(16)}`]],
              },
            ]
          : [],
    });
    const none = async () => {
      throw new Error("there are no plugins here");
    };
    const empty = async () => [];
    const plugins = {
      list: empty,
      available: empty,
      load: none,
      unload: none,
      reset: none,
      reload: none,
      command: none,
    };
    return { target, programPath, program, plugins };
  },
};
