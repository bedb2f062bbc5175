// Timelines: what took place when, in lanes.
import type { TimelineData } from "../view-data.ts";
import { keepLast, omission } from "./bounds.ts";
import type { Given } from "./given.ts";

const MAX_ENTRIES = 100_000;

export function timelineData(given: Given, value: unknown): Pick<TimelineData, "lanes" | "entries" | "omitted"> {
  const { items, omitted } = keepLast(given.iterable(value), MAX_ENTRIES, given, "entries");
  const lanes = new Map<string, number>();
  const part = given.part("entry");
  const entries = items.map((item) => {
    const entry = part.object(item);
    const name = part.text("lane", entry.lane);
    const lane = lanes.get(name) ?? lanes.size;
    lanes.set(name, lane);
    const start = Number(part.whole("start", entry.start));
    const end = entry.end === undefined ? start : Number(part.whole("end", entry.end));
    if (end < start) part.part("end").fail(`after its start at ${start}`, end);
    const label = part.text("label", entry.label);
    return { lane, start, end, label, ...part.optionalAddress("address", entry.address) };
  });
  entries.sort((a, b) => a.start - b.start);
  return { lanes: [...lanes.keys()], entries, ...omission(omitted) };
}
