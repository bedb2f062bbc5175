// SimPoint's basic block vectors: a line for each interval, `T:BLOCK:INSTRUCTIONS ` for each block that ran in it. A
// space ends each pair, as in the files of those who made the format.
import { exporterOfOne } from "./exporter.ts";

export const bbv = exporterOfOne({
  format: "bbv",
  extension: ".bb",
  description: "basic block vectors by interval, for SimPoint",
  kinds: ["intervals"],
  write({ vectors }) {
    return vectors
      .map((vector) => {
        const pairs = vector.filter(([, instructions]) => instructions > 0);
        return `T${pairs.map(([block, instructions]) => `:${block}:${Math.round(instructions)} `).join("")}\n`;
      })
      .join("");
  },
});
