// Heat maps: values over two axes.
import type { AxisData, Figure, HeatMapData } from "../view-data.ts";
import { compareAscending, omission } from "./bounds.ts";
import { addressText, figure, type Given } from "./given.ts";

const MAX_CELLS = 250_000;

/** Cells that are looked at: those of one place are added. */
const MOST_GIVEN = 10 * MAX_CELLS;

type Position = bigint | string;

export function heatMapData(given: Given, value: unknown): Pick<HeatMapData, "x" | "y" | "cells" | "omitted"> {
  const map = given.object(value);
  const x = new AxisValues(given, "x", map.x);
  const y = new AxisValues(given, "y", map.y);
  const cells = new Map<number, Map<number, number>>();
  let kept = 0;
  let read = 0;
  let left = 0;
  for (const item of given.part("cells").iterable(map.cells)) {
    if (++read > MOST_GIVEN) {
      left++;
      break;
    }
    const cell = given.part("cell").object(item);
    const [atX, atY] = [x.position(cell.x), y.position(cell.y)];
    const amount = Number(given.amount("value of a cell", cell.value));
    const known = x.known(atX) === undefined ? undefined : cells.get(x.known(atX)!);
    const sum = known?.get(y.known(atY) ?? -1);
    if (sum === undefined && kept === MAX_CELLS) {
      left++;
      continue;
    }
    const i = x.index(atX);
    if (!cells.has(i)) cells.set(i, new Map());
    cells.get(i)!.set(y.index(atY), (sum ?? 0) + amount);
    if (sum === undefined) kept++;
  }
  const [xs, ys] = [x.sorted(), y.sorted()];
  const list: [number, number, number][] = [];
  for (const [i, column] of cells) for (const [j, sum] of column) list.push([xs.place[i], ys.place[j], sum]);
  return { x: xs.data, y: ys.data, cells: list.sort((a, b) => a[0] - b[0] || a[1] - b[1]), ...omission(left) };
}

const axisTypes: readonly AxisData["type"][] = ["address", "instructions", "integer", "text"];

class AxisValues {
  private readonly given: Given;
  private readonly title: string;
  private readonly type: AxisData["type"];
  private readonly indices = new Map<Position, number>();

  constructor(
    given: Given,
    private readonly name: "x" | "y",
    value: unknown,
  ) {
    this.given = given.part(name);
    const axis = this.given.object(value);
    this.title = this.given.text("title", axis.title);
    this.type = axis.type as AxisData["type"];
    if (!axisTypes.includes(this.type)) this.given.part("type").fail(`one of ${axisTypes.join(", ")}`, axis.type);
  }

  /** A value of the axis, the same for the same place. */
  position(value: unknown): Position {
    if (this.type === "text") return this.given.text(`${this.name} of a cell`, value);
    if (typeof value !== "bigint" && !Number.isInteger(value))
      return this.given.part(`${this.name} of a cell`).fail("a bigint or a whole number", value);
    return this.type === "integer" ? BigInt(value as bigint) : this.given.whole(`${this.name} of a cell`, value);
  }

  known(position: Position): number | undefined {
    return this.indices.get(position);
  }

  index(position: Position): number {
    const index = this.indices.get(position) ?? this.indices.size;
    this.indices.set(position, index);
    return index;
  }

  /** The axis as data, and where each value has gone. */
  sorted(): { data: AxisData; place: number[] } {
    const positions = [...this.indices.keys()];
    const order = positions.map((_, i) => i);
    if (this.type !== "text") order.sort((a, b) => compareAscending(positions[a] as bigint, positions[b] as bigint));
    const place: number[] = [];
    for (const [to, from] of order.entries()) place[from] = to;
    const values = order.map((i) => this.asData(positions[i]));
    return { data: { title: this.title, type: this.type, values }, place };
  }

  private asData(position: Position): Figure {
    if (typeof position === "string") return position;
    return this.type === "address" ? addressText(position) : figure(position);
  }
}
