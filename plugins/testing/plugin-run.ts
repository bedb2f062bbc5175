// Runs fixtures under shipped plugins, for their tests.
import assert from "node:assert/strict";
import { type InstallRequest, PluginHost, type PluginHostOptions } from "../../emulator/instrument/plugin-host.ts";
import type { TableData, ViewData } from "../../emulator/instrument/view-data.ts";
import type { EngineKind, MachineOptions } from "../../emulator/machine/api.ts";
import { MemoryDoor } from "../../emulator/machine/door/memory-door.ts";
import type { Machine } from "../../emulator/machine/machine.ts";
import { testMachine } from "../../emulator/machine/testing/test-machine.ts";

export const engines: readonly EngineKind[] = ["interpreter", "auto", "jit"];

export interface PluginRun {
  readonly machine: Machine;
  readonly host: PluginHost;
  readonly door: MemoryDoor;
  /** `error insn: ...`. */
  readonly log: string[];
  /** Goes on to the program's end, or to about `limit` instructions in all. Sleeping costs nothing. */
  run(limit?: number): this;
  view(title: string): ViewData;
  rows(title: string): TableData["rows"];
}

export interface PluginRunOptions {
  engine?: EngineKind;
  machine?: Partial<MachineOptions>;
  host?: (machine: Machine) => Partial<PluginHostOptions>;
}

/** A machine about to run a program under plugins: definitions, each with its options. */
export function pluginRun(
  program: string | Uint8Array,
  plugins: readonly (readonly [definition: unknown, options?: InstallRequest["options"]])[],
  { engine = "interpreter", machine: more, host: hostOptions }: PluginRunOptions = {},
): PluginRun {
  const door = new MemoryDoor();
  const machine = testMachine(program, { engine, door, ...more });
  const log: string[] = [];
  const host = new PluginHost(machine, {
    programPath: typeof program === "string" ? program : "program",
    log: (level, source, text) => log.push(`${level} ${source}: ${text}`),
    ...hostOptions?.(machine),
  });
  for (const [definition, options = {}] of plugins) host.install({ definition }, options, "test");
  return {
    machine,
    host,
    door,
    log,
    run(limit = 1_000_000_000) {
      while (machine.instructionCount() < limit) {
        const stop = machine.run(limit - Number(machine.instructionCount()));
        if (stop.kind === "sleep") door.advance(stop.nanoseconds);
        if (stop.kind === "exited" || stop.kind === "breakpoint") break;
      }
      return this;
    },
    view(title) {
      const views = host.views();
      const view = views.find((each) => each.title === title);
      assert.ok(view, `no view "${title}": there are ${views.map((each) => each.title).join(", ")}`);
      return view;
    },
    rows(title) {
      const view = this.view(title);
      assert.ok(view.kind === "table", `"${title}" is no table`);
      return view.rows;
    },
  };
}
