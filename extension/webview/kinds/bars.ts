// Bars: labels, lengths and figures, the longest first.
import type { DataOf, Locations } from "../messages.ts";
import { shareText, textOf } from "../parts/cells.ts";
import { searchBox } from "../parts/controls.ts";
import { element, setText } from "../parts/dom.ts";
import { placeOf } from "../parts/place-text.ts";
import type { KindView, ViewContext } from "./kind-view.ts";

type Bar = DataOf<"bars">["bars"][number];

export class BarsView implements KindView<DataOf<"bars">> {
  readonly node = element("div", { className: "bars", tabIndex: -1 });
  readonly controls: readonly HTMLElement[];
  private readonly list = element("ul");
  private bars: readonly Bar[] = [];
  private locations: Locations = {};
  private query: string;

  constructor(
    title: string,
    private readonly context: ViewContext,
  ) {
    this.list.setAttribute("aria-label", title);
    this.node.append(this.list);
    this.query = context.recall<string>("filter") ?? "";
    const filter = (text: string) => {
      this.query = text;
      context.remember("filter", text);
      this.show();
    };
    this.controls = [searchBox("Filter", this.query, filter)];
  }

  update({ bars }: DataOf<"bars">, locations: Locations): void {
    this.bars = bars;
    this.locations = locations;
    this.show();
  }

  rows(): string[][] {
    return [
      ["label", "value", "address"],
      ...this.shown().map((bar) => [bar.label, String(bar.value), bar.address ?? ""]),
    ];
  }

  private shown(): Bar[] {
    const query = this.query.trim().toLowerCase();
    return this.bars.filter(({ label }) => label.toLowerCase().includes(query));
  }

  private show(): void {
    const bars = this.shown();
    const longest = Number(this.bars[0]?.value ?? 0);
    const sum = this.bars.reduce((total, { value }) => total + Number(value), 0);
    while (this.list.childElementCount > bars.length) this.list.lastElementChild!.remove();
    for (const [i, bar] of bars.entries()) {
      const item = this.list.children[i] ?? this.list.appendChild(emptyBar());
      const link = item.querySelector("a")!;
      setText(link, bar.label);
      this.link(link, bar.address);
      setText(item.querySelector<HTMLElement>(".figure")!, textOf(bar.value, "integer"));
      setText(item.querySelector<HTMLElement>(".share")!, shareText(Number(bar.value), sum));
      const width = longest > 0 ? (100 * Number(bar.value)) / longest : 0;
      item.querySelector<HTMLElement>(".bar")!.style.width = `${width}%`;
    }
  }

  private link(link: HTMLAnchorElement, address: string | undefined): void {
    if (address === undefined) {
      link.removeAttribute("href");
      link.onclick = null;
      link.title = link.textContent ?? "";
      return;
    }
    link.href = "#";
    link.title = `${address} ${placeOf(address, this.locations).title}`;
    link.onclick = (event) => {
      event.preventDefault();
      this.context.go(address);
    };
  }
}

const emptyBar = () =>
  element("li", {}, [
    element("a"),
    element("span", { className: "track" }, [element("span", { className: "bar" })]),
    element("span", { className: "figure" }),
    element("span", { className: "share" }),
  ]);
