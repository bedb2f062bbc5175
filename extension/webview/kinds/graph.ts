// A graph: nodes are links to their code, edges are as thick as they are used. It begins with the largest edges.
import type { DataOf, Locations } from "../messages.ts";
import { shortText, textOf } from "../parts/cells.ts";
import { button, iconButton, searchBox } from "../parts/controls.ts";
import { element, setText } from "../parts/dom.ts";
import { type GraphLayout, layoutGraph, shortLabel } from "../parts/graph-layout.ts";
import { paintGraph } from "../parts/graph-picture.ts";
import { addressText } from "../parts/place-text.ts";
import type { KindView, ViewContext } from "./kind-view.ts";

const FIRST_EDGES = 100;
/** Beyond this the layout takes longer than anyone waits. */
const MAX_EDGES = 800;

const [LEAST_SCALE, MOST_SCALE] = [0.1, 4];
/** Below this labels cannot be read. */
const READABLE = 0.5;

export class GraphView implements KindView<DataOf<"graph">> {
  readonly node = element("div", { className: "graph", tabIndex: -1 });
  readonly controls: readonly HTMLElement[];
  private readonly svg = svg("svg", {});
  private readonly more: HTMLButtonElement;
  private readonly count = element("span", { className: "count" });
  private data: DataOf<"graph"> | undefined;
  private locations: Locations = {};
  private layout: GraphLayout | undefined;
  /** Of which graph it is: nodes and edges without their figures. */
  private laidOut = "";
  /** The data are newer than what is shown. */
  private isLate = false;
  private shownEdges: number;
  private scale: number;
  private query: string;

