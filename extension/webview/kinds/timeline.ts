// A timeline: what took place when, a row for each lane. The wheel or plus and minus zoom, dragging or arrow keys move.
import type { DataOf, Locations } from "../messages.ts";
import { shortText, textOf } from "../parts/cells.ts";
import { button, iconButton } from "../parts/controls.ts";
import { Drawing, fitText } from "../parts/drawing.ts";
import { addressText } from "../parts/place-text.ts";
import { type Colour, css, hashed, mix, textOn, theme } from "../parts/theme.ts";
import { moved, type TimeWindow, within, zoomed } from "../parts/time-window.ts";
import type { KindView, ViewContext } from "./kind-view.ts";

type Entry = DataOf<"timeline">["entries"][number];

const LANE = 24;
const AXIS = 22;
/** Least width of an entry. */
const LEAST = 3;

export class TimelineView implements KindView<DataOf<"timeline">> {
  readonly node: HTMLElement;
  readonly controls: readonly HTMLElement[];
  private readonly drawing: Drawing;
  private data: DataOf<"timeline"> = { kind: "timeline", plugin: "", title: "", lanes: [], entries: [] };
  private locations: Locations = {};
  /** From the first entry to the end of the last. */
  private all: TimeWindow = { from: 0, to: 1 };
  private zoom: TimeWindow | undefined;
  /** Where the lanes begin: their names are left of that. */
  private left = 60;
  private selected: Entry | undefined;
  private drag: { x: number; window: TimeWindow; moved: boolean } | undefined;

  constructor(
    title: string,
    private readonly context: ViewContext,
  ) {
    this.drawing = new Drawing(
      `${title}. Arrow keys go from entry to entry, plus and minus zoom, Enter goes to the code.`,
      {
        height: () => AXIS + this.data.lanes.length * LANE + 4,
        paint: (...place) => this.paint(...place),
        hint: (x, y) => {
          const entry = this.entryAt(x, y);
          return entry && this.hintOf(entry);
        },
      },
    );
    this.node = this.drawing.node;
    this.zoom = context.recall("zoom");
    this.controls = [
      iconButton("Zoom in", "zoom-in", () => this.zoomBy(0.5)),
      iconButton("Zoom out", "zoom-out", () => this.zoomBy(2)),
      button("Show All", "screen-normal", () => this.show(undefined)),
    ];
    this.node.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.node.addEventListener("pointerdown", (event) => {
      this.drag = { x: event.clientX, window: this.window, moved: false };
    });
    this.node.addEventListener("pointermove", (event) => this.dragged(event));
    this.node.addEventListener("pointerleave", () => (this.drag = undefined));
    this.node.addEventListener("pointerup", (event) => this.released(event));
    this.node.addEventListener("keydown", (event) => this.keyPressed(event));
  }

  update(view: DataOf<"timeline">, locations: Locations): void {
    this.data = view;
    this.locations = locations;
    const from = view.entries[0]?.start ?? 0;
    const to = view.entries.reduce((last, { end }) => Math.max(last, end), from);
    this.all = { from, to: to + Math.max(1, to - from) / 100 };
    const longest = view.lanes.reduce((length, lane) => Math.max(length, lane.length), 0);
    this.left = Math.min(Math.max(60, longest * 7.5 + 16), 200);
    this.drawing.redraw();
  }

  rows(): string[][] {
    const { entries, lanes } = this.data;
    return [
      ["lane", "start", "end", "label", "address"],
      ...entries.map((e) => [lanes[e.lane], String(e.start), String(e.end), e.label, e.address ?? ""]),
    ];
  }

  picture(): HTMLCanvasElement {
    return this.drawing.picture();
  }

  private get window(): TimeWindow {
    return this.zoom ?? this.all;
  }

  private xOf(time: number, width: number): number {
    const { from, to } = this.window;
    return this.left + ((time - from) / (to - from)) * (width - this.left);
  }

