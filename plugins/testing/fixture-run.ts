// Runs a fixture to its end with plugins, and gives what they show; addresses are told by the fixture's own symbols.
import assert from "node:assert/strict";
import { Symbolizer } from "../../adapter/host/symbolizer.ts";
import type { ViewData } from "../../emulator/instrument/view-data.ts";
import type { EngineKind } from "../../emulator/machine/api.ts";
import { readFixture } from "../../test-fixtures/fixtures.ts";
import { pluginRun } from "./plugin-run.ts";

export const engines: readonly EngineKind[] = ["interpreter", "auto"];

/** The view of a kind with a title; there has to be one. */
export type ViewOf = <Kind extends ViewData["kind"]>(kind: Kind, title: string) => Extract<ViewData, { kind: Kind }>;

export function runFixture(program: string, engine: EngineKind, plugins: Parameters<typeof pluginRun>[1]): ViewOf {
  const bytes = readFixture(program);
  const symbols = new Symbolizer(bytes, 0n);
  const host = () => ({ locate: (pc: bigint) => symbols.locate(pc) });
  const run = pluginRun(bytes, plugins, { engine, host }).run();
  const views = run.host.views();
  assert.deepEqual(run.log, []);
  return (kind, title) => {
    const view = views.find((each) => each.title === title);
    assert.ok(view?.kind === kind, `no ${kind} "${title}" among ${views.map((each) => each.title).join(", ")}`);
    return view as Extract<ViewData, { kind: typeof kind }>;
  };
}