  constructor(
    title: string,
    private readonly context: ViewContext,
  ) {
    this.svg.setAttribute("aria-label", title);
    this.node.append(this.svg);
    this.shownEdges = context.recall<number>("edges") ?? FIRST_EDGES;
    this.scale = context.recall<number>("scale") ?? 1;
    this.query = context.recall<string>("filter") ?? "";
    const find = (text: string) => {
      this.query = text;
      context.remember("filter", text);
      this.highlight(true);
    };
    this.more = button("Show More", "add", () => {
      this.shownEdges = Math.min(MAX_EDGES, this.shownEdges * 2);
      context.remember("edges", this.shownEdges);
      this.show();
    });
    this.controls = [
      searchBox("Find", this.query, find),
      iconButton("Zoom in", "zoom-in", () => this.zoomTo(this.scale * 1.25)),
      iconButton("Zoom out", "zoom-out", () => this.zoomTo(this.scale / 1.25)),
      button("Fit", "screen-full", () => this.fit()),
      this.more,
      this.count,
    ];
    this.node.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoomTo(this.scale * (event.deltaY < 0 ? 1.1 : 1 / 1.1), event);
    });
    this.node.addEventListener("keydown", (event) => this.keyPressed(event));
    // Nothing moves while somebody points at it: what has changed meanwhile is shown afterwards.
    this.node.addEventListener("pointerleave", () => this.settle());
    this.node.addEventListener("focusout", () => this.settle());
    // Its direction depends on the room that it gets.
    new ResizeObserver(() => this.settle()).observe(this.node);
  }

  update(view: DataOf<"graph">, locations: Locations): void {
    this.data = view;
    this.locations = locations;
    this.isLate = true;
    const isSeen = this.node.clientWidth > 0;
    if (isSeen && !(this.layout && this.isInUse)) this.show();
  }

  rows(): string[][] {
    const { nodes, edges } = this.data ?? { nodes: [], edges: [] };
    const name = (i: number) => [nodes[i].id, nodes[i].label];
    return [
      ["from", "from label", "to", "to label", "count"],
      ...edges.map(({ from, to, count }) => [...name(from), ...name(to), String(count)]),
    ];
  }

  picture(): HTMLCanvasElement {
    return paintGraph(this.data!, this.layout!);
  }

  private get isInUse(): boolean {
    return this.node.matches(":hover") || (document.hasFocus() && this.node.matches(":focus-within"));
  }

  private settle(): void {
    setTimeout(() => {
      if (this.isLate && this.node.clientWidth > 0 && !(this.layout && this.isInUse)) this.show();
    });
  }

  private show(): void {
    const { data } = this;
    if (!data) return;
    this.isLate = false;
    const edges = data.edges.slice(0, this.shownEdges);
    const names = edges.map(({ from, to }) => `${data.nodes[from].id} ${data.nodes[to].id}`).sort();
    const key = JSON.stringify([names, edges.length === 0 ? data.nodes.map(({ id }) => id) : []]);
    const isNew = key !== this.laidOut;
    if (isNew) {
      this.layout = this.layOut(data);
      this.laidOut = key;
    }
    const isFirst = this.svg.childElementCount === 0;
    this.draw(isNew);
    if (isFirst) this.revealLargest();
    const all = data.edges.length;
    this.more.hidden = edges.length >= all || this.shownEdges >= MAX_EDGES;
    setText(this.count, `${textOf(edges.length, "integer")} of ${textOf(all, "integer")} edges`);
  }

  /** A panel below the editor is wide, one beside it is high. */
  private layOut(data: DataOf<"graph">): GraphLayout {
    const { clientWidth, clientHeight } = this.node;
    return layoutGraph(data, this.shownEdges, clientWidth > 1.5 * clientHeight ? "LR" : "TB");
  }

  private revealLargest(): void {
    const { data, layout } = this;
    const first = layout?.nodes.find(({ index }) => index === (data?.edges[0]?.from ?? 0));
    if (!first) return;
    const { clientWidth, clientHeight } = this.node;
    this.node.scrollTo({ left: first.x * this.scale - clientWidth / 3, top: first.y * this.scale - clientHeight / 2 });
  }

  private draw(isNew: boolean): void {
    const { data } = this;
    if (!data) return;
    // The same graph with other figures may have its edges in another order.
    if (!isNew) this.layout = reordered(this.layout!, this.svg, data) ?? this.layOut(data);
    const { nodes, edges, width, height } = this.layout!;
    const most = Math.max(1, ...edges.map(({ index }) => Number(data.edges[index].count)));
    const heaviest = Math.max(1, ...nodes.map(({ index }) => data.nodes[index].weight));
    const focused = this.svg.contains(document.activeElement)
      ? (document.activeElement as SVGElement).dataset.id
      : undefined;
    this.svg.replaceChildren(
      arrowHead(),
      ...edges.map(({ index, points }) => {
        const { from, to, count } = data.edges[index];
        const share = Number(count) / most;
        const path = svg("path", { d: curve(points), "stroke-width": String(1 + 4 * Math.sqrt(share)), class: "edge" });
        path.dataset.key = `${data.nodes[from].id} ${data.nodes[to].id}`;
        const middle = points[Math.floor(points.length / 2)];
        const label = svg("text", { x: String(middle.x + 5), y: String(middle.y - 8), class: "figure" });
        label.textContent = shortText(Number(count));
        const title = svg("title", {});
        title.textContent = `${data.nodes[from].label} → ${data.nodes[to].label}: ${textOf(count, "integer")}`;
        path.append(title);
        const group = svg("g", {});
        group.append(path, label);
        return group;
      }),
      ...nodes.map((placed) => this.drawNode(placed, heaviest)),
    );
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.size();
    this.highlight(false);
    if (focused !== undefined) this.svg.querySelector<SVGElement>(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  private drawNode({ index, x, y, width, height }: GraphLayout["nodes"][number], heaviest: number): SVGElement {
    const { id, label, address, weight } = this.data!.nodes[index];
    const group = svg(address === undefined ? "g" : "a", { class: "node", tabindex: "0" });
    group.dataset.id = id;
    group.setAttribute("aria-label", `${label}, weight ${textOf(weight, "number")}`);
    const title = svg("title", {});
    title.textContent = [label, address && addressText(address, this.locations), `weight ${textOf(weight, "number")}`]
      .filter(Boolean)
      .join("\n");
    const at = { x: String(x - width / 2), y: String(y - height / 2), width: String(width), height: String(height) };
    const box = svg("rect", { ...at, rx: "4" });
    box.style.fillOpacity = String(0.1 + 0.6 * Math.sqrt(weight / heaviest));
    const text = svg("text", { x: String(x), y: String(y) });
    text.textContent = shortLabel(label);
    group.append(title, svg("rect", { ...at, rx: "4", class: "back" }), box, text);
    if (address === undefined) return group;
    group.setAttribute("href", "#");
    const go = (event: Event) => {
      event.preventDefault();
      this.context.go(address);
    };
    group.addEventListener("click", go);
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter") go(event);
    });
    return group;
  }

  private highlight(scroll: boolean): void {
    const query = this.query.trim().toLowerCase();
    let first: Element | undefined;
    for (const node of this.svg.querySelectorAll(".node")) {
      const found = query !== "" && (node.querySelector("title")?.textContent ?? "").toLowerCase().includes(query);
      node.classList.toggle("match", found);
      if (found) first ??= node;
    }
    if (!scroll || !first) return;
    if (this.scale < READABLE) this.zoomTo(1);
    first.scrollIntoView({ block: "center", inline: "center" });
  }

  private size(): void {
    if (!this.layout) return;
    this.svg.setAttribute("width", String(this.layout.width * this.scale));
    this.svg.setAttribute("height", String(this.layout.height * this.scale));
  }

  /** What is at the pointer, else in the middle, stays where it is. */
  private zoomTo(scale: number, pointer?: MouseEvent): void {
    const next = Math.max(LEAST_SCALE, Math.min(MOST_SCALE, scale));
    const box = this.node.getBoundingClientRect();
    const x = pointer ? pointer.clientX - box.left : box.width / 2;
    const y = pointer ? pointer.clientY - box.top : box.height / 2;
    const ratio = next / this.scale;
    const { scrollLeft, scrollTop } = this.node;
    this.scale = next;
    this.context.remember("scale", next);
    this.size();
    this.node.scrollTo({ left: (scrollLeft + x) * ratio - x, top: (scrollTop + y) * ratio - y });
  }

  private fit(): void {
    if (!this.layout) return;
    const { clientWidth, clientHeight } = this.node;
    this.zoomTo(Math.min(1, (clientWidth - 8) / this.layout.width, (clientHeight - 8) / this.layout.height));
  }

  private keyPressed(event: KeyboardEvent): void {
    const actions: Record<string, () => void> = {
      "+": () => this.zoomTo(this.scale * 1.25),
      "-": () => this.zoomTo(this.scale / 1.25),
      "0": () => this.fit(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
}

/** The layout of the same graph for data in which nodes and edges have other indexes. */
function reordered(layout: GraphLayout, drawn: SVGElement, data: DataOf<"graph">): GraphLayout | undefined {
  const nodeAt = new Map(data.nodes.map(({ id }, i) => [id, i]));
  const edgeAt = new Map(data.edges.map(({ from, to }, i) => [`${data.nodes[from].id} ${data.nodes[to].id}`, i]));
  const ids = [...drawn.querySelectorAll<SVGElement>(".node")].map((node) => nodeAt.get(node.dataset.id ?? ""));
  const keys = [...drawn.querySelectorAll<SVGElement>(".edge")].map((edge) => edgeAt.get(edge.dataset.key ?? ""));
  if ([...ids, ...keys].includes(undefined)) return undefined;
  return {
    ...layout,
    nodes: layout.nodes.map((node, i) => ({ ...node, index: ids[i]! })),
    edges: layout.edges.map((edge, i) => ({ ...edge, index: keys[i]! })),
  };
}

function svg(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function arrowHead(): SVGElement {
  const marker = svg("marker", {
    id: "arrow",
    viewBox: "0 0 8 8",
    refX: "7",
    refY: "4",
    markerWidth: "8",
    markerHeight: "8",
    markerUnits: "userSpaceOnUse",
    orient: "auto",
  });
  marker.append(svg("path", { d: "M0 0 L8 4 L0 8 z", class: "arrow" }));
  const definitions = svg("defs", {});
  definitions.append(marker);
  return definitions;
}

/** Through the middles between the points. */
export function curve(points: GraphLayout["edges"][number]["points"]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1) ?? first;
  const parts = rest.slice(0, -1).map((point, i) => {
    const next = rest[i + 1];
    return `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  return `M${first.x} ${first.y}${parts.join("")}L${last.x} ${last.y}`;
}
