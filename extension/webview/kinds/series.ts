// Series: figures over time, as lines. A drag with the pointer, or plus and minus, zooms in; a double click or 0, out.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { DataOf } from "../messages.ts";
import { shortText, textOf } from "../parts/cells.ts";
import { button } from "../parts/controls.ts";
import { element, setText } from "../parts/dom.ts";
import { seriesColumns } from "../parts/series-points.ts";
import { css, onThemeChange, theme } from "../parts/theme.ts";
import type { KindView, ViewContext } from "./kind-view.ts";

/** Height of the legend's line below the plot. */
const LEGEND = 30;

export class SeriesView implements KindView<DataOf<"series">> {
  readonly node = element("div", { className: "series", tabIndex: 0 });
  readonly controls: readonly HTMLElement[];
  private readonly unit = element("span", { className: "count" });
  private plot: uPlot | undefined;
  private made = "";
  private data: DataOf<"series"> | undefined;
  private zoom: { min: number; max: number } | undefined;
  private hidden: ReadonlySet<string>;

  constructor(
    title: string,
    private readonly context: ViewContext,
  ) {
    this.node.role = "application";
    this.node.setAttribute("aria-label", `${title}. Plus and minus zoom, arrow keys move, 0 shows all.`);
    this.zoom = context.recall("zoom");
    this.hidden = new Set(context.recall<string[]>("hidden") ?? []);
    this.controls = [button("Show All", "screen-normal", () => this.zoomTo(undefined)), this.unit];
    new ResizeObserver(() => this.resize()).observe(this.node);
    onThemeChange(() => this.make());
    this.node.addEventListener("keydown", (event) => this.keyPressed(event));
  }

  update(view: DataOf<"series">): void {
    this.data = view;
    const kind = JSON.stringify([view.names, view.unit, view.rate]);
    if (kind !== this.made) {
      this.made = kind;
      this.make();
    } else if (this.plot) {
      this.plot.setData(seriesColumns(view) as uPlot.AlignedData, false);
      this.scale();
    }
  }

  rows(): string[][] {
    if (!this.data) return [];
    const [times, ...figures] = seriesColumns(this.data);
    return [
      ["instructions", ...this.data.names],
      ...times.map((time, i) => [String(time), ...figures.map((values) => String(values[i]))]),
    ];
  }

  picture(): HTMLCanvasElement {
    const from = this.plot?.ctx.canvas ?? element("canvas");
    const canvas = element("canvas", { width: from.width, height: from.height });
    const context = canvas.getContext("2d")!;
    context.fillStyle = css(theme().background);
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(from, 0, 0);
    return canvas;
  }

  private make(): void {
    if (!this.data) return;
    this.plot?.destroy();
    const { names, unit, rate } = this.data;
    const colours = theme();
    const axis: uPlot.Axis = {
      stroke: css(colours.faint),
      grid: { stroke: css(colours.lines), width: 1 },
      ticks: { stroke: css(colours.lines), width: 1 },
      font: colours.font,
      values: (_, splits) => splits.map(shortText),
    };
    setText(this.unit, [unit, rate ? "per million instructions" : undefined].filter(Boolean).join(" "));
    const options: uPlot.Options = {
      ...this.size(),
      scales: { x: { time: false } },
      cursor: { drag: { x: true, y: false }, points: { size: 6 } },
      legend: { live: true },
      axes: [
        { ...axis, size: 28 },
        { ...axis, size: 64 },
      ],
      series: [
        { label: "instructions", value: (_, value) => (value === null ? "–" : textOf(value, "integer")) },
        ...names.map((name, i) => ({
          label: name,
          stroke: css(colours.charts[i % colours.charts.length]),
          width: 1.5,
          dash: i < colours.charts.length ? undefined : [6, 3],
          show: !this.hidden.has(name),
          points: { show: false },
          value: (_: uPlot, value: number | null) => (value === null ? "–" : textOf(value, "number")),
        })),
      ],
      hooks: {
        setSelect: [(plot) => this.selected(plot)],
        setSeries: [(plot) => this.rememberHidden(plot)],
        ready: [(plot) => plot.over.addEventListener("dblclick", () => this.zoomTo(undefined))],
      },
    };
    this.plot = new uPlot(options, seriesColumns(this.data) as uPlot.AlignedData, this.node);
    this.scale();
    // The legend's entries switch figures on and off, with the keyboard too.
    for (const entry of this.node.querySelectorAll<HTMLElement>(".u-legend .u-series:not(:first-child) th")) {
      entry.tabIndex = 0;
      entry.role = "button";
      entry.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") entry.click();
        else return;
        event.preventDefault();
        event.stopPropagation();
      });
    }
  }

  private size(): { width: number; height: number } {
    const { clientWidth, clientHeight } = this.node;
    return { width: Math.max(200, clientWidth), height: Math.max(120, clientHeight - LEGEND) };
  }

  private resize(): void {
    if (this.node.clientWidth > 0) this.plot?.setSize(this.size());
  }

  /** All of it, or what was zoomed to. */
  private scale(): void {
    const times = this.plot?.data[0] ?? [];
    if (times.length === 0) return;
    const all = { min: times[0], max: times[times.length - 1] };
    if (all.min === all.max) all.max = all.min + 1;
    this.plot!.setScale("x", this.zoom ?? all);
  }

  private zoomTo(zoom: { min: number; max: number } | undefined): void {
    this.zoom = zoom;
    this.context.remember("zoom", zoom);
    this.scale();
  }

  private selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 4) return;
    this.zoomTo({ min: plot.posToVal(left, "x"), max: plot.posToVal(left + width, "x") });
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }

  private rememberHidden(plot: uPlot): void {
    this.hidden = new Set(plot.series.flatMap(({ show, label }) => (show ? [] : [String(label)])));
    this.context.remember("hidden", [...this.hidden]);
  }

  private keyPressed(event: KeyboardEvent): void {
    const { min, max } = this.plot?.scales.x ?? {};
    if (min === undefined || max === undefined || min === null || max === null) return;
    const part = (max - min) / 4;
    const actions: Record<string, () => void> = {
      "+": () => this.zoomTo({ min: min + part, max: max - part }),
      "-": () => this.zoomTo({ min: min - 2 * part, max: max + 2 * part }),
      ArrowLeft: () => this.zoomTo({ min: min - part, max: max - part }),
      ArrowRight: () => this.zoomTo({ min: min + part, max: max + part }),
      "0": () => this.zoomTo(undefined),
      Escape: () => this.zoomTo(undefined),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
}
