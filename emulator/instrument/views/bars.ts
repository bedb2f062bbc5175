// Bars: lengths beside each other, the longest first.
import type { BarsData } from "../view-data.ts";
import { ending, Largest, omission } from "./bounds.ts";
import { figure, type Given } from "./given.ts";

const MAX_BARS = 1000;

/** Bars that are looked at to find the longest. */
const MOST_GIVEN = 1_000_000;

export function barsData(given: Given, value: unknown): Pick<BarsData, "bars" | "omitted"> {
  const bars = new Largest<{ label: string; value: bigint | number; address?: string }>(MAX_BARS, (bar) => bar.value);
  const part = given.part("bar");
  for (const item of ending(given.iterable(value), MOST_GIVEN, given, "bars")) {
    const bar = part.object(item);
    bars.put({
      label: part.text("label", bar.label),
      value: part.amount("value", bar.value),
      ...part.optionalAddress("address", bar.address),
    });
  }
  const { items, omitted } = bars.kept;
  return { bars: items.map((bar) => ({ ...bar, value: figure(bar.value) })), ...omission(omitted) };
}
