import type { LogData } from "../../../emulator/instrument/view-data.ts";
import { type Places, whereIs } from "./places.ts";

export function logText({ lines }: LogData, places: Places): string[] {
  const width = lines.reduce((widest, { at }) => Math.max(widest, String(at ?? "").length), 0);
  return lines.map(({ text, address, at }) => {
    const time = width === 0 ? [] : [String(at ?? "").padStart(width)];
    const place = address === undefined ? [] : [`[${[address, whereIs(address, places)].join(" ").trimEnd()}]`];
    return [...time, text, ...place].join(" ");
  });
}
