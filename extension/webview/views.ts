// The page of the plugin views: a tab per view, or what to do when there is none.
import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-tabs/index.js";
import "@vscode-elements/elements/dist/vscode-tab-header/index.js";
import "@vscode-elements/elements/dist/vscode-tab-panel/index.js";
import { type SortOrder, textOf } from "./cells.ts";
import { element, icon, setText } from "./dom.ts";
import type { FromPanel, PanelAction, PanelState, ViewData } from "./messages.ts";
import { ViewTable } from "./table.ts";
import "./views.css";

interface Remembered {
  /** Key of the selected view. */
  selected?: string;
  orders: Record<string, SortOrder | undefined>;
  scroll: Record<string, number>;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromPanel): void;
  getState(): Remembered | undefined;
  setState(state: Remembered): void;
};

const host = acquireVsCodeApi();
const remembered: Remembered = host.getState() ?? { orders: {}, scroll: {} };
const remember = () => host.setState(remembered);
const keyOf = (view: ViewData) => `${view.plugin}: ${view.title}`;

const status = element("div", { className: "status" });
const tabs = document.createElement("vscode-tabs");
tabs.panel = true;
tabs.append(status);
status.slot = "addons";
const guidance = element("main", { className: "guidance" });
document.body.append(tabs, guidance);

let shown: { key: string; table: ViewTable }[] = [];

tabs.addEventListener("vsc-tabs-select", () => {
  remembered.selected = shown[tabs.selectedIndex]?.key;
  remember();
});

function show(state: PanelState): void {
  const views = state.body?.views ?? [];
  tabs.hidden = views.length === 0;
  guidance.hidden = views.length > 0;
  if (views.length === 0) showGuidance(state);
  else showViews(state, views);
}

function showViews(state: PanelState, views: readonly ViewData[]): void {
  const keys = views.map(keyOf);
  if (keys.join("\n") !== shown.map(({ key }) => key).join("\n")) makeTabs(views);
  for (const [i, view] of views.entries()) shown[i].table.update(view, state.body?.locations ?? {});
  const word = { none: "", running: "Running", stopped: "Stopped", ended: "Ended" }[state.status];
  const count = textOf(state.body?.instructions ?? "0", "integer");
  status.className = `status ${state.status}`;
  setText(status, `${word} · ${count} instructions`);
  status.title = state.session;
}

function makeTabs(views: readonly ViewData[]): void {
  for (const old of tabs.querySelectorAll("vscode-tab-header, vscode-tab-panel")) old.remove();
  shown = views.map((view) => {
    const key = keyOf(view);
    const table = new ViewTable(remembered.orders[key], {
      go: (address) => host.postMessage({ kind: "go", address }),
      orderChanged: (order) => {
        remembered.orders[key] = order;
        remember();
      },
    });
    const header = document.createElement("vscode-tab-header");
    header.slot = "header";
    header.panel = true;
    header.title = `Plugin ${view.plugin}`;
    header.append(view.title);
    const panel = document.createElement("vscode-tab-panel");
    panel.panel = true;
    panel.append(table.node);
    table.node.addEventListener("scroll", () => {
      remembered.scroll[key] = table.node.scrollTop;
      remember();
    });
    tabs.append(header, panel);
    requestAnimationFrame(() => table.node.scrollTo({ top: remembered.scroll[key] ?? 0 }));
    return { key, table };
  });
  const selected = shown.findIndex(({ key }) => key === remembered.selected);
  tabs.selectedIndex = Math.max(0, selected);
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

window.addEventListener("message", (event: MessageEvent<PanelState>) => show(event.data));
host.postMessage({ kind: "ready" });
