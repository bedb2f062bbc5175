// The page of the plugin views: a tab per view, or what to do when there is none.
import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-tabs/index.js";
import "@vscode-elements/elements/dist/vscode-tab-header/index.js";
import "@vscode-elements/elements/dist/vscode-tab-panel/index.js";
import type { ViewContext } from "./kinds/kind-view.ts";
import type { FromPanel, PanelAction, PanelState, SelectView, ViewData } from "./messages.ts";
import { textOf } from "./parts/cells.ts";
import { element, icon, setText } from "./parts/dom.ts";
import { makeTabsScroll, revealSelectedTab } from "./parts/tab-strip.ts";
import { forgetThemeListeners } from "./parts/theme.ts";
import { ViewFrame } from "./view-frame.ts";
import "./views.css";
import "./kinds.css";

interface Remembered {
  /** Key of the selected view. */
  selected?: string;
  /** What the user did to each view, by its key. */
  views: Record<string, Record<string, unknown>>;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromPanel): void;
  getState(): Remembered | undefined;
  setState(state: Remembered): void;
};

const host = acquireVsCodeApi();
const remembered: Remembered = { views: {}, ...host.getState() };
const keyOf = (view: ViewData) => `${view.plugin}: ${view.title} (${view.kind})`;

let remembering = 0;
/** Soon: scrolling changes it many times a second. */
function remember(): void {
  clearTimeout(remembering);
  remembering = setTimeout(() => host.setState(remembered), 100) as unknown as number;
}

const status = element("div", { className: "status" });
const tabs = document.createElement("vscode-tabs");
tabs.panel = true;
tabs.append(status);
status.slot = "addons";
const guidance = element("main", { className: "guidance" });
document.body.append(tabs, guidance);
makeTabsScroll(tabs);

let shown: { key: string; frame: ViewFrame }[] = [];
let latest: PanelState | undefined;

tabs.addEventListener("vsc-tabs-select", () => {
  remembered.selected = shown[tabs.selectedIndex]?.key;
  remember();
  revealSelectedTab(tabs);
  updateSelected();
});

function show(state: PanelState): void {
  latest = state;
  const views = state.body?.views ?? [];
  tabs.hidden = views.length === 0;
  guidance.hidden = views.length > 0;
  if (views.length === 0) showGuidance(state);
  else showViews(state, views);
}

function showViews(state: PanelState, views: readonly ViewData[]): void {
  const keys = views.map(keyOf);
  if (keys.join("\n") !== shown.map(({ key }) => key).join("\n")) makeTabs(views);
  updateSelected();
  const word = { none: "", running: "Running", stopped: "Stopped", ended: "Ended" }[state.status];
  const count = textOf(state.body?.instructions ?? "0", "integer");
  status.className = `status ${state.status}`;
  setText(status, `${word} · ${count} instructions`);
  status.title = state.session;
}

/** The view that is in sight; the others when they come there. */
function updateSelected(): void {
  const { body } = latest ?? {};
  const view = body?.views[tabs.selectedIndex];
  if (view) shown[tabs.selectedIndex]?.frame.update(view, body.locations);
}

function makeTabs(views: readonly ViewData[]): void {
  for (const old of tabs.querySelectorAll("vscode-tab-header, vscode-tab-panel")) old.remove();
  forgetThemeListeners();
  shown = views.map((view) => {
    const key = keyOf(view);
    const frame = new ViewFrame(view, contextOf(key), (message) => host.postMessage(message));
    const header = document.createElement("vscode-tab-header");
    header.slot = "header";
    header.panel = true;
    header.title = `Plugin ${view.plugin}`;
    header.append(view.title);
    const panel = document.createElement("vscode-tab-panel");
    panel.panel = true;
    panel.append(frame.node);
    tabs.append(header, panel);
    return { key, frame };
  });
  const selected = shown.findIndex(({ key }) => key === remembered.selected);
  tabs.selectedIndex = Math.max(0, selected);
}

function contextOf(key: string): ViewContext {
  return {
    go: (address) => host.postMessage({ kind: "go", address }),
    open: (path, line) => host.postMessage({ kind: "open", path, line }),
    recall: <T>(name: string) => remembered.views[key]?.[name] as T | undefined,
    remember: (name, value) => {
      (remembered.views[key] ??= {})[name] = value;
      remember();
    },
  };
}

function showGuidance(state: PanelState): void {
  const idle = state.status === "none" || state.status === "ended";
  const title = idle ? "No plugin views yet" : "This session has no plugin views";
  const text = idle
    ? "Plugins count, measure and trace while a program runs. Switch them on in a launch configuration, then start it:"
    : "No plugin with a view is switched on. Name one in the launch configuration, then start again:";
  const example = element("code", { textContent: '"plugins": { "hotblocks": true }' });
  const actions: [PanelAction, string, string][] = [
    ...(idle ? [["start", "debug-alt", "Start Debugging"] as [PanelAction, string, string]] : []),
    ["configure", "gear", "Open launch.json"],
    ["newPlugin", "add", "New Plugin"],
  ];
  const buttons = actions.map(([action, image, label], i) => {
    const button = document.createElement("vscode-button");
    button.secondary = i > 0;
    button.append(icon(image), label);
    button.addEventListener("click", () => host.postMessage({ kind: "run", action }));
    return button;
  });
  guidance.replaceChildren(
    element("h2", { textContent: title }),
    element("p", { textContent: text }),
    element("p", {}, [example]),
    element("div", { className: "actions" }, buttons),
  );
}

function select({ plugin, title }: SelectView): void {
  const index = (latest?.body?.views ?? []).findIndex((view) => view.plugin === plugin && view.title === title);
  if (index < 0) return;
  tabs.selectedIndex = index;
  remembered.selected = shown[index]?.key;
  remember();
  updateSelected();
}

window.addEventListener("message", ({ data }: MessageEvent<PanelState | SelectView>) =>
  data.kind === "select" ? select(data) : show(data),
);
host.postMessage({ kind: "ready" });
