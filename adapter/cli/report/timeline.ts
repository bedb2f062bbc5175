import type { TimelineData } from "../../../emulator/instrument/view-data.ts";
import { aligned } from "./columns.ts";
import { type Places, whereIs } from "./places.ts";

export function timelineText({ entries, lanes }: TimelineData, places: Places): string[] {
  const rows = entries.map(({ lane, start, end, label, address }) => [
    String(start),
    end === start ? "" : `+${end - start}`,
    lanes[lane],
    label,
    [address ?? "", whereIs(address, places)].join(" ").trim(),
  ]);
  return aligned([["start", "length", "lane", "", ""], ...rows], ["right", "right", "left", "left", "left"]);
}
