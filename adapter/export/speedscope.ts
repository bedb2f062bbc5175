// speedscope's own format: frames once, stacks as lists of them with a weight each.
import { exporterOfOne } from "./exporter.ts";
import { functionTree, walk } from "./flame-tree.ts";

export const speedscope = exporterOfOne({
  format: "speedscope",
  extension: ".speedscope.json",
  description: "call stacks with their unit, for speedscope",
  kinds: ["flame"],
  write(view, context) {
    const frames: { name: string; file?: string; line?: number }[] = [];
    const numbers = new Map<string, number>();
    const samples: number[][] = [];
    const weights: number[] = [];
    const stack: number[] = [];
    for (const { node, depth } of walk(functionTree(view, context))) {
      const { name, file, line, self } = node;
      const key = JSON.stringify([name, file, line]);
      let frame = numbers.get(key);
      if (frame === undefined) {
        numbers.set(key, (frame = frames.length));
        frames.push({ name, ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) });
      }
      stack.length = depth;
      stack.push(frame);
      if (self <= 0) continue;
      samples.push([...stack]);
      weights.push(self);
    }
    const profile = {
      type: "sampled",
      name: `${view.title} (${view.unit})`,
      unit: unitOf(view.unit),
      startValue: 0,
      endValue: weights.reduce((sum, weight) => sum + weight, 0),
      samples,
      weights,
    };
    const file = {
      $schema: "https://www.speedscope.app/file-format-schema.json", // by this the reader knows the format
      shared: { frames },
      profiles: [profile],
      name: `${context.programPath}: ${view.title}`,
      activeProfileIndex: 0,
      exporter: "terrarium",
    };
    return `${JSON.stringify(file)}\n`;
  },
});

const units = ["bytes", "microseconds", "milliseconds", "nanoseconds", "seconds"];

const unitOf = (unit: string) => (units.includes(unit) ? unit : "none");
