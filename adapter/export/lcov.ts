// lcov's tracefiles: for every source file its functions and lines, with the number of times each was executed. A line
// ran as often as the most executed piece of its code; where several functions hold a copy (inlining, templates), the
// copies are added. Lines that have code but never ran are there with 0.
import { ExecutionCounts } from "./execution-counts.ts";
import { type CodeFunction, type ExportContext, exporterOfOne } from "./exporter.ts";

interface SourceFile {
  functions: { name: string; linkageName: string | undefined; line: number; executions: number }[];
  /** By line, then by the entry of the function that holds the code. */
  lines: Map<number, Map<bigint, number>>;
}

export const lcov = exporterOfOne({
  format: "lcov",
  extension: ".info",
  description: "coverage by source line and function, for genhtml and the coverage views of editors",
  kinds: ["coverage"],
  write({ blocks }, context) {
    const files = collect(new ExecutionCounts(blocks), context);
    if (files.size === 0) throw new Error("lcov: the program has no line information (build it with -g)");
    return [...files]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, file]) => record(path, file))
      .join("");
  },
});

function collect(counts: ExecutionCounts, context: ExportContext): Map<string, SourceFile> {
  const files = new Map<string, SourceFile>();
  const known = new Set<bigint>();
  const fileOf = (path: string) => {
    let file = files.get(path);
    if (!file) files.set(path, (file = { functions: [], lines: new Map() }));
    return file;
  };
  for (const { low, high, file: path, line } of context.codeLines()) {
    const fn = context.functionAt(low);
    const file = fileOf(path);
    const holders = file.lines.get(line) ?? new Map<bigint, number>();
    file.lines.set(line, holders);
    const holder = fn?.entry ?? 0n;
    holders.set(holder, Math.max(holders.get(holder) ?? 0, counts.most(low, high)));
    if (fn && !known.has(fn.entry)) {
      known.add(fn.entry);
      const { file: home, line: start } = context.locate(fn.entry);
      if (home !== undefined && start !== undefined) fileOf(home).functions.push(functionOf(fn, start, counts));
    }
  }
  return files;
}

function functionOf({ name, linkageName, entry }: CodeFunction, line: number, counts: ExecutionCounts) {
  return { name, linkageName, line, executions: counts.at(entry) };
}

function record(path: string, { functions, lines }: SourceFile): string {
  const named = uniquelyNamed(functions).sort((a, b) => a.line - b.line || (a.name < b.name ? -1 : 1));
  const counted = [...lines]
    .map(([line, holders]) => [line, [...holders.values()].reduce((sum, executions) => sum + executions)] as const)
    .sort(([a], [b]) => a - b);
  return [
    "TN:",
    `SF:${path}`,
    ...named.map(({ line, name }) => `FN:${line},${name}`),
    ...named.map(({ executions, name }) => `FNDA:${executions},${name}`),
    `FNF:${named.length}`,
    `FNH:${named.filter(({ executions }) => executions > 0).length}`,
    ...counted.map(([line, executions]) => `DA:${line},${executions}`),
    `LF:${counted.length}`,
    `LH:${counted.filter(([, executions]) => executions > 0).length}`,
    "end_of_record",
    "",
  ].join("\n");
}

/** Readers end a name at a comma, and take functions of one name for one: such ones get the linker's name. */
function uniquelyNamed(functions: SourceFile["functions"]): { name: string; line: number; executions: number }[] {
  const times = new Map<string, number>();
  for (const { name } of functions) times.set(name, (times.get(name) ?? 0) + 1);
  return functions.map(({ name, linkageName, line, executions }) => {
    const chosen = name.includes(",") || (times.get(name) ?? 0) > 1 ? (linkageName ?? name) : name;
    return { name: chosen.replaceAll(/[,\r\n]/g, ";"), line, executions };
  });
}
