// More tabs than there is room for: they scroll, and what is beside them stays in sight.
import type { VscodeTabs } from "@vscode-elements/elements/dist/vscode-tabs/vscode-tabs.js";

const style = new CSSStyleSheet();
style.replaceSync(`
  .tablist { flex: 0 1 auto; min-width: 0; overflow: auto hidden; scrollbar-width: none; }
  slot[name="addons"] { flex: none; padding-left: 12px; }
`);

export function makeTabsScroll(tabs: VscodeTabs): void {
  void tabs.updateComplete.then(() => {
    tabs.shadowRoot?.adoptedStyleSheets.push(style);
    const list = tabs.shadowRoot?.querySelector(".tablist");
    list?.addEventListener("wheel", (event) => list.scrollBy({ left: (event as WheelEvent).deltaY }), {
      passive: true,
    });
  });
}

export function revealSelectedTab(tabs: VscodeTabs): void {
  const header = tabs.querySelectorAll("vscode-tab-header")[tabs.selectedIndex];
  header?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
