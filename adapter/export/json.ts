// A view as it is, with what it is a view of.
import type { ViewKind } from "../../emulator/instrument/view-data.ts";
import { exporterOfOne } from "./exporter.ts";

/** All there are. */
const kinds: readonly ViewKind[] = [
  "table",
  "bars",
  "series",
  "flame",
  "heatMap",
  "timeline",
  "graph",
  "log",
  "coverage",
  "intervals",
];

export const json = exporterOfOne({
  format: "json",
  extension: ".json",
  description: "any view's data as JSON",
  kinds,
  write(view, { programPath, guestName, instructions }) {
    const whole = { program: programPath, guest: guestName, instructions: String(instructions), view };
    return `${JSON.stringify(whole)}\n`;
  },
});
