// A table: sorted by a click on a heading, filtered, each row a link to the code of its first address.
import type { DataOf, Locations } from "../messages.ts";
import { type SortOrder, textOf } from "../parts/cells.ts";
import { searchBox } from "../parts/controls.ts";
import { element, setText } from "../parts/dom.ts";
import { Grid } from "../parts/grid.ts";
import { placeOf } from "../parts/place-text.ts";
import type { KindView, ViewContext } from "./kind-view.ts";

export class TableView implements KindView<DataOf<"table">> {
  readonly node: HTMLElement;
  readonly controls: readonly HTMLElement[];
  private readonly grid: Grid;
  private readonly count = element("span", { className: "count" });
  private data: DataOf<"table"> | undefined;
  private locations: Locations = {};

  constructor(title: string, context: ViewContext) {
    this.grid = new Grid(title, context.recall<SortOrder>("order"), {
      chosen: (row, column) => {
        const isAddress = column !== undefined && this.data?.columns[column]?.type === "address";
        const address = isAddress ? String(row[column]) : this.addressOf(row);
        if (address) context.go(address);
      },
      orderChanged: (order) => context.remember("order", order),
      beside: (value, type) => {
        if (type !== "address" || value === "") return undefined;
        const { symbol, line, title } = placeOf(String(value), this.locations);
        return { texts: [symbol, line], title };
      },
      isLink: (row) => Boolean(this.addressOf(row)),
    });
    this.node = this.grid.node;
    const query = context.recall<string>("filter") ?? "";
    const filter = (text: string) => {
      context.remember("filter", text);
      this.grid.filter(text);
      this.showCount();
    };
    this.controls = [searchBox("Filter", query, filter), this.count];
    this.grid.filter(query);
  }

  update(view: DataOf<"table">, locations: Locations): void {
    this.data = view;
    this.locations = locations;
    this.grid.update(view);
    this.showCount();
  }

  rows(): string[][] {
    return this.grid.texts();
  }

  private addressOf(row: readonly (string | number)[]): string | undefined {
    const column = this.data?.columns.findIndex(({ type }) => type === "address") ?? -1;
    return column < 0 ? undefined : String(row[column] ?? "");
  }

  private showCount(): void {
    const all = this.data?.rows.length ?? 0;
    const shown = this.grid.count;
    const text = textOf(all, "integer");
    setText(
      this.count,
      `${shown === all ? text : `${textOf(shown, "integer")} of ${text}`} ${all === 1 ? "row" : "rows"}`,
    );
  }
}
