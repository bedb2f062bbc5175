// One plugin view with its toolbar: what its kind offers, what was left out, Copy and Save.
import { BarsView } from "./kinds/bars.ts";
import { CoverageView } from "./kinds/coverage.ts";
import { FlameView } from "./kinds/flame.ts";
import { GraphView } from "./kinds/graph.ts";
import { HeatMapView } from "./kinds/heat-map.ts";
import { IntervalsView } from "./kinds/intervals.ts";
import type { KindView, ViewContext } from "./kinds/kind-view.ts";
import { LogView } from "./kinds/log.ts";
import { SeriesView } from "./kinds/series.ts";
import { TableView } from "./kinds/table.ts";
import { TimelineView } from "./kinds/timeline.ts";
import type { FileFormat, FromPanel, Locations, ViewData, ViewKind } from "./messages.ts";
import { textOf } from "./parts/cells.ts";
import { button, iconButton } from "./parts/controls.ts";
import { element, setText } from "./parts/dom.ts";
import { csv, fileName, tsv } from "./parts/export-text.ts";

const kinds = {
  table: TableView,
  bars: BarsView,
  series: SeriesView,
  flame: FlameView,
  heatMap: HeatMapView,
  timeline: TimelineView,
  graph: GraphView,
  log: LogView,
  coverage: CoverageView,
  intervals: IntervalsView,
} satisfies Record<ViewKind, new (title: string, context: ViewContext) => KindView<never>>;

export class ViewFrame {
  readonly node: HTMLElement;
  private readonly view: KindView;
  private readonly omitted = element("span", { className: "omitted", hidden: true });
  private data: ViewData;

  constructor(
    view: ViewData,
    context: ViewContext,
    private readonly post: (message: FromPanel) => void,
  ) {
    this.data = view;
    // The kind decides which data it gets.
    this.view = new kinds[view.kind](view.title, context) as unknown as KindView;
    const files = element("span", { className: "choice" });
    files.role = "group";
    files.setAttribute("aria-label", "Save as");
    files.append(
      button("CSV", "save", () => this.save("csv", csv(this.view.rows()))),
      button("JSON", undefined, () => this.save("json", `${JSON.stringify(this.data, null, 1)}\n`)),
    );
    if (this.view.picture) files.append(button("PNG", undefined, () => this.save("png", this.picture())));
    for (const save of files.querySelectorAll("button")) save.title = `Save as ${save.textContent}`;
    const toolbar = element("div", { className: "toolbar" }, [
      ...this.view.controls,
      element("span", { className: "gap" }),
      this.omitted,
      iconButton("Copy", "copy", () => this.post({ kind: "copy", text: tsv(this.view.rows()) })),
      files,
    ]);
    toolbar.role = "toolbar";
    toolbar.setAttribute("aria-label", `${view.title}: tools`);
    this.view.node.classList.add("content");
    this.node = element("section", { className: "view" }, [toolbar, this.view.node]);
    this.node.dataset.kind = view.kind;
    this.view.node.addEventListener("scroll", () => context.remember("scroll", this.view.node.scrollTop));
    const top = context.recall<number>("scroll");
    if (top) requestAnimationFrame(() => this.view.node.scrollTo({ top }));
  }

  update(view: ViewData, locations: Locations): void {
    this.data = view;
    this.view.update(view, locations);
    this.omitted.hidden = !view.omitted;
    setText(this.omitted, `${textOf(view.omitted ?? 0, "integer")} more not shown`);
    this.omitted.title = "The plugin gave more than a view of this kind can show.";
  }

  private save(format: FileFormat, content: string): void {
    this.post({ kind: "save", name: fileName(this.data.plugin, this.data.title), format, content });
  }

  private picture(): string {
    return this.view.picture!().toDataURL("image/png").split(",")[1];
  }
}
