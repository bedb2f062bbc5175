// Series: figures over time. The plugin gives those of now; what they were before is kept here.
import type { SeriesData } from "../view-data.ts";
import { omission } from "./bounds.ts";
import type { Given } from "./given.ts";

const MAX_MOMENTS = 2000;

/** Figures of one view. */
const MAX_FIGURES = 100;

export class SeriesHistory {
  private readonly names: string[] = [];
  /** The last is of now; those before it were kept. */
  private points: number[][] = [];
  /** One moment in so many is kept: as many apart at the beginning as at the end. */
  private stride = 1;
  /** Moments since the last that was kept. */
  private since = 0;
  private omitted = 0;

  add(given: Given, instructions: bigint, value: unknown): void {
    const figures = new Map(Object.entries(given.object(value)));
    for (const name of figures.keys())
      if (!this.names.includes(name) && this.names.length < MAX_FIGURES) this.names.push(name);
    this.omitted = [...figures.keys()].filter((name) => !this.names.includes(name)).length;
    const before = this.points.at(-1);
    const now = this.names.map((name, i) =>
      // What is not told has not changed.
      figures.has(name) ? Number(given.quantity(`"${name}"`, figures.get(name))) : (before?.[i + 1] ?? 0),
    );
    this.put([Number(instructions), ...now]);
  }

  data(): Pick<SeriesData, "names" | "points" | "omitted"> {
    const length = 1 + this.names.length;
    // A figure that came later was nothing before.
    const points = this.points.map((point) => [...point, ...new Array<number>(length - point.length).fill(0)]);
    return { names: [...this.names], points, ...omission(this.omitted) };
  }

  private put(point: number[]): void {
    // The guest has not moved, or has been taken back.
    while (this.points.length > 0 && this.points[this.points.length - 1][0] >= point[0]) this.points.pop();
    if (this.points.length > 1 && this.since < this.stride) this.points.pop();
    else this.since = 0;
    this.since++;
    this.points.push(point);
    if (this.points.length <= MAX_MOMENTS) return;
    this.points = this.points.filter((_, i) => i % 2 === 0);
    this.stride *= 2;
  }
}
