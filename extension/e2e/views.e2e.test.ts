// Every kind of view in the panel, with a scripted adapter: what is seen, what is a link, and what stays over refreshes.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import type { ShownView, ViewsEventBody } from "../../adapter/dap/views-protocol.ts";
import { minimalElf } from "../testing/minimal-elf.ts";
import * as e2e from "./harness/index.mjs";
import { startScriptedAdapter } from "./scripted-adapter.ts";
import { locations, sampleViews, series } from "./view-samples.ts";
import { launchJson, makeWorkspace, vsix, writeFiles } from "./workspace.ts";

const magnified = Number(process.env.TERRARIUM_ZOOM ?? 1);

const source = Array.from({ length: 100 }, (_, i) => `int f${i + 1}(int x) { return x * ${i + 1}; }`).join("\n");

test("every kind of view can be looked at and used", async (context) => {
  const folder = await makeWorkspace(context, { "main.c": source, "scripted.elf": minimalElf() });
  const file = path.join(folder, "main.c");
  const body = (views: ShownView[]): ViewsEventBody => ({
    running: false,
    instructions: "98123456",
    locations: locations(file),
    views,
  });
  const views = sampleViews(file);
  const adapter = await startScriptedAdapter({ path: file, line: 3 }, body(views));
  context.after(() => adapter.close());
  await writeFiles(folder, {
    ".vscode/launch.json": launchJson({ name: "Scripted", program: "scripted.elf", debugServer: adapter.port }),
  });
  const workbench = await e2e.startWorkbench({
    workspace: folder,
    vsix,
    viewport: { width: Math.round(1400 / magnified), height: Math.round(900 / magnified) },
    settings: {
      "workbench.colorTheme": process.env.TERRARIUM_THEME ?? "Default Dark Modern",
      "files.simpleDialog.enable": true,
    },
  });
  context.after(() => workbench.close());
  const { page } = workbench;
  // For looking at it: a folder for screenshots, a theme, and how much it is magnified.
  const shots = process.env.TERRARIUM_SHOTS;
  const shot = async (name: string) => {
    if (shots) await e2e.screenshot(page, path.join(shots, `${name}.png`));
  };

  await e2e.openFile(page, "main.c");
  await e2e.startDebugging(page, "Scripted");
  await e2e.waitForStopped(page, { line: 3 });
  await e2e.runCommand(page, "Terrarium: Show Plugin Views");
  const panel = await e2e.webviewFrame(page, "Plugin Views");
  const refresh = () => adapter.send("terrarium.views", body(views));
  const tab = (title: string) => panel.locator("vscode-tab-header", { hasText: title });
  const view = panel.locator("vscode-tab-panel:not([hidden]) .view");
  const content = panel.locator("vscode-tab-panel:not([hidden]) .content");
  const hint = panel.locator("vscode-tab-panel:not([hidden]) .hint");
  const tool = (title: string) => panel.locator(`vscode-tab-panel:not([hidden]) .toolbar button[title="${title}"]`);
  const search = panel.locator("vscode-tab-panel:not([hidden]) .toolbar input[type=search]");
  const count = panel.locator("vscode-tab-panel:not([hidden]) .toolbar .count");
  const pixels = () =>
    content.evaluate((node) => {
      const canvas = node.querySelector("canvas")!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
  const show = async (title: string) => {
    await tab(title).click();
    await view.waitFor();
  };
  const hinted = async (x: number, y: number) => {
    await content.hover({ position: { x, y } });
    await hint.waitFor();
    return hint.textContent();
  };

  await context.test("a table of 100,000 rows scrolls, sorts and filters", async () => {
    await show("Accesses");
    const rows = panel.locator("vscode-tab-panel:not([hidden]) .rows tr");
    const first = async () => (await rows.allInnerTexts())[0].trim().split(/\s+/).join(" ");
    await e2e.until("rows", async () => (await rows.count()) > 5);
    assert.ok((await rows.count()) < 80);
    assert.match(await first(), /^0x10120 _start main\.c:1 0x20000 store 0 /);
    assert.equal(await count.textContent(), "100,000 rows");
    await shot("table");
    await content.evaluate((node) => node.scrollTo({ top: node.scrollHeight }));
    await e2e.until("the last row", async () => /0xe34f8\b/.test((await rows.allInnerTexts()).at(-1) ?? ""));
    refresh();
    await page.waitForTimeout(300);
    assert.match((await rows.allInnerTexts()).at(-1)!, /0xe34f8\b/);
    await panel.locator("vscode-tab-panel:not([hidden]) th button", { hasText: "count" }).click();
    await content.evaluate((node) => node.scrollTo({ top: 0 }));
    await e2e.until("the largest", async () => /100,002/.test(await first()));
    await search.fill("memcpy+0x8");
    await e2e.until("few rows", async () => /^[\d,]+ of 100,000 rows$/.test(await count.textContent()));
    for (const row of await rows.allInnerTexts()) assert.match(row, /memcpy\+0x8/);
    await shot("table-filtered");
    await search.fill("");
  });

  await context.test("keys go through a table and to its code", async () => {
    const rows = panel.locator("vscode-tab-panel:not([hidden]) .rows tr");
    await rows.first().focus();
    for (const key of ["End", "Home", "PageDown", "PageUp", "ArrowDown", "ArrowDown", "ArrowUp"])
      await page.keyboard.press(key);
    const focused = panel.locator("tr:focus");
    await focused.waitFor();
    assert.equal(await focused.getAttribute("aria-rowindex"), "3");
  });

  await context.test("bars say how much they are, and are links", async () => {
    await show("Classes");
    const texts = await content.locator("li").allInnerTexts();
    assert.equal(texts.length, 9);
    assert.match(texts[0], /^integer arithmetic\s+48,211,904\s+49\.3 %$/);
    await shot("bars");
    await content.locator("a[href]", { hasText: "inverse_dct" }).click();
    await cursorAt(page, 41);
    await search.fill("load");
    assert.equal(await content.locator("li").count(), 1);
    await search.fill("");
  });

  await context.test("series are drawn, grow, and keep their zoom", async () => {
    await show("Misses");
    await content.locator("canvas").waitFor();
    await e2e.until("lines", async () => (await pixels()) > 20);
    const legend = content.locator(".u-legend");
    assert.match(await legend.textContent(), /instructions.*data.*code/s);
    await content.hover({ position: { x: 400, y: 60 } });
    await e2e.until("figures", async () => /data:?\s*[\d,.]+/.test(await legend.textContent()));
    await shot("series");
    await content.focus();
    await content.press("+");
    const axis = () => content.evaluate((node) => JSON.stringify(node.querySelector("canvas")!.toDataURL().length));
    await page.waitForTimeout(200);
    const zoomed = await axis();
    adapter.send("terrarium.views", body(views.map((v) => (v.kind === "series" ? series(420) : v))));
    await page.waitForTimeout(400);
    assert.equal(await axis(), zoomed);
    await shot("series-zoomed");
    await tool("Show All").click();
    await e2e.until("all of it", async () => (await axis()) !== zoomed);
  });

  await context.test("a flame graph tells, zooms, finds and leads to the code", async () => {
    await show("Call stacks");
    await e2e.until("boxes", async () => (await pixels()) > 20);
    await shot("flame");
    const text = await hinted(100, 70);
    assert.match(text, /^decode_imagetotal [\d,]+ \(\d+\.\d %\), self 52,000 \(1\.\d %\)calls \d+0x10200 main\.c:17$/);
    await content.click({ position: { x: 100, y: 70 } });
    assert.equal(await tool("Zoom Out").isEnabled(), true);
    refresh();
    await page.waitForTimeout(300);
    assert.match(await hinted(900, 70), /^decode_image/);
    await shot("flame-zoomed");
    await content.focus();
    await content.press("ArrowDown");
    assert.match(await hint.textContent(), /^inverse_dct/);
    await content.press("Enter");
    await cursorAt(page, 41);
    await content.press("Escape");
    await content.press("Escape");
    await content.press("Escape");
    assert.equal(await tool("Zoom Out").isEnabled(), false);
    await content.dblclick({ position: { x: 100, y: 90 } });
    assert.equal(await tool("Zoom Out").isEnabled(), false);
    await search.fill("huffman");
    await e2e.until("its share", async () => /^1\d\.\d % found$/.test(await count.textContent()));
    await shot("flame-found");
    await search.fill("");
  });

  await context.test("a heat map tells the figure below the pointer and leads to the code", async () => {
    await show("Pages");
    await e2e.until("cells", async () => (await pixels()) > 20);
    await shot("heat-map");
    assert.match(await hinted(600, 20), /^[\d,]+time: [\d,]+page: 0x1[012]000/);
    await content.focus();
    await content.press("ArrowDown");
    await content.press("ArrowRight");
    assert.match(await hint.textContent(), /time: 1,000,000page: 0x11000 memcpy/);
    await shot("heat-map-keys");
  });

  await context.test("a timeline zooms, moves and leads to the code", async () => {
    await show("Calls");
    await e2e.until("entries", async () => (await pixels()) > 10);
    await shot("timeline");
    await content.hover({ position: { x: 500, y: 60 } });
    for (let i = 0; i < 12; i++) await page.mouse.wheel(0, -100);
    await page.waitForTimeout(200);
    await shot("timeline-zoomed");
    await content.focus();
    await content.press("ArrowRight");
    const before = await hint.textContent();
    assert.match(before, /^\w+functions, at [\d,]+, for [\d,]+ instructions0x/);
    await content.press("ArrowDown");
    assert.match(await hint.textContent(), /^(read|write)syscalls, at [\d,]+ instructions0x12400 __libc_write$/);
    await content.press("ArrowUp");
    await content.press("ArrowRight");
    const [name] = (await hint.textContent()).split("functions, ");
    await content.press("Enter");
    await cursorAt(
      page,
      17 +
        8 * ["decode_image", "read_block", "huffman_next", "inverse_dct", "colour_convert", "write_rows"].indexOf(name),
    );
  });

  await context.test("a graph begins with its largest edges; its nodes are links", async () => {
    await show("Flow");
    await content.locator("svg .node").first().waitFor();
    assert.equal(await content.locator(".edge").count(), 100);
    assert.equal(await count.textContent(), "100 of 150 edges");
    assert.match(await view.locator(".omitted").textContent(), /^12 more not shown$/);
    await shot("graph");
    await content.locator("a.node", { hasText: "inverse_dct" }).first().click();
    await cursorAt(page, 41);
    await tool("Show More").click();
    await e2e.until("all edges", async () => (await content.locator(".edge").count()) === 150);
    await tool("Fit").click();
    await search.fill("crc32");
    assert.ok((await content.locator(".node.match").count()) > 0);
    await shot("graph-found");
    await search.fill("");
  });

  await context.test("a log scrolls through all its lines, and its places are links", async () => {
    await show("Trace");
    const entries = content.locator(".entry");
    await e2e.until("lines", async () => (await entries.count()) > 5);
    assert.match(
      (await entries.allInnerTexts())[0],
      /1,000\s+_start: block 0 at row 0, 0 coefficients\s+_start main\.c:1/,
    );
    await shot("log");
    await content.evaluate((node) => node.scrollTo({ top: node.scrollHeight }));
    await e2e.until("the last line", async () => /block 19999/.test((await entries.allInnerTexts()).at(-1) ?? ""));
    await search.fill("block 1999");
    await e2e.until("some lines", async () => (await count.textContent()) === "11 of 20,000 lines");
    await entries.locator("a:not([hidden])").first().click();
    await search.fill("");
  });

  await context.test("coverage by function and by file, with links", async () => {
    await show("Coverage");
    const rows = panel.locator("vscode-tab-panel:not([hidden]) .grid:not([hidden]) .rows tr");
    await e2e.until("functions", async () => (await rows.count()) === 11);
    await shot("coverage");
    await rows.filter({ hasText: "colour_convert" }).click();
    await cursorAt(page, 49);
    await panel.locator("vscode-tab-panel:not([hidden]) .choice button", { hasText: "Files" }).click();
    await e2e.until("files", async () => (await rows.count()) === 2);
    assert.match((await rows.allInnerTexts())[0], /main\.c\s+72\s+61\s+84\.7 %\s+49/);
    await shot("coverage-files");
  });

  await context.test("intervals are a heat map of blocks", async () => {
    await show("Vectors");
    await e2e.until("cells", async () => (await pixels()) > 20);
    assert.equal(await count.textContent(), "160 intervals, 48 blocks");
    assert.match(await hinted(300, 30), /interval: \d+.*block: block \d+/);
    await shot("intervals");
  });

  await context.test("what is seen is copied and saved", async () => {
    await show("Classes");
    await tool("Save as JSON").click();
    const input = page.locator(".quick-input-widget input[type=text]").first();
    await input.waitFor();
    await page.keyboard.press("Enter");
    const saved = path.join(folder, "sample-Classes.json");
    const text = await e2e.until("the file", () => readFile(saved, "utf8").catch(() => ""));
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(views[1])));
    await show("Call stacks");
    await tool("Save as PNG").click();
    await input.waitFor();
    await page.keyboard.press("Enter");
    const picture = path.join(folder, "sample-Call-stacks.png");
    const bytes = await e2e.until("the picture", () => readFile(picture).catch(() => undefined));
    assert.equal(bytes.subarray(1, 4).toString(), "PNG");
  });

  await context.test("the tab and what was done to a view survive hiding the panel", async () => {
    await show("Coverage");
    await e2e.runCommand(page, "View: Toggle Panel Visibility");
    await e2e.runCommand(page, "Terrarium: Show Plugin Views");
    const again = await e2e.webviewFrame(page, "Plugin Views");
    const rows = again.locator("vscode-tab-panel:not([hidden]) .grid:not([hidden]) .rows tr");
    await e2e.until("files", async () => (await rows.count()) === 2);
  });

  assert.deepEqual(
    workbench.console.filter((line) => /Content Security Policy|\bviews\.js/.test(line)),
    [],
  );
});

/** The cursor of the active editor is on the line. */
const cursorAt = (page: e2e.Page, line: number) =>
  page.locator(".statusbar-item", { hasText: `Ln ${line}, Col 1` }).waitFor();