  private timeAt(x: number): number {
    const { from, to } = this.window;
    return from + ((x - this.left) / (this.drawing.width - this.left)) * (to - from);
  }

  /** The one drawn last of those at a place. */
  private entryAt(x: number, y: number): Entry | undefined {
    const lane = Math.floor((y - AXIS) / LANE);
    const { width } = this.drawing;
    if (x < this.left) return undefined;
    return this.data.entries.findLast((entry) => {
      if (entry.lane !== lane) return false;
      const left = this.xOf(entry.start, width);
      return x >= left - 1 && x <= Math.max(this.xOf(entry.end, width), left + LEAST) + 1;
    });
  }

  private hintOf({ label, lane, start, end, address }: Entry): string[] {
    const at = `at ${textOf(start, "integer")}${end > start ? `, for ${textOf(end - start, "integer")}` : ""} instructions`;
    return [
      label,
      `${this.data.lanes[lane]}, ${at}`,
      ...(address === undefined ? [] : [addressText(address, this.locations)]),
    ];
  }

  private show(window: TimeWindow | undefined): void {
    this.zoom = window && within(window, this.all);
    this.context.remember("zoom", this.zoom);
    this.drawing.hideHint();
    this.drawing.redraw();
  }

  private zoomBy(factor: number): void {
    const { from, to } = this.window;
    const { selected } = this;
    const isSeen = selected && selected.start >= from && selected.start <= to;
    this.show(zoomed(this.window, factor, isSeen ? selected.start : (from + to) / 2));
  }

