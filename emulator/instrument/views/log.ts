// Logs: lines of text.
import type { LogData } from "../view-data.ts";
import { keepLast, omission } from "./bounds.ts";
import { figure, type Given } from "./given.ts";

const MAX_LINES = 100_000;

export function logData(given: Given, value: unknown): Pick<LogData, "lines" | "omitted"> {
  const { items, omitted } = keepLast(given.iterable(value), MAX_LINES, given, "lines");
  const part = given.part("line");
  const lines = items.map((item) => {
    if (typeof item === "string") return { text: given.text("line", item) };
    if (typeof item !== "object" || item === null) return part.fail("a string or an object with a text", item);
    const { text, address, at } = item as Record<string, unknown>;
    return {
      text: part.text("text", text),
      ...part.optionalAddress("address", address),
      ...(at === undefined ? {} : { at: figure(part.whole("at", at)) }),
    };
  });
  return { lines, ...omission(omitted) };
}
