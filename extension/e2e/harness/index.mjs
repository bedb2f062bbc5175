// Drives a real VS Code workbench (code-server) in headless Chromium. See README.md.
import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

export const CACHE = process.env.VSCODE_E2E_CACHE ?? path.join(homedir(), ".cache/vscode-e2e");
const NODE = path.join(CACHE, "node/bin/node");
const ENTRY = path.join(CACHE, "code-server/node_modules/code-server/out/node/entry.js");
const CHROMIUM = process.env.VSCODE_E2E_CHROMIUM ?? "/usr/bin/chromium";
const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Milliseconds that any one wait of this module may take. */
export const timeouts = { step: Number(process.env.VSCODE_E2E_TIMEOUT ?? 30_000) };

/** A quiet workbench: nothing phones home, nothing pops up, no chat, no start page. */
const QUIET = {
  "chat.disableAIFeatures": true,
  "debug.internalConsoleOptions": "neverOpen",
  "debug.openDebug": "openOnSessionStart",
  "editor.minimap.enabled": false,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "files.simpleDialog.enable": true,
  "git.enabled": false,
  "security.workspace.trust.banner": "never",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "update.showReleaseNotes": false,
  "window.commandCenter": false,
  "workbench.enableExperiments": false,
  "workbench.reduceMotion": "on",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.settings.enableNaturalLanguageSearch": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
};

const attr = (s) => JSON.stringify(String(s));
const clean = (s) => s.replace(/[\s\u00a0]+/g, " ").trim();

/** Polls `probe` until it returns something truthy; says `what` it waited for when it never does. */
export async function until(what, probe, ms = timeouts.step) {
  for (const end = Date.now() + ms; ; ) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`vscode-e2e: after ${ms} ms still waiting for ${what}`);
    await new Promise((r) => setTimeout(r, 50));
  }
}

/**
 * Starts a server and a browser with `workspace` (a folder) open.
 * vsix: one path or several; settings: user settings on top of QUIET;
 * trust: 'trusted' (default), 'restricted' (untrusted, no question asked) or 'ask' (the modal shows);
 * userDataDir / extensionsDir: kept when given, else temporary;
 * env: extra environment of the server and the extension host.
 * Resolves to {page, browser, url, userDataDir, extensionsDir, console, blocked, dap, logs(), close()}:
 * `console` the browser's messages, `blocked` the outside addresses it asked for, `dap` every debug
 * adapter message so far, oldest first, as {from: 'client' | 'adapter', message}.
 */
