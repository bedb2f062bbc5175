// A flame graph: callers above, what they call below, as wide as what was spent there.
import type { DataOf, Locations } from "../messages.ts";
import { shareText, textOf } from "../parts/cells.ts";
import { button, searchBox } from "../parts/controls.ts";
import { element, setText } from "../parts/dom.ts";
import { Drawing, fitText } from "../parts/drawing.ts";
import { type FlameBox, layoutFlame, matchedTotal, nodeAt } from "../parts/flame-layout.ts";
import { placeOf } from "../parts/place-text.ts";
import { type Colour, css, hashed, mix, textOn, theme } from "../parts/theme.ts";
import type { KindView, ViewContext } from "./kind-view.ts";

const LEVEL = 20;

export class FlameView implements KindView<DataOf<"flame">> {
  readonly node: HTMLElement;
  readonly controls: readonly HTMLElement[];
  private readonly drawing: Drawing;
  private readonly matched = element("span", { className: "count" });
  private readonly back: HTMLButtonElement;
  private data: DataOf<"flame"> | undefined;
  private locations: Locations = {};
  private zoom: readonly string[];
  /** What the zoom was before the last click: a double click is two of them. */
  private before: readonly string[] = [];
  private selected: readonly string[];
  private query: string;
  private laidOut:
    | { data: DataOf<"flame">; zoom: readonly string[]; width: number; boxes: readonly FlameBox[] }
    | undefined;

  constructor(
    title: string,
    private readonly context: ViewContext,
  ) {
    this.drawing = new Drawing(`${title}. Arrow keys move, Space zooms, Escape zooms out, Enter goes to the code.`, {
      height: (width) => (1 + this.boxes(width).reduce((depth, box) => Math.max(depth, box.depth), 0)) * LEVEL,
      paint: (...place) => this.paint(...place),
      hint: (x, y) => {
        const box = this.boxAt(x, y);
        return box && this.hintOf(box);
      },
    });
    this.node = this.drawing.node;
    this.zoom = this.selected = context.recall<string[]>("zoom") ?? [];
    this.query = context.recall<string>("filter") ?? "";
    const search = (text: string) => {
      this.query = text;
      context.remember("filter", text);
      this.show();
    };
    this.back = button("Zoom Out", "zoom-out", () => this.zoomTo(this.zoom.slice(0, -1)));
    this.controls = [searchBox("Find", this.query, search), this.back, this.matched];
    this.node.addEventListener("click", (event) => this.clicked(event));
    this.node.addEventListener("dblclick", () => this.zoomTo(this.before.slice(0, -1)));
    this.node.addEventListener("keydown", (event) => this.keyPressed(event));
  }

  update(view: DataOf<"flame">, locations: Locations): void {
    this.data = view;
    this.locations = locations;
    this.show();
  }

  /** A row for each function of each stack. */
  rows(): string[][] {
    const rows = [["stack", "self", "total", "calls", "address"]];
    const write = (node: DataOf<"flame">["root"], path: readonly string[]) => {
      const { self, total, calls, address } = node;
      rows.push([path.join(";"), String(self), String(total), String(calls ?? ""), address ?? ""]);
      for (const child of node.children) write(child, [...path, child.name]);
    };
    if (this.data) write(this.data.root, []);
    return rows;
  }

  picture(): HTMLCanvasElement {
    return this.drawing.picture();
  }

  private boxes(width: number): readonly FlameBox[] {
    const { data, zoom, laidOut } = this;
    if (!data) return [];
    if (laidOut && laidOut.data === data && laidOut.zoom === zoom && laidOut.width === width) return laidOut.boxes;
    const boxes = layoutFlame(data.root, zoom, 1 / Math.max(1, width));
    this.laidOut = { data, zoom, width, boxes };
    return boxes;
  }

  private boxAt(x: number, y: number): FlameBox | undefined {
    const depth = Math.floor(y / LEVEL);
    const at = x / this.drawing.width;
    return this.boxes(this.drawing.width).find(
      (box) => box.depth === depth && at >= box.left && at < box.left + box.width,
    );
  }

  private hintOf({ node, path }: FlameBox): string[] {
    const { root, unit } = this.data!;
    const figure = (value: number) => `${textOf(value, "number")} (${shareText(value, root.total)})`;
    const place = node.address === undefined ? undefined : placeOf(node.address, this.locations);
    return [
      path.length === 0 ? `all ${unit}` : node.name,
      `total ${figure(node.total)}, self ${figure(node.self)}`,
      ...(node.calls === undefined ? [] : [`calls ${textOf(node.calls, "number")}`]),
      ...(place ? [[node.address, place.line].filter(Boolean).join(" ")] : []),
    ];
  }

