// A graph on a canvas, for saving it as a picture.
import type { DataOf } from "../messages.ts";
import { shortText } from "./cells.ts";
import { element } from "./dom.ts";
import { type GraphLayout, shortLabel } from "./graph-layout.ts";
import { css, mix, theme } from "./theme.ts";

/** Pixels of a side at most. */
const MAX_SIDE = 8000;

export function paintGraph(data: DataOf<"graph">, { nodes, edges, width, height }: GraphLayout): HTMLCanvasElement {
  const colours = theme();
  const scale = Math.min(2, MAX_SIDE / width, MAX_SIDE / height);
  const canvas = element("canvas", { width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  context.fillStyle = css(colours.background);
  context.fillRect(0, 0, width, height);
  context.font = colours.font;
  context.textBaseline = "middle";
  const most = Math.max(1, ...edges.map(({ index }) => Number(data.edges[index].count)));
  context.strokeStyle = context.fillStyle = css(colours.faint);
  for (const { index, points } of edges) {
    const { count } = data.edges[index];
    context.lineWidth = 1 + 4 * Math.sqrt(Number(count) / most);
    context.beginPath();
    for (const { x, y } of points) context.lineTo(x, y);
    context.stroke();
    const [before, end] = points.slice(-2);
    arrow(context, before, end);
    const middle = points[Math.floor(points.length / 2)];
    context.fillText(shortText(Number(count)), middle.x + 5, middle.y);
  }
  context.textAlign = "center";
  context.lineWidth = 1;
  const heaviest = Math.max(1, ...nodes.map(({ index }) => data.nodes[index].weight));
  for (const { index, x, y, width, height } of nodes) {
    const { label, weight } = data.nodes[index];
    context.fillStyle = css(mix(colours.background, colours.blue, 0.1 + 0.6 * Math.sqrt(weight / heaviest)));
    context.strokeStyle = css(colours.blue);
    context.fillRect(x - width / 2, y - height / 2, width, height);
    context.strokeRect(x - width / 2, y - height / 2, width, height);
    context.fillStyle = css(colours.foreground);
    context.fillText(shortLabel(label), x, y);
  }
  return canvas;
}

function arrow(context: CanvasRenderingContext2D, from: { x: number; y: number }, to: { x: number; y: number }): void {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  context.beginPath();
  context.moveTo(to.x, to.y);
  for (const side of [-0.4, 0.4]) context.lineTo(to.x - 9 * Math.cos(angle + side), to.y - 9 * Math.sin(angle + side));
  context.fill();
}