  private wheel(event: WheelEvent): void {
    if (event.shiftKey) return; // scrolls through the lanes
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) return this.show(moved(this.window, event.deltaX / 1000));
    this.show(zoomed(this.window, event.deltaY < 0 ? 0.8 : 1.25, this.timeAt(this.drawing.position(event).x)));
  }

  private dragged(event: PointerEvent): void {
    const { drag } = this;
    if (!drag || event.buttons === 0) return;
    const by = drag.x - event.clientX;
    if (Math.abs(by) > 3) drag.moved = true;
    if (drag.moved) this.show(moved(drag.window, by / (this.drawing.width - this.left)));
  }

  private released(event: PointerEvent): void {
    const wasDragged = this.drag?.moved;
    this.drag = undefined;
    if (wasDragged) return;
    const { x, y } = this.drawing.position(event);
    const entry = this.entryAt(x, y);
    this.selected = entry;
    this.drawing.redraw();
    if (entry?.address) this.context.go(entry.address);
  }

  private keyPressed(event: KeyboardEvent): void {
    const { entries } = this.data;
    const at = this.selected ? this.indexOf(this.selected) : -1;
    const lane = this.selected?.lane ?? 0;
    const actions: Record<string, () => void> = {
      "+": () => this.zoomBy(0.5),
      "-": () => this.zoomBy(2),
      "0": () => this.show(undefined),
      Escape: () => this.show(undefined),
      ArrowRight: () => this.select(entries.find((entry, i) => i > at && entry.lane === lane) ?? this.selected),
      ArrowLeft: () => this.select(entries.findLast((entry, i) => i < at && entry.lane === lane) ?? this.selected),
      ArrowDown: () => this.select(this.nearest(lane + 1)),
      ArrowUp: () => this.select(this.nearest(lane - 1)),
      Enter: () => this.selected?.address && this.context.go(this.selected.address),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** A refresh makes entries anew. */
  private indexOf({ lane, start, label }: Entry): number {
    return this.data.entries.findIndex((e) => e.start === start && e.lane === lane && e.label === label);
  }

  private nearest(lane: number): Entry | undefined {
    const start = this.selected?.start ?? this.window.from;
    const inLane = this.data.entries.filter((entry) => entry.lane === lane);
    return inLane.find((entry) => entry.start >= start) ?? inLane.at(-1);
  }

  private select(entry: Entry | undefined): void {
    if (!entry) return;
    this.selected = entry;
    const { from, to } = this.window;
    const length = to - from;
    if (entry.start < from || entry.start > to)
      this.show({ from: entry.start - length / 2, to: entry.start + length / 2 });
    const y = AXIS + entry.lane * LANE;
    this.drawing.scrollTo(y - AXIS, y + LANE);
    this.drawing.redraw();
    this.drawing.showHint(this.xOf(entry.start, this.drawing.width), y + LANE / 2, this.hintOf(entry));
  }

  private paint(context: CanvasRenderingContext2D, width: number, top: number, bottom: number): void {
    const colours = theme();
    const { lanes, entries } = this.data;
    const { left } = this;
    context.fillStyle = css(colours.faint);
    if (entries.length === 0) return context.fillText("Nothing yet.", 12, 16);
    this.paintTicks(context, width, bottom);
    const paintedTo = new Array<number>(lanes.length).fill(left - LEAST);
    context.save();
    context.beginPath();
    context.rect(left, top, width - left, bottom - top);
    context.clip();
    for (const entry of entries) {
      const y = AXIS + entry.lane * LANE;
      if (y + LANE < top || y > bottom) continue;
      const x = this.xOf(entry.start, width);
      const end = Math.max(this.xOf(entry.end, width), x + LEAST);
      if (end < left || x > width) continue;
      const isSelected = this.selected?.start === entry.start && this.selected.lane === entry.lane;
      // Of many in one place, one is seen.
      if (end - x <= LEAST && x < paintedTo[entry.lane] + 1 && !isSelected) continue;
      paintedTo[entry.lane] = x;
      this.paintEntry(context, entry, x, end, y, isSelected && this.selected?.label === entry.label);
    }
    context.restore();
    this.paintLanes(context, width, top);
  }

  private paintEntry(
    context: CanvasRenderingContext2D,
    { lane, label }: Entry,
    x: number,
    end: number,
    y: number,
    isSelected: boolean,
  ): void {
    const colour = colourOf(lane, label);
    context.fillStyle = css(colour);
    context.fillRect(x, y + 3, end - x, LANE - 6);
    context.fillStyle = textOn(colour);
    const from = Math.max(x, this.left);
    context.fillText(fitText(context, label, end - from - 8), from + 4, y + LANE / 2);
    if (!isSelected) return;
    context.strokeStyle = css(theme().foreground);
    context.lineWidth = 2;
    context.strokeRect(x, y + 2, end - x, LANE - 4);
  }

  private paintTicks(context: CanvasRenderingContext2D, width: number, bottom: number): void {
    const colours = theme();
    const { from, to } = this.window;
    const step = tickStep((to - from) / Math.max(2, (width - this.left) / 110));
    context.textAlign = "left";
    for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
      const x = Math.round(this.xOf(time, width)) + 0.5;
      context.fillStyle = css(colours.lines);
      context.fillRect(x, 0, 1, bottom);
      context.fillStyle = css(colours.faint);
      context.fillText(step >= 1000 ? shortText(time) : textOf(time, "integer"), x + 4, AXIS / 2);
    }
  }

  /** Their names, over what has moved below them. */
  private paintLanes(context: CanvasRenderingContext2D, width: number, top: number): void {
    const colours = theme();
    for (const [lane, name] of this.data.lanes.entries()) {
      const y = AXIS + lane * LANE;
      context.fillStyle = css(colours.lines);
      context.fillRect(0, y, width, 1);
      context.fillStyle = css(colours.foreground);
      context.fillText(fitText(context, name, this.left - 14), 8, y + LANE / 2);
    }
    context.fillStyle = css(colours.lines);
    context.fillRect(this.left - 1, top, 1, AXIS + this.data.lanes.length * LANE - top);
  }
}

/** A colour for the lane, in shades for what is of the same name. */
function colourOf(lane: number, label: string): Colour {
  const { charts, background } = theme();
  return mix(charts[lane % charts.length], background, 0.1 + 0.4 * hashed(label));
}

/** 1, 2 or 5 times a power of ten, at least so much. */
function tickStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least) ?? 10 * power;
}
