// Runs a fixture to its end with plugins, and gives what they show; addresses are told by the fixture's own symbols.
import assert from "node:assert/strict";
import { Symbolizer } from "../../adapter/host/symbolizer.ts";
import { PluginHost } from "../../emulator/instrument/plugin-host.ts";
import type { ViewData } from "../../emulator/instrument/view-data.ts";
import type { EngineKind } from "../../emulator/machine/api.ts";
import { testMachine } from "../../emulator/machine/testing/test-machine.ts";
import { readFixture } from "../../test-fixtures/fixtures.ts";

export const engines: readonly EngineKind[] = ["interpreter", "auto"];

/** The view of a kind with a title; there has to be one. */
export type ViewOf = <Kind extends ViewData["kind"]>(kind: Kind, title: string) => Extract<ViewData, { kind: Kind }>;

type WithOptions = readonly [definition: unknown, options: Readonly<Record<string, unknown>>];

export function runFixture(program: string | Uint8Array, engine: EngineKind, plugins: readonly WithOptions[]): ViewOf {
  const bytes = typeof program === "string" ? readFixture(program) : program;
  const machine = testMachine(bytes, { engine });
  const symbols = new Symbolizer(bytes, 0n);
  const log: string[] = [];
  const host = new PluginHost(machine, {
    programPath: "program",
    log: (...line) => log.push(line.join(" ")),
    locate: (pc) => symbols.locate(pc),
  });
  for (const [definition, options] of plugins) host.install({ definition }, options, "test");
  while (machine.run(100_000_000).kind !== "exited");
  const views = host.views();
  assert.deepEqual(log, []);
  return (kind, title) => {
    const view = views.find((each) => each.title === title);
    assert.ok(view?.kind === kind, `no ${kind} "${title}" among ${views.map((each) => each.title).join(", ")}`);
    return view as Extract<ViewData, { kind: typeof kind }>;
  };
}
