// Every plugin that ships, in the real workbench, on a program that gives it something to show: all of its views have
// content, and none is removed. TERRARIUM_SHOTS=FOLDER keeps a picture of each view.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { ShownView, ViewsEventBody } from "../../adapter/dap/views-protocol.ts";
import * as e2e from "./harness/index.mjs";
import { consoleOutput, openPanel, typeIntoConsole } from "./workbench-parts.ts";
import { launchJson, makeWorkspace, root, vsix } from "./workspace.ts";

interface Run {
  program: string;
  args?: string[];
  root?: string;
  /** Options of each plugin. */
  plugins: Record<string, Record<string, unknown>>;
  /** Gets an end of input. */
  readsInput?: boolean;
  /** Views that have nothing to show when all is well. */
  quiet?: string[];
}

/** Which plugin on which program. Those of one run share a session. */
const runs: Run[] = [
  {
    program: "cxx/cxx.elf",
    plugins: {
      hotblocks: {},
      cflow: {},
      drcov: {},
      bb: {},
      bbv: { interval: 200_000 },
      insn: { sizes: true, match: "jal" },
      howvec: { show: "branch" },
      callstack: { show: true },
      flame: {},
    },
  },
  {
    program: "floats/floats.elf",
    plugins: {
      cache: { l2: true, dcachesize: 1024, icachesize: 1024, l2cachesize: 4096 },
      hotpages: {},
      mem: { log: 500, regions: 256 },
      execlog: { reg: "a0+sp", values: true },
      ips: { ips: 1_000_000 },
    },
  },
  { program: "heap/heap.elf", args: ["double"], readsInput: true, plugins: { heap: {}, "memcheck-lite": {} } },
  {
    program: "files/files.elf",
    root: "files/root",
    plugins: { syscall: { print: true }, syscalls: { log: 1000 } },
  },
  {
    program: "signals/signals.elf",
    plugins: { traps: {}, discons: {} },
    quiet: ["Failed checks of discontinuities"],
  },
  {
    program: "recursion/recursion.elf",
    plugins: {
      empty: {},
      inline: {},
      registers: {},
      reset: {},
      stoptrigger: { symbol: "hanoi", hits: 100 },
    },
  },
  { program: "structs/structs-O0.elf", plugins: { lockstep: {} }, quiet: ["First difference", "Differences"] },
];

test("the runs below have every plugin that ships", () => {
  const shipped = readdirSync(path.join(root, "plugins"))
    .filter((file) => /^[^.]+\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ""));
  assert.deepEqual(runs.flatMap(({ plugins }) => Object.keys(plugins)).sort(), shipped.sort());
});

test("every view of every plugin that ships shows something", async (context) => {
  const folders = [...new Set(runs.map(({ program }) => path.dirname(program)))];
  const folder = await makeWorkspace(
    context,
    {
      ".vscode/launch.json": launchJson(
        ...runs.map(({ quiet, readsInput, ...run }) => ({ name: run.program, ...run, output: "written" })),
      ),
    },
    Object.fromEntries([...folders, "tiny.h"].map((name) => [name, name])),
  );
  const workbench = await e2e.startWorkbench({
    workspace: folder,
    vsix,
    settings: { "workbench.colorTheme": process.env.TERRARIUM_THEME ?? "Default Dark Modern" },
    viewport: { width: 1200, height: 640 },
  });
  context.after(() => workbench.close());
  const { page, dap } = workbench;
  let panel = await openPanel(page);
  const shots = process.env.TERRARIUM_SHOTS;

  for (const { program, plugins, readsInput = false, quiet = [] } of runs) {
    const from = dap.length;
    const messages = () => dap.slice(from).map(({ message }) => message);
    const views = () =>
      (messages().findLast(({ event }) => event === "terrarium.views")?.body as ViewsEventBody | undefined)?.views ??
      [];
    await context.test(program, async () => {
      // It may be over before its toolbar is seen, so it is not that which is waited for.
      void e2e.startDebugging(page, program).catch(() => undefined);
      await e2e.until("the start", () =>
        messages().some(({ type, command }) => type === "response" && command === "configurationDone"),
      );
      if (readsInput) {
        await typeIntoConsole(page, ":eof");
        panel = await openPanel(page);
      }
      await runToEnd(page, () => messages().map(({ event }) => event));
      assert.doesNotMatch(consoleOutput({ dap: dap.slice(from) }), /the plugin is removed|goes on without/);
      await maximise(page);
      const shown = views();
      assert.deepEqual([...new Set(shown.map(({ plugin }) => plugin))].sort(), Object.keys(plugins).sort());
      await e2e.until("the tabs", async () => (await panel.tabs.count()) === shown.length);
      for (const [i, view] of shown.entries()) {
        await panel.tabs.nth(i).click();
        await panel.content.waitFor();
        const name = `${view.plugin}: ${view.title}`;
        if (quiet.includes(view.title)) assert.equal(sizeOf(view), 0, name);
        else {
          assert.ok(sizeOf(view) > 0, `${name} has nothing to show`);
          await e2e.until(
            `the content of ${name}`,
            async () => (await panel.frame.locator(contentOf(view)).count()) > 0,
          );
        }
        if (shots) {
          await page.waitForTimeout(150);
          await e2e.screenshot(page, path.join(shots, `${view.plugin}-${view.title.replace(/\W+/g, "-")}.png`));
        }
      }
    });
  }
});

/** The panel alone: a stop has opened an editor beside it. */
async function maximise(page: e2e.Page): Promise<void> {
  const editors = page.locator(".part.editor .editor-group-container");
  if (await editors.first().isVisible()) await e2e.runCommand(page, "View: Toggle Maximized Panel");
}

/** On from every stop. */
async function runToEnd(page: e2e.Page, events: () => (string | undefined)[]): Promise<void> {
  let stops = 0;
  await e2e.until("the end", async () => {
    const seen = events().filter((event) => event === "stopped").length;
    if (seen > stops) {
      stops = seen;
      await e2e.debugAction(page, "Continue");
    }
    return events().includes("terminated");
  });
  await e2e.waitForSessionEnd(page);
}

/** How many things a view shows. */
function sizeOf(view: ShownView): number {
  switch (view.kind) {
    case "table":
      return view.rows.length;
    case "bars":
      return view.bars.length;
    case "series":
      return view.points.length;
    case "flame":
      return view.root.children.length;
    case "heatMap":
      return view.cells.length;
    case "timeline":
      return view.entries.length;
    case "graph":
      return view.edges.length;
    case "log":
      return view.lines.length;
    case "coverage":
      return Math.min(view.functions.length, view.files.length);
    case "intervals":
      return view.vectors.length;
  }
}

/** What the page makes of it. */
function contentOf({ kind }: ShownView): string {
  const shown = "vscode-tab-panel:not([hidden])";
  const content = { table: ".rows tr", coverage: ".rows tr", log: ".entry", bars: ".bar", graph: "svg .node" };
  return `${shown} ${kind in content ? content[kind as keyof typeof content] : "canvas"}`;
}
