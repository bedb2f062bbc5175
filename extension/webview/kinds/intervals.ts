// Intervals: which blocks each part of the run spent its instructions in, as a heat map of intervals and blocks.
import type { DataOf } from "../messages.ts";
import { textOf } from "../parts/cells.ts";
import { checkBox } from "../parts/controls.ts";
import { element, setText } from "../parts/dom.ts";
import type { HeatCell } from "../parts/heat-cells.ts";
import { HeatPicture } from "../parts/heat-picture.ts";
import type { KindView, ViewContext } from "./kind-view.ts";

/** Blocks that have a row of their own: those with the most instructions. The others share one. */
const MAX_ROWS = 200;

export class IntervalsView implements KindView<DataOf<"intervals">> {
  readonly node: HTMLElement;
  readonly controls: readonly HTMLElement[];
  private readonly heat: HeatPicture;
  private readonly count = element("span", { className: "count" });
  private vectors: DataOf<"intervals">["vectors"] = [];

  constructor(title: string, context: ViewContext) {
    this.heat = new HeatPicture(title, () => {});
    this.node = this.heat.drawing.node;
    this.heat.isLogarithmic = context.recall<boolean>("logarithmic") ?? true;
    const setScale = (isLogarithmic: boolean) => {
      this.heat.isLogarithmic = isLogarithmic;
      context.remember("logarithmic", isLogarithmic);
      this.heat.drawing.redraw();
    };
    this.controls = [checkBox("Logarithmic", this.heat.isLogarithmic, setScale), this.count];
  }

  update({ vectors }: DataOf<"intervals">): void {
    this.vectors = vectors;
    const { blocks, cells, others } = heatOf(vectors);
    const number = (i: number) => textOf(i + 1, "integer");
    const label = (row: number) => (row < blocks.length ? `block ${blocks[row]}` : `${others} others`);
    this.heat.show({
      x: { title: "interval", count: vectors.length, label: number, short: number },
      y: { title: "block", count: blocks.length + (others > 0 ? 1 : 0), label, short: label },
      cells,
    });
    setText(this.count, `${textOf(vectors.length, "integer")} intervals, ${blocks.length + others} blocks`);
  }

  rows(): string[][] {
    const rows = [["interval", "block", "instructions"]];
    for (const [i, vector] of this.vectors.entries())
      for (const [block, instructions] of vector) rows.push([String(i + 1), String(block), String(instructions)]);
    return rows;
  }

  picture(): HTMLCanvasElement {
    return this.heat.drawing.picture();
  }
}

function heatOf(vectors: DataOf<"intervals">["vectors"]): { blocks: number[]; cells: HeatCell[]; others: number } {
  const totals = new Map<number, number>();
  for (const vector of vectors)
    for (const [block, instructions] of vector) totals.set(block, (totals.get(block) ?? 0) + instructions);
  const byTotal = [...totals].sort((a, b) => b[1] - a[1]).map(([block]) => block);
  const blocks = byTotal.slice(0, MAX_ROWS).sort((a, b) => a - b);
  const rowOf = new Map(blocks.map((block, row) => [block, row]));
  const cells = vectors.flatMap((vector, i) =>
    vector.map(([block, instructions]): HeatCell => [i, rowOf.get(block) ?? blocks.length, instructions]),
  );
  return { blocks, cells, others: byTotal.length - blocks.length };
}
