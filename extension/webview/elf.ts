// The page of an ELF file: what it is, and buttons to start it.
import "@vscode-elements/elements/dist/vscode-button/index.js";
import type { ElfPageState, FromElfPage } from "./elf-messages.ts";
import { element, icon } from "./parts/dom.ts";
import "./elf.css";

declare function acquireVsCodeApi(): { postMessage(message: FromElfPage): void };

const host = acquireVsCodeApi();
const segmentColumns = ["Segment", "Address", "Bytes in memory", "Bytes in file", "Access"];

function show(state: ElfPageState): void {
  const main = element("main", {}, [element("h1", { textContent: state.name })]);
  if (state.unfit)
    main.append(element("p", { className: "unfit" }, [icon("warning"), ` Cannot be run: ${state.unfit}.`]));
  else
    main.append(
      element("div", { className: "actions" }, [button("debug", "debug-alt", "Debug"), button("run", "run", "Run")]),
    );
  if (state.facts.length > 0) {
    const facts = state.facts.flatMap(([name, value]) => [
      element("dt", { textContent: name }),
      element("dd", { textContent: value }),
    ]);
    main.append(element("dl", {}, facts));
  }
  if (state.segments.length > 0) {
    const row = (name: "th" | "td") => (cells: string[]) =>
      element(
        "tr",
        {},
        cells.map((text) => element(name, { textContent: text })),
      );
    main.append(element("table", {}, [row("th")(segmentColumns), ...state.segments.map(row("td"))]));
  }
  document.body.replaceChildren(main);
}

function button(message: FromElfPage, image: string, label: string): HTMLElement {
  const made = document.createElement("vscode-button");
  made.secondary = message === "run";
  made.append(icon(image), label);
  made.addEventListener("click", () => host.postMessage(message));
  return made;
}

window.addEventListener("message", (event: MessageEvent<ElfPageState>) => show(event.data));
host.postMessage("ready");
