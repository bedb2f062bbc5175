// Where an address is, in few words.
import type { Locations } from "../messages.ts";

export interface PlaceText {
  symbol: string;
  /** `main.c:12`, or nothing. */
  line: string;
  /** What a click does. */
  title: string;
}

export function placeOf(address: string, locations: Locations): PlaceText {
  const location = locations[address];
  const file = location?.path?.split(/[\\/]/).at(-1);
  return {
    symbol: location?.symbol ?? "",
    line: file ? `${file}:${location?.line ?? 0}` : "",
    title: location?.path ? `Go to ${location.path}:${location.line}` : "Go to the disassembly",
  };
}

/** `0x10a2c crc32+0x18 main.c:12` */
export function addressText(address: string, locations: Locations): string {
  const { symbol, line } = placeOf(address, locations);
  return [address, symbol, line].filter(Boolean).join(" ");
}