export async function startWorkbench({
  workspace,
  vsix = [],
  settings = {},
  trust = "trusted",
  userDataDir,
  extensionsDir,
  env = {},
  viewport = { width: 1400, height: 900 },
  headless = true,
}) {
  if (!existsSync(ENTRY)) throw new Error(`vscode-e2e: ${ENTRY} is missing: run setup.sh first`);
  const scratch = await mkdtemp(path.join(tmpdir(), "vscode-e2e-"));
  userDataDir ??= path.join(scratch, "user-data");
  extensionsDir ??= path.join(scratch, "extensions");
  await mkdir(path.join(userDataDir, "User"), { recursive: true });
  await mkdir(extensionsDir, { recursive: true });
  const ask = trust === "ask" ? "always" : "never";
  await writeFile(
    path.join(userDataDir, "User/settings.json"),
    JSON.stringify({ ...QUIET, "security.workspace.trust.startupPrompt": ask, ...settings }, null, 2),
  );
  await writeFile(path.join(scratch, "config.yaml"), "auth: none\n");

  const serverEnv = {
    ...process.env,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    XDG_DATA_HOME: path.join(scratch, "data"),
    ...env,
  };
  for (const k of Object.keys(serverEnv)) if (k.startsWith("VSCODE_") && !(k in env)) delete serverEnv[k];
  const common = [
    ENTRY,
    "--config",
    path.join(scratch, "config.yaml"),
    "--user-data-dir",
    userDataDir,
    "--extensions-dir",
    extensionsDir,
  ];
  for (const v of [vsix].flat()) {
    const { stdout, stderr } = await promisify(execFile)(NODE, [...common, "--install-extension", v, "--force"], {
      env: serverEnv,
    });
    if (!/was successfully installed/.test(stdout)) throw new Error(`vscode-e2e: installing ${v}: ${stdout}${stderr}`);
  }

  const server = spawn(
    NODE,
    [
      ...common,
      "--auth",
      "none",
      "--bind-addr",
      "127.0.0.1:0",
      "--disable-telemetry",
      "--disable-update-check",
      "--disable-getting-started-override",
      "--disable-proxy",
      ...(trust === "trusted" ? ["--disable-workspace-trust"] : []),
    ],
    { env: serverEnv, detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  const killServer = () => {
    try {
      process.kill(-server.pid, "SIGKILL");
    } catch {
      /* gone */
    }
  };
  process.once("exit", killServer);
  let output = "";
  server.stdout.on("data", (d) => (output += d));
  server.stderr.on("data", (d) => (output += d));

  let browser;
  const close = async () => {
    await browser?.close();
    killServer();
    process.off("exit", killServer);
    await rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const url = await until("code-server to listen", () => {
      if (server.exitCode !== null) throw new Error(`vscode-e2e: code-server exited:\n${output}`);
      return /HTTP server listening on (http:\S+?)\/?\s/.exec(output)?.[1];
    });
    const { chromium } = createRequire(path.join(CACHE, "tools/package.json"))("playwright-core");
    browser = await chromium.launch({ executablePath: CHROMIUM, headless, args: CHROMIUM_ARGS });
    const page = await browser.newPage({ viewport });
    page.setDefaultTimeout(timeouts.step);
    const messages = [],
      blocked = [],
      dap = recordDap(page);
    page.on("console", (m) => messages.push(`${m.type()}: ${m.text()}`));
    page.on("pageerror", (e) => messages.push(`pageerror: ${e.message}`));
    await page.context().route(
      (u) =>
        !["127.0.0.1", "localhost"].includes(u.hostname) &&
        u.protocol.startsWith("http") &&
        !u.hostname.endsWith("vscode-resource.vscode-cdn.net"),
      (r) => {
        blocked.push(r.request().url());
        return r.abort();
      },
    );
    await page.goto(`${url}/?${new URLSearchParams({ folder: await realpath(workspace) })}`);
    await page.waitForSelector(".monaco-workbench .part.statusbar .statusbar-item");
    await page.waitForSelector(".explorer-folders-view .monaco-list-row, .monaco-dialog-box").catch(() => {});
    return {
      page,
      browser,
      url,
      userDataDir,
      extensionsDir,
      console: messages,
      blocked,
      dap,
      close,
      serverOutput: () => output,
      logs: () => readLogs(path.join(userDataDir, "logs")),
    };
  } catch (e) {
    await close();
    throw e;
  }
}

/** Everything the server and the extension hosts have logged, as one string (needs the native logger). */
async function readLogs(dir) {
  const files = existsSync(dir) ? readdirSync(dir, { recursive: true }).filter((f) => f.endsWith(".log")) : [];
  return (await Promise.all(files.map(async (f) => `== ${f}\n${await readFile(path.join(dir, f), "utf8")}`))).join(
    "\n",
  );
}

// ---- debug adapter traffic ----

const traffic = new WeakMap();

/** Reads the DAP messages that pass between workbench and extension host off their web socket. */
function recordDap(page) {
  const dap = [];
  traffic.set(page, dap);
  const tap = (ws, event, name, from) => {
    let rest = Buffer.alloc(0);
    ws.on(event, ({ payload }) => {
      rest = Buffer.concat([rest, Buffer.from(payload)]);
      for (let at; (at = rest.indexOf(name)) >= 0; ) {
        // method name, 4-byte length, JSON [handle, message]
        const start = at + name.length + 4;
        const end = rest.length < start ? Infinity : start + rest.readUInt32BE(start - 4);
        if (end > rest.length) return; // the rest comes in the next frame
        try {
          dap.push({ from, message: JSON.parse(rest.toString("utf8", start, end))[1] });
        } catch {
          /* not one */
        }
        rest = rest.subarray(end);
      }
      rest = rest.subarray(Math.max(0, rest.length - name.length));
    });
  };
  page.on("websocket", (ws) => {
    tap(ws, "framesent", "$sendDAMessage", "client");
    tap(ws, "framereceived", "$acceptDAMessage", "adapter");
  });
  return dap;
}

/** Waits until every debug adapter request has had its answer for 200 ms. */
async function settle(page) {
  const dap = traffic.get(page);
  let length = -1,
    since = 0;
  await until("the debug adapter to answer", () => {
    if (dap.length !== length) {
      length = dap.length;
      since = Date.now();
    }
    const open =
      dap.filter((m) => m.from === "client" && m.message.type === "request").length -
      dap.filter((m) => m.from === "adapter" && m.message.type === "response").length;
    return open <= 0 && Date.now() - since >= 200;
  });
}

// ---- commands ----

/** Opens the quick input, types `text`, waits for a row that `wanted` accepts, and picks it. */
async function quickPick(page, text, wanted) {
  const widget = page.locator(".quick-input-widget");
  const input = widget.locator("input[type=text]").first();
  await until("the quick input to open", async () => {
    if (await input.isVisible()) return true;
    await page.keyboard.press("F1");
    return input.waitFor({ state: "visible", timeout: 1000 }).then(
      () => true,
      () => false,
    );
  });
  let seen = [],
    typed = 0;
  const row = await until(`a quick pick row for ${attr(text)}`, async () => {
    if (Date.now() - typed > 2000) {
      // type again: soon after startup not every provider is there yet
      typed = Date.now();
      await input.fill(text.slice(0, -1));
      await input.fill(text);
    }
    const rows = await widget.locator(".quick-input-list .monaco-list-row").all();
    seen = [];
    for (const r of rows) {
      const label = clean(
        await r
          .locator(".label-name")
          .first()
          .innerText({ timeout: 1000 })
          .catch(() => ""),
      );
      seen.push(label);
      if (label && wanted(label)) return r;
    }
  }).catch((e) => {
    throw new Error(`${e.message} (rows: ${seen.join(" | ")})`);
  });
  await row.click();
}

/** Runs a command by its palette title, with its category: 'Debug: Step Over'. */
export async function runCommand(page, title) {
  const want = clean(title).toLowerCase();
  await quickPick(page, ">" + title, (label) => label.toLowerCase() === want);
}

/** Opens a workspace file by name and waits for its tab to be active. */
export async function openFile(page, name) {
  await quickPick(page, name, (label) => label === path.basename(name));
  await page.waitForSelector(
    `.tab.active[data-resource-name=${attr(path.basename(name))}], .tab.active[aria-label*=${attr(path.basename(name))}]`,
  );
}

// ---- debugging ----

/** Starts the launch.json (or dynamic) configuration of that name; resolves once a session exists. */
export async function startDebugging(page, configName) {
  await quickPick(page, "debug " + configName, (label) => label === configName);
  await page.locator(".debug-toolbar:visible, .debug-call-stack .monaco-list-row:visible").first().waitFor();
}

const action = (page, label) => page.locator(`.debug-toolbar .action-label[aria-label^=${attr(label)}]`);

/**
 * Resolves when the debuggee is stopped and the views have caught up: Continue shows, the CALL STACK has
 * a frame, no debug adapter request is open. `line`: also waits for the arrow to be there.
 * After an action that resumes, use `resume` instead: the old stop still shows for a moment.
 */
export async function waitForStopped(page, { line } = {}) {
  await action(page, "Continue").and(page.locator(":not(.disabled)")).first().waitFor();
  await openPane(page, "CALL STACK");
  await page.locator(".debug-call-stack .stack-frame").first().waitFor();
  await settle(page);
  if (line !== undefined)
    await until(`line ${line} to be the stopped one`, async () => (await stoppedLine(page)) === line);
}

/** Presses a debug toolbar button ('Step Over', 'Continue', ...) and waits for the stop that follows. */
export async function resume(page, label, { line } = {}) {
  const stops = () => traffic.get(page).filter((m) => m.message.event === "stopped").length;
  const before = stops();
  await debugAction(page, label);
  await until(`the stop after ${label}`, () => stops() > before);
  await waitForStopped(page, { line });
}

/** Resolves when no debug session is left. */
export const waitForSessionEnd = (page) =>
  until(
    "the debug session to end",
    async () => !(await page.locator(".debug-toolbar:visible, .debug-call-stack .monaco-list-row:visible").count()),
  );

/** Presses a button of the debug toolbar by the start of its label: 'Step Over', 'Continue', 'Stop'. */
export const debugAction = (page, label) => action(page, label).first().click();

/** The line number that the yellow arrow is on in the active editor, or undefined. */
export function stoppedLine(page) {
  return page.evaluate(() => {
    const editor =
      document.querySelector(".editor-group-container.active .monaco-editor") ??
      document.querySelector(".editor-instance .monaco-editor");
    const mark = editor?.querySelector(".debug-top-stack-frame-line, .debug-focused-stack-frame-line");
    if (!mark) return undefined;
    const y = mark.getBoundingClientRect().top;
    const n = [...editor.querySelectorAll(".line-numbers")].find(
      (e) => Math.abs(e.getBoundingClientRect().top - y) < 3,
    );
    return n && Number(n.textContent);
  });
}

/** The frames that the CALL STACK shows, innermost first: [{name, file, line, focused}]. */
export async function readCallStack(page) {
  const p = await openPane(page, "CALL STACK");
  return p.locator(".monaco-list-row:has(.stack-frame)").evaluateAll((rows) =>
    rows.map((r) => {
      const get = (s) => r.querySelector(s)?.textContent.trim();
      const line = get(".line-number");
      return {
        name: get(".label"),
        file: get(".file-name"),
        line: line === undefined ? line : parseInt(line, 10),
        focused: r.classList.contains("selected"),
      };
    }),
  );
}

// ---- panes ----

const quote = (text) => text.replace(/[^\w\s]/g, "\\$&");
const pane = (page, title) =>
  page
    .locator(".pane", {
      has: page.locator(".pane-header .title", { hasText: new RegExp(`^\\s*${quote(title)}\\s*$`, "i") }),
    })
    .first();

async function openPane(page, title) {
  const p = pane(page, title);
  if (!(await p.count())) await runCommand(page, "View: Show Run and Debug");
  await p.waitFor();
  const header = p.locator(".pane-header");
  if ((await header.getAttribute("aria-expanded")) === "false") await header.click();
  return p;
}

const rowsOf = (p) =>
  p.locator(".monaco-list-row").evaluateAll((rows) =>
    rows.map((r) => ({
      index: Number(r.dataset.index),
      level: Number(r.getAttribute("aria-level") ?? 1),
      expanded: { true: true, false: false }[r.getAttribute("aria-expanded")],
      text: r.innerText.replace(/[\s\u00a0]+/g, " ").trim(),
      label: r.getAttribute("aria-label") ?? "",
      selected: r.classList.contains("selected"),
    })),
  );

/** Scrolls the list of a pane by `px`; false at its end. VS Code reads wheelDeltaY, 120 of which are 50 px. */
const scroll = (p, px) =>
  p
    .locator(".monaco-list .monaco-scrollable-element")
    .first()
    .evaluate((e, px) => {
      const rows = e.querySelector(".monaco-list-rows"),
        was = rows.style.top;
      e.dispatchEvent(new WheelEvent("wheel", { deltaY: -px * 2.4, bubbles: true, cancelable: true }));
      return rows.style.top !== was;
    }, px);

/** Lists are virtual: shows the rows from the top to the bottom; `visit` runs at each stop, truthy ends it. */
async function scrollThrough(p, visit) {
  if (!(await p.locator(".monaco-list-row").count())) return undefined;
  await scroll(p, -1e6);
  let value;
  do {
    if ((value = await visit())) return value;
  } while (await scroll(p, 100));
  await scroll(p, -1e6);
}

/** The rows of a side bar view ('CALL STACK', 'VARIABLES', ...): [{index, level, expanded, text, label, selected}]. */
export async function readPane(page, title) {
  const p = await openPane(page, title),
    all = new Map();
  await scrollThrough(p, async () => {
    for (const r of await rowsOf(p)) all.set(r.index, r);
  });
  return [...all.values()].sort((a, b) => a.index - b.index);
}

/** Expands the first row of a pane whose text starts with `text`, scrolling to it. */
export async function expandRow(page, title, text) {
  const p = await openPane(page, title);
  const rows = p.locator(".monaco-list-row", { hasText: new RegExp(`^\\s*${quote(text).replace(/\s+/g, "\\s*")}`) });
  const row = await until(`the row ${attr(text)} of ${title}`, () =>
    scrollThrough(p, async () => (await rows.count()) && rows.first()),
  );
  if ((await row.getAttribute("aria-expanded")) === "false") {
    await row.locator(".monaco-tl-twistie").click();
    await until(`${text} to expand`, async () => (await row.getAttribute("aria-expanded")) === "true");
    await settle(page);
  }
}

/** The VARIABLES view as {scope: {name: value}}; every scope is expanded first. */
export async function readVariables(page) {
  const scopes = (
    await until("scopes", async () => {
      const r = await readPane(page, "VARIABLES");
      return r.length && r;
    })
  ).filter((r) => r.level === 1);
  for (const s of scopes) await expandRow(page, "VARIABLES", s.text);
  const out = {};
  let scope;
  for (const r of await readPane(page, "VARIABLES")) {
    if (r.level === 1) scope = out[r.text] = {};
    else if (r.level === 2) {
      const m = /^(.*?)\s*[:=]\s*(.*)$/.exec(r.text);
      scope[m ? m[1] : r.text] = m ? m[2] : "";
    }
  }
  return out;
}

// ---- editor ----

/** Clicks the breakpoint gutter of a visible line of the active editor. */
export async function clickGutter(page, line) {
  const editor = page.locator(".editor-group-container.active .monaco-editor").first();
  const number = editor.locator(".margin .line-numbers", { hasText: new RegExp(`^${line}$`) }).first();
  await number.waitFor();
  const margin = await editor.locator(".margin").first().boundingBox(),
    box = await number.boundingBox();
  await page.mouse.move(margin.x + 8, box.y + box.height / 2);
  await page.mouse.click(margin.x + 8, box.y + box.height / 2);
}

/** The lines of the active editor that show a breakpoint: [{line, verified}]. */
export function readBreakpoints(page) {
  return page.evaluate(() => {
    const editor = document.querySelector(".editor-group-container.active .monaco-editor");
    const top = (e) => e.getBoundingClientRect().top;
    const numbers = [...editor.querySelectorAll(".margin .line-numbers")];
    return [...editor.querySelectorAll(".codicon-debug-breakpoint, .codicon-debug-breakpoint-unverified")].map((e) => ({
      line: Number(numbers.find((n) => Math.abs(top(n) - top(e)) < 5)?.textContent),
      verified: e.classList.contains("codicon-debug-breakpoint"),
    }));
  });
}

// ---- webviews ----

/** The innermost document (a playwright Frame) of the webview whose title is `title`. */
export function webviewFrame(page, title) {
  return until(`the webview ${attr(title)}`, async () => {
    for (const el of await page.locator("iframe.webview").elementHandles()) {
      const inner = await (await el.contentFrame())?.$("iframe#active-frame").catch(() => null);
      if (!inner || (await inner.getAttribute("title")) !== title) continue;
      const frame = await inner.contentFrame();
      if (
        frame &&
        (await frame
          .evaluate(() => document.readyState === "complete" && !!document.body?.childElementCount)
          .catch(() => false))
      )
        return frame;
    }
  });
}

// ---- the rest ----

export const screenshot = (page, file) => page.screenshot({ path: file });

/** The texts of the notifications that show now. */
export const readNotifications = (page) => page.locator(".notification-list-item-message").allInnerTexts();

export const close = (workbench) => workbench.close();
