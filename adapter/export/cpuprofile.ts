// V8's CPU profiles. They know samples and time: each stack is one sample, and lasts one microsecond for each unit of
// its value.
import { exporterOfOne } from "./exporter.ts";
import { type FunctionNode, functionTree, walk } from "./flame-tree.ts";

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; scriptId: string; url: string; lineNumber: number; columnNumber: number };
  hitCount: number;
  children: number[];
}

export const cpuprofile = exporterOfOne({
  format: "cpuprofile",
  extension: ".cpuprofile",
  description: "call tree as a CPU profile, for VS Code, Chromium's developer tools and speedscope",
  kinds: ["flame"],
  write(view, context) {
    const scripts = new Map<string, string>();
    const scriptOf = (file: string | undefined) => {
      if (file === undefined) return "0";
      if (!scripts.has(file)) scripts.set(file, String(scripts.size + 1));
      return scripts.get(file)!;
    };
    const made = (id: number, { name, file, line }: Pick<FunctionNode, "name" | "file" | "line">): ProfileNode => ({
      id,
      callFrame: {
        functionName: name,
        scriptId: scriptOf(file),
        url: file ?? "",
        lineNumber: (line ?? 0) - 1, // from 0; -1: unknown
        columnNumber: line === undefined ? -1 : 0,
      },
      hitCount: 0,
      children: [],
    });
    const nodes = [made(1, { name: "(root)", file: undefined, line: undefined })];
    const path = [nodes[0]];
    const samples: number[] = [];
    // Each says how long the sample before it lasted.
    const timeDeltas: number[] = [];
    let last = 0;
    let total = 0;
    for (const { node, depth } of walk(functionTree(view, context))) {
      const profileNode = made(nodes.length + 1, node);
      nodes.push(profileNode);
      path.length = depth + 1;
      path[depth].children.push(profileNode.id);
      path.push(profileNode);
      if (node.self <= 0) continue;
      profileNode.hitCount = 1;
      samples.push(profileNode.id);
      timeDeltas.push(last);
      last = node.self;
      total += node.self;
    }
    // Readers differ in how long the last sample lasts: it is an empty one of the root.
    samples.push(nodes[0].id);
    timeDeltas.push(last);
    return `${JSON.stringify({ nodes, startTime: 0, endTime: total, samples, timeDeltas })}\n`;
  },
});