  private show(): void {
    this.back.disabled = this.zoom.length === 0;
    const isSearching = this.query.trim() !== "" && this.data;
    const total = isSearching ? matchedTotal(this.data!.root, (name) => this.matches(name)) : 0;
    setText(this.matched, isSearching ? `${shareText(total, this.data!.root.total)} found` : "");
    this.drawing.redraw();
  }

  private matches(name: string): boolean {
    const query = this.query.trim().toLowerCase();
    return query !== "" && name.toLowerCase().includes(query);
  }

  private zoomTo(path: readonly string[]): void {
    this.zoom = path;
    this.selected = path;
    this.context.remember("zoom", path);
    this.drawing.hideHint();
    this.show();
  }

  private clicked(event: MouseEvent): void {
    if (event.detail > 1) return;
    const { x, y } = this.drawing.position(event);
    const box = this.boxAt(x, y);
    if (!box) return;
    if ((event.ctrlKey || event.metaKey) && box.node.address) return this.context.go(box.node.address);
    this.before = this.zoom;
    this.zoomTo(box.path);
  }

  private keyPressed(event: KeyboardEvent): void {
    if (!this.data) return;
    const { node, path, line } = nodeAt(this.data.root, this.selected);
    const siblings = line.at(-2)?.children ?? [];
    const beside = (step: number) => siblings[siblings.indexOf(node) + step];
    const select = (next: readonly string[] | undefined) => {
      if (next) this.select(next);
    };
    const actions: Record<string, () => void> = {
      ArrowDown: () => select(node.children[0] && [...path, node.children[0].name]),
      ArrowUp: () => select(path.length > 0 ? path.slice(0, -1) : undefined),
      ArrowLeft: () => select(beside(-1) && [...path.slice(0, -1), beside(-1).name]),
      ArrowRight: () => select(beside(1) && [...path.slice(0, -1), beside(1).name]),
      " ": () => this.zoomTo(path),
      Escape: () => this.zoomTo(this.zoom.slice(0, -1)),
      Enter: () => node.address && this.context.go(node.address),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  private select(path: readonly string[]): void {
    this.selected = path;
    // What is not in sight is zoomed out to.
    const isInside = this.zoom.every((name, i) => path[i] === name);
    if (!isInside && path.length <= this.zoom.length) this.zoom = path.slice(0, -1);
    const { width } = this.drawing;
    const box = this.boxes(width).find((other) => other.path.join("\n") === path.join("\n"));
    this.show();
    if (!box) return this.drawing.hideHint();
    this.drawing.scrollTo(box.depth * LEVEL, (box.depth + 1) * LEVEL);
    this.drawing.showHint(box.left * width, (box.depth + 0.5) * LEVEL, this.hintOf(box));
  }

  private paint(context: CanvasRenderingContext2D, width: number, top: number, bottom: number): void {
    const colours = theme();
    const selected = this.selected.join("\n");
    for (const box of this.boxes(width)) {
      const y = box.depth * LEVEL;
      if (y + LEVEL < top || y > bottom) continue;
      const [x, w] = [box.left * width, Math.max(1, box.width * width - 1)];
      const colour = this.colourOf(box);
      context.fillStyle = css(colour);
      context.fillRect(x, y, w, LEVEL - 1);
      context.fillStyle = textOn(colour);
      context.fillText(fitText(context, box.node.name, w - 8), x + 4, y + LEVEL / 2);
      if (this.drawing.isFocused && box.path.join("\n") === selected) {
        context.strokeStyle = css(colours.foreground);
        context.lineWidth = 2;
        context.strokeRect(x + 1, y + 1, w - 2, LEVEL - 3);
      }
    }
  }

  private colourOf({ node, path }: FlameBox): Colour {
    const { warm, background, foreground, match } = theme();
    if (this.matches(node.name)) return match;
    const isAbove = path.length < this.zoom.length;
    if (path.length === 0) return mix(background, foreground, 0.2);
    const own = mix(mix(warm[0], warm[1], hashed(node.name)), background, 0.25);
    return isAbove || this.query.trim() !== "" ? mix(own, background, 0.6) : own;
  }
}
