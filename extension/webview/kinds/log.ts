// A log: lines with their time and place; it follows its end as long as that is in sight.
import type { DataOf, Locations } from "../messages.ts";
import { textOf } from "../parts/cells.ts";
import { searchBox } from "../parts/controls.ts";
import { element, setText } from "../parts/dom.ts";
import { placeOf } from "../parts/place-text.ts";
import { ROW_HEIGHT, VirtualRows } from "../parts/virtual-rows.ts";
import type { KindView, ViewContext } from "./kind-view.ts";

type Line = DataOf<"log">["lines"][number];

export class LogView implements KindView<DataOf<"log">> {
  readonly node = element("div", { className: "log", tabIndex: 0 });
  readonly controls: readonly HTMLElement[];
  private readonly above = element("div");
  private readonly list = element("div", { className: "lines" });
  private readonly below = element("div");
  private readonly count = element("span", { className: "count" });
  private readonly virtual: VirtualRows;
  private lines: readonly Line[] = [];
  private shown: readonly Line[] = [];
  private locations: Locations = {};
  private query: string;

  constructor(
    title: string,
    private readonly context: ViewContext,
  ) {
    this.node.role = "log";
    this.node.setAttribute("aria-live", "off"); // a screen reader would never end
    this.node.setAttribute("aria-label", title);
    this.node.append(this.above, this.list, this.below);
    this.virtual = new VirtualRows(this.node, 0, () => this.showLines());
    this.query = context.recall<string>("filter") ?? "";
    const filter = (text: string) => {
      this.query = text;
      context.remember("filter", text);
      this.arrange();
    };
    this.controls = [searchBox("Filter", this.query, filter), this.count];
  }

  update({ lines }: DataOf<"log">, locations: Locations): void {
    const { scrollTop, clientHeight, scrollHeight } = this.node;
    const follows = this.lines.length > 0 && scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - ROW_HEIGHT;
    this.lines = lines;
    this.locations = locations;
    this.arrange();
    if (follows) this.node.scrollTop = this.node.scrollHeight;
  }

  rows(): string[][] {
    return [
      ["at", "text", "address"],
      ...this.shown.map(({ at, text, address }) => [String(at ?? ""), text, address ?? ""]),
    ];
  }

  private arrange(): void {
    const query = this.query.trim().toLowerCase();
    this.shown =
      query === ""
        ? this.lines
        : this.lines.filter(
            ({ text, address }) =>
              text.toLowerCase().includes(query) ||
              (address !== undefined &&
                `${address} ${this.locations[address]?.symbol ?? ""}`.toLowerCase().includes(query)),
          );
    const all = textOf(this.lines.length, "integer");
    const some = this.shown === this.lines ? "" : `${textOf(this.shown.length, "integer")} of `;
    setText(this.count, `${some}${all} ${this.lines.length === 1 ? "line" : "lines"}`);
    this.virtual.count = this.shown.length;
    this.showLines();
  }

  private showLines(): void {
    const { first, end, before, after } = this.virtual.window;
    const count = Math.max(0, Math.min(end, this.shown.length) - first);
    this.above.style.height = `${before}px`;
    this.below.style.height = `${Math.max(0, after)}px`;
    while (this.list.childElementCount > count) this.list.lastElementChild!.remove();
    const width = textOf(this.shown.at(-1)?.at ?? "", "integer").length;
    for (let i = 0; i < count; i++) {
      const line = (this.list.children[i] as HTMLElement | undefined) ?? this.list.appendChild(emptyLine());
      this.fill(line, this.shown[first + i], width);
    }
  }

  private fill(line: HTMLElement, { text, at, address }: Line, width: number): void {
    const [time, words, link] = line.children as unknown as [HTMLElement, HTMLElement, HTMLAnchorElement];
    time.hidden = at === undefined && width === 0;
    time.style.minWidth = `${width}ch`;
    setText(time, at === undefined ? "" : textOf(at, "integer"));
    setText(words, text);
    words.title = text;
    link.hidden = address === undefined;
    if (address === undefined) return;
    const { symbol, line: place, title } = placeOf(address, this.locations);
    setText(link, [symbol || address, place].filter(Boolean).join(" "));
    link.title = title;
    link.onclick = (event) => {
      event.preventDefault();
      this.context.go(address);
    };
  }
}

const emptyLine = () =>
  element("div", { className: "entry" }, [
    element("span", { className: "at" }),
    element("span", { className: "text" }),
    element("a", { href: "#" }),
  ]);
