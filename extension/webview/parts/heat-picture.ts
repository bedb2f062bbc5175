// A heat map drawn: cells, axes, a legend, and what is at the pointer or at the cursor of the keys.
import { shortText, textOf } from "./cells.ts";
import { Drawing, fitText } from "./drawing.ts";
import { type HeatCell, type HeatGrid, heatGrid, strength, valueOfStrength, valuesIn } from "./heat-cells.ts";
import { css, heat, theme } from "./theme.ts";

export interface HeatAxis {
  title: string;
  count: number;
  /** The value of the axis, as it is written. */
  label(index: number): string;
  /** The same where there is little room. */
  short(index: number): string;
}

export interface HeatData {
  x: HeatAxis;
  y: HeatAxis;
  cells: readonly HeatCell[];
}

/** Pixels around the cells: labels, titles, the legend. */
const [TOP, BOTTOM, RIGHT] = [8, 40, 96];

/** Least height of the cells, and least of a row where there is room to scroll. */
const MIN_HEIGHT = 90;
const ROW = 3;

/** Pixels between labels at the side, and below. */
const [LINE, TICK] = [17, 80];

export class HeatPicture {
  readonly drawing: Drawing;
  isLogarithmic = true;
  private data: HeatData | undefined;
  private cursor: { column: number; row: number } | undefined;
  private kept: { key: string; grid: HeatGrid } | undefined;

  constructor(
    label: string,
    /** A cell was clicked, or Enter pressed on it: indexes of the first values. */
    private readonly chosen: (x: number, y: number) => void,
  ) {
    this.drawing = new Drawing(`${label}. Arrow keys move, Enter goes to the code.`, {
      height: (_, available) => Math.max(available, MIN_HEIGHT + TOP + BOTTOM),
      paint: (context, width) => this.paint(context, width),
      hint: (x, y) => this.hintOf(this.partAt(x, y)),
    });
    this.drawing.node.addEventListener("click", (event) => {
      const { x, y } = this.drawing.position(event);
      this.choose(this.partAt(x, y));
    });
    this.drawing.node.addEventListener("keydown", (event) => this.keyPressed(event));
  }

  show(data: HeatData): void {
    this.data = data;
    this.kept = undefined;
    this.drawing.redraw();
  }

  private get left(): number {
    const widest = this.data ? this.longestLabel() : 0;
    return Math.min(Math.max(60, widest * 8 + 14), this.drawing.width / 3);
  }

  private longestLabel(): number {
    const { y } = this.data!;
    const step = Math.max(1, Math.floor(y.count / 50));
    let longest = 0;
    for (let i = 0; i < y.count; i += step) longest = Math.max(longest, y.label(i).length);
    return longest;
  }

  private area(width: number): { left: number; width: number; height: number } {
    const height = Math.max(this.drawing.node.clientHeight, MIN_HEIGHT + TOP + BOTTOM) - TOP - BOTTOM;
    return { left: this.left, width: Math.max(20, width - this.left - RIGHT), height };
  }

  private grid(width: number): HeatGrid {
    const area = this.area(width);
    const { x, y, cells } = this.data!;
    const key = `${area.width} ${area.height}`;
    if (this.kept?.key !== key)
      this.kept = { key, grid: heatGrid(cells, x.count, y.count, area.width / 2, area.height / ROW) };
    return this.kept.grid;
  }

  private partAt(x: number, y: number): { column: number; row: number } | undefined {
    if (!this.data || this.data.x.count === 0) return undefined;
    const { width } = this.drawing;
    const area = this.area(width);
    const { columns, rows } = this.grid(width);
    const column = Math.floor(((x - area.left) * columns) / area.width);
    const row = Math.floor(((y - TOP) * rows) / area.height);
    return column >= 0 && column < columns && row >= 0 && row < rows ? { column, row } : undefined;
  }

  private hintOf(part: { column: number; row: number } | undefined): string[] | undefined {
    if (!part || !this.data) return undefined;
    const { columns, rows, sums } = this.grid(this.drawing.width);
    const { x, y } = this.data;
    return [
      textOf(sums[part.row * columns + part.column], "number"),
      `${x.title}: ${rangeText(x, part.column, columns)}`,
      `${y.title}: ${rangeText(y, part.row, rows)}`,
    ];
  }

  private choose(part: { column: number; row: number } | undefined): void {
    if (!part || !this.data) return;
    this.cursor = part;
    const { columns, rows } = this.grid(this.drawing.width);
    const [x] = valuesIn(part.column, columns, this.data.x.count);
    const [y] = valuesIn(part.row, rows, this.data.y.count);
    this.chosen(x, y);
  }

