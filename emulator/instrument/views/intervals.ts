// Intervals: what was executed in each part of the run (basic block vectors).
import type { IntervalsData } from "../view-data.ts";
import { keepFirst, omission } from "./bounds.ts";
import type { Given } from "./given.ts";

const MAX_INTERVALS = 100_000;

/** Figures of one interval, and of all. */
const MAX_BLOCKS = 100_000;
const MAX_FIGURES = 2_000_000;

export function intervalsData(given: Given, value: unknown): Pick<IntervalsData, "vectors" | "omitted"> {
  const { items, omitted } = keepFirst(given.iterable(value), MAX_INTERVALS);
  const vectors: [number, number][][] = [];
  let figures = 0;
  for (const item of items) {
    const vector = vectorOf(given.part("vector"), item);
    figures += vector.length;
    if (figures > MAX_FIGURES) break;
    vectors.push(vector);
  }
  return { vectors, ...omission(omitted + items.length - vectors.length) };
}

function vectorOf(given: Given, value: unknown): [number, number][] {
  const { items, omitted } = keepFirst(given.iterable(value), MAX_BLOCKS);
  if (omitted > 0) given.reject(`has more than ${MAX_BLOCKS.toLocaleString("en-US")} blocks`);
  return items.map((item) => {
    if (!Array.isArray(item) || item.length !== 2)
      return given.part("entry").fail("a block and its instructions", item);
    const block = Number(given.whole("block", item[0]));
    if (block === 0) given.part("block").fail("a number from 1", block);
    return [block, Number(given.amount("instructions", item[1]))];
  });
}
