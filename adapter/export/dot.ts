// Graphviz: nodes darker by weight, edges labelled with their counts and thicker by them.
import { exporterOfOne } from "./exporter.ts";

export const dot = exporterOfOne({
  format: "dot",
  extension: ".gv",
  description: "a graph, for Graphviz",
  kinds: ["graph"],
  write({ title, nodes, edges }, context) {
    const heaviest = nodes.reduce((most, { weight }) => Math.max(most, weight), 0);
    const largest = edges.reduce((most, { count }) => Math.max(most, Number(count)), 0);
    const lines = [
      `digraph ${quoted(title)} {`,
      '  node [shape=box, style=filled, fontname="monospace"];',
      ...nodes.map(({ label, address, weight }, i) => {
        const color = `0.08 ${share(weight, heaviest).toFixed(3)} 1.0`;
        return `  n${i} [label=${quoted(label)}, fillcolor=${quoted(color)}${tooltip(address)}];`;
      }),
      ...edges.map(({ from, to, count }) => {
        const width = (1 + 4 * share(Number(count), largest)).toFixed(2);
        return `  n${from} -> n${to} [label=${quoted(String(count))}, penwidth=${width}];`;
      }),
      "}",
      "",
    ];
    return lines.join("\n");

    function tooltip(address: string | undefined): string {
      if (address === undefined) return "";
      const { file, line } = context.locate(BigInt(address));
      return `, tooltip=${quoted(file === undefined ? address : `${address} ${file}:${line ?? "?"}`)}`;
    }
  },
});

/** Counts differ by orders of magnitude: 0 to 1 by their logarithm. */
const share = (value: number, most: number) => (most > 0 && value > 0 ? Math.log1p(value) / Math.log1p(most) : 0);

const quoted = (text: string) =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll(/\r?\n/g, "\\n")}"`;
