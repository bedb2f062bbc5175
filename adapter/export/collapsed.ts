// Folded stacks, one line for each: `main;work;leaf 120`.
import { exporterOfOne } from "./exporter.ts";
import { functionTree, walk } from "./flame-tree.ts";

export const collapsed = exporterOfOne({
  format: "collapsed",
  extension: ".folded",
  description: "folded call stacks, for flamegraph.pl, inferno and speedscope",
  kinds: ["flame"],
  write(view, context) {
    const lines: string[] = [];
    const stack: string[] = [];
    for (const { node, depth } of walk(functionTree(view, context))) {
      stack.length = depth;
      stack.push(node.name.replaceAll(";", ":").replaceAll(/\s+/g, " "));
      const value = Math.round(node.self);
      if (value > 0) lines.push(`${stack.join(";")} ${value}\n`);
    }
    return lines.join("");
  },
});
