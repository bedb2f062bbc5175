// A heat map: values over two axes; a cell of an address is a link to its code.
import type { DataOf, Locations } from "../messages.ts";
import { shortText, textOf } from "../parts/cells.ts";
import { checkBox } from "../parts/controls.ts";
import { type HeatAxis, HeatPicture } from "../parts/heat-picture.ts";
import type { KindView, ViewContext } from "./kind-view.ts";

export class HeatMapView implements KindView<DataOf<"heatMap">> {
  readonly node: HTMLElement;
  readonly controls: readonly HTMLElement[];
  private readonly heat: HeatPicture;
  private data: DataOf<"heatMap"> | undefined;

  constructor(title: string, context: ViewContext) {
    this.heat = new HeatPicture(title, (x, y) => {
      const address = this.addressAt(x, y);
      if (address) context.go(address);
    });
    this.node = this.heat.drawing.node;
    this.heat.isLogarithmic = context.recall<boolean>("logarithmic") ?? true;
    const setScale = (isLogarithmic: boolean) => {
      this.heat.isLogarithmic = isLogarithmic;
      context.remember("logarithmic", isLogarithmic);
      this.heat.drawing.redraw();
    };
    this.controls = [checkBox("Logarithmic", this.heat.isLogarithmic, setScale)];
  }

  update(view: DataOf<"heatMap">, locations: Locations): void {
    this.data = view;
    this.heat.show({ x: axisOf(view.x, locations), y: axisOf(view.y, locations), cells: view.cells });
  }

  rows(): string[][] {
    if (!this.data) return [];
    const { x, y, cells } = this.data;
    const head = [x.title, y.title, "value"];
    return [head, ...cells.map(([i, j, value]) => [String(x.values[i]), String(y.values[j]), String(value)])];
  }

  picture(): HTMLCanvasElement {
    return this.heat.drawing.picture();
  }

  private addressAt(x: number, y: number): string | undefined {
    if (this.data?.y.type === "address") return String(this.data.y.values[y]);
    return this.data?.x.type === "address" ? String(this.data.x.values[x]) : undefined;
  }
}

function axisOf({ title, type, values }: DataOf<"heatMap">["x"], locations: Locations): HeatAxis {
  const label = (index: number) => {
    const value = values[index];
    if (type === "text") return String(value);
    if (type !== "address") return textOf(value, "integer");
    return [value, locations[String(value)]?.symbol].filter(Boolean).join(" ");
  };
  const short = (index: number) => {
    const value = values[index];
    return type === "text" || type === "address" ? String(value) : shortText(Number(value));
  };
  return { title, count: values.length, label, short };
}