  private keyPressed(event: KeyboardEvent): void {
    if (!this.data || this.data.x.count === 0) return;
    const { columns, rows } = this.grid(this.drawing.width);
    const { column, row } = this.cursor ?? { column: 0, row: 0 };
    const to = (c: number, r: number) => ({
      column: Math.max(0, Math.min(columns - 1, c)),
      row: Math.max(0, Math.min(rows - 1, r)),
    });
    const steps: Record<string, { column: number; row: number }> = {
      ArrowLeft: to(column - 1, row),
      ArrowRight: to(column + 1, row),
      ArrowUp: to(column, row - 1),
      ArrowDown: to(column, row + 1),
      Home: to(0, row),
      End: to(columns - 1, row),
    };
    if (event.key === "Enter") this.choose(this.cursor);
    else if (steps[event.key]) this.cursor = steps[event.key];
    else return;
    event.preventDefault();
    this.drawing.redraw();
    const area = this.area(this.drawing.width);
    const hint = this.hintOf(this.cursor);
    if (hint && this.cursor)
      this.drawing.showHint(
        area.left + ((this.cursor.column + 0.5) * area.width) / columns,
        TOP + ((this.cursor.row + 0.5) * area.height) / rows,
        hint,
      );
  }

  private paint(context: CanvasRenderingContext2D, width: number): void {
    if (!this.data) return;
    const colours = theme();
    context.textAlign = "left";
    context.fillStyle = css(colours.faint);
    if (this.data.x.count === 0) return context.fillText("Nothing yet.", 12, 20);
    const area = this.area(width);
    const grid = this.grid(width);
    const { columns, rows, sums } = grid;
    const [w, h] = [area.width / columns, area.height / rows];
    const gap = w > 6 && h > 6 ? 1 : 0;
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const value = sums[row * columns + column];
        if (value === 0) continue;
        context.fillStyle = css(heat(colours, strength(value, grid, this.isLogarithmic)));
        // On whole pixels, so that nothing shines through between them.
        const [x, y] = [Math.floor(column * w), Math.floor(row * h)];
        const [right, bottom] = [Math.floor((column + 1) * w), Math.floor((row + 1) * h)];
        context.fillRect(area.left + x, TOP + y, Math.max(1, right - x - gap), Math.max(1, bottom - y - gap));
      }
    context.strokeStyle = css(colours.lines);
    context.lineWidth = 1;
    context.strokeRect(area.left - 0.5, TOP - 0.5, area.width + 1, area.height + 1);
    this.paintAxes(context, area);
    this.paintLegend(context, width, area.height, grid);
    if (this.drawing.isFocused && this.cursor) {
      const { column, row } = this.cursor;
      context.strokeStyle = css(colours.foreground);
      context.lineWidth = 2;
      context.strokeRect(area.left + column * w - 1, TOP + row * h - 1, w + 2, h + 2);
    }
  }

  private paintAxes(context: CanvasRenderingContext2D, area: { left: number; width: number; height: number }): void {
    const { x, y } = this.data!;
    context.fillStyle = css(theme().faint);
    context.textAlign = "right";
    const [row, column] = [area.height / y.count, area.width / x.count];
    const rowStep = Math.ceil(LINE / row);
    for (let i = 0; i < y.count; i += rowStep) {
      const at = TOP + i * row + Math.min(row, LINE) / 2;
      context.fillText(fitText(context, y.label(i), area.left - 10), area.left - 6, at);
    }
    const below = TOP + area.height + 12;
    const columnStep = Math.ceil(TICK / column);
    context.textAlign = "left";
    for (let i = 0; i < x.count; i += columnStep)
      context.fillText(fitText(context, x.short(i), columnStep * column - 6), area.left + i * column, below);
    context.textAlign = "center";
    context.fillStyle = css(theme().foreground);
    context.fillText(`${x.title} →`, area.left + area.width / 2, below + 17);
    context.textAlign = "left";
    context.fillText(fitText(context, `↓ ${y.title}`, area.left - 4), 8, below + 17);
  }

  private paintLegend(context: CanvasRenderingContext2D, width: number, height: number, grid: HeatGrid): void {
    const colours = theme();
    const [left, bar] = [width - RIGHT + 16, 12];
    for (let i = 0; i < height; i++) {
      context.fillStyle = css(heat(colours, 1 - i / height));
      context.fillRect(left, TOP + i, bar, 1.5);
    }
    context.fillStyle = css(colours.faint);
    context.textAlign = "left";
    for (const [share, y] of [
      [1, TOP + 7],
      [0.5, TOP + height / 2],
      [0, TOP + height - 6],
    ]) {
      const value = valueOfStrength(share, grid, this.isLogarithmic);
      context.fillText(shortText(Number(value.toPrecision(3))), left + bar + 5, y);
    }
  }
}

function rangeText(axis: HeatAxis, part: number, parts: number): string {
  const [first, end] = valuesIn(part, parts, axis.count);
  const [from, to] = [axis.label(first), axis.label(Math.max(first, end - 1))];
  return from === to ? from : `${from} to ${to}`;
}
